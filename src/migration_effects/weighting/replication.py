"""Make replicates of a design: jackknife, balanced half-samples, bootstrap, successive differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.replicates import Replicates
from migration_effects.design.stages import Stage
from migration_effects.design.survey import ReplicateMethod
from migration_effects.errors import DesignError, SpecificationError
from migration_effects.numerics.hadamard import hadamard

Array = NDArray[np.float64]
Made = tuple[Array, Array]  # factors (units, R) and scale (R,)
MOST_JACKKNIFE_UNITS = 20_000


def replicate(
    design: SurveyDesign,
    *,
    method: ReplicateMethod = "bootstrap",
    replicates: int = 500,
    seed: int | None = None,
    fay_rho: float = 0.3,
) -> SurveyDesign:
    """Give a design replicates, which then carry the variance of every verb.

    Factors belong to first-stage units; all weighting steps are run again in every replicate.

    ===========  =========================================================  ==========================
    method       factor of a unit                                           scale
    ===========  =========================================================  ==========================
    jk1          0 for one unit, n/(n-1) for the others (no strata)         (n-1)/n (1-f)
    jkn          0 for one unit, n_h/(n_h-1) for the others of its stratum  (n_h-1)/n_h (1-f_h)
    brr          2 or 0, two units a stratum, Hadamard balance              1/R
    fay          2-rho or rho                                               1/(R (1-rho)^2)
    bootstrap    Rao and Wu 1988 with m_h = n_h - 1                         1/(R-1)
    sdr          1 + 2^(-3/2) (a_i - a_(i+1)), Fay and Train 1995           4/R
    ===========  =========================================================  ==========================

    Parameters
    ----------
    design : SurveyDesign
        With stages, not delivered replicate weights.
    method : {"jk1", "jkn", "brr", "fay", "bootstrap", "sdr"}
    replicates : int
        Number for "bootstrap" and least number for "sdr"; the others follow from the design.
    seed : int, optional
        Of the bootstrap draws.
    fay_rho : float
        Fay's factor, from 0 to below 1.

    Returns
    -------
    SurveyDesign
        With the degrees of freedom of the design it came from.

    Raises
    ------
    DesignError
        The strata do not suit the method, or a stratum has one PSU.
    SpecificationError
        Unknown method, too few replicates, or a design that came with replicate weights.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0]})
    >>> plain = me.SurveyDesign(data)
    >>> jackknife = me.replicate(plain, method="jk1")
    >>> bool(abs(me.mean("y", jackknife).std_error - me.mean("y", plain).std_error)[0] < 1e-12)
    True
    """
    require_design(design)
    if design.fixed_df and design.replicates is not None:
        raise SpecificationError(
            "The design came with replicate weights, so its sampling stages are not known and no others can be made."
        )
    if replicates < 2:
        raise SpecificationError(f"replicates={replicates} is too few; use 200 or more.")
    if not 0 <= fay_rho < 1:
        raise SpecificationError(f"fay_rho={fay_rho!r} must lie from 0 to below 1.")
    first = design.stages[0]
    makers: dict[str, Callable[[], Made]] = {
        "jk1": lambda: _jk1(first),
        "jkn": lambda: _jkn(first, design),
        "brr": lambda: _half_samples(first, 0.0),
        "fay": lambda: _half_samples(first, fay_rho),
        "bootstrap": lambda: _bootstrap(first, design, replicates, np.random.default_rng(seed)),
        "sdr": lambda: _successive_differences(first, replicates),
    }
    if method not in makers:
        raise SpecificationError(f"method={method!r} is unknown. Allowed: {', '.join(makers)}.")
    factors, scale = makers[method]()
    return design.with_replicates(Replicates(method, scale, factors=factors, unit=first.unit))


def _check_jackknife_size(units: int) -> None:
    """Refuse jackknives whose factors would not fit into memory."""
    if units > MOST_JACKKNIFE_UNITS:
        raise DesignError(
            f"A jackknife of {units} units needs as many replicates. Use method='bootstrap', or name the psu column."
        )


def _jk1(first: Stage) -> Made:
    """Leave out one unit at a time, without strata."""
    if first.groups > 1:
        raise DesignError(
            f"method='jk1' is for designs without strata; this one has {first.groups}. Use 'jkn'."
        )
    n = first.units
    _check_jackknife_size(n)
    if n < 2:
        raise DesignError("The design has one PSU, so its variance cannot be estimated.")
    factors = np.full((n, n), n / (n - 1))
    np.fill_diagonal(factors, 0.0)
    return factors, np.full(n, (n - 1) / n * (1 - first.sampled_fraction[0]))


def _strata_with_several(first: Stage, design: SurveyDesign) -> NDArray[np.intp]:
    """Return the strata that give replicates; those with one PSU follow the design's rule."""
    lonely = (first.size == 1) & (first.sampled_fraction < 1)
    if lonely.any() and design.lonely_psu != "certainty":
        names = ", ".join(repr(first.labels[i]) for i in np.flatnonzero(lonely)[:5])
        raise DesignError(
            f"{int(lonely.sum())} strata have one PSU ({names}), so they have no replicate. "
            'Choose lonely_psu="certainty", or merge strata before building the design.'
        )
    return np.flatnonzero(first.size > 1)


