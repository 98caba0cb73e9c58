"""Households with children, their children, and which parents are gone for other reasons than work."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .settings import REGIONS, Settings

STRUCTURES = ("both", "father_dead", "separated", "father_elsewhere", "father_only", "neither")


def draw_categories(uniform: np.ndarray, shares: np.ndarray | list[float]) -> np.ndarray:
    """Turn uniform numbers into category positions 0, 1, … with the given shares.

    Parameters
    ----------
    uniform : ndarray
        Numbers in [0, 1).
    shares : array-like
        Positive or zero; need not add to one. One dimension for a common distribution, or one row per number.

    Returns
    -------
    ndarray of int
        Positions.

    Examples
    --------
    >>> draw_categories(np.array([0.1, 0.5, 0.99]), [20, 50, 30])
    array([0, 1, 2])
    """
    table = np.cumsum(np.asarray(shares, dtype=float), axis=-1)
    table = table / table[..., -1:]
    if table.ndim == 1:
        return np.minimum(np.searchsorted(table, uniform, side="right"), len(table) - 1)
    return np.minimum((uniform[:, None] >= table).sum(axis=1), table.shape[1] - 1)


def list_households(mahallas: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """List all households with children of the given mahallas.

    Parameters
    ----------
    mahallas : pandas.DataFrame
        Rows of the frame.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        One row per household: ``mahalla`` (position), ``region``, ``resid``, the mahalla's ``u`` and ``v``,
        ``edu`` (0 basic or less, 1, 2 higher), ``ladder`` (1–10), ``L``, ``n_child``, ``structure`` (position
        in ``STRUCTURES``), ``father_age``, household effect ``q`` and unrecorded ``hidden``.
    """
    params = settings.params
    rows = np.repeat(np.arange(len(mahallas)), mahallas["listed"])
    size = len(rows)
    house = mahallas[["region", "resid", "u", "v", "w"]].iloc[rows].reset_index(drop=True)
    house.insert(0, "mahalla", rows)
    region = house["region"].to_numpy() - 1
    house["edu"] = draw_categories(
        settings.rng("households.education").uniform(size=size), params["education"]["share"]
    )
    house["ladder"], house["L"] = _ladder(house, settings)
    children = np.array([params["regions"]["children"][name] for name in REGIONS], dtype=float)
    uniform = settings.rng("households.children").uniform(size=size)
    house["n_child"] = 1 + draw_categories(uniform, children[region])
    uniform = settings.rng("households.structure").uniform(size=size)
    house["structure"] = draw_categories(uniform, params["structure"]["share"])
    house["father_age"] = _father_age(settings, size)
    house["q"] = settings.rng("households.q").standard_normal(size)
    house["hidden"] = settings.rng("households.hidden").standard_normal(size)
    return house


def _ladder(house: pd.DataFrame, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Return the ladder place five years ago, 1–10, and its standardised form L."""
    p = settings.params["ladder"]
    noise = settings.rng("households.ladder").normal(0, p["noise"], len(house))
    z = np.array(p["region"])[house["region"] - 1] + house["w"] + p["rural"] * (house["resid"] == 2)
    z = z + p["education"] * (house["edu"] - p["education_centre"]) + noise
    ladder = np.clip(np.rint(p["centre"] + p["spread"] * z), 1, 10).astype(int)
    return ladder, (ladder - p["standard_centre"]) / p["standard_spread"]


def _father_age(settings: Settings, size: int) -> np.ndarray:
    """Return the father's age, cut to its range."""
    p = settings.params["father"]
    age = settings.rng("households.father_age").normal(p["age_mean"], p["age_sd"], size)
    return np.clip(np.rint(age), p["age_low"], p["age_high"]).astype(int)


def list_children(house: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Draw the children 0–17 of the listed households.

    Parameters
    ----------
    house : pandas.DataFrame
        Output of :func:`list_households`.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        One row per child, oldest first within the household: ``hh`` (row position of the household), ``age``,
        ``girl`` (0/1).
    """
    hh = np.repeat(np.arange(len(house)), house["n_child"])
    region = house["region"].to_numpy()[hh] - 1
    uniform = settings.rng("children.age").uniform(size=len(hh))
    age = np.empty(len(hh), dtype=int)
    for r, table in enumerate(settings.children_by_age):
        inside = region == r
        age[inside] = draw_categories(uniform[inside], table)
    order = np.lexsort((-age, hh))
    girl = settings.rng("children.sex").uniform(size=len(hh)) < settings.params["ages"]["girls"]
    return pd.DataFrame({"hh": hh, "age": age[order], "girl": girl.astype(int)})
