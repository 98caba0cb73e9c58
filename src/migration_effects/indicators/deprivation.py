"""Multidimensional deprivation of children: Alkire-Foster and MODA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError, nearest
from migration_effects.indicators.arithmetic import TOLERANCE


@dataclass(frozen=True)
class Deprivation:
    """Result of the Alkire-Foster method.

    Parameters
    ----------
    H : float
        Headcount: weighted share of the poor.
    A : float
        Intensity: mean deprivation score of the poor (NaN without poor).
    M0 : float
        Adjusted headcount H · A.
    censored : Series
        Weighted share poor *and* deprived, per indicator.
    scores : DataFrame
        Per row ``deprivation_score`` (0–1), ``deprivation_poor`` (1.0, 0.0), ``deprivation_intensity`` (the score of
        the poor, 0 for others): the mean of the last is M0. NaN where the row is left out.
    n, n_dropped : int
        Rows used, and left out because an indicator is missing.
    """

    H: float
    A: float
    M0: float
    censored: pd.Series
    scores: pd.DataFrame
    n: int
    n_dropped: int


def alkire_foster(
    frame: pd.DataFrame,
    indicators: Mapping[str, float],
    *,
    k: float,
    weights: str | None = None,
    on_missing: str = "drop",
) -> Deprivation:
    """Return headcount, intensity and adjusted headcount of multidimensional deprivation.

    cᵢ = Σⱼ wⱼ gᵢⱼ; poor if cᵢ ≥ k (tolerance 1e-9); H = weighted share poor, A = mean c of the poor, M0 = H · A.

    Parameters
    ----------
    frame : DataFrame
        One row per child; indicators 1 deprived, 0 not.
    indicators : mapping of str to float
        Column → weight; weights sum to 1.
    k : float
        Cut-off of the score, 0 < k ≤ 1.
    weights : str, optional
        Survey weights.
    on_missing : {"drop", "reweight"}
        Rows with a missing indicator are left out (standard) or scored on their other indicators, weights rescaled.

    Returns
    -------
    Deprivation
        With ``.scores`` per row, for `mean` with a design where standard errors are wanted.

    Raises
    ------
    SpecificationError
        For unknown columns, weights that do not sum to 1, values other than 0 and 1, k outside its range, missing or
        negative survey weights of rows used.

    Notes
    -----
    Alkire and Foster (2011), Counting and multidimensional poverty measurement, Journal of Public Economics 95.

    Examples
    --------
    >>> g = pd.DataFrame([[0, 0, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0]], columns=list("abcd"))
    >>> found = alkire_foster(g, dict.fromkeys("abcd", 0.25), k=0.5)
    >>> found.H, found.A, found.M0
    (0.5, 0.75, 0.375)
    """
    g, w = _checked(frame, indicators, k, on_missing)
    used = g.notna().all(axis=1) if on_missing == "drop" else g.notna().any(axis=1)
    share = pd.Series(w, index=list(indicators))
    known = g.notna().mul(share).sum(axis=1)
    score = (g.fillna(0).mul(share).sum(axis=1) / known.where(used)).where(used)
    poor = score.ge(k - TOLERANCE).astype(float).where(used)
    survey = _survey_weights(frame, weights, used)
    total = survey.sum()
    poor_weight = (survey * poor.fillna(0)).sum()
    intensity = score * poor
    m0 = float((survey * intensity.fillna(0)).sum() / total) if total > 0 else np.nan
    censored = g.fillna(0).mul(poor.fillna(0), axis=0).mul(survey, axis=0).sum() / total
    columns = {"deprivation_score": score, "deprivation_poor": poor, "deprivation_intensity": intensity}
    headcount = float(poor_weight / total) if total > 0 else np.nan
    average = m0 / headcount if headcount > 0 else np.nan
    return Deprivation(
        headcount, average, m0, censored, pd.DataFrame(columns), int(used.sum()), int((~used).sum())
    )


def _checked(
    frame: pd.DataFrame, indicators: Mapping[str, float], k: float, on_missing: str
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return indicators and weights, or one error with every fault."""
    faults = [f"no column {name!r}" for name in indicators if name not in frame.columns]
    faults += [
        f"column {name!r} is {frame[name].dtype}, not 0 and 1"
        for name in indicators
        if name in frame.columns and not _is_numeric(frame[name])
    ]
    w = np.array(list(indicators.values()), dtype=float)
    if abs(w.sum() - 1) > 1e-6 or np.any(w <= 0):
        faults.append(f"weights are positive and sum to 1, not {w.sum():g}")
    if not 0 < k <= 1:
        faults.append(f"k lies above 0 and up to 1, not {k:g}")
    if on_missing not in ("drop", "reweight"):
        faults.append(f"on_missing is drop or reweight, not {on_missing!r}")
    if not faults:
        g = frame[list(indicators)].astype(float)
        wrong = {name: int((~g[name].dropna().isin([0, 1])).sum()) for name in g}
        faults = [f"{name}: {count} values are neither 0 nor 1" for name, count in wrong.items() if count]
    if faults:
        raise SpecificationError(f"Deprivation: {'; '.join(faults)}.")
    return g, w


def _is_numeric(column: pd.Series) -> bool:
    """Whether a column holds numbers or True/False."""
    return pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype)


