"""The steps of chained equations as functions of arrays: draws of parameters, PSU effects, matching, logit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from migration_effects.numerics.glm import fit_glm
from migration_effects.numerics.grouping import sum_by
from migration_effects.numerics.least_squares import triangular_factor, weighted_least_squares

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
DONORS = 5
DEPENDENT = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What one variable's imputation needs.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Predictors of all rows, the constant first; columns independent on the observed rows.
    weights : ndarray, shape (n,)
    unit : ndarray of int, shape (n,)
        PSU.
    observed, missing : ndarray of int
        Positions of the rows with a value and of those to fill.
    covariance : callable
        Influence of the observed rows, shape (observed, p), to the covariance of the parameters.
    between : int
        Number of columns of X that do not vary within PSUs.
    """

    X: Array
    weights: Array
    unit: Codes
    observed: Codes
    missing: Codes
    covariance: Callable[[Array], Array]
    between: int


def independent_columns(X: Array, weights: Array) -> NDArray[np.bool_]:
    """Return which columns are no linear combination of earlier ones.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    weights : ndarray, shape (n,)

    Returns
    -------
    ndarray of bool, shape (p,)
    """
    R = triangular_factor(X, weights)
    lengths = np.sqrt((R**2).sum(axis=0))
    return (lengths > 0) & (np.abs(np.diag(R)) > DEPENDENT * np.where(lengths > 0, lengths, 1.0))


