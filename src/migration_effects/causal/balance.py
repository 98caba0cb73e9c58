"""How alike the groups are on each covariate, before and after weighting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


def weighted_moments(x: Array, weights: Array) -> tuple[float, float]:
    """Return ``m = sum w x / sum w`` and ``sum w (x - m)^2 / sum w``."""
    share = weights / weights.sum()
    centre = float(share @ x)
    return centre, float(share @ (x - centre) ** 2)


def kolmogorov_smirnov(x: Array, weights: Array, exposed: Array) -> float:
    """Return the largest distance between the two groups' weighted distribution functions.

    Parameters
    ----------
    x, weights, exposed : ndarray, shape (m,)

    Returns
    -------
    float

    Examples
    --------
    >>> kolmogorov_smirnov(np.array([1.0, 2.0, 3.0]), np.ones(3), np.array([0.0, 1.0, 1.0]))
    1.0
    """
    order = np.argsort(x, kind="stable")
    signed = np.where(
        exposed == 1, weights / weights[exposed == 1].sum(), -weights / weights[exposed == 0].sum()
    )
    gaps = np.cumsum(signed[order])
    last = np.concatenate([np.diff(x[order]) > 0, [True]])
    return float(np.abs(gaps[last]).max())


def balance_table(
    X: Array, columns: Sequence[str], weights: Array, factor: Array, exposed: Array, *, treated_scale: bool
) -> pd.DataFrame:
    """Compare the groups on each column of the covariate matrix.

    Parameters
    ----------
    X : ndarray, shape (m, k)
    columns : sequence of str, length k
    weights, factor, exposed : ndarray, shape (m,)
    treated_scale : bool
        Standardise by the exposed group's survey-weighted SD (ATT), else by the root mean of both variances.
        Always those before balancing, so that a smaller difference cannot come from a larger SD.

    Returns
    -------
    DataFrame
        See `BalancingWeights.balance`.
    """
    final = weights * factor
    inside = {1: exposed == 1, 0: exposed == 0}
    rows = []
    for j, name in enumerate(columns):
        x = X[:, j]
        before = {g: weighted_moments(x[rows_of], weights[rows_of]) for g, rows_of in inside.items()}
        after = {g: weighted_moments(x[rows_of], final[rows_of]) for g, rows_of in inside.items()}
        variance = before[1][1] if treated_scale else (before[1][1] + before[0][1]) / 2
        spread = np.sqrt(variance) if variance > 0 else np.nan
        indicator = bool(np.isin(x, (0.0, 1.0)).all())
        rows.append(
            {
                "covariate": name,
                "mean_exposed": after[1][0],
                "mean_comparison": after[0][0],
                "smd_before": (before[1][0] - before[0][0]) / spread,
                "smd_after": (after[1][0] - after[0][0]) / spread,
                "variance_ratio_before": _ratio(before[1][1], before[0][1], indicator),
                "variance_ratio_after": _ratio(after[1][1], after[0][1], indicator),
                "ks_before": kolmogorov_smirnov(x, weights, exposed),
                "ks_after": kolmogorov_smirnov(x, final, exposed),
            }
        )
    return pd.DataFrame(rows)


def _ratio(above: float, below: float, indicator: bool) -> float:
    """Return a variance ratio; NaN for 0/1 columns, whose variance is a function of the mean."""
    return above / below if below > 0 and not indicator else float("nan")
