"""Balancing factors from a logit propensity, with the estimating equations that produced them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from migration_effects.numerics.glm import GlmFit, fit_glm

Array = NDArray[np.float64]
Estimand = Literal["ATT", "ATE", "ATO"]
Method = Literal["ipw", "overlap", "entropy", "matching"]


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Balancing factors of m rows and how they answer to the p parameters behind them.

    Parameters
    ----------
    factor : ndarray, shape (m,)
        Multiplies the survey weight.
    tilt : ndarray, shape (m,)
        Share of a row in the target population: 1 or 0 by exposure for ATT, 1 for ATE, ``e(1 - e)`` for ATO.
    propensity : ndarray, shape (m,)
    scores : ndarray, shape (m, p)
        Estimating function of each row per unit of survey weight; its weighted sum is 0.
    bread : ndarray, shape (p, p)
        Parameters move by ``bread' sum_i w_i scores_i``, with weights of mean 1.
    gradient : ndarray, shape (m, p)
        Derivative of `factor`.
    tilt_gradient : ndarray, shape (m, p)
        Derivative of `tilt`.
    start : ndarray, shape (k,)
        Propensity coefficients, from which replicates start.
    """

    factor: Array
    tilt: Array
    propensity: Array
    scores: Array
    bread: Array
    gradient: Array
    tilt_gradient: Array
    start: Array

    @property
    def estimated(self) -> bool:
        """Whether estimating equations stand behind the factors (not so for matching)."""
        return self.scores.shape[1] > 0


def fit_propensity(X: Array, exposed: Array, weights: Array, start: Array | None = None) -> GlmFit:
    """Fit the survey-weighted logit of the exposure.

    Parameters
    ----------
    X : ndarray, shape (m, k)
    exposed : ndarray, shape (m,)
        1 or 0.
    weights : ndarray, shape (m,)
        Mean 1.
    start : ndarray, shape (k,), optional

    Returns
    -------
    GlmFit
    """
    # Imported here, since the libraries behind it take most of a second, which other methods do not need.
    from statsmodels.genmod.families import Binomial

    return fit_glm(X, exposed, weights, Binomial(), canonical=True, start=start)


def logit_factors(X: Array, exposed: Array, fit: GlmFit, estimand: Estimand) -> Factors:
    """Turn propensities into factors (Li, Morgan and Zaslavsky 2018, JASA 113:390, table 1).

    ATT: 1 and ``e/(1 - e)``; ATE: ``1/e`` and ``1/(1 - e)``; ATO: ``1 - e`` and ``e``, for exposed and comparison.

    Parameters
    ----------
    X : ndarray, shape (m, k)
    exposed : ndarray, shape (m,)
    fit : GlmFit
    estimand : {"ATT", "ATE", "ATO"}

    Returns
    -------
    Factors
    """
    e = fit.mu
    with np.errstate(divide="ignore", over="ignore"):
        odds = e / (1 - e)
        if estimand == "ATT":
            factor, slope = np.where(exposed == 1, 1.0, odds), np.where(exposed == 1, 0.0, odds)
            tilt, tilt_slope = exposed, np.zeros_like(e)
        elif estimand == "ATE":
            factor = np.where(exposed == 1, 1 / e, 1 / (1 - e))
            slope = np.where(exposed == 1, -1 / odds, odds)
            tilt, tilt_slope = np.ones_like(e), np.zeros_like(e)
        else:
            spread = e * (1 - e)
            factor, slope = np.where(exposed == 1, 1 - e, e), np.where(exposed == 1, -spread, spread)
            tilt, tilt_slope = spread, spread * (1 - 2 * e)
    return Factors(
        factor=factor,
        tilt=tilt,
        propensity=e,
        scores=X * (exposed - e)[:, None],
        bread=fit.inverse,
        gradient=X * slope[:, None],
        tilt_gradient=X * tilt_slope[:, None],
        start=fit.coefficients,
    )
