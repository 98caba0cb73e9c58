"""Calibration factors by Newton's method on the dual (Deville and Särndal 1992, JASA 87:376)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from migration_effects.numerics.terms import Terms, pseudo_inverse

Array = NDArray[np.float64]
Distance = Literal["linear", "raking", "logit"]
STEPS = 40


@dataclass(frozen=True, slots=True)
class Calibration:
    """Factors that make weighted term sums equal their totals.

    Parameters
    ----------
    factors : ndarray, shape (n,)
        ``g_i``, the ratio of calibrated to initial weights.
    iterations : int
    error : ndarray, shape (q,)
        Relative distance of each term's weighted sum to its total.
    """

    factors: Array
    iterations: int
    error: Array


def factor(u: Array, distance: Distance, low: float, high: float) -> tuple[Array, Array]:
    """Return ``g = F(u)`` and its derivative.

    Parameters
    ----------
    u : ndarray, shape (n,)
        ``x_i' lambda``.
    distance : {"linear", "raking", "logit"}
    low, high : float
        Bounds of g; infinite without bounds.

    Returns
    -------
    g, derivative : ndarray, shape (n,)
    """
    if distance == "logit":
        slope = (high - low) / ((1 - low) * (high - 1))
        grown = np.exp(np.clip(slope * u, -700, 700))
        above, below = low * (high - 1) + high * (1 - low) * grown, (high - 1) + (1 - low) * grown
        g = above / below
        return g, slope * (g - low) * (high - g) / (high - low)
    raw = 1 + u if distance == "linear" else np.exp(np.clip(u, -700, 700))
    g = np.clip(raw, low, high)
    derivative = np.where((raw >= low) & (raw <= high), 1.0 if distance == "linear" else raw, 0.0)
    return g, derivative


def calibrate_factors(
    terms: Terms,
    weights: Array,
    totals: Array,
    *,
    distance: Distance,
    low: float,
    high: float,
    max_iterations: int,
    tolerance: float,
) -> Calibration:
    """Find ``lambda`` with ``sum_i w_i F(x_i' lambda) x_i = totals``.

    Parameters
    ----------
    terms : Terms
    weights : ndarray, shape (n,)
    totals : ndarray, shape (q,)
    distance : {"linear", "raking", "logit"}
    low, high : float
    max_iterations : int
    tolerance : float
        Relative to the larger of the total and the sum before calibration.

    Returns
    -------
    Calibration
        Compare ``error`` with the tolerance before using it.
    """
    scale = np.maximum(np.maximum(np.abs(totals), np.abs(terms.moments(weights))), 1e-300)
    coefficients = np.zeros(terms.count)
    g, derivative = factor(terms.combine(coefficients), distance, low, high)
    gap = totals - terms.moments(weights * g)
    iteration = 0
    for iteration in range(1, max_iterations + 1):  # noqa: B007 - the count is reported
        size = np.max(np.abs(gap) / scale)
        if size <= 1e-15:
            break
        direction = pseudo_inverse(terms.gram(weights * derivative)) @ gap
        for halving in range(STEPS):
            trial = coefficients + direction / 2**halving
            g_new, derivative_new = factor(terms.combine(trial), distance, low, high)
            gap_new = totals - terms.moments(weights * g_new)
            if np.max(np.abs(gap_new) / scale) < size:
                break
        else:
            break  # no step improves: either solved to machine accuracy or out of reach
        coefficients, g, derivative, gap = trial, g_new, derivative_new, gap_new
    return Calibration(g, iteration, np.abs(gap) / scale)
