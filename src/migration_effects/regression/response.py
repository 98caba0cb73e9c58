"""Fitted means of a model as a function of its coefficients, with their weighted average gradient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from migration_effects.regression.families import family_of
from migration_effects.regression.regress import Regression

Array = NDArray[np.float64]


def outcome_levels(fit: Regression) -> tuple[str, ...]:
    """Return the levels whose shares the model predicts; one empty text for a model of a mean."""
    assert fit.model is not None
    return fit.model.levels if fit.family in ("ordinal", "multinomial") else ("",)


def predicted(fit: Regression, matrix: Array, coefficients: Array) -> Array:
    """Return fitted means, one column per level.

    Parameters
    ----------
    fit : Regression
    matrix : ndarray, shape (m, q)
        Rows of the model matrix.
    coefficients : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (m, L)
    """
    if fit.family == "multinomial":
        return special.softmax(_multinomial_eta(fit, matrix, coefficients), axis=1)
    if fit.family == "ordinal":
        cumulative, _ = _ordinal(fit, matrix, coefficients)
        return np.diff(cumulative, axis=1)
    family, _ = family_of(_mean_family(fit), fit.link)
    return family.link.inverse(matrix @ coefficients)[:, None]


def average_gradient(fit: Regression, matrix: Array, coefficients: Array, weights: Array) -> Array:
    """Return ``sum_i w_i d mu_i / d b``, one row per level.

    Parameters
    ----------
    fit : Regression
    matrix : ndarray, shape (m, q)
    coefficients : ndarray, shape (k,)
    weights : ndarray, shape (m,)

    Returns
    -------
    ndarray, shape (L, k)
    """
    if fit.family == "multinomial":
        shares = special.softmax(_multinomial_eta(fit, matrix, coefficients), axis=1)
        L = shares.shape[1]
        blocks = [
            [(weights * shares[:, a] * ((a == b) - shares[:, b])) @ matrix for b in range(1, L)]
            for a in range(L)
        ]
        return np.array([np.concatenate(row) for row in blocks])
    if fit.family == "ordinal":
        return _ordinal_gradient(fit, matrix, coefficients, weights)
    family, _ = family_of(_mean_family(fit), fit.link)
    slope = family.link.inverse_deriv(matrix @ coefficients)  # type: ignore[attr-defined]
    return ((weights * slope) @ matrix)[None, :]


def _mean_family(fit: Regression) -> str:
    """Return a one-parameter family with the same mean as the model's."""
    return "poisson" if fit.family == "negative_binomial" else fit.family


def _multinomial_eta(fit: Regression, matrix: Array, coefficients: Array) -> Array:
    """Return the linear predictors, zero for the first level."""
    assert fit.model is not None
    slopes = coefficients.reshape(len(fit.model.levels) - 1, matrix.shape[1])
    return np.column_stack([np.zeros(len(matrix)), matrix @ slopes.T])


def _ordinal(fit: Regression, matrix: Array, coefficients: Array) -> tuple[Array, Array]:
    """Return cumulative shares with 0 and 1 at the ends, and the slopes' part of the matrix."""
    assert fit.model is not None
    slopes = matrix[:, [j for j, name in enumerate(fit.model.columns) if name != "Intercept"]]
    k = slopes.shape[1]
    inner = special.expit(coefficients[k:][None, :] - (slopes @ coefficients[:k])[:, None])
    return np.column_stack([np.zeros(len(matrix)), inner, np.ones(len(matrix))]), slopes


def _ordinal_gradient(fit: Regression, matrix: Array, coefficients: Array, weights: Array) -> Array:
    """Return the gradient of ordinal shares: differences of those of the cumulative shares."""
    cumulative, slopes = _ordinal(fit, matrix, coefficients)
    cuts = cumulative.shape[1] - 2
    below = np.zeros((cuts + 2, len(coefficients)))
    for j in range(1, cuts + 1):
        density = weights * cumulative[:, j] * (1 - cumulative[:, j])
        below[j, : slopes.shape[1]] = -(density @ slopes)
        below[j, slopes.shape[1] + j - 1] = density.sum()
    return np.diff(below, axis=0)
