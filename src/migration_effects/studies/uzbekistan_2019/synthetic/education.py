"""Highest education of the members, consistent with the education of the parents (`h_edu`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .households import draw_categories
from .settings import Settings


def draw_education(people: pd.DataFrame, house: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Draw `p_edu` (0 none … 5 higher) for persons aged 3 and more.

    The better educated parent has the level of ``h_edu``; where one parent has higher education the other has it
    with the probability in the parameters.

    Parameters
    ----------
    people : pandas.DataFrame
        Members with ``hh, role, p_age, migrant``.
    house : pandas.DataFrame
        Households with ``edu``.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    ndarray of float
        Codes; NaN below age 3.
    """
    p = settings.params["members"]["education"]
    u = settings.rng("members.education").uniform(size=(3, len(people)))
    age, role = people["p_age"].to_numpy(), people["role"].astype(str).to_numpy()
    level = house["edu"].to_numpy()[people["hh"]]
    tables = np.array([p["parent_basic"], p["parent_secondary"], [0, 0, 0, 0, 0, 100]], dtype=float)
    parent = draw_categories(u[0], tables[_parent_level(people, level, u[1], settings)])
    child = np.where(age < 10, 0, np.where(age < 16, 1, 2))
    migrant = (people["migrant"] > 0).to_numpy()[:, None]
    shares = np.where(migrant, p["migrant"], np.where((age >= 60)[:, None], p["old"], p["adult"]))
    other = draw_categories(u[2], shares)
    edu = np.select([age < 18, np.isin(role, ["father", "mother"])], [child, parent], other).astype(float)
    edu[age < 3] = np.nan
    return edu


def _parent_level(
    people: pd.DataFrame, level: np.ndarray, uniform: np.ndarray, settings: Settings
) -> np.ndarray:
    """Return each parent's own level 0–2; the household's level is the higher of the two."""
    p = settings.params["members"]["education"]
    role, hh = people["role"].astype(str).to_numpy(), people["hh"].to_numpy()
    is_parent = np.isin(role, ["father", "mother"])
    n_parents = pd.Series(is_parent).groupby(hh).transform("sum").to_numpy()
    # One draw per household decides which parent of a couple holds the higher education: both, father, mother.
    shared = pd.Series(uniform).groupby(hh).transform("first").to_numpy()
    migrating = is_parent & (people["migrant"] > 0).to_numpy()
    n_migrating = pd.Series(migrating).groupby(hh).transform("sum").to_numpy()
    who = draw_categories(shared, p["higher_both_father_mother"])
    own = (who == 0) | ((who == 1) & (role == "father")) | ((who == 2) & (role == "mother"))
    own = np.where(n_migrating == 1, np.where(migrating, shared < p["migrant_higher"], True), own)
    return np.where((level == 2) & (n_parents == 2) & ~own, 1, level)
