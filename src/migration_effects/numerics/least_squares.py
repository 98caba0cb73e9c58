"""Weighted least squares by blocked QR and corrected semi-normal equations.

The triangular factor R of W^(1/2) X is gathered block by block, so no weighted copy of X is held. One step of
refinement brings the semi-normal solution to the accuracy of a full QR (Björck 1987, *Stability analysis of the
method of seminormal equations*), which normal equations alone do not reach (NIST Wampler, Longley).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

Array = NDArray[np.float64]

BLOCK_ROWS = 16384
RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """A weighted least-squares fit.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
    inverse : ndarray, shape (k, k)
        ``(X' W X)^-1``, the bread of the sandwich.
    residuals : ndarray, shape (n,)
        ``y - X b``.
    """

    coefficients: Array
    inverse: Array
    residuals: Array


class RankDeficientError(ValueError):
    """Columns of X are linear combinations of the others.

    Parameters
    ----------
    columns : tuple of int
        Positions of the columns that add nothing to those before them.
    """

    def __init__(self, columns: tuple[int, ...]) -> None:
        super().__init__(f"columns {columns} are linear combinations of earlier columns")
        self.columns = columns


def column_scales(X: Array) -> Array:
    """Return the root mean square of each column, 1 for a column of zeros.

    Parameters
    ----------
    X : ndarray, shape (n, k)

    Returns
    -------
    ndarray, shape (k,)
    """
    scales = np.sqrt(np.einsum("ij,ij->j", X, X) / max(len(X), 1))
    return np.where(scales > 0, scales, 1.0)


def triangular_factor(X: Array, weights: Array) -> Array:
    """Return the upper triangular R with ``R'R = X' W X``.

    Parameters
    ----------
    X : ndarray, shape (n, k)
    weights : ndarray, shape (n,)
        Non-negative.

    Returns
    -------
    ndarray, shape (k, k)
    """
    k = X.shape[1]
    R = np.zeros((0, k))
    for start in range(0, len(X), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        block = X[rows] * np.sqrt(weights[rows])[:, None]
        R = np.asarray(np.linalg.qr(np.vstack([R, block]), mode="r"))
    if len(R) < k:
        R = np.vstack([R, np.zeros((k - len(R), k))])
    return R


def check_rank(R: Array) -> None:
    """Raise `RankDeficientError` when a diagonal element of R vanishes against its column.

    Parameters
    ----------
    R : ndarray, shape (k, k)
        Upper triangular.
    """
    lengths = np.sqrt(np.einsum("ij,ij->j", R, R))
    dependent = np.abs(np.diag(R)) <= RANK_TOLERANCE * np.where(lengths > 0, lengths, 1.0)
    if dependent.any():
        raise RankDeficientError(tuple(int(j) for j in np.flatnonzero(dependent)))


def weighted_least_squares(X: Array, y: Array, weights: Array) -> LeastSquares:
    """Minimise ``sum_i w_i (y_i - x_i'b)^2``.

    Parameters
    ----------
    X : ndarray, shape (n, k)
    y : ndarray, shape (n,)
    weights : ndarray, shape (n,)
        Non-negative.

    Returns
    -------
    LeastSquares

    Raises
    ------
    RankDeficientError
        A column of X is a linear combination of earlier ones.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.column_stack([np.ones(3), [0.0, 1.0, 2.0]])
    >>> weighted_least_squares(X, np.array([1.0, 3.0, 5.0]), np.ones(3)).coefficients.round(12).tolist()
    [1.0, 2.0]
    """
    scales = column_scales(X)
    R = triangular_factor(X / scales, weights)
    check_rank(R)

    def solve(right: Array) -> Array:
        """Solve ``R'R b = X'W right`` on the scaled columns."""
        moment = (X.T @ (weights * right)) / scales
        inner = solve_triangular(R, moment, trans="T")
        return solve_triangular(R, inner) / scales

    coefficients = solve(y)
    residuals = y - X @ coefficients
    for _ in range(2):
        step = solve(residuals)
        coefficients = coefficients + step
        residuals = y - X @ coefficients
    inverse_factor = solve_triangular(R, np.eye(len(R))) / scales[:, None]
    return LeastSquares(coefficients, inverse_factor @ inverse_factor.T, residuals)
