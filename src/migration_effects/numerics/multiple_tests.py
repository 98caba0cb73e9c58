"""Adjust p-values for the number of tests made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]


def holm(p: Array) -> Array:
    """Return step-down adjusted p-values that control the family-wise error (Holm 1979).

    Parameters
    ----------
    p : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (k,)

    Examples
    --------
    >>> import numpy as np
    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _in_place(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p: Array) -> Array:
    """Return step-up adjusted p-values that control the false discovery rate (Benjamini and Hochberg 1995).

    Parameters
    ----------
    p : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (k,)

    Examples
    --------
    >>> import numpy as np
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p, kind="stable")
    stepped = (p[order] * len(p) / np.arange(1, len(p) + 1))[::-1]
    return _in_place(np.minimum(np.minimum.accumulate(stepped)[::-1], 1.0), order)


def sharpened_q(p: Array) -> Array:
    """Return sharpened two-stage q-values.

    The smallest q at which the two-stage procedure of Benjamini, Krieger and Yekutieli (2006, *Biometrika* 93:491)
    rejects: at q' = q/(1+q) the procedure of Benjamini and Hochberg rejects r of k; it is then run at
    q' k/(k - r). Anderson (2008, *Journal of the American Statistical Association* 103:1481) searches q in steps of
    0.001; here it is solved exactly. A q-value may lie below its p-value when many hypotheses are rejected.

    Parameters
    ----------
    p : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (k,)

    Examples
    --------
    >>> import numpy as np
    >>> sharpened_q(np.array([0.001, 0.002, 0.5])).round(5).tolist()
    [0.00301, 0.00301, 0.2]
    """
    k = len(p)
    adjusted = benjamini_hochberg(p)
    order = np.argsort(adjusted, kind="stable")
    first_stage = np.concatenate([[0.0], adjusted[order]])  # the level from which r hypotheses are rejected
    shares = (k - np.arange(k + 1)) / k
    levels = np.maximum(first_stage[None, :], adjusted[:, None] * shares[None, :]).min(axis=1)
    with np.errstate(divide="ignore"):
        q = np.where(levels < 1, levels / (1 - levels), np.inf)
    return np.minimum(q, 1.0)


def step_down_max(statistics: Array, correlation: Array, df: Array, draws: int, seed: int) -> Array:
    """Return adjusted p-values of the step-down maximum test (Romano and Wolf 2005).

    The joint distribution of the statistics under the hypothesis is drawn as multivariate t with the given
    correlation; p = (1 + exceedances)/(1 + draws) of the largest absolute statistic among those not yet rejected.

    Parameters
    ----------
    statistics : ndarray, shape (k,)
    correlation : ndarray, shape (k, k)
        May be singular.
    df : ndarray, shape (k,)
        Degrees of freedom; infinity gives normal draws. Different ones share the draw of the common scale.
    draws : int
    seed : int

    Returns
    -------
    ndarray, shape (k,)
    """
    generator = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = generator.standard_normal((draws, len(statistics))) @ root.T
    uniform = generator.random(draws)
    simulated = np.abs(normal)
    for degrees in np.unique(df):
        if not np.isinf(degrees):
            scale = np.sqrt(stats.chi2.ppf(uniform, degrees) / degrees)
            simulated[:, df == degrees] /= scale[:, None]
    order = np.argsort(-np.abs(statistics), kind="stable")
    # Largest simulated statistic among the hypotheses from each place on.
    largest = np.maximum.accumulate(simulated[:, order[::-1]], axis=1)[:, ::-1]
    exceed = (largest >= np.abs(statistics)[order]).sum(axis=0)
    return _in_place(np.maximum.accumulate((1 + exceed) / (1 + draws)), order)


def _in_place(sorted_values: Array, order: NDArray[np.intp]) -> Array:
    """Return sorted values in the order they came in."""
    result = np.empty(len(order))
    result[order] = sorted_values
    return result
