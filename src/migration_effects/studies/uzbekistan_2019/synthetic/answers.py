"""Batteries of answers that one indicator of an outcome equation decides: food insecurity, diet, discipline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .households import draw_categories
from .settings import Settings

PHYSICAL = ("d_c", "d_f", "d_g", "d_j")
SEVERE = ("d_i", "d_k")


def fies_items(insecure: np.ndarray, settings: Settings) -> pd.DataFrame:
    """Draw the eight food insecurity items, yes for the mildest first, with some neighbours swapped.

    Parameters
    ----------
    insecure : ndarray
        1 for households with a raw score of 4 or more (outcome O3).
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        ``fies_1`` … ``fies_8``, 1 yes, 2 no.
    """
    p, rng = settings.params["batteries"]["fies"], settings.rng("battery.fies")
    u = rng.uniform(size=(3, len(insecure)))
    mild, strong = draw_categories(u[0], p["score_0_3"]), 4 + draw_categories(u[0], p["score_4_8"])
    score = np.where(insecure == 1, strong, mild)
    yes = np.arange(8) < score[:, None]
    rows = np.flatnonzero((u[1] < p["swapped"]) & (score > 0) & (score < 8))
    yes[rows, score[rows] - 1], yes[rows, score[rows]] = False, True
    return pd.DataFrame({f"fies_{k + 1}": 2.0 - yes[:, k] for k in range(8)})


def food_items(number: np.ndarray, settings: Settings) -> pd.DataFrame:
    """Choose which food groups make up the number eaten (outcome O19), the common ones more often.

    Parameters
    ----------
    number : ndarray
        Number of food groups, 1–7.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        ``fg_1`` … ``fg_7``, 1 yes, 2 no.
    """
    ease = np.array(settings.params["batteries"]["food_ease"])
    score = ease + settings.rng("battery.food").logistic(size=(len(number), len(ease)))
    place = np.argsort(np.argsort(-score, axis=1), axis=1)
    return pd.DataFrame(2.0 - (place < number[:, None]), columns=[f"fg_{k + 1}" for k in range(len(ease))])


def discipline_items(
    violent: np.ndarray, physical: np.ndarray, severe: np.ndarray, settings: Settings
) -> pd.DataFrame:
    """Draw the eleven discipline items, again and again until they agree with the three indicators.

    Parameters
    ----------
    violent, physical, severe : ndarray
        0/1 indicators (outcomes O14–O16), each inside the one before.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        ``d_a`` … ``d_k``, 1 yes, 2 no.
    """
    p, rng = settings.params["batteries"]["discipline"], settings.rng("battery.discipline")
    names = sorted(p)
    level = {
        "d_d": violent,
        "d_h": violent,
        **dict.fromkeys(PHYSICAL, physical),
        **dict.fromkeys(SEVERE, severe),
    }
    chance = np.column_stack([p[name] * level.get(name, np.ones_like(violent)) for name in names])
    yes = np.zeros(chance.shape, dtype=bool)
    wrong = np.ones(len(violent), dtype=bool)
    while wrong.any():
        yes[wrong] = rng.uniform(size=(int(wrong.sum()), len(names))) < chance[wrong]
        item = dict(zip(names, yes.T, strict=True))
        hit_hard = item["d_i"] | item["d_k"]
        hit = np.logical_or.reduce([hit_hard, *(item[name] for name in PHYSICAL)])
        any_violence = hit | item["d_d"] | item["d_h"]
        wrong = (hit_hard != severe) | (hit != physical) | (any_violence != violent)
    return pd.DataFrame(2.0 - yes, columns=names)


def reasons(size: int, settings: Settings) -> pd.DataFrame:
    """Draw six reasons to migrate, at least one of them yes.

    Parameters
    ----------
    size : int
        Number of migrants.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        ``m_r1`` … ``m_r6``, 1 yes, 2 no.
    """
    chance, rng = np.array(settings.params["batteries"]["reasons"]), settings.rng("battery.reasons")
    yes = np.zeros((size, len(chance)), dtype=bool)
    while (none := ~yes.any(axis=1)).any():
        yes[none] = rng.uniform(size=(int(none.sum()), len(chance))) < chance
    return pd.DataFrame(2.0 - yes, columns=[f"m_r{k + 1}" for k in range(len(chance))])
