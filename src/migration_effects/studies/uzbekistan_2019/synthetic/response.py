"""Who takes part: households, then one adolescent in each, and the child of the discipline questions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .households import draw_categories
from .settings import Settings


def draw_response(house: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Return the result of the household interview; exactly the planned number is complete.

    The households with the highest response utility take part, an order statistic.

    Parameters
    ----------
    house : pandas.DataFrame
        Selected households.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    ndarray of int
        1 complete, 2 refused, 3 not at home, 4 no able adult, 5 vacant or not found.
    """
    p = settings.params["response"]["household"]
    rng = settings.rng("response.household")
    utility = p["const"] + p["urban"] * (house["resid"] == 1) + rng.logistic(size=len(house))
    utility = utility + p["parent_abroad"] * house["type"].isin([1, 2, 3])
    complete = _highest(utility.to_numpy(), settings.scale * settings.params["sample"]["caregivers"])
    reasons = 2 + draw_categories(rng.uniform(size=len(house)), p["reasons"])
    return np.where(complete, 1, reasons)


def _highest(utility: np.ndarray, count: int) -> np.ndarray:
    """Mark the `count` highest values."""
    chosen = np.zeros(len(utility), dtype=bool)
    chosen[np.argsort(-utility, kind="stable")[:count]] = True
    return chosen


def pick_child(house: pd.DataFrame, children: pd.DataFrame, block: str, settings: Settings) -> np.ndarray:
    """Pick one child per household with equal probability (Kish grid).

    Parameters
    ----------
    house : pandas.DataFrame
        Households, for their number.
    children : pandas.DataFrame
        Candidates with ``hh``; the index holds their positions.
    block : str
        Name of the random stream.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    ndarray of int
        Index of the picked child by household, −1 where there is no candidate.
    """
    order = settings.rng(block).uniform(size=len(children))
    first = pd.Series(order, index=children.index).groupby(children["hh"].to_numpy()).idxmin()
    picked = np.full(len(house), -1)
    picked[first.index.to_numpy()] = first.to_numpy()
    return picked


def draw_adolescent_response(
    house: pd.DataFrame, children: pd.DataFrame, selected: np.ndarray, settings: Settings
) -> np.ndarray:
    """Return the result of the child interview; exactly the planned number is complete.

    Parameters
    ----------
    house : pandas.DataFrame
        Selected households with ``result``.
    children : pandas.DataFrame
        All their children.
    selected : ndarray of int
        Position of the selected adolescent by household, −1 without.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    ndarray of float
        0 no child 11–17, 1 complete, 2 caregiver refused, 3 child refused, 4 away or other; NaN where the
        household did not take part.
    """
    p = settings.params["response"]["adolescent"]
    rng = settings.rng("response.adolescent")
    noise = rng.logistic(size=len(house))
    reasons = 2 + draw_categories(rng.uniform(size=len(house)), p["reasons"])
    child = children.iloc[np.maximum(selected, 0)]
    utility = (
        p["const"] + p["girl"] * child["girl"].to_numpy() + p["from_16"] * (child["age"].to_numpy() >= 16)
    )
    eligible = (selected >= 0) & (house["result"] == 1).to_numpy()
    utility = np.where(eligible, utility + noise, -np.inf)
    complete = _highest(utility, settings.scale * settings.params["sample"]["adolescents"])
    result = np.where(complete, 1, np.where(eligible, reasons, 0)).astype(float)
    result[(house["result"] != 1).to_numpy()] = np.nan
    return result
