"""Sums by integer code: the one operation that everything after factorising consists of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]


def sum_by(codes: NDArray[np.intp], values: Array, size: int) -> Array:
    """Return the sum of values of each code.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        From 0 to ``size - 1``.
    values : ndarray, shape (n,) or (n, k)
    size : int

    Returns
    -------
    ndarray, shape (size,) or (size, k)

    Examples
    --------
    >>> import numpy as np
    >>> sum_by(np.array([0, 1, 0]), np.array([1.0, 2.0, 3.0]), 2).tolist()
    [4.0, 2.0]
    """
    if values.ndim == 1:
        return np.bincount(codes, weights=values, minlength=size).astype(np.float64, copy=False)
    if values.shape[1] == 1:
        return sum_by(codes, values[:, 0], size)[:, None]
    # A column of the gathering matrix is a row of the data with its one entry: one pass for all k columns.
    n = len(codes)
    index = np.int32 if n < 2**31 else np.int64
    entries = (np.ones(n), codes.astype(index), np.arange(n + 1, dtype=index))
    return np.asarray(sparse.csc_array(entries, shape=(size, n)) @ values)


def compress(codes: NDArray[np.intp], bound: int) -> tuple[NDArray[np.intp], int]:
    """Renumber codes from 0 without gaps, in their order.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        From 0 to ``bound - 1``.
    bound : int

    Returns
    -------
    codes : ndarray of int, shape (n,)
    count : int
        Number of distinct codes.

    Examples
    --------
    >>> import numpy as np
    >>> compress(np.array([7, 2, 7]), 8)
    (array([1, 0, 1]), 2)
    """
    if bound > 8 * len(codes) + 1000:  # a table of the bound would cost more than sorting
        found, renumbered = np.unique(codes, return_inverse=True)
        return renumbered.astype(np.intp, copy=False), len(found)
    present = np.zeros(bound, dtype=bool)
    present[codes] = True
    count = int(present.sum())
    if count == bound:
        return codes, count
    number = np.cumsum(present) - 1
    return number[codes], count
