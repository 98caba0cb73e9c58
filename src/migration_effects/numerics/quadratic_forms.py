"""Tail probabilities of weighted sums of chi-squared variables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
LARGEST_SERIES = 20_000
BLOCK = 64
ACCURACY = 1e-13


def f_sum_tail(statistic: float, weights: Array, df: float) -> float:
    """Return ``P(sum_j weights_j chi2_1j > statistic * chi2_df / df)``.

    The sum is a mixture of ``b chi2_(q + 2k)``, b the smallest weight, with positive shares c_k (Robbins and Pitman
    1949, *Annals of Mathematical Statistics* 20:552), so the tail is a sum of F tails without cancellation: small
    probabilities keep their digits. R's ``pFsum`` approximates them by a saddlepoint.

    Parameters
    ----------
    statistic : float
        Not negative.
    weights : ndarray, shape (q,)
        Positive.
    df : float
        Positive; infinity for a known scale.

    Returns
    -------
    float
        NaN when the weights differ so much (by a factor of hundreds) that the series is too long.

    Examples
    --------
    >>> import numpy as np
    >>> round(f_sum_tail(6.0, np.array([1.0, 1.0]), 20.0), 10) == round(float(stats.f.sf(3.0, 2, 20)), 10)
    True
    """
    q, smallest = len(weights), float(weights.min())
    ratios = 1 - smallest / weights
    largest_ratio = float(ratios.max())
    shares = np.zeros(LARGEST_SERIES)
    shares[0] = np.sqrt(np.prod(smallest / weights))
    powers = np.zeros(LARGEST_SERIES)
    total = 0.0
    for start in range(0, LARGEST_SERIES, BLOCK):
        stop = min(start + BLOCK, LARGEST_SERIES)
        for k in range(max(start, 1), stop):
            powers[k] = (ratios**k).sum()
            shares[k] = powers[k:0:-1] @ shares[:k] / (2 * k)
        sizes: Array = q + 2.0 * np.arange(start, stop, dtype=np.float64)
        total += float(shares[start:stop] @ _tails(statistic / smallest, sizes, df))
        # What is left is at most a geometric series from the last share on.
        if shares[stop - 1] <= ACCURACY * total * (1 - largest_ratio):
            return min(total, 1.0)
    return float("nan")


def _tails(x: float, sizes: Array, df: float) -> Array:
    """Return ``P(chi2_size > x chi2_df / df)`` for each size."""
    if np.isinf(df):
        return np.asarray(stats.chi2.sf(x, sizes))
    return np.asarray(stats.f.sf(x / sizes, sizes, df))
