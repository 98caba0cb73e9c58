"""Final weights of households and adolescents.

Households: base weight, non-response by region × residence × parent abroad, post-stratification to families with
children by region × residence. Adolescents: the household weight times the number of children 11–17, non-response
by sex × (11–15, 16–17), raking to region × age band and region × sex.

The selected adolescent of a household where nobody was interviewed is not in the files. So every child 11–17 of
such a household counts in the non-response cells with its chance of selection, one over their number: weight
``w_hh`` each, as an interviewed one counts ``w_hh`` times their number.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import migration_effects as me

from .settings import Settings

BANDS = (11, 14, 16)  # first ages of the bands 11–13, 14–15, 16–17
RAKING_ROUNDS = 200
RAKING_TOLERANCE = 1e-13


def _cell_factor(weights: np.ndarray, responded: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return, per row, the sum of weights in its cell over that of those who responded."""
    total = pd.Series(weights).groupby(cells).transform("sum").to_numpy()
    answered = pd.Series(weights * responded).groupby(cells).transform("sum").to_numpy()
    if (answered == 0).any():
        empty = sorted(map(str, np.unique(cells[answered == 0])))
        raise me.SpecificationError(
            f"No response in the cells {', '.join(empty)}: merge them in the parameters."
        )
    return total / answered


def household_weights(house: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Return `w_hh`, zero for households that did not take part.

    Parameters
    ----------
    house : pandas.DataFrame
        All selected households with ``w_base, result, region, resid, list_str``.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    ndarray
        Weights that add up to the families with children of every region and residence.
    """
    base, responded = house["w_base"].to_numpy(), (house["result"] == 1).to_numpy()
    stratum = (house["region"] * 10 + house["resid"]).to_numpy()
    abroad = house["list_str"].isin([1, 2]).to_numpy()
    weights = base * responded * _cell_factor(base, responded, stratum * 10 + abroad)
    totals = settings.families_by_cell[house["region"] - 1, house["resid"] - 1]
    return weights * totals / pd.Series(weights).groupby(stratum).transform("sum").to_numpy()


def adolescent_weights(eligible: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Return `w_child` of the interviewed adolescents, zero for the other rows.

    Parameters
    ----------
    eligible : pandas.DataFrame
        The interviewed adolescents and all children 11–17 of households without interviewed adolescent:
        ``w_hh, n_1117, interviewed, region, age, girl``.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    ndarray
        Weights that add up to the children 11–17 by region × age band and region × sex.
    """
    interviewed = eligible["interviewed"].to_numpy(bool)
    base = eligible["w_hh"].to_numpy() * np.where(interviewed, eligible["n_1117"], 1)
    age, girl = eligible["age"].to_numpy(), eligible["girl"].to_numpy()
    weights = base * interviewed * _cell_factor(base, interviewed, girl * 10 + (age >= 16))
    region = eligible["region"].to_numpy() - 1
    band = np.searchsorted(BANDS, age, side="right") - 1
    ages = settings.children_by_age
    bands = np.column_stack([ages[:, 11:14].sum(1), ages[:, 14:16].sum(1), ages[:, 16:18].sum(1)])
    girls = settings.params["ages"]["girls"]
    sexes = bands.sum(axis=1, keepdims=True) * np.array([1 - girls, girls])
    return _rake(weights, [(region * 3 + band, bands.ravel()), (region * 2 + girl, sexes.ravel())])


def _rake(weights: np.ndarray, margins: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Scale weights to each margin in turn until all of them hold."""
    for _ in range(RAKING_ROUNDS):
        worst = 0.0
        for cells, totals in margins:
            factor = totals / np.bincount(cells, weights, minlength=len(totals))
            worst = max(worst, float(np.abs(factor - 1).max()))
            weights = weights * factor[cells]
        if worst < RAKING_TOLERANCE:
            return weights
    raise me.ConvergenceError(
        f"Raking of the child weights: largest misfit {worst:.1e} after {RAKING_ROUNDS} rounds."
    )
