"""Answers to the modules on children and women."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .people import Sizes

__all__ = ["Sizes", "children", "under_fives", "women"]

KEYS = ["HH1", "HH2"]
COMPLETED, REFUSED = 1, 3
NOBODY = 90
DIFFICULTY = [f"FCF{i}" for i in (6, 8, 14, 15, *range(16, 25))]
LETTERS = "ABCDEFGHIJK"
YES_SHARE = dict(zip(LETTERS, (0.4, 0.7, 0.1, 0.35, 0.4, 0.12, 0.05, 0.15, 0.04, 0.08, 0.01), strict=True))
# Planted: added to the chance of a difficulty in one item and of long chores, where a parent lives abroad.
PLANTED_DIFFICULTY, PLANTED_CHORES = 0.010, 0.12


def _yes(chance: np.ndarray | float, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Return 1 for yes, 2 for no."""
    return np.where(rng.random(rows) < chance, 1.0, 2.0)


def _discipline(stem: str, rows: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the answers about discipline; a few are 9, no response."""
    answers = {f"{stem}{letter}": _yes(YES_SHARE[letter], rows, rng) for letter in LETTERS}
    return {name: np.where(rng.random(rows) < 0.005, 9.0, values) for name, values in answers.items()}


def selected(hl: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return one child 5–17 per household, chosen at random."""
    eligible = hl[hl["HL6"].between(5, 17)]
    order = rng.permutation(len(eligible))
    chosen = eligible.iloc[order].drop_duplicates(KEYS).sort_values(KEYS)
    return chosen.reset_index(drop=True)


def children(hl: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return file fs, without weights.

    Parameters
    ----------
    hl : DataFrame
        File hl.
    rng : Generator
        Random numbers.

    Returns
    -------
    DataFrame
        One row per household with a child 5–17; answers missing where the interview is not complete.
    """
    child = selected(hl, rng)
    rows = len(child)
    away = (child["HL15"].eq(1) | child["HL19"].eq(1)).to_numpy()
    age = child["HL6"].to_numpy(float)
    frame = child[KEYS].assign(LN=child["HL1"], FS3=child["HL1"], FS4=child["HL20"].astype(float))
    frame.loc[frame.index[-1], "FS4"] = NOBODY
    frame["FS17"] = np.where(rng.random(rows) < 0.95, COMPLETED, REFUSED)
    answers = {"CB3": age, "CB4": _yes(0.97, rows, rng)}
    answers["CB7"] = np.where(answers["CB4"] == 1, _yes(np.where(age < 7, 0.7, 0.95), rows, rng), np.nan)
    answers |= _labour(age, away, rows, rng) | _functioning(away, rows, rng)
    answers["fsdisability"] = _disability(answers)
    asked = age <= 14
    answers |= {name: np.where(asked, v, np.nan) for name, v in _discipline("FCD2", rows, rng).items()}
    frame = frame.assign(
        **answers, melevel=rng.choice([0.0, 1.0, 2.0, 3.0, 9.0], rows, p=[0.1, 0.2, 0.4, 0.28, 0.02])
    )
    open_rows = frame["FS17"].ne(COMPLETED)
    frame.loc[open_rows, list(answers)] = np.nan
    return frame


def _labour(age: np.ndarray, away: np.ndarray, rows: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return work, hazards and chores; hours are asked where an activity is."""
    works = rng.random(rows) < 0.02 + 0.015 * (age - 5)
    found = {"CL1A": np.where(works, 1.0, 2.0)}
    found |= {name: np.full(rows, 2.0) for name in ("CL1B", "CL1C", "CL1X")}
    found["CL3"] = np.where(works, rng.integers(1, 30, rows), np.nan)
    found["CL3"] = np.where(works & (rng.random(rows) < 0.05), 99.0, found["CL3"])
    hazards = ["CL4", "CL5", "CL6A", "CL6B", "CL6C", "CL6D", "CL6E", "CL6X"]
    found |= {name: np.where(works, _yes(0.05, rows, rng), np.nan) for name in hazards}
    for item, hours in (("CL7", "CL8"), ("CL9", "CL10")):
        found[item] = _yes(0.2, rows, rng)
        found[hours] = np.where(found[item] == 1, rng.integers(1, 6, rows), np.nan)
    long_day = rng.random(rows) < 0.05 + PLANTED_CHORES * away
    found |= {f"CL11{x}": _yes(0.5, rows, rng) for x in "BCDEFX"}
    found["CL11A"] = np.ones(rows)
    found["CL13"] = np.where(long_day, rng.integers(21, 40, rows), rng.integers(0, 15, rows)).astype(float)
    return found


def _functioning(away: np.ndarray, rows: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return child functioning: equipment is used by few, so items 14 and 15 are asked of most."""
    chance = np.where(away, 0.008 + PLANTED_DIFFICULTY, 0.008)
    found = {name: np.where(rng.random(rows) < chance, 3.0, _yes(0.9, rows, rng)) for name in DIFFICULTY}
    equipment = rng.random(rows) < 0.01
    for name in ("FCF10", "FCF11"):
        found[name] = np.where(equipment, 2.0, np.nan)
    for name in ("FCF14", "FCF15"):
        found[name] = np.where(equipment, np.nan, found[name])
    found["FCF15"] = np.where(np.isin(found["FCF14"], [3, 4]), np.nan, found["FCF15"])
    for name in ("FCF25", "FCF26"):
        found[name] = np.where(rng.random(rows) < 2 * chance, 1.0, rng.integers(2, 6, rows))
    return found


def _disability(answers: dict[str, np.ndarray]) -> np.ndarray:
    """Return the producer's variable: 1 a difficulty in some domain, 2 none."""
    lot = [np.isin(answers[name], [3, 4]) for name in (*DIFFICULTY, "FCF10", "FCF11")]
    daily = [answers[name] == 1 for name in ("FCF25", "FCF26")]
    return np.where(np.any([*lot, *daily], axis=0), 1.0, 2.0)


def under_fives(hl: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return file ch, without weights."""
    child = hl[hl["HL6"].lt(5)].reset_index(drop=True)
    rows = len(child)
    frame = child[KEYS].assign(LN=child["HL1"], UF4=child["HL20"].astype(float))
    frame["UF17"] = np.where(rng.random(rows) < 0.96, COMPLETED, REFUSED)
    frame["UB2"] = child["HL6"].astype(float)
    asked = child["HL6"].ge(1) & frame["UF17"].eq(COMPLETED)
    answers = _discipline("UCD2", rows, rng)
    frame = frame.assign(**{name: np.where(asked, values, np.nan) for name, values in answers.items()})
    return frame.assign(UB2=frame["UB2"].where(frame["UF17"].eq(COMPLETED)))


def women(hl: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return file wm, without weights."""
    woman = hl[hl["HL4"].eq(2) & hl["HL6"].between(15, 49)].reset_index(drop=True)
    rows = len(woman)
    frame = woman[KEYS].assign(LN=woman["HL1"])
    frame["WM17"] = np.where(rng.random(rows) < 0.95, COMPLETED, REFUSED)
    ladder = np.where(rng.random(rows) < 0.02, 99.0, rng.integers(2, 11, rows))
    return frame.assign(LS2=np.where(frame["WM17"] == COMPLETED, ladder, np.nan))
