"""Who migrates, who then cares for the children, and whether the carer changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .households import STRUCTURES, draw_categories
from .settings import Settings

TYPES = ("comparison", "father", "mother", "both", "other", "returned")
CARERS = ("mother", "father", "grandmother", "grandfather", "other_relative", "adult_sibling")

# What the household answers to "who is away", by the code of `hhtype` in the files.
HHTYPE = {"comparison": 4, "father": 1, "mother": 1, "both": 1, "other": 2, "returned": 3}


def _terms(house: pd.DataFrame, settings: Settings) -> dict[str, np.ndarray]:
    """Return the terms of the selection equations, the score x among them."""
    p = settings.params["selection"]
    structure = np.array(STRUCTURES)[house["structure"]]
    age = house["father_age"].to_numpy()
    terms = {
        "const": np.ones(len(house)),
        "a": np.array(p["region"]["a"])[house["region"] - 1],
        "R": (house["resid"] == 2).to_numpy(float),
        "L": house["L"].to_numpy(),
        "E0": (house["edu"] == 0).to_numpy(float),
        "E2": (house["edu"] == 2).to_numpy(float),
        "N": house["n_child"].to_numpy() - 2.0,
        "u": house["u"].to_numpy(),
        "father_age_38": age - 38.0,
        "father_over_42": (age > 42).astype(float),
        "father_gone": np.isin(structure, ["father_dead", "separated"]).astype(float),
    }
    score = sum(coefficient * terms[name] for name, coefficient in p["score"].items())
    terms["x"] = score + settings.hidden_u * house["hidden"].to_numpy()
    return terms


def draw_type(house: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Draw the migration type of every household from a multinomial logit.

    Types that the family's structure does not allow have probability zero: a separated, dead or absent parent
    is never counted as a labour migrant.

    Parameters
    ----------
    house : pandas.DataFrame
        Output of :func:`~.households.list_households`.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    ndarray of int
        Position in ``TYPES``.
    """
    terms = _terms(house, settings)
    structure = house["structure"].to_numpy()
    odds = np.ones((len(house), len(TYPES)))
    for column, name in enumerate(TYPES[1:], start=1):
        equation = settings.params["selection"]["type"][name]
        coefficients = {k: value for k, value in equation.items() if k != "allowed"}
        logit = sum(value * terms[term] for term, value in coefficients.items())
        allowed = np.isin(structure, [STRUCTURES.index(s) for s in equation["allowed"]])
        odds[:, column] = np.where(allowed, np.exp(logit), 0.0)
    return draw_categories(settings.rng("households.type").uniform(size=len(house)), odds)


def parents_at_home(house: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return, per household, whether the mother and whether the father live at home now."""
    structure, kind = house["structure"].to_numpy(), house["type"].to_numpy()
    mother = np.isin(structure, [0, 1, 2, 3]) & ~np.isin(kind, [2, 3])
    father = np.isin(structure, [0, 4]) & ~np.isin(kind, [1, 3])
    return mother, father


def draw_carer(house: pd.DataFrame, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Draw the main carer and whether the carer changed because of the departure.

    Parameters
    ----------
    house : pandas.DataFrame
        Households with ``structure`` and ``type``.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    carer : ndarray of int
        Position in ``CARERS``.
    changed : ndarray of int
        1 when the carer changed, 0 otherwise and for everybody without a parent abroad.
    """
    mother, father = parents_at_home(house)
    home = np.select([mother & father, mother, father], ["both", "mother", "father"], "none")
    away = np.array(["comparison", "father", "mother", "both", "comparison", "comparison"])[house["type"]]
    table = settings.params["carer"]
    group = np.char.add(np.char.add(away, "_"), home)
    uniform = settings.rng("households.carer").uniform(size=len(house))
    carer = np.zeros(len(house), dtype=int)
    for name in np.unique(group):
        inside = group == name
        carer[inside] = draw_categories(uniform[inside], table[str(name)])
    chance = table["changed"]
    probability = np.select(
        [(away == "father") & (carer == 0), away == "father", away == "mother", away == "both"],
        [chance["father_mother_cares"], chance["father_other_cares"], chance["mother"], chance["both"]],
        0.0,
    )
    changed = settings.rng("households.carer_changed").uniform(size=len(house)) < probability
    return carer, changed.astype(int)