def drawn(point: Array, covariance: Array, rng: np.random.Generator) -> Array:
    """Draw parameters around their estimate; the covariance may be singular."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return point + vectors @ (np.sqrt(np.maximum(values, 0.0)) * rng.standard_normal(len(point)))


def psu_effects(score: Array, information: Array, unit: Codes, between: int, noise: Array) -> Array:
    """Draw each PSU's effect beyond the predictors.

    ``e_j = score_j / information_j`` with variance ``1/information_j``; the variance of the true effects by the
    moments of DerSimonian and Laird (1986), less the PSU-level predictors; then the effect is drawn around its
    shrunken estimate. Without PSU effects imputed values would
    be more alike across PSUs than observed ones, and the completed data would understate the design effect.

    Parameters
    ----------
    score, information : ndarray, shape (observed,)
        Of each observed row: residual over its variance, and one over that variance, on the scale of the predictor.
    unit : ndarray of int, shape (observed,)
    between : int
        Number of predictors that do not vary within PSUs.
    noise : ndarray, shape (units,)
        Standard normal draws.

    Returns
    -------
    ndarray, shape (units,)
        Zero when PSUs hold one observed row each or vary no more than by chance.
    """
    units = len(noise)
    known = sum_by(unit, information, units)
    seen = known > 0
    count = int(seen.sum())
    if len(unit) == count or count <= between + 1:
        return np.zeros(units)
    w = known[seen]
    e = sum_by(unit, score, units)[seen] / w
    excess = float(w @ (e - w @ e / w.sum()) ** 2) - (count - between)
    variance = excess / ((w.sum() - (w @ w) / w.sum()) * (count - between) / (count - 1))
    if variance <= 0:
        return np.zeros(units)
    shrink, centre = np.zeros(units), np.zeros(units)
    shrink[seen] = variance / (variance + 1 / w)
    centre[seen] = shrink[seen] * e
    return centre + np.sqrt(variance * (1 - shrink)) * noise


def predictive_mean_matching(y: Array, task: Task, rng: np.random.Generator) -> Codes:
    """Return for each missing row an observed one of about the same predicted mean.

    Donors are predicted with the estimate, recipients with a draw of the parameters (Van Buuren 2018, *Flexible
    Imputation of Missing Data*, algorithm 3.3, type 1); one of the five nearest is taken at random.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Known in the observed rows.
    task : Task
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int
        Positions of donors, one per missing row.
    """
    rows = task.observed
    X, w, unit = task.X[rows], task.weights[rows], task.unit[rows]
    fit = weighted_least_squares(X, y[rows], w)
    influence = (X * (w * fit.residuals)[:, None]) @ fit.inverse
    star = drawn(fit.coefficients, task.covariance(influence), rng)
    # Both sides take the same draw of the PSU effects: what it leaves in a donor's value has the spread of a child.
    noise = rng.standard_normal(int(task.unit.max()) + 1)
    own = _linear_effects(fit.residuals, unit, task.between, noise)
    drawn_effects = _linear_effects(y[rows] - X @ star, unit, task.between, noise)
    donors = X @ fit.coefficients + own[unit]
    recipients = task.X[task.missing] @ star + drawn_effects[task.unit[task.missing]]
    return rows[nearest_donors(donors, recipients, rng)]


def _linear_effects(residuals: Array, unit: Codes, between: int, noise: Array) -> Array:
    """Draw the PSU effects in some residuals, whose variance within PSUs is the noise."""
    size = np.bincount(unit, minlength=len(noise))
    means = sum_by(unit, residuals, len(noise)) / np.maximum(size, 1)
    df = len(residuals) - int((size > 0).sum())
    variance = float(((residuals - means[unit]) ** 2).sum()) / df if df > 0 else 0.0
    if variance <= 0:
        return np.zeros(len(noise))
    return psu_effects(residuals / variance, np.full(len(residuals), 1 / variance), unit, between, noise)


def nearest_donors(donors: Array, recipients: Array, rng: np.random.Generator) -> Codes:
    """Return one of the nearest donors of each recipient, ties in random order.

    Parameters
    ----------
    donors, recipients : ndarray
        Predicted means.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int
        Positions in `donors`.
    """
    count = min(DONORS, len(donors))
    shuffled = rng.permutation(len(donors))
    order = shuffled[np.argsort(donors[shuffled], kind="stable")]
    ranked = donors[order]
    place = np.searchsorted(ranked, recipients)
    # The nearest `count` lie within `count` places on either side.
    window = np.clip(place[:, None] + np.arange(-count, count), 0, len(donors) - 1)
    distance = np.abs(ranked[window] - recipients[:, None])
    repeated = np.zeros_like(window, dtype=bool)
    repeated[:, 1:] = window[:, 1:] == window[:, :-1]
    distance[repeated] = np.inf
    best = np.argpartition(distance, count - 1, axis=1)[:, :count]
    pick = best[np.arange(len(recipients)), rng.integers(0, count, len(recipients))]
    chosen = ranked[window[np.arange(len(recipients)), pick]]
    low, high = np.searchsorted(ranked, chosen, "left"), np.searchsorted(ranked, chosen, "right")
    # Donors of one predicted mean are alike: without this all recipients of a PSU would share the same five.
    return order[rng.integers(low, high)]


def logit_shares(yes: NDArray[np.bool_], task: Task, rng: np.random.Generator) -> Array:
    """Return for each missing row a draw of its probability of "yes" by a logit with drawn parameters.

    Rows of small weight at each predictor's mean ± SD with both outcomes keep the fit finite under separation
    (White, Daniel and Royston 2010, *Computational Statistics & Data Analysis* 54:2267).

    Parameters
    ----------
    yes : ndarray of bool, shape (observed,)
    task : Task
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, one probability per missing row
    """
    # Imported here, since the libraries behind it take most of a second, which other models do not need.
    from statsmodels.genmod.families import Binomial

    rows = task.observed
    if yes.all() or not yes.any():
        return np.full(len(task.missing), float(yes.all()))
    X, w, unit = task.X[rows], task.weights[rows] / task.weights[rows].mean(), task.unit[rows]
    y = yes.astype(np.float64)
    extra_X, extra_y, extra_w = _augmented(X, w)
    fit = fit_glm(
        np.vstack([X, extra_X]), np.append(y, extra_y), np.append(w, extra_w), Binomial(), canonical=True
    )
    residual = y - fit.mu[: len(rows)]
    star = drawn(fit.coefficients, task.covariance((X * (w * residual)[:, None]) @ fit.inverse), rng)
    mu = special.expit(X @ star)
    noise = rng.standard_normal(int(task.unit.max()) + 1)
    effects = psu_effects(y - mu, mu * (1 - mu), unit, task.between, noise)
    return special.expit(task.X[task.missing] @ star + effects[task.unit[task.missing]])


def _augmented(X: Array, w: Array) -> tuple[Array, Array, Array]:
    """Return the rows that keep a logit finite."""
    p = X.shape[1]
    mean = w @ X / w.sum()
    spread = np.sqrt(np.maximum(w @ (X - mean) ** 2 / w.sum(), 0.0))
    points = np.vstack([mean + np.diag(spread)[1:], mean - np.diag(spread)[1:]]) if p > 1 else mean[None, :]
    rows = np.vstack([points, points])
    outcome = np.repeat([0.0, 1.0], len(points))
    return rows, outcome, np.full(len(rows), p / len(rows))
