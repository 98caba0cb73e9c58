"""Wealth index: first principal component of assets, urban and rural combined, quintiles of the population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.arithmetic import TOLERANCE

RARE, FEWEST = 0.01, 100
NOTES = (
    "relative within the sample: not comparable with quintiles of another survey",
    "measured after migration: remittances buy assets",
)


@dataclass(frozen=True)
class Component:
    """First principal component of a correlation matrix.

    Parameters
    ----------
    loadings : Series
        Unit-length eigenvector by asset.
    eigenvalues : tuple of float
        All, largest first.
    scores : Series
        Component score divided by the root of its eigenvalue.
    """

    loadings: pd.Series
    eigenvalues: tuple[float, ...]
    scores: pd.Series

    @property
    def share(self) -> float:
        """Share of the variance the component carries."""
        return self.eigenvalues[0] / sum(self.eigenvalues)


@dataclass(frozen=True)
class WealthIndex:
    """A wealth index and what it is made of.

    Parameters
    ----------
    scores : DataFrame
        Per household ``wealth_score`` and ``wealth_quintile`` (ordered category 1 poorest … 5 richest).
    loadings : DataFrame
        One column per analysis: ``all``, and with areas one per area.
    share : float
        Share of the variance of the first component (all households).
    eigenvalues : tuple of float
        Of the analysis of all households.
    quintile_shares : Series
        Weighted share of each quintile; 0.2 ± 0.002 without large ties.
    dropped : tuple of str
        Assets left out because nearly all or nearly no households have them.
    notes : tuple of str
        What to know before using it.
    """

    scores: pd.DataFrame
    loadings: pd.DataFrame
    share: float
    eigenvalues: tuple[float, ...]
    quintile_shares: pd.Series
    dropped: tuple[str, ...]
    notes: tuple[str, ...]


def wealth_index(
    frame: pd.DataFrame,
    assets: Sequence[str],
    *,
    weights: str | None = None,
    positive: str,
    area: str | None = None,
    members: str | None = None,
    rare: float = RARE,
) -> WealthIndex:
    """Return the first principal component of household assets as an index of wealth.

    The weighted correlation matrix of the assets is decomposed, unrotated; the score is divided by √λ₁. With an area,
    each area is analysed alone, its score is taken to the scale of all by regression, and the predicted value is the
    index. Missing assets count 0 where the column is 0/1, the mean otherwise.

    Parameters
    ----------
    frame : DataFrame
        One row per household.
    assets : sequence of str
        Columns: 0/1 or continuous (persons per sleeping room).
    weights : str, optional
        Household weights. Without them variances have the denominator n − 1; with them the weighted population
        variance is taken.
    positive : str
        A good asset whose loading must be positive; it fixes the sign.
    area : str, optional
        Column of urban and rural; an area with fewer than 100 households turns the combination off, which is noted.
    members : str, optional
        Household size: quintiles are of the population (weight × members).
    rare : float
        0/1 assets owned by fewer than this share, or more than one less it, are left out.

    Returns
    -------
    WealthIndex
        Scores on the index of ``frame``.

    Raises
    ------
    SpecificationError
        For unknown columns, a left-out ``positive``, missing or negative weights.

    Notes
    -----
    Rutstein and Johnson (2004), The DHS wealth index; Rutstein (2008), DHS Working Paper 60 (composite index).

    Examples
    --------
    >>> homes = pd.DataFrame([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1], [0, 0, 0, 1], [1, 1, 1, 0], [0, 0, 1, 1]],
    ...                      columns=list("abcd"))
    >>> index = wealth_index(homes, list("abcd"), positive="a")
    >>> round(index.share, 6), index.loadings["all"].round(6).tolist()
    (0.678338, [0.49042, 0.594155, 0.231186, -0.594155])
    """
    _check_columns(frame, [*assets, *filter(None, (weights, area, members))], positive, assets)
    weight = _weights(frame, weights)
    filled = pd.DataFrame({name: _filled(frame[name], weight) for name in assets})
    kept, dropped = _varying(filled, weight, rare)
    if positive not in kept:
        raise SpecificationError(
            f"wealth_index: {positive!r} hardly varies and is left out; name another asset."
        )
    whole = principal_component(filled[kept], weight if weights else None, positive)
    loadings = {"all": whole.loadings}
    score, notes = whole.scores, list(NOTES)
    if area is not None:
        score, by_area, note = _combined(
            filled, frame[area], weight, weights is not None, whole, positive, rare
        )
        loadings |= by_area
        notes += note
    people = weight if members is None else weight * _household_size(frame[members])
    quintile = population_quintiles(score, people)
    scores = pd.DataFrame({"wealth_score": score, "wealth_quintile": quintile})
    shares = people.groupby(quintile, observed=False).sum() / people[score.notna()].sum()
    table = pd.DataFrame(loadings).reindex(kept)
    return WealthIndex(scores, table, whole.share, whole.eigenvalues, shares, tuple(dropped), tuple(notes))


def _check_columns(frame: pd.DataFrame, columns: list[str], positive: str, assets: Sequence[str]) -> None:
    """Raise with every column that is not there."""
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise SpecificationError(f"wealth_index: no column {', '.join(absent)} in the frame.")
    if positive not in assets:
        raise SpecificationError(f"wealth_index: positive={positive!r} is none of the assets.")
    text = [
        name
        for name in assets
        if not (
            pd.api.types.is_numeric_dtype(frame[name].dtype) or pd.api.types.is_bool_dtype(frame[name].dtype)
        )
    ]
    if text:
        raise SpecificationError(
            f"wealth_index: {', '.join(text)} hold no numbers. Make a 0/1 column of every category first."
        )


def _household_size(members: pd.Series) -> pd.Series:
    """Return the number of members, which every household has."""
    size = members.astype(float)
    bad = int((~size.gt(0)).sum())
    if bad:
        raise SpecificationError(
            f"wealth_index: {bad} of {len(size)} households have no or a missing number of members in "
            f"{members.name!r}; quintiles are of the population."
        )
    return size


def _weights(frame: pd.DataFrame, weights: str | None) -> pd.Series:
    """Return the weights, one each without a column."""
    if weights is None:
        return pd.Series(1.0, index=frame.index)
    weight = frame[weights].astype(float)
    bad = int((weight.isna() | weight.lt(0)).sum())
    if bad:
        raise SpecificationError(
            f"wealth_index: {bad} households have a missing or negative weight in {weights!r}."
        )
    return weight


def _is_binary(column: pd.Series) -> bool:
    """Whether a column holds only 0, 1 and missing values."""
    return bool(column.dropna().isin([0, 1]).all())


def _filled(column: pd.Series, weight: pd.Series) -> pd.Series:
    """Return a column without gaps: not owned, or the mean."""
    values = column.astype(float)
    if _is_binary(values):
        return values.fillna(0.0)
    known = values.notna()
    return values.fillna(float(np.average(values[known], weights=weight[known])))


def _varying(filled: pd.DataFrame, weight: pd.Series, rare: float) -> tuple[list[str], list[str]]:
    """Return the assets to keep and to leave out."""
    mean = (filled.mul(weight, axis=0)).sum() / weight.sum()
    keep = []
    for name in filled:
        column = filled[name]
        varies = column.max() > column.min()
        keep += [name] * int(varies and (not _is_binary(column) or rare <= mean[name] <= 1 - rare))
    return keep, [name for name in filled if name not in keep]


def principal_component(filled: pd.DataFrame, weight: pd.Series | None, positive: str) -> Component:
    """Return the first principal component of the correlation matrix.

    Parameters
    ----------
    filled : DataFrame
        Columns without gaps that vary.
    weight : Series, optional
        Weights; None for unweighted standard deviations with n − 1.
    positive : str
        Column whose loading is made positive.

    Returns
    -------
    Component
        Loadings and scores.
    """
    values = filled.to_numpy(float)
    w = np.ones(len(values)) if weight is None else weight.to_numpy(float)
    centred = values - np.average(values, axis=0, weights=w)
    denominator = len(values) - 1 if weight is None else w.sum()
    z = centred / np.sqrt((w[:, None] * centred**2).sum(axis=0) / denominator)
    correlation = (z * w[:, None]).T @ z / denominator
    eigenvalues, vectors = np.linalg.eigh(correlation)
    first = vectors[:, -1] * np.sign(vectors[list(filled).index(positive), -1] or 1.0)
    scores = pd.Series(z @ first / np.sqrt(eigenvalues[-1]), index=filled.index)
    ordered = tuple(float(v) for v in np.clip(eigenvalues[::-1], 0, None))
    return Component(pd.Series(first, index=list(filled)), ordered, scores)


def _combined(
    filled: pd.DataFrame,
    area: pd.Series,
    weight: pd.Series,
    weighted: bool,
    whole: Component,
    positive: str,
    rare: float,
) -> tuple[pd.Series, dict[str, pd.Series], list[str]]:
    """Return area scores on the scale of all households, their loadings, and notes."""
    if area.isna().any():
        raise SpecificationError(f"wealth_index: {int(area.isna().sum())} households have no area.")
    counts = area.value_counts().sort_index()
    counts = counts[counts.gt(0)]
    if counts.min() < FEWEST:
        return whole.scores, {}, [f"one index: an area has fewer than {FEWEST} households"]
    score, loadings = pd.Series(np.nan, index=filled.index), {}
    for name in counts.index:
        inside = area.eq(name)
        kept, _ = _varying(filled[inside], weight[inside], rare)
        anchor = (
            positive if positive in kept else max(kept, key=lambda asset: whole.loadings.get(asset, -np.inf))
        )
        part = principal_component(filled.loc[inside, kept], weight[inside] if weighted else None, anchor)
        slope, shift = np.polyfit(part.scores, whole.scores[inside], 1, w=np.sqrt(weight[inside]))
        score[inside] = shift + slope * part.scores
        loadings[str(name)] = part.loadings
    return score, loadings, []


def population_quintiles(score: pd.Series, people: pd.Series) -> pd.Series:
    """Return the fifth of the population each household belongs to.

    Parameters
    ----------
    score : Series of float
        Households without a score have no quintile.
    people : Series of float
        Weight times members.

    Returns
    -------
    Series
        Ordered category 1 (poorest) … 5; a household at a cut belongs to the lower fifth.

    Examples
    --------
    >>> population_quintiles(pd.Series([1.0, 2, 3, 4, 5]), pd.Series([1.0] * 5)).tolist()
    [1, 2, 3, 4, 5]
    """
    known = score.notna()
    by_score = people[known].groupby(score[known]).sum().cumsum()
    position = by_score / by_score.iloc[-1]
    cuts = [position.index[position.ge(share - TOLERANCE)][0] for share in (0.2, 0.4, 0.6, 0.8)]
    codes = np.where(known, np.searchsorted(cuts, score.fillna(0), side="left"), -1)
    dtype = pd.CategoricalDtype([1, 2, 3, 4, 5], ordered=True)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype), index=score.index)
