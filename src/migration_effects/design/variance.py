"""One kernel turns influence into covariance: totals by sampling unit, centred within strata, stage by stage."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from migration_effects.design.stages import LonelyPsu, Stage
from migration_effects.errors import DesignError
from migration_effects.numerics.grouping import sum_by

Array = NDArray[np.float64]
Influence: TypeAlias = Any  # ndarray or scipy.sparse.csr_array, shape (n, k)
# A stratum whose sampling fraction is this close to 1 was taken whole and adds no variance.
CENSUS = 1 - 1e-7
# A table of totals may have this many cells per stored entry of a sparse influence before it is kept sparse too.
TABLE_PER_ENTRY = 4


def unit_totals(influence: Influence, stage: Stage) -> Influence:
    """Add the influence rows of each sampling unit.

    Parameters
    ----------
    influence : ndarray or sparse array, shape (n, k)
    stage : Stage

    Returns
    -------
    ndarray or sparse array, shape (units, k)
        Sparse only where a table of units by columns would be much larger than the influence itself.
    """
    if sparse.issparse(influence):
        n, k = influence.shape
        if stage.units * k <= TABLE_PER_ENTRY * max(influence.nnz, n):
            entries = np.diff(influence.indptr)
            unit = stage.unit if (entries == 1).all() else np.repeat(stage.unit, entries)
            table = sum_by(unit * k + influence.indices, influence.data, stage.units * k)
            return table.reshape(stage.units, k)
        gather = sparse.csr_array((np.ones(n), (stage.unit, np.arange(n))), shape=(stage.units, n))
        return sparse.csr_array(gather @ influence)
    return sum_by(stage.unit, influence, stage.units)


def _scales(stage: Stage, lonely_psu: LonelyPsu, used: NDArray[np.bool_], number: int) -> tuple[Array, float]:
    """Return the factor of each group's centred sum of squares, and the inflation of rule "average"."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = stage.multiplier * (1 - stage.sampled_fraction) * stage.size / (stage.size - 1)
    census = stage.sampled_fraction >= CENSUS
    scale = np.where(census, 0.0, scale)
    lonely = (stage.size == 1) & ~census & used
    inflation = 1.0
    if lonely.any():
        if lonely_psu == "fail":
            raise DesignError(_lonely_message(stage, lonely, number))
        if lonely_psu == "average":
            inflation = used.sum() / max((used & ~lonely).sum(), 1) if (used & ~lonely).any() else np.nan
        value = stage.multiplier * (1 - stage.sampled_fraction) if lonely_psu == "adjust" else 0.0
        scale = np.where(lonely, value, scale)
    return np.where(np.isfinite(scale), scale, 0.0), inflation


def _lonely_message(stage: Stage, lonely: NDArray[np.bool_], number: int) -> str:
    """Word the error of a group with one sampling unit."""
    names = [stage.labels[i] for i in np.flatnonzero(lonely)]
    where = "" if number == 1 else f" at stage {number}"
    if len(names) == 1:
        head = f"stratum {names[0]!r} has one PSU{where}, so its variance cannot be estimated."
    else:
        shown = ", ".join(repr(name) for name in names[:5]) + (", ..." if len(names) > 5 else "")
        head = f"{len(names)} strata have one PSU{where} ({shown}), so their variance cannot be estimated."
    return f'{head}\nChoose lonely_psu="certainty" or "adjust", or merge strata before building the design.'


def check_lonely(stages: tuple[Stage, ...], lonely_psu: LonelyPsu, rows_used: NDArray[np.bool_]) -> None:
    """Raise when a stratum in use has one PSU and the rule is "fail".

    Parameters
    ----------
    stages, lonely_psu, rows_used
        As in `covariance`.

    Raises
    ------
    DesignError
    """
    for number, stage in enumerate(stages, start=1):
        _scales(stage, lonely_psu, _groups_used(stage, rows_used), number)


