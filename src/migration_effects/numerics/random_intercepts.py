"""Restricted maximum likelihood of a linear model with one random intercept, in closed form given one number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from migration_effects.numerics.grouping import sum_by

Array = NDArray[np.float64]
SMALLEST, LARGEST = 1e-8, 1 - 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Everything the likelihood needs from the data.

    Parameters
    ----------
    size : ndarray, shape (groups,)
        Rows of each group.
    group_sums : ndarray, shape (groups, p + 1)
        Sums of covariates and outcome within groups.
    products : ndarray, shape (p + 1, p + 1)
        Cross-products of covariates and outcome.
    """

    size: Array
    group_sums: Array
    products: Array

    @classmethod
    def of(cls, X: Array, y: Array, group: NDArray[np.intp]) -> Sums:
        """Sum up the data.

        Parameters
        ----------
        X : ndarray, shape (n, p)
        y : ndarray, shape (n,)
        group : ndarray of int, shape (n,)

        Returns
        -------
        Sums
        """
        both = np.column_stack([X, y])
        groups = int(group.max()) + 1
        return cls(np.bincount(group).astype(np.float64), sum_by(group, both, groups), both.T @ both)


@dataclass(frozen=True, slots=True, eq=False)
class InterceptFit:
    """A model at one intraclass correlation.

    Parameters
    ----------
    coefficients : ndarray, shape (p,)
    covariance : ndarray, shape (p, p)
    residual_variance : float
    log_likelihood : float
        Restricted, up to a constant.
    """

    coefficients: Array
    covariance: Array
    residual_variance: float
    log_likelihood: float


def fit_at(sums: Sums, icc: float) -> InterceptFit:
    """Fit the model with a given intraclass correlation.

    With t = icc/(1 - icc) the inverse covariance of a group of n rows is ``I - t/(1 + n t) 11'``, so generalised least
    squares needs sums by group only (Searle, Casella and McCulloch 1992, *Variance Components*, section 3.8).

    Parameters
    ----------
    sums : Sums
    icc : float
        From 0 to below 1.

    Returns
    -------
    InterceptFit
    """
    t = icc / (1 - icc)
    factor = t / (1 + sums.size * t)
    products = sums.products - sums.group_sums.T @ (sums.group_sums * factor[:, None])
    p = len(products) - 1
    XX, Xy, yy = products[:p, :p], products[:p, p], float(products[p, p])
    inverse = np.asarray(np.linalg.inv(XX), dtype=np.float64)
    coefficients = inverse @ Xy
    df = float(sums.size.sum()) - p
    residual = max(yy - float(Xy @ coefficients), 0.0) / df
    determinant = np.linalg.slogdet(XX)[1] + np.log1p(sums.size * t).sum()
    likelihood = -0.5 * (df * np.log(residual) + determinant) if residual > 0 else np.inf
    return InterceptFit(coefficients, residual * inverse, residual, float(likelihood))


def most_likely_icc(sums: Sums) -> float:
    """Return the intraclass correlation of largest restricted likelihood; 0 at the boundary.

    Parameters
    ----------
    sums : Sums

    Returns
    -------
    float
    """
    grid = np.concatenate([[0.0], np.geomspace(1e-5, 0.1, 20), np.linspace(0.12, 0.99, 30)])
    heights = [fit_at(sums, float(icc)).log_likelihood for icc in grid]
    best = int(np.argmax(heights))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    found = optimize.minimize_scalar(
        lambda icc: -fit_at(sums, icc).log_likelihood,
        bounds=(low, high if best < len(grid) - 1 else LARGEST),
        method="bounded",
        options={"xatol": 1e-10},
    )
    icc = float(found.x)
    return 0.0 if icc < SMALLEST * 100 or heights[0] >= -found.fun else icc


def icc_limits(sums: Sums, icc: float, level: float) -> tuple[float, float]:
    """Return the limits within which the restricted likelihood is not much smaller than at its top.

    Parameters
    ----------
    sums : Sums
    icc : float
        The most likely one.
    level : float

    Returns
    -------
    low, high : float
        0 and 1 where the likelihood does not fall far enough.
    """
    least = fit_at(sums, icc).log_likelihood - float(stats.chi2.ppf(level, 1)) / 2

    def excess(value: float) -> float:
        """Return the height above the level that still counts."""
        return fit_at(sums, value).log_likelihood - least

    low = 0.0 if excess(0.0) >= 0 or icc == 0 else float(optimize.brentq(excess, 0.0, icc, xtol=1e-12))
    high = 1.0 if excess(LARGEST) >= 0 else float(optimize.brentq(excess, icc, LARGEST, xtol=1e-12))
    return low, high


def icc_error(sums: Sums, icc: float) -> float:
    """Return the standard error of the intraclass correlation from the curvature of its likelihood; NaN at 0.

    Parameters
    ----------
    sums : Sums
    icc : float

    Returns
    -------
    float
    """
    step = min(1e-4, icc / 4, (1 - icc) / 4)
    if step <= 0:
        return float("nan")
    below, here, above = (fit_at(sums, icc + d).log_likelihood for d in (-step, 0.0, step))
    curvature = (2 * here - below - above) / step**2
    return float(1 / np.sqrt(curvature)) if curvature > 0 else float("nan")
