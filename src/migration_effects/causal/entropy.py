"""Entropy balancing: the smallest change of the survey weights that makes covariate means equal.

Hainmueller 2012, *Political Analysis* 20:25. It is raking calibration of one group to the means of another, so the
solver is that of calibration.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from migration_effects.causal.factors import Estimand, Factors
from migration_effects.errors import ConvergenceError
from migration_effects.numerics.calibration import calibrate_factors
from migration_effects.numerics.glm import GlmFit
from migration_effects.numerics.terms import DenseTerms, pseudo_inverse
from migration_effects.regression.separation import EXTREME

Array = NDArray[np.float64]
TOLERANCE = 1e-12
MAX_ITERATIONS = 200


def entropy_factors(
    X: Array, exposed: Array, weights: Array, fit: GlmFit, estimand: Estimand, columns: Sequence[str]
) -> Factors:
    """Reweight the comparison group (ATT) or both groups (ATE) to the target's covariate means.

    Factors ``exp(z'lambda)`` solve ``sum_g w exp(z'lambda) z = sum_target w z``.

    Parameters
    ----------
    X : ndarray, shape (m, k)
        Intercept first.
    exposed : ndarray, shape (m,)
    weights : ndarray, shape (m,)
        Survey weights of mean 1.
    fit : GlmFit
        The propensity, for diagnostics only.
    estimand : {"ATT", "ATE"}
    columns : sequence of str
        For the message.

    Returns
    -------
    Factors

    Raises
    ------
    ConvergenceError
        No weights of the group meet the target's means.
    """
    tilt = exposed if estimand == "ATT" else np.ones_like(exposed)
    Z = _terms(X, weights * tilt)
    factor, scores, breads, gradients = tilt.copy(), [], [], []
    groups = [(0.0, "comparison")] if estimand == "ATT" else [(1.0, "exposed"), (0.0, "comparison")]
    for value, group in groups:
        inside = exposed == value
        if fit.diverging:  # rows that the target has no like of stand at the border of the solution, at 0
            factor[inside] = 0.0
            inside &= np.where(value == 1, 1 - fit.mu, fit.mu) > EXTREME
        g = _solve(Z[inside], weights[inside], float(weights @ tilt), columns, group)
        factor[inside] = g
        gradient = np.where(inside, factor, 0.0)[:, None] * Z
        scores.append(tilt[:, None] * Z - gradient)
        breads.append(pseudo_inverse(Z.T @ (gradient * weights[:, None])))
        gradients.append(gradient)
    gradient = np.hstack(gradients)
    return Factors(
        factor=factor,
        tilt=tilt,
        propensity=fit.mu,
        scores=np.hstack(scores),
        bread=np.asarray(block_diag(*breads)),
        gradient=gradient,
        tilt_gradient=np.zeros_like(gradient),
        start=fit.coefficients,
    )


def _terms(X: Array, target: Array) -> Array:
    """Return columns of spread 1 and target mean 1: every total to be met is then the same number."""
    centre = target @ X / target.sum()
    spread = X.std(axis=0)
    Z = 1 + (X - centre) / np.where(spread > 0, spread, 1.0)
    Z[:, 0] = 1.0
    return Z


def _solve(Z: Array, weights: Array, total: float, columns: Sequence[str], group: str) -> Array:
    """Return the factors of one group."""
    level = total / weights.sum()
    result = calibrate_factors(
        DenseTerms(Z),
        weights * level,
        np.full(Z.shape[1], total),
        distance="raking",
        low=0.0,
        high=np.inf,
        max_iterations=MAX_ITERATIONS,
        tolerance=TOLERANCE,
    )
    if not (result.error <= TOLERANCE).all():
        worst = np.argsort(-result.error)[:3]
        named = ", ".join(
            f"{columns[j]} (off by {result.error[j]:.2g})" for j in worst if result.error[j] > TOLERANCE
        )
        raise ConvergenceError(
            f"Entropy balancing found no weights of the {len(Z)} {group} rows that meet the target's means after "
            f"{result.iterations} iterations: {named}. The groups do not overlap there: use fewer covariates, "
            "method='overlap', or restrict the domain to where both groups occur."
        )
    return result.factors * level
