"""Weighted sums by group, under the weights of the design and under every replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from migration_effects.design import SurveyDesign
from migration_effects.numerics.grouping import sum_by

Array = NDArray[np.float64]


def group_sums(values: Array, codes: NDArray[np.intp], size: int, weights: Array) -> Array:
    """Return ``sum_i w_i y_i`` of each group.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite in the rows in use.
    codes : ndarray of int, shape (n,)
        Group; -1 for rows not in use.
    size : int
    weights : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (size,)
    """
    rows = codes >= 0
    if size == 1:
        return np.array([weights @ np.where(rows, values, 0.0)])
    if rows.all():
        return sum_by(codes, weights * values, size)
    return sum_by(codes[rows], (weights * values)[rows], size)


def spread(values: Array, codes: NDArray[np.intp], size: int) -> Array | sparse.csr_array:
    """Place one value per row in the column of its group.

    Parameters
    ----------
    values : ndarray, shape (n,)
    codes : ndarray of int, shape (n,)
        Group; rows of -1 become 0.
    size : int

    Returns
    -------
    ndarray, shape (n, 1), or sparse array, shape (n, size)
        Sparse with exactly one stored entry per row, whatever the number of groups.
    """
    inside = np.where(codes >= 0, values, 0.0)
    if size == 1:
        return inside[:, None]
    n = len(values)
    column = np.maximum(codes, 0).astype(np.int32)
    return sparse.csr_array((inside, column, np.arange(n + 1, dtype=np.int32)), shape=(n, size))


def beside(parts: list[Array | sparse.csr_array]) -> Array | sparse.csr_array:
    """Join influence matrices side by side; sparse as soon as one of them is."""
    if len(parts) == 1:
        return parts[0]
    if any(sparse.issparse(part) for part in parts):
        return sparse.csr_array(sparse.hstack([sparse.csr_array(part) for part in parts], format="csr"))
    return np.hstack(parts)


def replicate_group_sums(
    design: SurveyDesign, values: list[Array], codes: NDArray[np.intp], size: int
) -> list[Array]:
    """Return the weighted group sums of several columns under every replicate.

    Parameters
    ----------
    design : SurveyDesign
        With replicates.
    values : list of ndarray, each of shape (n,)
    codes : ndarray of int, shape (n,)
    size : int

    Returns
    -------
    list of ndarray, each of shape (R, size)
    """
    joined = beside([spread(column, codes, size) for column in values])
    sums = design.replicate_sums(joined)
    return [sums[:, i * size : (i + 1) * size] for i in range(len(values))]
