"""Models beyond one linear predictor: negative binomial, ordinal logit, multinomial logit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from statsmodels.genmod.families import Poisson

from migration_effects.errors import ConvergenceError, SpecificationError
from migration_effects.numerics.glm import fit_glm
from migration_effects.numerics.newton import Evaluation, maximise
from migration_effects.regression.formulas import ModelFrame
from migration_effects.regression.solutions import Solution

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How one family is fitted.

    Parameters
    ----------
    names : callable
        Model to parameter names, those reported first.
    start : callable
        Model and weights to starting values.
    evaluate : callable
        Parameters, model and weights to `Evaluation`.
    reported : callable
        Model to the number of parameters that are terms of the result.
    advice : str
        What to try when the fit does not settle.
    """

    names: Callable[[ModelFrame], tuple[str, ...]]
    start: Callable[[ModelFrame, Array], Array]
    evaluate: Callable[[Array, ModelFrame, Array], Evaluation]
    reported: Callable[[ModelFrame], int]
    advice: str


def fit_likelihood(
    kind: Likelihood, model: ModelFrame, weights: Array, start: Array | None = None
) -> Solution:
    """Maximise a weighted pseudo-likelihood.

    Parameters
    ----------
    kind : Likelihood
    model : ModelFrame
    weights : ndarray, shape (m,)
        Mean 1.
    start : ndarray, optional

    Returns
    -------
    Solution

    Raises
    ------
    ConvergenceError
        The likelihood has no maximum, or none that can be reached.
    """
    found = maximise(
        lambda point: kind.evaluate(point, model, weights),
        weights,
        kind.start(model, weights) if start is None else start,
    )
    scale = np.sqrt(np.abs(np.diag(found.evaluation.information)))
    flat = (
        not (scale > 0).all() or np.linalg.cond(found.evaluation.information / np.outer(scale, scale)) > 1e14
    )
    if not found.converged or flat:
        raise ConvergenceError(f"The fit did not settle in {found.iterations} iterations. {kind.advice}")
    inverse = np.asarray(np.linalg.inv(found.evaluation.information), dtype=np.float64)
    k = kind.reported(model)
    return Solution(
        coefficients=found.point[:k],
        bread=inverse[:, :k],
        scores=found.evaluation.scores,
        mu=np.empty(0),
        converged=True,
        iterations=found.iterations,
        start=found.point,
    )


# --- negative binomial ------------------------------------------------------------------------------


def _nb_start(model: ModelFrame, weights: Array) -> Array:
    """Start from Poisson with a moment estimate of the dispersion."""
    fit = fit_glm(model.matrix, model.outcome, weights, Poisson(), canonical=True)
    excess = ((model.outcome - fit.mu) ** 2 - fit.mu) / fit.mu**2
    alpha = max(float(weights @ excess / weights.sum()), 0.05)
    return np.append(fit.coefficients, np.log(alpha))


def _nb_evaluate(point: Array, model: ModelFrame, weights: Array) -> Evaluation:
    """Return the likelihood of NB2, variance ``mu + alpha mu^2``, in (b, log alpha)."""
    X, y = model.matrix, model.outcome
    with np.errstate(over="ignore"):
        mu, alpha = np.exp(X @ point[:-1]), float(np.exp(point[-1]))
    if not (np.isfinite(mu).all() and 1e-8 < alpha < 1e8):
        return Evaluation(-np.inf, np.zeros((len(y), len(point))), np.eye(len(point)))
    r, grown = 1 / alpha, 1 + alpha * mu
    log_grown = np.log(grown)
    value = special.gammaln(y + r) - special.gammaln(r) - special.gammaln(y + 1)
    value += y * (np.log(alpha * mu) - log_grown) - r * log_grown
    inner = r * (log_grown - special.digamma(y + r) + special.digamma(r))
    scores = np.column_stack([X * ((y - mu) / grown)[:, None], inner + (y - mu) / grown])
    curvature = (
        -inner
        + mu / grown
        + r**2 * (special.polygamma(1, y + r) - special.polygamma(1, r))
        - alpha * mu * (y - mu) / grown**2
    )
    information = np.empty((len(point), len(point)))
    information[:-1, :-1] = X.T @ (X * (weights * mu * (1 + alpha * y) / grown**2)[:, None])
    information[:-1, -1] = information[-1, :-1] = X.T @ (weights * alpha * mu * (y - mu) / grown**2)
    information[-1, -1] = -float(weights @ curvature)
    return Evaluation(float(weights @ value), scores, information)


NEGATIVE_BINOMIAL = Likelihood(
    names=lambda model: model.columns,
    start=_nb_start,
    evaluate=_nb_evaluate,
    reported=lambda model: len(model.columns),
    advice="The counts may not be overdispersed: use family='poisson'; or drop terms that hardly vary.",
)


# --- ordinal logit ----------------------------------------------------------------------------------


def _slopes(model: ModelFrame) -> list[int]:
    """Return the columns of the model matrix without the intercept, which the cut points replace."""
    return [j for j, name in enumerate(model.columns) if name != "Intercept"]


def _ordinal_names(model: ModelFrame) -> tuple[str, ...]:
    """Return slopes, then cut points ``1|2``."""
    cuts = [f"{a}|{b}" for a, b in zip(model.levels, model.levels[1:], strict=False)]
    return (*(model.columns[j] for j in _slopes(model)), *cuts)


