"""Iterative proportional fitting on the table of cells (Deming and Stephan 1940)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Raking:
    """Cell weights after raking.

    Parameters
    ----------
    weights : ndarray, shape (cells,)
    iterations : int
    error : float
        Largest relative distance between a margin and its target.
    worst : tuple of (int, int)
        Margin and level where it occurs.
    """

    weights: Array
    iterations: int
    error: float
    worst: tuple[int, int]


def rake_cells(
    weights: Array, codes: Sequence[Codes], targets: Sequence[Array], *, max_iterations: int, tolerance: float
) -> Raking:
    """Scale cell weights until every margin meets its targets.

    Parameters
    ----------
    weights : ndarray, shape (cells,)
        Sum of weights in each cell.
    codes : sequence of ndarray of int, each of shape (cells,)
        Level of the cell in each margin.
    targets : sequence of ndarray
        Population total of each level of each margin.
    max_iterations : int
    tolerance : float
        Relative error that counts as met. The iteration goes on to machine accuracy while it still improves, so
        that the weights do not depend on where it stopped.

    Returns
    -------
    Raking
        Compare ``error`` with the tolerance before using it.
    """
    fitted = weights.astype(np.float64)
    best = np.inf
    stalled = 0
    iteration, error, worst = 0, np.inf, (0, 0)
    for iteration in range(1, max_iterations + 1):  # noqa: B007 - the count is reported
        for level, target in zip(codes, targets, strict=True):
            sums = np.bincount(level, weights=fitted, minlength=len(target))
            fitted = fitted * np.divide(target, sums, out=np.ones_like(target), where=sums > 0)[level]
        error, worst = _largest_error(fitted, codes, targets)
        if error <= 1e-14:
            break
        stalled = 0 if error < 0.9 * best else stalled + 1
        best = min(best, error)
        if best <= tolerance and stalled >= 3:
            break
    return Raking(fitted, iteration, error, worst)


def _largest_error(
    fitted: Array, codes: Sequence[Codes], targets: Sequence[Array]
) -> tuple[float, tuple[int, int]]:
    """Return the largest relative distance to a target and where it is."""
    error, worst = 0.0, (0, 0)
    for margin, (level, target) in enumerate(zip(codes, targets, strict=True)):
        sums = np.bincount(level, weights=fitted, minlength=len(target))
        distance = np.abs(sums - target) / target
        if distance.max() > error:
            error, worst = float(distance.max()), (margin, int(distance.argmax()))
    return error, worst