def _survey_weights(frame: pd.DataFrame, weights: str | None, used: pd.Series) -> pd.Series:
    """Return the survey weights, 0 for the rows left out."""
    if weights is None:
        return used.astype(float)
    if weights not in frame.columns:
        raise SpecificationError(
            f"Deprivation: no column {weights!r}.{nearest(weights, map(str, frame.columns))}"
        )
    if not _is_numeric(frame[weights]):
        raise SpecificationError(
            f"Deprivation: the weights {weights!r} are {frame[weights].dtype}, not numbers."
        )
    survey = frame[weights].astype(float).where(used, 0.0)
    bad = int((survey.isna() | survey.lt(0)).sum())
    if bad:
        raise SpecificationError(
            f"Deprivation: {bad} of {int(used.sum())} rows used have a missing or negative weight in {weights!r}."
        )
    return survey


@dataclass(frozen=True)
class Overlap:
    """Result of the overlapping deprivation analysis (MODA).

    Parameters
    ----------
    scores : DataFrame
        Per row one column per dimension (1.0, 0.0) and ``deprivations`` (their number).
    headcounts : DataFrame
        Columns ``group, k, headcount, n``: weighted share with at least k deprivations.
    overlaps : DataFrame
        Columns ``dimensions, share``: weighted share deprived in all named dimensions *and in no other* of the three.
    n_dropped : int
        Rows left out because a dimension is open.
    """

    scores: pd.DataFrame
    headcounts: pd.DataFrame
    overlaps: pd.DataFrame
    n_dropped: int


def moda(
    frame: pd.DataFrame,
    dimensions: Mapping[str, Sequence[str]],
    *,
    weights: str | None = None,
    group: str | None = None,
    overlap: tuple[str, str, str] | None = None,
) -> Overlap:
    """Return UNICEF's overlapping deprivation analysis: a dimension is deprived if any of its indicators is.

    Parameters
    ----------
    frame : DataFrame
        One row per child; indicators 1 deprived, 0 not.
    dimensions : mapping of str to sequence of str
        Dimension → its indicators.
    weights : str, optional
        Survey weights.
    group : str, optional
        Column of age groups; ``all`` is always given.
    overlap : tuple of three str, optional
        Dimensions of the overlap table; default the first three.

    Returns
    -------
    Overlap
        Headcounts for k = 1 … number of dimensions.

    Raises
    ------
    SpecificationError
        For unknown columns or dimensions, or values other than 0 and 1.

    Notes
    -----
    de Neubourg et al. (2012), Step-by-step guidelines to the multiple overlapping deprivation analysis (UNICEF).

    Examples
    --------
    >>> g = pd.DataFrame({"a": [1, 0, 0], "b": [0, 1, 0], "c": [1, 1, 0]})
    >>> found = moda(g, {"health": ["a", "b"], "school": ["c"]})
    >>> found.headcounts["headcount"].round(3).tolist()
    [0.667, 0.667]
    """
    columns = [name for names in dimensions.values() for name in names]
    g, _ = _checked(frame, dict.fromkeys(columns, 1 / len(columns)), 1.0, "drop")
    found = {name: _deprived(g[list(names)]) for name, names in dimensions.items()}
    scores = pd.DataFrame(found)
    used = scores.notna().all(axis=1)
    scores["deprivations"] = scores.sum(axis=1).where(used)
    survey = _survey_weights(frame, weights, used)
    groups = {"all": used}
    if group is not None:
        if group not in frame.columns:
            raise SpecificationError(f"moda: no column {group!r}.{nearest(group, map(str, frame.columns))}")
        groups |= {str(value): used & frame[group].eq(value) for value in frame[group].dropna().unique()}
    rows = [
        (
            name,
            k,
            _share(scores["deprivations"][inside] >= k, survey[inside]),
            int(inside.sum()),
        )
        for name, inside in groups.items()
        for k in range(1, len(dimensions) + 1)
    ]
    headcounts = pd.DataFrame(rows, columns=["group", "k", "headcount", "n"])
    three = overlap or tuple(dimensions)[:3]
    unknown = [name for name in three if name not in dimensions]
    if unknown:
        raise SpecificationError(f"moda: no dimension {', '.join(unknown)}.")
    return Overlap(scores, headcounts, _overlaps(scores[used], three, survey[used]), int((~used).sum()))


def _share(chosen: pd.Series, survey: pd.Series) -> float:
    """Return a weighted share, NaN where no row has weight."""
    total = float(survey.sum())
    return float(survey[chosen].sum()) / total if total > 0 else float("nan")


def _deprived(indicators: pd.DataFrame) -> pd.Series:
    """Return 1.0 if any indicator is, NaN where none is and one is missing."""
    any_of = indicators.eq(1).any(axis=1)
    return any_of.astype(float).where(any_of | indicators.notna().all(axis=1))


def _overlaps(scores: pd.DataFrame, three: Sequence[str], survey: pd.Series) -> pd.DataFrame:
    """Return the shares of every combination of the dimensions, disjoint."""
    rows = []
    for size in range(len(three) + 1):
        for chosen in combinations(three, size):
            exactly = pd.Series(True, index=scores.index)
            for name in three:
                exactly &= scores[name].eq(float(name in chosen))
            rows.append((" and ".join(chosen) or "none", _share(exactly, survey)))
    return pd.DataFrame(rows, columns=["dimensions", "share"])
