"""Tail probabilities of weighted sums of chi-squared variables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, stats

Array = NDArray[np.float64]
EQUAL = 1e-10  # relative spread below which the weights count as one


def f_sum_tail(statistic: float, weights: Array, df: float) -> float:
    """Return ``P(sum_j weights_j chi2_1j > statistic * chi2_df / df)``.

    The distribution of a quadratic form whose scale is estimated on `df` degrees of freedom, by numerical inversion
    of its characteristic function (Imhof 1961, *Biometrika* 48:419). R's ``pFsum`` approximates it by a saddlepoint.

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

    Examples
    --------
    >>> import numpy as np
    >>> round(f_sum_tail(6.0, np.array([1.0, 1.0]), 20.0), 10) == round(float(stats.f.sf(3.0, 2, 20)), 10)
    True
    """
    q = len(weights)
    mean = float(weights.mean())
    if np.ptp(weights) <= EQUAL * mean:
        scaled = statistic / mean
        return float(stats.chi2.sf(scaled, q) if np.isinf(df) else stats.f.sf(scaled / q, q, df))
    scaled_weights, x = weights / mean, statistic / mean
    shift = x if np.isinf(df) else 0.0
    coefficients = scaled_weights if np.isinf(df) else np.append(scaled_weights, -x / df)
    counts = np.ones(q) if np.isinf(df) else np.append(np.ones(q), df)

    def integrand(u: float) -> float:
        """Return Imhof's integrand."""
        if u == 0.0:
            return float((counts @ coefficients - shift) / 2)
        angle = (counts @ np.arctan(coefficients * u) - shift * u) / 2
        log_size = counts @ np.log1p((coefficients * u) ** 2) / 4
        return float(np.sin(angle) / u * np.exp(-log_size))

    # The integral over (0, inf) in two parts: the second by u = 1/v, where the integrand is smooth again.
    head = integrate.quad(integrand, 0.0, 1.0, epsabs=1e-12, epsrel=1e-11, limit=400)[0]
    tail = integrate.quad(
        lambda v: integrand(1 / v) / v**2 if v > 0 else 0.0, 0.0, 1.0, epsabs=1e-12, epsrel=1e-11, limit=400
    )[0]
    return float(min(max(0.5 + (head + tail) / np.pi, 0.0), 1.0))
