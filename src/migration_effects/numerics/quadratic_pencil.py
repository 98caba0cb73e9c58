"""Where a matrix that is quadratic in one number stays positive semidefinite."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Array = NDArray[np.float64]
REAL = 1e-7


def semidefinite_set(M0: Array, M1: Array, M2: Array) -> tuple[tuple[float, float], ...]:
    """Return the intervals of t on which ``M0 + t M1 + t^2 M2`` is positive semidefinite.

    The ends are real roots of its determinant, found as eigenvalues of the companion pencil.

    Parameters
    ----------
    M0, M1, M2 : ndarray, shape (q, q)
        Symmetric.

    Returns
    -------
    tuple of (float, float)
        In order; ends may be infinite; empty when there is no such t.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.eye(1)
    >>> [(round(low, 9), round(high, 9)) for low, high in semidefinite_set(4 * one, 0 * one, -one)]
    [(-2.0, 2.0)]
    >>> [(round(low, 9), round(high, 9)) for low, high in semidefinite_set(-4 * one, 0 * one, one)]
    [(-inf, -2.0), (2.0, inf)]
    """
    q = len(M0)
    zero, identity = np.zeros((q, q)), np.eye(q)
    A = np.block([[zero, identity], [-M0, -M1]])
    B = np.block([[identity, zero], [zero, M2]])
    numerator, denominator = linalg.eig(A, B, right=False, homogeneous_eigvals=True)
    finite = np.abs(denominator) > 1e-12 * np.abs(numerator)
    found = numerator[finite] / denominator[finite]
    real = np.abs(found.imag) <= REAL * (1 + np.abs(found.real))
    roots = np.unique(found.real[real])
    ends = [-np.inf, *(float(root) + 0.0 for root in roots), np.inf]
    pieces: list[tuple[float, float]] = []
    for low, high in pairwise(ends):
        t = _between(low, high)
        if np.linalg.eigvalsh(M0 + t * M1 + t**2 * M2).min() < 0:
            continue
        if pieces and pieces[-1][1] == low:  # a double root inside the set is no end
            pieces[-1] = (pieces[-1][0], high)
        else:
            pieces.append((low, high))
    return tuple(pieces)


def _between(low: float, high: float) -> float:
    """Return a number inside an interval that may be infinite."""
    if np.isinf(low) and np.isinf(high):
        return 0.0
    if np.isinf(low):
        return high - 1 - abs(high)
    if np.isinf(high):
        return low + 1 + abs(low)
    return (low + high) / 2
