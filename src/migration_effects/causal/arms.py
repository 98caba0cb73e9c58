"""Weighted means of both arms and their influence, with the estimation of weights and outcome models in it.

For arm g, survey weights w, balancing factors f, target tilt h and outcome model m_g (absent without adjustment)::

    mu_g = sum w h m_g / sum w h + sum_g w f (y - m_g) / sum_g w f

Lunceford and Davidian 2004, *Statistics in Medicine* 23:2937; for tilted targets Li, Morgan and Zaslavsky 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration_effects.causal.factors import Factors
from migration_effects.causal.outcome_model import OutcomeModel, fit_outcome_model

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """Means of the exposed and the comparison arm of several outcomes.

    Parameters
    ----------
    values : ndarray, shape (2,)
        Exposed, comparison.
    influence : ndarray, shape (m, 2) or None
        Survey weights included; None where not asked for or not known.
    """

    values: Array
    influence: Array | None


def estimate_arms(
    y: Array,
    exposed: Array,
    weights: Array,
    factors: Factors,
    *,
    adjust: Array | None = None,
    family: str = "gaussian",
    with_influence: bool = True,
) -> Arms:
    """Estimate both means.

    Parameters
    ----------
    y : ndarray, shape (m,)
        NaN rows take part in the weights' equations only.
    exposed : ndarray, shape (m,)
    weights : ndarray, shape (m,)
        Survey weights.
    factors : Factors
    adjust : ndarray, shape (m, q), optional
        Covariates of the outcome models, intercept first.
    family : {"gaussian", "binomial", "poisson"}
    with_influence : bool

    Returns
    -------
    Arms
    """
    s = weights / weights.mean()
    known = ~np.isnan(y)
    target = s * factors.tilt * known
    values, columns = np.empty(2), []
    # Among ATT's exposed the target weights are the final weights, so a model of their outcome cancels out.
    cancels = bool(np.array_equal(factors.tilt, exposed)) and bool((factors.factor[exposed == 1] == 1).all())
    for position, value in enumerate((1.0, 0.0)):
        rows = known & (exposed == value)
        final = np.where(rows, s * factors.factor, 0.0)
        model = None
        if adjust is not None and not (cancels and value == 1):
            model = fit_outcome_model(adjust, y, np.where(rows, s, 0.0), family)
        fitted = np.zeros(len(y)) if model is None else model.fitted
        residual = np.where(rows, np.where(known, y, 0.0) - fitted, 0.0)
        middle = target @ fitted / target.sum() if model is not None else 0.0
        rest = final @ residual / final.sum()
        values[position] = middle + rest
        if with_influence:
            columns.append(_influence(s, rows, final, target, factors, model, fitted, residual, middle, rest))
    return Arms(values, np.column_stack(columns) if with_influence else None)


def _influence(
    s: Array,
    rows: NDArray[np.bool_],
    final: Array,
    target: Array,
    factors: Factors,
    model: OutcomeModel | None,
    fitted: Array,
    residual: Array,
    middle: float,
    rest: float,
) -> Array:
    """Return the influence of one arm's mean, shape (m,)."""
    centred = np.where(rows, residual - rest, 0.0)
    total = final.sum()
    result: Array = final * centred / total
    slope = (s * centred) @ factors.gradient / total
    if model is not None:
        whole = target.sum()
        result += target * (fitted - middle) / whole
        inside = np.where(target > 0, s, 0.0) * (fitted - middle)
        slope = slope + inside @ factors.tilt_gradient / whole
        moved = (target / whole - final / total) @ model.gradient
        result += model.influence @ moved
    if factors.estimated:
        result += s * (factors.scores @ (factors.bread @ slope))
    return result
