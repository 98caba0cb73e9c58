"""Newton's method for weighted log-likelihoods with several kinds of parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MAX_ITERATIONS = 200
HALVINGS = 40
TOLERANCE = 1e-11


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A weighted log-likelihood at one point.

    Parameters
    ----------
    value : float
        ``sum_i w_i l_i``.
    scores : ndarray, shape (n, p)
        Gradient of each ``l_i``.
    information : ndarray, shape (p, p)
        ``-sum_i w_i`` second derivatives.
    """

    value: float
    scores: Array
    information: Array


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a weighted log-likelihood is largest.

    Parameters
    ----------
    point : ndarray, shape (p,)
    evaluation : Evaluation
    iterations : int
    converged : bool
    """

    point: Array
    evaluation: Evaluation
    iterations: int
    converged: bool


def maximise(evaluate: Callable[[Array], Evaluation], weights: Array, start: Array) -> Maximum:
    """Climb to the maximum by Newton steps, halved while they do not raise the value.

    Parameters
    ----------
    evaluate : callable
        Point to `Evaluation`; a value of -inf where the point is not allowed.
    weights : ndarray, shape (n,)
    start : ndarray, shape (p,)

    Returns
    -------
    Maximum
        Look at ``converged`` before using it.
    """
    point, here = start, evaluate(start)
    for iteration in range(1, MAX_ITERATIONS + 1):
        score = here.scores.T @ weights
        direction = _ascent(here.information, score)
        decrement = float(score @ direction)
        if not np.isfinite(decrement):
            return Maximum(point, here, iteration, False)
        if np.sqrt(abs(decrement) / len(weights)) <= TOLERANCE:
            return Maximum(point, here, iteration, True)
        for halving in range(HALVINGS):
            trial = point + direction / 2**halving
            there = evaluate(trial)
            if np.isfinite(there.value) and there.value >= here.value - 1e-12 * abs(here.value):
                break
        else:
            return Maximum(point, here, iteration, False)
        point, here = trial, there
    return Maximum(point, here, MAX_ITERATIONS, False)


def _ascent(information: Array, score: Array) -> Array:
    """Return the Newton direction, with the information made positive definite where it is not."""
    scale = np.sqrt(np.maximum(np.abs(np.diag(information)), 1e-300))
    scaled = information / np.outer(scale, scale)
    values, vectors = np.linalg.eigh((scaled + scaled.T) / 2)
    values = np.maximum(np.abs(values), 1e-10)
    return vectors @ ((vectors.T @ (score / scale)) / values) / scale
