"""Means, totals and ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import numeric, some_names
from migration_effects.design.variance import Influence
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.groups import By, Groups, counts, degrees, keyed, make_groups
from migration_effects.estimation.intervals import Interval, Logit, Wald
from migration_effects.estimation.sums import (
    all_in_use,
    beside,
    group_sums,
    of_row,
    replicate_group_sums,
    spread,
    weight_sums,
)
from migration_effects.estimation.warn import few_psus

Array = NDArray[np.float64]
Deff = bool | Literal["replace"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One variable's share of a joint estimate, one entry per group.

    Parameters
    ----------
    term : str
    values : ndarray, shape (groups,)
    influence : ndarray or sparse array, shape (n, groups)
    codes : ndarray of int, shape (n,)
        Group of each row in use; -1 otherwise.
    replicates : ndarray, shape (R, groups), or None
    """

    term: str
    values: Array
    influence: Influence
    codes: NDArray[np.intp]
    replicates: Array | None


def assemble(
    parts: Sequence[Part],
    groups: Groups,
    design: SurveyDesign,
    *,
    method: str,
    notes: Sequence[str],
    interval: Interval | None = None,
) -> Estimate:
    """Join the parts into one Estimate, variables outermost, groups within.

    Parameters
    ----------
    parts : sequence of Part
    groups : Groups
    design : SurveyDesign
    method : str
    notes : sequence of str
    interval : Interval, optional

    Returns
    -------
    Estimate
    """
    keep, labels, terms, sizes = [], [], [], []
    for part in parts:
        n, n_psu, n_strata = counts(design, part.codes, groups.count)
        used = np.flatnonzero(n)
        keep.append(used)
        sizes.append((n[used], n_psu[used], degrees(design, part.codes, n_psu, n_strata)[used]))
        if groups.labels.columns.empty:
            labels.append(pd.DataFrame({"term": [part.term]}))
        else:
            labels.append(groups.labels.iloc[used].reset_index(drop=True).assign(term=part.term))
        terms += [keyed(part.term, groups.keys[group]) for group in used]
    thetas = [
        part.replicates[:, used]
        for part, used in zip(parts, keep, strict=True)
        if part.replicates is not None
    ]
    complete = [len(used) == groups.count for used in keep]
    influence = [
        part.influence if whole else part.influence[:, used]
        for part, used, whole in zip(parts, keep, complete, strict=True)
    ]
    df = np.concatenate([size[2] for size in sizes])
    empty = _empty_replicates(thetas, terms)
    return Estimate(
        terms=tuple(terms),
        values=np.concatenate([part.values[used] for part, used in zip(parts, keep, strict=True)]),
        labels=labels[0] if len(labels) == 1 else pd.concat(labels, ignore_index=True),
        df=df,
        n=np.concatenate([size[0] for size in sizes]),
        n_psu=np.concatenate([size[1] for size in sizes]),
        method=f"{method}, {variance_words(design)}",
        design=design,
        linearised=None if thetas else beside(influence),
        replicate_values=np.hstack(thetas) if thetas else None,
        notes=(*groups.dropped, *notes, *empty, *few_psus(df, terms)),
        interval=interval or Wald(),
    )


def _empty_replicates(thetas: Sequence[Array], terms: Sequence[str]) -> tuple[str, ...]:
    """Note the terms that have no weight left in some replicate, so that their standard error is not known."""
    if not thetas:
        return ()
    missing = np.isnan(np.hstack(list(thetas)))
    short = [term for term, column in zip(terms, missing.T, strict=True) if column.any()]
    if not short:
        return ()
    listed = ", ".join(short[:5]) + (", ..." if len(short) > 5 else "")
    count = int(missing.any(axis=1).sum())
    return (
        f"In {count} of {len(missing)} replicates there is no weight left for {listed}: no standard error from "
        "replicates. Use a larger domain or the linearised variance.",
    )


def variance_words(design: SurveyDesign) -> str:
    """Say how the standard error was found."""
    if design.replicates is not None:
        return f"{design.replicates.count} {design.replicates.method} replicates"
    return "linearised variance"


