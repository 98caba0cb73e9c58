"""Replicates to first order: what a jackknife would give, from the influence of a linearised estimate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from migration_effects.design import SurveyDesign
from migration_effects.design.replicates import Replicates
from migration_effects.estimation.estimate import Estimate

Array = NDArray[np.float64]
JACKKNIVES = ("jk1", "jkn")


def has_first_order(design: SurveyDesign) -> bool:
    """Return whether linearised estimates have replicates to first order that keep their standard errors.

    So it is for a jackknife of first-stage units, when no later stage adds to the linearised variance.

    Parameters
    ----------
    design : SurveyDesign
        With replicates.

    Returns
    -------
    bool
    """
    made = design.replicates
    later = any(stage.multiplier.any() for stage in design.stages[1:])
    return made is not None and made.method in JACKKNIVES and made.factors is not None and not later


def jackknife_values(estimate: Estimate, design: SurveyDesign) -> Array:
    """Return the values of a linearised estimate under every jackknife replicate, to first order.

    ``theta_r = theta + sum_i (f_ir - 1) u_i`` with f the factors of the replicate and u the influence under the base
    weights. With the replicates' scale this gives the linearised variance exactly.

    Parameters
    ----------
    estimate : Estimate
        Linearised.
    design : SurveyDesign
        The same sample with jackknife replicates.

    Returns
    -------
    ndarray, shape (R, k)
    """
    made = design.replicates
    assert made is not None
    assert made.factors is not None
    assert made.unit is not None
    assert estimate.linearised is not None
    held = estimate.linearised
    influence = design.project(held.toarray() if sparse.issparse(held) else np.asarray(held))
    gather = sparse.csr_array(
        (np.ones(len(made.unit)), (made.unit, np.arange(len(made.unit)))),
        shape=(len(made.factors), len(made.unit)),
    )
    return estimate.values + (made.factors - 1).T @ (gather @ influence)


def same_replicates(one: Replicates | None, other: Replicates | None) -> bool:
    """Return whether two sets of replicates are the same, made apart or not.

    Parameters
    ----------
    one, other : Replicates or None

    Returns
    -------
    bool
    """
    if one is other:
        return True
    if one is None or other is None:
        return False
    if one.factors is None or other.factors is None or one.unit is None or other.unit is None:
        return False
    return (
        one.method == other.method
        and np.array_equal(one.scale, other.scale)
        and np.array_equal(one.factors, other.factors)
        and np.array_equal(one.unit, other.unit)
    )