def _jkn(first: Stage, design: SurveyDesign) -> Made:
    """Leave out one unit at a time within its stratum."""
    _check_jackknife_size(first.units)
    kept = np.isin(first.group_of_unit, _strata_with_several(first, design))
    left_out = np.flatnonzero(kept)
    n = first.size[first.group_of_unit[left_out]].astype(np.float64)
    same = first.group_of_unit[:, None] == first.group_of_unit[left_out][None, :]
    factors = np.where(same, n / (n - 1), 1.0)
    factors[left_out, np.arange(len(left_out))] = 0.0
    fraction = first.sampled_fraction[first.group_of_unit[left_out]]
    return factors, (n - 1) / n * (1 - fraction)


def _half_samples(first: Stage, rho: float) -> Made:
    """Return balanced half-samples of two units a stratum."""
    wrong = np.flatnonzero(first.size != 2)
    if len(wrong):
        raise DesignError(
            f"Balanced half-samples need two PSUs in every stratum; {len(wrong)} of {first.groups} have another number "
            f"(first: {first.labels[wrong[0]]!r} with {first.size[wrong[0]]}). Use 'jkn' or 'bootstrap'."
        )
    signs = hadamard(first.groups + 1)
    count = len(signs)
    order = np.argsort(first.group_of_unit, kind="stable")
    side = np.empty(first.units, dtype=np.int8)
    side[order[0::2]], side[order[1::2]] = 1, -1
    chosen = signs[:, 1 + first.group_of_unit].T * side[:, None]
    factors = 1 + (1 - rho) * chosen.astype(np.float64)
    return factors, np.full(count, 1 / (count * (1 - rho) ** 2))


def _bootstrap(first: Stage, design: SurveyDesign, count: int, generator: np.random.Generator) -> Made:
    """Return the rescaling bootstrap of Rao and Wu (1988, JASA 83:231) with m_h = n_h - 1."""
    factors = np.ones((first.units, count))
    order = np.argsort(first.group_of_unit, kind="stable")
    starts = np.concatenate([[0], np.cumsum(first.size)])
    for stratum in _strata_with_several(first, design):
        units = order[starts[stratum] : starts[stratum + 1]]
        n = len(units)
        draws = generator.multinomial(n - 1, np.full(n, 1 / n), size=count).T
        keep = np.sqrt(1 - first.sampled_fraction[stratum])
        factors[units] = 1 - keep + keep * n / (n - 1) * draws
    return factors, np.full(count, 1 / (count - 1))


def _order_of_appearance(first: Stage) -> NDArray[np.intp]:
    """Return the units as they come in the data, stratum after stratum; codes alone follow the kind of the column."""
    rows = len(first.unit)
    unit_row = np.full(first.units, rows)
    np.minimum.at(unit_row, first.unit, np.arange(rows))
    stratum_row = np.full(first.groups, rows)
    np.minimum.at(stratum_row, first.group_of_unit, unit_row)
    return np.lexsort((unit_row, stratum_row[first.group_of_unit]))


def _successive_differences(first: Stage, least: int) -> Made:
    """Return successive difference replicates of units in their order of appearance within strata."""
    # Columns of a matrix whose first column is constant add to 0 over the replicates, so their mean is the estimate.
    signs = hadamard(max(least, 4)).astype(np.float64).T
    count = len(signs)
    rank = np.empty(first.units, dtype=np.intp)
    rank[_order_of_appearance(first)] = np.arange(first.units)
    one, two = 1 + rank % (count - 1), 1 + (rank + 1) % first.units % (count - 1)
    shrink = np.sqrt(1 - first.sampled_fraction[first.group_of_unit])[:, None]
    factors = 1 + shrink * 2**-1.5 * (signs[one] - signs[two])
    return factors, np.full(count, 4 / count)
