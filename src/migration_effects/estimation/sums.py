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
        Zero in the rows not in use.
    codes : ndarray of int, shape (n,)
        Group; -1 for rows not in use.
    size : int
    weights : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (size,)
    """
    if size == 1:
        return np.array([weights @ values])
    return _sum_in_use(codes, weights * values, size)


def weight_sums(codes: NDArray[np.intp], size: int, weights: Array) -> Array:
    """Return ``sum_i w_i`` of each group.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Group; -1 for rows not in use.
    size : int
    weights : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (size,)
    """
    return _sum_in_use(codes, weights, size)


def _sum_in_use(codes: NDArray[np.intp], values: Array, size: int) -> Array:
    """Return sums by group of the rows in use."""
    if all_in_use(codes):
        return np.array([values.sum()]) if size == 1 else sum_by(codes, values, size)
    rows = codes >= 0
    return sum_by(codes[rows], values[rows], size)


def all_in_use(codes: NDArray[np.intp]) -> bool:
    """Return whether every row has a group."""
    return bool(codes.min(initial=0) >= 0)


def of_row(per_group: Array, codes: NDArray[np.intp]) -> Array:
    """Return each row's group value; one number where there is one group.

    Parameters
    ----------
    per_group : ndarray, shape (size,)
    codes : ndarray of int, shape (n,)

    Returns
    -------
    ndarray, shape (n,) or (1,)
        Anything in rows not in use.
    """
    return per_group if len(per_group) == 1 else per_group[codes]


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
    complete = all_in_use(codes)
    inside = values if complete else np.where(codes >= 0, values, 0.0)
    if size == 1:
        return inside[:, None]
    n = len(values)
    column = (codes if complete else np.maximum(codes, 0)).astype(np.int32)
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
