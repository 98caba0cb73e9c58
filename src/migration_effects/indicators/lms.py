"""Z-scores by the LMS method, with WHO's restricted tails."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
LIMIT = 3.0


def z_score(y: Vector, l: Vector, m: Vector, s: Vector) -> Vector:  # noqa: E741 - the letters of the method
    """Return ((y/M)^L − 1)/(L·S), or ln(y/M)/S for L = 0.

    Parameters
    ----------
    y : ndarray
        Measurements above 0.
    l, m, s : ndarray
        Box-Cox power, median, coefficient of variation.

    Returns
    -------
    ndarray
        Z-scores.

    Notes
    -----
    Cole and Green (1992), Smoothing reference centile curves: the LMS method, Statistics in Medicine 11.

    Examples
    --------
    >>> z_score(np.array([24.0]), np.array([1.0]), np.array([20.0]), np.array([0.1])).round(6).tolist()
    [2.0]
    """
    log = np.log(y / m)
    power = np.where(l == 0, 1.0, l)
    return np.where(l == 0, log / s, np.expm1(power * log) / (power * s))


def value_at(z: float, l: Vector, m: Vector, s: Vector) -> Vector:  # noqa: E741 - the letters of the method
    """Return the measurement at a z-score: M(1 + L·S·z)^(1/L).

    Parameters
    ----------
    z : float
        Z-score.
    l, m, s : ndarray
        As in `z_score`.

    Returns
    -------
    ndarray
        Measurements.
    """
    power = np.where(l == 0, 1.0, l)
    return np.where(l == 0, m * np.exp(s * z), m * (1 + power * s * z) ** (1 / power))


def restricted_z(y: Vector, l: Vector, m: Vector, s: Vector) -> Vector:  # noqa: E741 - the letters of the method
    """Return z-scores whose tails beyond ±3 go on in steps of the distance between 2 and 3 standard deviations.

    Parameters
    ----------
    y, l, m, s : ndarray
        As in `z_score`.

    Returns
    -------
    ndarray
        Z-scores as WHO computes them for indicators that contain weight.

    Notes
    -----
    WHO Child Growth Standards: methods and development (2006), section 5.2.

    Examples
    --------
    >>> restricted_z(np.array([30.0]), np.array([-1.0]), np.array([20.0]), np.array([0.1])).round(6).tolist()
    [3.4]
    """
    z = z_score(y, l, m, s)
    for sign in (1, -1):
        third, second = value_at(sign * LIMIT, l, m, s), value_at(sign * (LIMIT - 1), l, m, s)
        tail = sign * LIMIT + (y - third) / (sign * (third - second))
        z = np.where(sign * z > LIMIT, tail, z)
    return z
