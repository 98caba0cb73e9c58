"""Hadamard matrices by the constructions of Sylvester and Paley."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Signs = NDArray[np.int8]


def hadamard(least: int) -> Signs:
    """Return a Hadamard matrix of the smallest order that these constructions reach.

    Parameters
    ----------
    least : int
        Least order.

    Returns
    -------
    ndarray of int8, shape (m, m)
        Entries +1 and -1, ``H H' = m I``, first column +1.

    Examples
    --------
    >>> H = hadamard(10).astype(int)
    >>> H.shape, bool((H @ H.T == 12 * np.eye(12)).all())
    ((12, 12), True)
    """
    order = 1 if least <= 1 else 2 if least <= 2 else -(-least // 4) * 4
    while (matrix := _construct(order)) is None:
        order += 4
    return (matrix * matrix[:, :1]).astype(np.int8)


def _construct(order: int) -> Signs | None:
    """Return a Hadamard matrix of exactly this order, or None."""
    if order == 1:
        return np.ones((1, 1), dtype=np.int8)
    if order == 2:
        return np.array([[1, 1], [1, -1]], dtype=np.int8)
    if _is_prime(order - 1) and (order - 1) % 4 == 3:
        return _paley(order - 1)
    if order % 2 == 0 and (half := _construct(order // 2)) is not None:
        return np.kron(np.array([[1, 1], [1, -1]], dtype=np.int8), half)
    if order % 2 == 0 and _is_prime(order // 2 - 1) and (order // 2 - 1) % 4 == 1:
        return _paley_doubled(order // 2 - 1)
    return None


def _is_prime(number: int) -> bool:
    """Say whether a small number is prime."""
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _residues(q: int) -> NDArray[np.int64]:
    """Return the Jacobsthal matrix: the quadratic character of i - j modulo q."""
    character = -np.ones(q, dtype=np.int64)
    character[(np.arange(1, q) ** 2) % q] = 1
    character[0] = 0
    return character[(np.arange(q)[:, None] - np.arange(q)[None, :]) % q]


def _paley(q: int) -> Signs:
    """Return Paley's first construction, order q + 1."""
    matrix = np.ones((q + 1, q + 1), dtype=np.int64)
    matrix[1:, 1:] = _residues(q) + np.eye(q, dtype=np.int64)
    matrix[1:, 0] = -1
    return matrix.astype(np.int8)


def _paley_doubled(q: int) -> Signs:
    """Return Paley's second construction, order 2 (q + 1)."""
    core = np.ones((q + 1, q + 1), dtype=np.int64)
    core[0, 0] = 0
    core[1:, 1:] = _residues(q)
    identity = np.eye(q + 1, dtype=np.int64)
    plus = np.array([[1, 1], [1, -1]], dtype=np.int64)
    minus = np.array([[1, -1], [-1, -1]], dtype=np.int64)
    return (np.kron(core, plus) + np.kron(identity, minus)).astype(np.int8)
