"""Iteratively reweighted least squares for one-parameter exponential families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from migration_effects.numerics.least_squares import column_scales, triangular_factor, weighted_least_squares

Array = NDArray[np.float64]

MAX_ITERATIONS = 100
TOLERANCE = 1e-12


class Link(Protocol):
    """Link function g with its inverse and derivative."""

    def __call__(self, p: Array) -> Array:
        """Return ``g(p)``."""
        ...

    def inverse(self, z: Array) -> Array:
        """Return the mean of a linear predictor."""
        ...

    def deriv(self, p: Array) -> Array:
        """Return ``g'(p)``."""
        ...


class Family(Protocol):
    """Exponential family: link, variance function, deviance, starting values."""

    link: Link

    def variance(self, mu: Array) -> Array:
        """Return the variance function."""
        ...

    def starting_mu(self, y: Array) -> Array:
        """Return starting values of the mean."""
        ...

    def deviance(self, endog: Array, mu: Array, freq_weights: Array) -> float:
        """Return the weighted deviance."""
        ...


@dataclass(frozen=True, slots=True)
class GlmFit:
    """A weighted pseudo-likelihood fit.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
    inverse : ndarray, shape (k, k)
        Inverse of the expected information ``sum_i w_i x_i x_i' / (V(mu_i) g'(mu_i)^2)``.
    mu : ndarray, shape (n,)
        Fitted means.
    working_residuals : ndarray, shape (n,)
        Score of row i per unit of weight is ``x_i`` times this number.
    deviance : float
    iterations : int
    converged : bool
    """

    coefficients: Array
    inverse: Array
    mu: Array
    working_residuals: Array
    deviance: float
    iterations: int
    converged: bool


def fit_glm(X: Array, y: Array, weights: Array, family: Family, *, start: Array | None = None) -> GlmFit:
    """Maximise the weighted log-likelihood of a generalised linear model.

    The iteration stops when the Newton decrement, relative to the deviance, falls below 1e-12 and the step no
    longer moves the coefficients: the quasi-Newton steps of Fisher scoring converge linearly for non-canonical
    links, so a small change of the deviance alone would leave the last digits wrong.

    Parameters
    ----------
    X : ndarray, shape (n, k)
    y : ndarray, shape (n,)
    weights : ndarray, shape (n,)
        Non-negative, about 1 on average.
    family : Family
        For example ``statsmodels.api.families.Binomial()``.
    start : ndarray, shape (k,), optional
        Coefficients to start from.

    Returns
    -------
    GlmFit
        Look at ``converged`` before using it.

    Raises
    ------
    RankDeficientError
        A column of X is a linear combination of earlier ones.
    """
    if start is None:
        mu = family.starting_mu(y)
        eta = family.link(mu)
        coefficients = np.zeros(X.shape[1])
    else:
        coefficients = start
        eta = X @ start
        mu = family.link.inverse(eta)
    deviance = np.inf
    converged = False
    iteration = 0
    scales = column_scales(X)
    for iteration in range(1, MAX_ITERATIONS + 1):
        slope = family.link.deriv(mu)
        working_weights = weights / (family.variance(mu) * slope**2)
        fit = weighted_least_squares(X, eta + (y - mu) * slope, working_weights)
        step = fit.coefficients - coefficients
        coefficients = fit.coefficients
        eta = X @ coefficients
        mu = family.link.inverse(eta)
        previous, deviance = deviance, float(family.deviance(y, mu, freq_weights=weights))
        if not np.isfinite(deviance):
            break
        moved = np.max(np.abs(step * scales)) > TOLERANCE * (1 + np.max(np.abs(coefficients * scales)))
        settled = abs(deviance - previous) <= TOLERANCE * (abs(deviance) + TOLERANCE)
        if settled and not (moved and iteration < 30):
            converged = True
            break
    slope = family.link.deriv(mu)
    per_unit = 1.0 / (family.variance(mu) * slope**2)
    R = triangular_factor(X / scales, weights * per_unit)
    inverse_factor = np.linalg.solve(R, np.eye(len(R))) / scales[:, None]
    return GlmFit(
        coefficients=coefficients,
        inverse=inverse_factor @ inverse_factor.T,
        mu=mu,
        working_residuals=(y - mu) * slope * per_unit,
        deviance=deviance,
        iterations=iteration,
        converged=converged,
    )