def _ordinal_start(model: ModelFrame, weights: Array) -> Array:
    """Start from the cut points of the marginal distribution."""
    shares = (
        np.bincount(model.outcome.astype(int), weights=weights, minlength=len(model.levels)) / weights.sum()
    )
    return np.concatenate([np.zeros(len(_slopes(model))), special.logit(np.cumsum(shares)[:-1])])


def _ordinal_evaluate(point: Array, model: ModelFrame, weights: Array) -> Evaluation:
    """Return the likelihood of ``logit P(y <= j) = cut_j - x'b``."""
    X = model.matrix[:, _slopes(model)]
    y, k, n = model.outcome.astype(int), X.shape[1], len(X)
    cuts = point[k:]
    if (np.diff(cuts) <= 0).any():
        return Evaluation(-np.inf, np.zeros((n, len(point))), np.eye(len(point)))
    eta = X @ point[:k]
    upper = np.where(y < len(cuts), np.append(cuts, 0.0)[np.minimum(y, len(cuts))] - eta, np.inf)
    lower = np.where(y > 0, cuts[np.maximum(y - 1, 0)] - eta, -np.inf)
    F_up, F_low = special.expit(upper), special.expit(lower)
    # The difference of two logistic values without cancellation in the upper tail.
    p = np.where(lower > 0, special.expit(-lower) - special.expit(-upper), F_up - F_low)
    if (p <= 0).any():
        return Evaluation(-np.inf, np.zeros((n, len(point))), np.eye(len(point)))
    f_up, f_low = F_up * special.expit(-upper), F_low * special.expit(-lower)
    D_up, D_low = np.zeros((n, len(point))), np.zeros((n, len(point)))
    D_up[:, :k] = D_low[:, :k] = -X
    rows = np.arange(n)
    D_up[rows[y < len(cuts)], k + y[y < len(cuts)]] = 1.0
    D_low[rows[y > 0], k + y[y > 0] - 1] = 1.0
    scores = (f_up / p)[:, None] * D_up - (f_low / p)[:, None] * D_low
    second_up, second_low = f_up * (1 - 2 * F_up) / p, f_low * (1 - 2 * F_low) / p
    information = (
        scores.T @ (scores * weights[:, None])
        - D_up.T @ (D_up * (weights * second_up)[:, None])
        + D_low.T @ (D_low * (weights * second_low)[:, None])
    )
    return Evaluation(float(weights @ np.log(p)), scores, information)


ORDINAL = Likelihood(
    names=_ordinal_names,
    start=_ordinal_start,
    evaluate=_ordinal_evaluate,
    reported=lambda model: len(_slopes(model)) + len(model.levels) - 1,
    advice="A covariate may predict the outcome perfectly, or a level may be too rare: merge levels.",
)


# --- multinomial logit ------------------------------------------------------------------------------


def _multinomial_names(model: ModelFrame) -> tuple[str, ...]:
    """Return ``level:column`` for every level but the first."""
    return tuple(f"{level}:{column}" for level in model.levels[1:] for column in model.columns)


def _multinomial_evaluate(point: Array, model: ModelFrame, weights: Array) -> Evaluation:
    """Return the likelihood of ``log P(y = j)/P(y = first) = x'b_j``."""
    X, y = model.matrix, model.outcome.astype(int)
    n, k = X.shape
    J = len(model.levels) - 1
    eta = np.column_stack([np.zeros(n), X @ point.reshape(J, k).T])
    log_p = eta - special.logsumexp(eta, axis=1, keepdims=True)
    P = np.exp(log_p[:, 1:])
    hit = (y[:, None] == np.arange(1, J + 1)).astype(np.float64)
    scores = ((hit - P)[:, :, None] * X[:, None, :]).reshape(n, J * k)
    information = np.empty((J * k, J * k))
    for a in range(J):
        for b in range(J):
            factor = weights * P[:, a] * ((a == b) - P[:, b])
            information[a * k : (a + 1) * k, b * k : (b + 1) * k] = X.T @ (X * factor[:, None])
    return Evaluation(float(weights @ log_p[np.arange(n), y]), scores, information)


MULTINOMIAL = Likelihood(
    names=_multinomial_names,
    start=lambda model, weights: np.zeros((len(model.levels) - 1) * len(model.columns)),
    evaluate=_multinomial_evaluate,
    reported=lambda model: (len(model.levels) - 1) * len(model.columns),
    advice="A covariate may predict a level perfectly, or a level may be too rare: merge levels.",
)

LIKELIHOODS = {"negative_binomial": NEGATIVE_BINOMIAL, "ordinal": ORDINAL, "multinomial": MULTINOMIAL}


def check_levels(model: ModelFrame, family: str, formula: str) -> None:
    """Raise unless the outcome has enough levels for the family.

    Parameters
    ----------
    model : ModelFrame
    family : str
    formula : str
        For the message.

    Raises
    ------
    SpecificationError
        Fewer than three levels in use.
    """
    if family in ("ordinal", "multinomial") and len(model.levels) < 3:
        raise SpecificationError(
            f"family={family!r} needs an outcome of three or more levels; that of {formula!r} has "
            f"{len(model.levels)} in use ({', '.join(model.levels)}). Use family='binomial' with a 0/1 outcome."
        )