def _groups_used(stage: Stage, rows_used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which groups have a row in use."""
    if rows_used.all():
        return np.ones(stage.groups, dtype=bool)
    used = np.zeros(stage.groups, dtype=bool)
    used[stage.group_of_unit[stage.unit[rows_used]]] = True
    return used


def covariance(
    influence: Influence, stages: tuple[Stage, ...], lonely_psu: LonelyPsu, rows_used: NDArray[np.bool_]
) -> Array:
    """Return the design covariance of estimates from their influence.

    ``V = sum over stages, sum over groups h of m_h (1 - f_h) n_h/(n_h - 1) sum_i (t_hi - t_h)(t_hi - t_h)'``,
    with t_hi the total influence of unit i and m_h the sampling fractions of the stages before (Särndal,
    Swensson and Wretman 1992, section 4.3; the same recursion as R's ``svyrecvar``).

    Parameters
    ----------
    influence : ndarray or sparse array, shape (n, k)
        Weights included; zero outside the domain.
    stages : tuple of Stage
    lonely_psu : {"fail", "certainty", "adjust", "average"}
    rows_used : ndarray of bool, shape (n,)
        Rows of the domain: a group without any is not looked at.

    Returns
    -------
    ndarray, shape (k, k)

    Raises
    ------
    DesignError
        A stratum has one PSU and the rule is "fail".
    """
    k = influence.shape[1]
    result = np.zeros((k, k))
    for number, stage in enumerate(stages, start=1):
        scale, inflation = _scales(stage, lonely_psu, _groups_used(stage, rows_used), number)
        totals = unit_totals(influence, stage)
        if sparse.issparse(totals):
            part = _sparse_products(totals, stage, scale, lonely_psu).toarray()
        else:
            centred = _centred(totals, stage, lonely_psu) * np.sqrt(scale)[stage.group_of_unit, None]
            part = centred.T @ centred
        result += part * (inflation if number == 1 else 1.0)
    return result


def variances(
    influence: Influence, stages: tuple[Stage, ...], lonely_psu: LonelyPsu, rows_used: NDArray[np.bool_]
) -> Array:
    """Return the diagonal of `covariance` without forming the rest.

    Parameters
    ----------
    influence, stages, lonely_psu, rows_used
        As in `covariance`.

    Returns
    -------
    ndarray, shape (k,)
    """
    result = np.zeros(influence.shape[1])
    for number, stage in enumerate(stages, start=1):
        scale, inflation = _scales(stage, lonely_psu, _groups_used(stage, rows_used), number)
        totals = unit_totals(influence, stage)
        if sparse.issparse(totals):
            part = _sparse_squares(totals, stage, scale, lonely_psu)
        else:
            centred = _centred(totals, stage, lonely_psu)
            part = scale[stage.group_of_unit] @ (centred * centred)
        result += part * (inflation if number == 1 else 1.0)
    return result


def _centred(totals: Array, stage: Stage, lonely_psu: LonelyPsu) -> Array:
    """Subtract the group mean from unit totals; lonely units stay as they are under "adjust"."""
    means = sum_by(stage.group_of_unit, totals, stage.groups) / np.maximum(stage.size, 1)[:, None]
    if lonely_psu == "adjust":
        means[stage.size == 1] = 0.0
    return totals - means[stage.group_of_unit]


def _group_sums(totals: sparse.csr_array, stage: Stage) -> sparse.csr_array:
    """Add unit totals within groups."""
    gather = sparse.csr_array(
        (np.ones(stage.units), (stage.group_of_unit, np.arange(stage.units))),
        shape=(stage.groups, stage.units),
    )
    return sparse.csr_array(gather @ totals)


def _mean_factors(stage: Stage, scale: Array, lonely_psu: LonelyPsu) -> Array:
    """Return the factor of the squared group sum that centring removes."""
    factor = scale / np.maximum(stage.size, 1)
    return np.where(stage.size == 1, 0.0, factor) if lonely_psu == "adjust" else factor


def _sparse_products(
    totals: sparse.csr_array, stage: Stage, scale: Array, lonely_psu: LonelyPsu
) -> sparse.csr_array:
    """Return the centred cross-products of sparse totals as raw products less group means."""
    weighted = totals.multiply(scale[stage.group_of_unit][:, None]).tocsr()
    sums = _group_sums(totals, stage)
    correction = sums.multiply(_mean_factors(stage, scale, lonely_psu)[:, None]).tocsr()
    return sparse.csr_array(totals.T @ weighted - sums.T @ correction)


def _sparse_squares(totals: sparse.csr_array, stage: Stage, scale: Array, lonely_psu: LonelyPsu) -> Array:
    """Return the centred sums of squares of sparse totals."""
    raw = totals.multiply(totals).T @ scale[stage.group_of_unit]
    sums = _group_sums(totals, stage)
    return np.asarray(raw - sums.multiply(sums).T @ _mean_factors(stage, scale, lonely_psu))
