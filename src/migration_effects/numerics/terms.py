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
# Two more steps make the residual of a regression orthogonal to the terms to machine accuracy.
REFINEMENTS = 3


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

    def fitted(self, values: Array, weights: Array) -> Array:
        """Return the weighted regression of v on X, shape (n, k)."""
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

    def fitted(self, values: Array, weights: Array) -> Array:
        """Return the weighted regression of v on X."""
        inverse = pseudo_inverse(self.gram(weights))
        result = np.zeros_like(values)
        for _ in range(REFINEMENTS):
            result = result + self.combine(inverse @ self.moments(weights[:, None] * (values - result)))
        return result


@dataclass(frozen=True, slots=True, eq=False)
class CellTerms:
    """Indicators of the levels of one or more margins, held on the cells that rows fall into.

    Everything is added up by cell first, so that the work after one pass over the rows is that of a small table.

    Parameters
    ----------
    cell : ndarray of int, shape (n,)
        Cell of each row; -1 for rows that belong to none (weight 0).
    codes : sequence of ndarray of int, each of shape (cells,)
        Level of each cell in each margin.
    sizes : sequence of int
        Levels of each margin.
    """

    cell: NDArray[np.intp]
    codes: Sequence[NDArray[np.intp]]
    sizes: Sequence[int]

    @property
    def count(self) -> int:
        """Number of indicators."""
        return int(sum(self.sizes))

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.codes[0])

    def by_cell(self, values: Array) -> Array:
        """Return the sums of v by cell."""
        if self.cell.min(initial=0) >= 0:
            return sum_by(self.cell, values, self.cells)
        inside = self.cell >= 0
        return sum_by(self.cell[inside], values[inside], self.cells)

    def of_rows(self, table: Array) -> Array:
        """Return each row's cell value; 0 for rows of no cell."""
        if self.cell.min(initial=0) >= 0:
            return table[self.cell]
        return np.concatenate([table, np.zeros((1, *table.shape[1:]))])[self.cell]

    def _margins(self, table: Array) -> Array:
        """Return the margins of a table of cells, one below the other."""
        return np.concatenate(
            [sum_by(codes, table, size) for codes, size in zip(self.codes, self.sizes, strict=True)]
        )

    def _table(self, coefficients: Array) -> Array:
        """Return the sum over margins of each cell's coefficient."""
        result = np.zeros((self.cells, *coefficients.shape[1:]))
        start = 0
        for codes, size in zip(self.codes, self.sizes, strict=True):
            result += coefficients[start + codes]
            start += size
        return result

    def moments(self, values: Array) -> Array:
        """Return the sums of v by level, margins one below the other."""
        return self._margins(self.by_cell(values))

    def combine(self, coefficients: Array) -> Array:
        """Return the sum over margins of each row's coefficient."""
        return self.of_rows(self._table(coefficients))

    def gram(self, weights: Array) -> Array:
        """Return the weighted counts of every pair of levels."""
        return self._gram(self.by_cell(weights))

    def _gram(self, table: Array) -> Array:
        """Return the counts of every pair of levels from a table of cells."""
        starts = np.cumsum([0, *self.sizes])
        result = np.zeros((self.count, self.count))
        for a, (first, rows) in enumerate(zip(self.codes, self.sizes, strict=True)):
            for b, (second, columns) in enumerate(zip(self.codes, self.sizes, strict=True)):
                pairs = sum_by(first * columns + second, table, rows * columns)
                result[starts[a] : starts[a + 1], starts[b] : starts[b + 1]] = pairs.reshape(rows, columns)
        return result

    def fitted(self, values: Array, weights: Array) -> Array:
        """Return the weighted regression of v on the terms, which needs the weighted sums by cell only.

        Parameters
        ----------
        values : ndarray, shape (n, k)
        weights : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (n, k)
        """
        table = self.by_cell(weights)
        sums = self.by_cell(weights[:, None] * values)
        inverse = pseudo_inverse(self._gram(table))
        result = np.zeros_like(sums)
        for _ in range(REFINEMENTS):
            result = result + self._table(inverse @ self._margins(sums - table[:, None] * result))
        return self.of_rows(result)


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
