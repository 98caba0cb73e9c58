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


def fit_factors(
    method: Method,
    estimand: Estimand,
    X: Array,
    exposed: Array,
    weights: Array,
    columns: Sequence[str],
    *,
    start: Array | None = None,
) -> tuple[Factors, GlmFit]:
    """Fit one method.

    Parameters
    ----------
    method : {"ipw", "overlap", "entropy", "matching"}
    estimand : {"ATT", "ATE", "ATO"}
    X : ndarray, shape (m, k)
    exposed : ndarray, shape (m,)
    weights : ndarray, shape (m,)
        Survey weights of any scale.
    columns : sequence of str
    start : ndarray, shape (k,), optional

    Returns
    -------
    factors : Factors
        Fitted with weights of mean 1.
    propensity : GlmFit

    Raises
    ------
    ConvergenceError
        The propensity model or the balancing has no solution.
    """
    scaled = weights / weights.mean()
    fit = fit_propensity(X, exposed, scaled, start)
    if not fit.converged:
        raise ConvergenceError(
            f"The propensity model did not converge in {fit.iterations} iterations (fitted propensities from "
            f"{fit.mu.min():.2g} to {fit.mu.max():.2g}). Rescale covariates of very different size, merge rare "
            "levels, or use fewer covariates."
        )
    if method == "entropy":
        return entropy_factors(X, exposed, scaled, fit, estimand, columns), fit
    if method == "matching":
        return matching_factors(X, exposed, scaled, fit), fit
    return logit_factors(X, exposed, fit, estimand), fit
