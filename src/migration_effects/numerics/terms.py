"""Calibration terms as matrices that are only multiplied, never inverted as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from migration_effects.numerics.grouping import sum_by

Array = NDArray[np.float64]
EIGENVALUE_TOLERANCE = 1e-11


class Terms(Protocol):
    """An n x q matrix X of calibration terms."""

    @property
    def count(self) -> int:
        """Number of columns q."""
        ...

    def moments(self, values: Array) -> Array:
        """Return ``X' v`` for v of shape (n, k)."""
        ...

    def combine(self, coefficients: Array) -> Array:
        """Return ``X b`` for b of shape (q, k)."""
        ...

    def gram(self, weights: Array) -> Array:
        """Return ``X' W X``, shape (q, q)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class DenseTerms:
    """Terms held as a matrix.

    Parameters
    ----------
    matrix : ndarray, shape (n, q)
    """

    matrix: Array

    @property
    def count(self) -> int:
        """Number of columns."""
        return self.matrix.shape[1]

    def moments(self, values: Array) -> Array:
        """Return ``X' v``."""
        return self.matrix.T @ values

    def combine(self, coefficients: Array) -> Array:
        """Return ``X b``."""
        return self.matrix @ coefficients

    def gram(self, weights: Array) -> Array:
        """Return ``X' W X``."""
        return self.matrix.T @ (self.matrix * weights[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class MarginTerms:
    """Indicators of the levels of one or more margins, held as codes.

    Parameters
    ----------
    codes : sequence of ndarray of int, each of shape (n,)
        Level per row; -1 for rows that belong to none (weight 0).
    sizes : sequence of int
        Levels of each margin.
    """

    codes: Sequence[NDArray[np.intp]]
    sizes: Sequence[int]

    @property
    def count(self) -> int:
        """Number of indicators."""
        return int(sum(self.sizes))

    def moments(self, values: Array) -> Array:
        """Return the sums of v by level, margins one below the other."""
        blocks = []
        for codes, size in zip(self.codes, self.sizes, strict=True):
            inside = codes >= 0
            blocks.append(sum_by(codes[inside], values[inside], size))
        return np.concatenate(blocks)

    def combine(self, coefficients: Array) -> Array:
        """Return the sum over margins of each row's coefficient."""
        result = np.zeros((len(self.codes[0]), *coefficients.shape[1:]))
        start = 0
        for codes, size in zip(self.codes, self.sizes, strict=True):
            block = coefficients[start : start + size]
            result += np.concatenate([block, np.zeros((1, *block.shape[1:]))])[codes]
            start += size
        return result

    def gram(self, weights: Array) -> Array:
        """Return the weighted counts of every pair of levels."""
        total = self.count
        result = np.zeros((total, total))
        starts = np.concatenate([[0], np.cumsum(self.sizes)]).astype(int)
        for a, (first, rows) in enumerate(zip(self.codes, self.sizes, strict=True)):
            for b, (second, columns) in enumerate(zip(self.codes, self.sizes, strict=True)):
                inside = (first >= 0) & (second >= 0)
                pair = first[inside] * columns + second[inside]
                table = sum_by(pair, weights[inside], rows * columns)
                result[starts[a] : starts[a + 1], starts[b] : starts[b + 1]] = table.reshape(rows, columns)
        return result


def pseudo_inverse(gram: Array) -> Array:
    """Return the pseudo-inverse of a Gram matrix after scaling its diagonal to 1.

    Parameters
    ----------
    gram : ndarray, shape (q, q)

    Returns
    -------
    ndarray, shape (q, q)
        Directions whose eigenvalue is below 1e-11 of the largest count as linear dependencies.
    """
    scale = np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
    values, vectors = np.linalg.eigh(gram / np.outer(scale, scale))
    kept = values > EIGENVALUE_TOLERANCE * max(values.max(), 1e-300)
    inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    return inverse / np.outer(scale, scale)


def residuals(terms: Terms, values: Array, weights: Array) -> Array:
    """Return values less their weighted regression on the terms.

    Parameters
    ----------
    terms : Terms
    values : ndarray, shape (n, k)
    weights : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n, k)
        Two steps of refinement make the residual orthogonal to the terms to machine accuracy.
    """
    inverse = pseudo_inverse(terms.gram(weights))
    remaining = values
    for _ in range(3):
        remaining = remaining - terms.combine(inverse @ terms.moments(weights[:, None] * remaining))
    return remaining
