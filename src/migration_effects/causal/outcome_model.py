"""The outcome model of one arm, fitted with the survey weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration_effects.errors import ConvergenceError, SpecificationError
from migration_effects.numerics.glm import fit_glm
from migration_effects.numerics.least_squares import RankDeficientError, weighted_least_squares
from migration_effects.regression.families import family_of

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeModel:
    """Predictions for every row from a model of some rows.

    Parameters
    ----------
    fitted : ndarray, shape (m,)
    gradient : ndarray, shape (m, q)
        Derivative of `fitted`.
    influence : ndarray, shape (m, q)
        Influence of the coefficients, weights included.
    """

    fitted: Array
    gradient: Array
    influence: Array


def fit_outcome_model(X: Array, y: Array, weights: Array, family: str) -> OutcomeModel:
    """Fit a model to the rows of positive weight and predict all.

    Parameters
    ----------
    X : ndarray, shape (m, q)
    y : ndarray, shape (m,)
    weights : ndarray, shape (m,)
        0 for rows that the model is not fitted to.
    family : {"gaussian", "binomial", "poisson"}
        With the canonical link.

    Returns
    -------
    OutcomeModel

    Raises
    ------
    SpecificationError
        The covariates are collinear in this arm.
    ConvergenceError
    """
    rows = weights > 0
    scale = weights[rows].mean()
    try:
        if family == "gaussian":
            least = weighted_least_squares(X[rows], y[rows], weights[rows] / scale)
            coefficients, inverse, residuals = least.coefficients, least.inverse, least.residuals
            fitted = X @ coefficients
            gradient = X
        else:
            chosen, _ = family_of(family, None)
            fit = fit_glm(X[rows], y[rows], weights[rows] / scale, chosen, canonical=True)
            if not fit.converged:
                raise ConvergenceError(
                    f"The outcome model ({family}) did not converge in {fit.iterations} iterations. "
                    "Use fewer covariates in adjust=, or family='gaussian'."
                )
            coefficients, inverse, residuals = fit.coefficients, fit.inverse, fit.working_residuals
            fitted = chosen.link.inverse(X @ coefficients)
            gradient = X * chosen.variance(fitted)[:, None]
    except RankDeficientError as error:
        raise SpecificationError(
            f"The adjust covariates are linear combinations of each other among the {int(rows.sum())} rows that the "
            f"outcome model is fitted to (columns {list(error.columns)}). Merge rare levels or leave some out."
        ) from error
    influence = np.zeros_like(X)
    influence[rows] = (X[rows] * (residuals * weights[rows] / scale)[:, None]) @ inverse
    return OutcomeModel(fitted, gradient, influence)
