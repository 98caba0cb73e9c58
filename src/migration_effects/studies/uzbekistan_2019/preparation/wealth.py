"""Wealth index: first principal component of the six assets, and weighted quintiles of households."""

from __future__ import annotations

import numpy as np
import pandas as pd

ASSETS = ("as_car", "as_wash", "as_ac", "as_fridge", "as_net", "as_stock")
POSITIVE = "as_car"
QUINTILES = 5


def wealth_index(owned: pd.DataFrame, weights: pd.Series) -> pd.Series:
    """Return the score of each household on the first principal component.

    Eigenvector of unit length of the weighted correlation matrix; the score is the sum of standardised assets
    times their loadings, the loading of the car positive.

    Parameters
    ----------
    owned : DataFrame
        One column of 1/0 per asset; a missing answer counts as not owned.
    weights : Series
        Household weights.

    Returns
    -------
    Series
        Weighted mean 0; missing everywhere when nobody answered on one of the assets.
    """
    if owned.isna().all().any():
        return pd.Series(np.nan, index=owned.index)
    values, share = owned.fillna(0.0).to_numpy(), (weights / weights.sum()).to_numpy()
    centred = values - share @ values
    spread = np.sqrt(share @ centred**2)
    standard = centred / spread
    correlation = standard.T @ (share[:, None] * standard)
    loadings = np.linalg.eigh(correlation)[1][:, -1]
    loadings = loadings * np.sign(loadings[list(owned.columns).index(POSITIVE)])
    return pd.Series(standard @ loadings, index=owned.index)


def weighted_quintiles(score: pd.Series, weights: pd.Series) -> pd.Series:
    """Return quintile codes 1–5; scores equal to a cut go down.

    Parameters
    ----------
    score : Series
        Without missing values, or all missing.
    weights : Series
        Household weights.

    Returns
    -------
    Series of float
        1 poorest to 5 richest; missing where no score is known.
    """
    if score.isna().any():
        return pd.Series(np.nan, index=score.index)
    order = np.argsort(score.to_numpy(), kind="stable")
    ordered, share = score.to_numpy()[order], weights.to_numpy()[order].cumsum() / weights.sum()
    places = np.searchsorted(share, np.arange(1, QUINTILES) / QUINTILES - 1e-12)
    return pd.Series(1.0 + np.searchsorted(ordered[places], score.to_numpy(), side="left"), index=score.index)
