"""Fit balancing factors to arrays; the same call serves the sample and every replicate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from migration_effects.causal.entropy import entropy_factors
from migration_effects.causal.factors import Estimand, Factors, Method, fit_propensity, logit_factors
from migration_effects.causal.matching import matching_factors
from migration_effects.errors import ConvergenceError
from migration_effects.numerics.glm import GlmFit

Array = NDArray[np.float64]


def propensity_fit(X: Array, exposed: Array, weights: Array, start: Array | None = None) -> GlmFit:
    """Fit the survey-weighted logit of the exposure; a separated one counts as fitted.

    Parameters
    ----------
    X : ndarray, shape (m, k)
    exposed : ndarray, shape (m,)
    weights : ndarray, shape (m,)
        Survey weights of any scale.
    start : ndarray, shape (k,), optional

    Returns
    -------
    GlmFit
        ``diverging`` when some rows are certain of their group.

    Raises
    ------
    ConvergenceError
        The iteration did not settle for another reason.
    """
    fit = fit_propensity(X, exposed, weights / weights.mean(), start)
    if not (fit.converged or fit.diverging):
        raise ConvergenceError(
            f"The propensity model did not converge in {fit.iterations} iterations (fitted propensities from "
            f"{fit.mu.min():.2g} to {fit.mu.max():.2g}). Rescale covariates of very different size, merge rare "
            "levels, or use fewer covariates."
        )
    return fit


def fit_factors(
    method: Method,
    estimand: Estimand,
    X: Array,
    exposed: Array,
    weights: Array,
    columns: Sequence[str],
    fit: GlmFit,
) -> Factors:
    """Turn a propensity fit into the balancing factors of one method.

    Parameters
    ----------
    method : {"ipw", "overlap", "entropy", "matching"}
    estimand : {"ATT", "ATE", "ATO"}
    X : ndarray, shape (m, k)
    exposed : ndarray, shape (m,)
    weights : ndarray, shape (m,)
        Survey weights of any scale.
    columns : sequence of str
    fit : GlmFit
        The propensity under the same weights.

    Returns
    -------
    Factors
        Under weights of mean 1.

    Raises
    ------
    ConvergenceError
        Balancing has no solution.
    """
    if method == "entropy":
        return entropy_factors(X, exposed, weights / weights.mean(), fit, estimand, columns)
    if method == "matching":
        return matching_factors(X, exposed, weights, fit)
    return logit_factors(X, exposed, fit, estimand)