def rows_with(values: Array, groups: Groups, name: str) -> tuple[NDArray[np.intp], Array, list[str]]:
    """Leave out rows whose value is missing.

    Parameters
    ----------
    values : ndarray, shape (n,)
    groups : Groups
    name : str

    Returns
    -------
    codes : ndarray of int, shape (n,)
    values : ndarray, shape (n,)
        Zero where not in use, so that sums need no mask.
    notes : list of str

    Raises
    ------
    SpecificationError
        No row in use has a value.
    """
    if all_in_use(groups.codes) and np.isfinite(values.sum()):
        return groups.codes, values, []
    known = ~np.isnan(values)
    codes = np.where(known, groups.codes, -1)
    if not (codes >= 0).any():
        raise SpecificationError(f"Column {name!r} is missing in every row of the domain.")
    missing = int(((groups.codes >= 0) & ~known).sum())
    notes = [f"{missing} rows without a value of {name} are left out."] if missing else []
    return codes, np.where(codes >= 0, values, 0.0), notes


def mean(
    y: str | Sequence[str],
    design: SurveyDesign,
    *,
    by: By = None,
    deff: Deff = False,
    method: Literal["wald", "logit"] = "wald",
) -> Estimate:
    """Estimate population means.

    ``m = sum w y / sum w``, influence ``w (y - m) / sum w`` (Särndal, Swensson and Wretman 1992, section 5.7).

    Parameters
    ----------
    y : str or list of str
        Numeric or True/False columns; several give one joint Estimate, each keeping its own rows.
    design : SurveyDesign
    by : str or list of str, optional
        Estimate within every combination of these columns.
    deff : bool or "replace"
        Append the design effect: against simple random sampling without replacement (True) or with ("replace").
    method : {"wald", "logit"}
        Of the confidence limits: ``"logit"`` for shares of 0/1 columns, whose limits then stay within 0 and 1, as
        those of `proportion`.

    Returns
    -------
    Estimate
        Terms ``y`` or ``y[level]``; df = PSUs less strata with rows in use.

    Raises
    ------
    SpecificationError
        A column does not exist, is text, or is missing in the whole domain; ``"logit"`` with values other than 0
        and 1.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0], "w": [1, 1, 1, 2], "psu": [1, 1, 2, 3]})
    >>> me.mean("y", me.SurveyDesign(data, weights="w", psu="psu")).table[["estimate", "df"]].round(3)
       estimate   df
    0       4.2  2.0
    """
    if deff not in (False, True, "replace"):
        raise SpecificationError(f'deff={deff!r} is unknown. Allowed: False, True, "replace".')
    if method not in ("wald", "logit"):
        raise SpecificationError(f"method={method!r} is unknown. Allowed: wald, logit.")
    groups = make_groups(design, by)
    weights = design.final_weights
    parts, notes, effects = [], [], []
    for name in some_names(y, purpose="a mean"):
        raw = numeric(design.data, name, purpose="a mean")
        codes, values, missing = rows_with(raw, groups, name)
        if method == "logit":
            _require_shares(values, name)
        notes += missing
        sizes = weight_sums(codes, groups.count, weights)
        sums = group_sums(values, codes, groups.count, weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            estimates = sums / sizes
            influence = weights * (values - of_row(estimates, codes)) * of_row(1 / sizes, codes)
        thetas = None
        if design.replicates is not None:
            above, below = replicate_group_sums(design, [values, np.ones_like(values)], codes, groups.count)
            with np.errstate(invalid="ignore", divide="ignore"):
                thetas = above / below
        parts.append(Part(name, estimates, spread(influence, codes, groups.count), codes, thetas))
        if deff:
            effects.append(_srs_variance(values, estimates, codes, weights, sizes, replace=deff == "replace"))
    rule = Logit() if method == "logit" else Wald()
    result = assemble(parts, groups, design, method="Weighted means", notes=notes, interval=rule)
    if not deff:
        return result
    used = [np.bincount(part.codes[part.codes >= 0], minlength=groups.count) > 0 for part in parts]
    srs = np.concatenate([effect[here] for effect, here in zip(effects, used, strict=True)])
    return _with_deff(result, srs)


def _require_shares(values: Array, name: str) -> None:
    """Raise unless a column holds 0 and 1 only."""
    other = ~np.isin(values, (0.0, 1.0))
    if other.any():
        raise SpecificationError(
            f"Column {name!r} has {int(other.sum())} values other than 0 and 1, for example {values[other][0]:g}; "
            'logit limits are for shares. Use method="wald", or make an indicator of the column.'
        )


def _srs_variance(
    values: Array, means: Array, codes: NDArray[np.intp], weights: Array, sizes: Array, *, replace: bool
) -> Array:
    """Return the variance of each group's mean under simple random sampling of as many rows."""
    n = np.bincount(codes[codes >= 0], minlength=len(sizes))
    squared = np.where(codes >= 0, (values - of_row(means, codes)) ** 2, 0.0)
    squares = group_sums(squared, codes, len(sizes), weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = squares / sizes * n / (n - 1) / n
        finite = np.where(sizes > n, (sizes - n) / sizes, np.nan)
    return variance if replace else variance * finite


def _with_deff(estimate: Estimate, srs: Array) -> Estimate:
    """Append the ratio of the design variance to that of simple random sampling."""
    from dataclasses import replace

    with np.errstate(invalid="ignore", divide="ignore"):
        effect = estimate.std_error**2 / srs
    notes = estimate.notes
    if np.isnan(srs).any():
        notes = (*notes, 'The weights add up to fewer than the rows, so deff needs "replace".')
    return replace(estimate, extra=pd.DataFrame({"deff": effect}), notes=notes)


def total(y: str | Sequence[str], design: SurveyDesign, *, by: By = None) -> Estimate:
    """Estimate population totals.

    ``t = sum w y``, influence ``w y``.

    Parameters
    ----------
    y : str or list of str
        Numeric or True/False columns. Rows without a value add nothing and are noted.
    design : SurveyDesign
    by : str or list of str, optional

    Returns
    -------
    Estimate

    Raises
    ------
    SpecificationError
        A column does not exist, is text, or is missing in the whole domain.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"children": [1, 2, 0], "w": [10.0, 20.0, 30.0]})
    >>> float(me.total("children", me.SurveyDesign(data, weights="w")).values[0])
    50.0
    """
    groups = make_groups(design, by)
    weights = design.final_weights
    parts, notes = [], []
    for name in some_names(y, purpose="a total"):
        raw = numeric(design.data, name, purpose="a total")
        codes, values, missing = rows_with(raw, groups, name)
        notes += [f"{note[:-1]}: the total counts them as 0." for note in missing]
        sums = group_sums(values, codes, groups.count, weights)
        thetas = None
        if design.replicates is not None:
            (thetas,) = replicate_group_sums(design, [values], codes, groups.count)
        parts.append(Part(name, sums, spread(weights * values, codes, groups.count), codes, thetas))
    return assemble(parts, groups, design, method="Weighted totals", notes=notes)


def ratio(numerator: str, denominator: str, design: SurveyDesign, *, by: By = None) -> Estimate:
    """Estimate the ratio of two population totals.

    ``r = sum w y / sum w x``, influence ``w (y - r x) / sum w x``.

    Parameters
    ----------
    numerator, denominator : str
        Numeric or True/False columns; rows that lack one of them are left out.
    design : SurveyDesign
    by : str or list of str, optional

    Returns
    -------
    Estimate
        Term ``numerator/denominator``.

    Raises
    ------
    SpecificationError
        A column does not exist or is text, or the denominator adds up to 0.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"missed": [1, 2, 0, 3], "days": [20, 20, 10, 10]})
    >>> float(me.ratio("missed", "days", me.SurveyDesign(data)).values[0])
    0.1
    """
    groups = make_groups(design, by)
    weights = design.final_weights
    above = numeric(design.data, numerator, purpose="a ratio")
    below = numeric(design.data, denominator, purpose="a ratio")
    both = np.where(np.isnan(above), np.nan, below)
    codes, below, notes = rows_with(both, groups, f"{numerator} or {denominator}")
    above = np.where(codes >= 0, above, 0.0)
    sums, sizes = (group_sums(column, codes, groups.count, weights) for column in (above, below))
    used = np.bincount(codes[codes >= 0], minlength=groups.count) > 0
    empty = [groups.keys[i] for i in np.flatnonzero(used & (sizes == 0))]
    if empty:
        where = f" in {', '.join(empty[:5])}" if by is not None else ""
        raise SpecificationError(
            f"The denominator {denominator!r} adds up to 0{where}, so the ratio has no value."
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        estimates = sums / sizes
        influence = weights * (above - of_row(estimates, codes) * below) * of_row(1 / sizes, codes)
    thetas = None
    if design.replicates is not None:
        tops, bottoms = replicate_group_sums(design, [above, below], codes, groups.count)
        with np.errstate(invalid="ignore", divide="ignore"):
            thetas = tops / bottoms
    part = Part(
        f"{numerator}/{denominator}", estimates, spread(influence, codes, groups.count), codes, thetas
    )
    return assemble([part], groups, design, method="Ratio of weighted totals", notes=notes)
