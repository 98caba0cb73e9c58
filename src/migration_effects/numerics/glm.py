"""Fisher scoring for one-parameter exponential families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrs

from migration_effects.numerics.least_squares import check_rank, triangular_factor

Array = NDArray[np.float64]

MAX_ITERATIONS = 100
TOLERANCE = 1e-11
# Under separation the score vanishes while the linear predictor of some rows grows by about 1 in every step.
PATIENCE, VANISHED, STILL_GROWING = 20, 1e-9, 0.5
HALVINGS = 30


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
    iterations : int
    converged : bool
    diverging : bool
        The score has vanished while the coefficients keep growing: the likelihood has no maximum.
    """

    coefficients: Array
    inverse: Array
    mu: Array
    working_residuals: Array
    iterations: int
    converged: bool
    diverging: bool


@dataclass(frozen=True, slots=True)
class GlmSolution:
    """Where the iteration ended.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
    mu : ndarray, shape (n,)
    iterations : int
    converged : bool
    diverging : bool
        As in `GlmFit`.
    """

    coefficients: Array
    mu: Array
    iterations: int
    converged: bool
    diverging: bool


def solve_glm(
    X: Array, y: Array, weights: Array, family: Family, *, canonical: bool = False, start: Array | None = None
) -> GlmSolution:
    """Find the coefficients of a generalised linear model and nothing else, as replicates need them.

    Fisher scoring until what is left to move of the linear predictor vanishes: a small change of the deviance alone
    would leave the last digits wrong. What is left follows from the last two steps, ``m r / (1 - r)`` with r their
    ratio. A step that raises the deviance is halved.

    Parameters
    ----------
    X, y, weights, family, canonical, start
        As in `fit_glm`.

    Returns
    -------
    GlmSolution
        Look at ``converged`` before using it.

    Raises
    ------
    RankDeficientError
        A column of X is a linear combination of earlier ones.
    """
    if start is None:
        coefficients, mu = np.zeros(X.shape[1]), family.starting_mu(y)
        working = family.link(mu)  # the first step fits the linked starting means
    else:
        coefficients, mu, working = start, family.link.inverse(X @ start), np.zeros(len(y))
    converged, diverging, iteration, previous = False, False, 0, np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        information, residual = _pieces(y, mu, family, canonical)
        R = triangular_factor(X, weights * information)
        if iteration == 1:
            check_rank(R)
            score = X.T @ (weights * (residual + information * working))
        else:
            score = X.T @ (weights * residual)
        step = dpotrs(R, score)[0]
        decrement = float(score @ step)
        if not np.isfinite(decrement):
            break
        moved = np.sqrt(max(decrement, 0.0) / max(len(y), 1))
        coefficients, mu = _advance(X, y, weights, family, coefficients, step, previous < moved)
        rate = moved / previous
        left = moved * rate / (1 - rate) if rate < 1 else np.inf
        if iteration > 1 and min(moved, left) <= TOLERANCE:
            converged = True
            break
        if iteration > PATIENCE and decrement <= VANISHED * len(y) and np.abs(X @ step).max() > STILL_GROWING:
            diverging = True
            break
        previous = max(moved, TOLERANCE)
    return GlmSolution(coefficients, mu, iteration, converged, diverging)


def fit_glm(
    X: Array, y: Array, weights: Array, family: Family, *, canonical: bool = False, start: Array | None = None
) -> GlmFit:
    """Maximise the weighted log-likelihood of a generalised linear model.

    Parameters
    ----------
    X : ndarray, shape (n, k)
    y : ndarray, shape (n,)
    weights : ndarray, shape (n,)
        Non-negative, about 1 on average.
    family : Family
        For example ``statsmodels.api.families.Binomial()``.
    canonical : bool
        The link is the canonical one, so that ``V g' = 1`` need not be computed.
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
    found = solve_glm(X, y, weights, family, canonical=canonical, start=start)
    information, residual = _pieces(y, found.mu, family, canonical)
    R = triangular_factor(X, weights * information)
    inverse_factor = np.linalg.solve(R, np.eye(len(R)))
    return GlmFit(
        coefficients=found.coefficients,
        inverse=inverse_factor @ inverse_factor.T,
        mu=found.mu,
        working_residuals=residual,
        iterations=found.iterations,
        converged=found.converged,
        diverging=found.diverging,
    )


def _pieces(y: Array, mu: Array, family: Family, canonical: bool) -> tuple[Array, Array]:
    """Return information and score of each row per unit of weight."""
    variance = family.variance(mu)
    if canonical:
        return variance, y - mu
    slope = family.link.deriv(mu)
    return 1 / (variance * slope**2), (y - mu) / (variance * slope)


def _advance(
    X: Array, y: Array, weights: Array, family: Family, coefficients: Array, step: Array, careful: bool
) -> tuple[Array, Array]:
    """Take a step, halving it while it raises the deviance when the last one did not help."""
    trial = coefficients + step
    with np.errstate(over="ignore"):  # a mean of exactly 0 or 1 is what separation leads to
        mu = family.link.inverse(X @ trial)
    if not careful:
        return trial, mu
    before = family.deviance(y, family.link.inverse(X @ coefficients), freq_weights=weights)
    for _ in range(HALVINGS):
        after = family.deviance(y, mu, freq_weights=weights)
        if np.isfinite(after) and after <= before * (1 + 1e-12):
            break
        step = step / 2
        trial = coefficients + step
        mu = family.link.inverse(X @ trial)
    return trial, mu
