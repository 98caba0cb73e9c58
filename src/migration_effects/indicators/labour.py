"""Child labour in the reference week (SDG 8.7.1, MICS definitions)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.arithmetic import TOLERANCE
from migration_effects.indicators.logic import present
from migration_effects.indicators.score_frame import Facts, ScoreFrame

WORK = ("CL1A", "CL1B", "CL1C", "CL1X")
WORK_HOURS = "CL3"
CHORES = ("CL7", "CL9", "CL11A", "CL11B", "CL11C", "CL11D", "CL11E", "CL11F", "CL11X")
CHORE_HOURS = ("CL8", "CL10", "CL13")
HAZARDS = ("CL4", "CL5", "CL6A", "CL6B", "CL6C", "CL6D", "CL6E", "CL6X")
WEEK = Between(0, 168)
VALID: dict[str, Coded | Between] = {
    "age": Between(0, 95),
    **dict.fromkeys((*WORK, *CHORES, *HAZARDS), Coded((1, 2))),
    **dict.fromkeys((WORK_HOURS, *CHORE_HOURS), WEEK),
}
FIRST_AGES, LAST_AGE = (5, 12, 15), 17
ECONOMIC_HOURS = (1.0, 14.0, 43.0)
# Hours of chores from which they are child labour, by first age; above every week where they do not count.
CHORE_LIMITS = {"mics6": (21.0, 21.0, np.inf), "mics5": (28.0, 28.0, 43.0)}


def child_labour(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    definition: Literal["mics6", "mics5"] = "mics6",
    dropped: Collection[str] = (),
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Score child labour at ages 5–17.

    Economic activity (any CL1 yes, and hours CL3): at least 1 hour at 5–11, 14 at 12–14, 43 at 15–17. Household
    chores (any of CL7, CL9, CL11 yes, and CL8 + CL10 + CL13): at least 21 hours at 5–14, not counted at 15–17. Child
    labour is one or the other. Water and firewood are chores here; some definitions count them as economic activity.
    ``definition="mics5"``: chores from 28 hours at 5–14 and 43 at 15–17, hazardous conditions included.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``"age"`` and MICS6 names (``"CL1A"`` …, ``"CL3"``, ``"CL13"``) → column. Hazards (CL4, CL5, CL6A–E, CL6X)
        are optional with ``mics6``.
    definition : {"mics6", "mics5"}
        Which official definition; print it.
    dropped : collection of str
        Items the questionnaire does not have. Without any question on activities the hours alone decide.
    codes, missing : mapping, optional
        Raw value → canonical code (1 yes, 2 no, hours), raw value → reason; declare 97–99 of the hours here.

    Returns
    -------
    DataFrame
        ``child_labour``, ``child_labour_economic``, ``child_labour_chores``, with hazards ``child_labour_hazard``
        (1.0, 0.0; NaN outside ages 5–17), each with item counts. Unknown working hours do not qualify, unknown chore
        hours count 0, as in the official tables.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> answers = pd.DataFrame({"age": [13, 13, 16], "work": [13, 14, 42], "chores": [20, 0, 60]})
    >>> no_activities = [*WORK, *CHORES, "CL8", "CL10"]
    >>> child_labour(answers, {"age": "age", "CL3": "work", "CL13": "chores"}, dropped=no_activities)[
    ...     "child_labour"].tolist()
    [0.0, 1.0, 0.0]
    """
    if definition not in CHORE_LIMITS:
        raise SpecificationError(f"child_labour: definition is one of mics6, mics5, not {definition!r}.")
    optional = [*dropped, *(HAZARDS if definition == "mics6" else ())]
    answers = read_answers(
        frame, items, VALID, instrument="child_labour", optional=optional, codes=codes, missing=missing
    )
    values = answers.values
    age = np.floor(values["age"])
    band = np.searchsorted(FIRST_AGES, age.fillna(0), side="right") - 1
    inside = age.between(FIRST_AGES[0], LAST_AGE)
    economic = _active(values, WORK) & values[WORK_HOURS].ge(_limit(ECONOMIC_HOURS, band))
    hours = values[present(CHORE_HOURS, values)].sum(axis=1)
    chores = _active(values, CHORES) & hours.ge(_limit(CHORE_LIMITS[definition], band))
    hazards = values[present(HAZARDS, values)]
    hazard = hazards.eq(1).any(axis=1)
    labour = economic | chores | (hazard if definition == "mics5" else False)
    notes = (f"definition {definition}", "water and firewood count as household chores")
    result = ScoreFrame(Facts("child_labour", definition, "caregiver", (), notes), answers)
    for name, value in (("", labour), ("_economic", economic), ("_chores", chores)):
        result.add_indicator(f"child_labour{name}", value.astype(float).where(inside), values)
    if len(hazards.columns):
        result.add_indicator("child_labour_hazard", hazard.astype(float).where(inside), hazards)
    return result.frame()


def _limit(limits: tuple[float, ...], band: np.ndarray) -> np.ndarray:
    """Return the hours that count at each age, less the rounding error of sums of fractions."""
    return np.asarray(limits)[np.maximum(band, 0)] - TOLERANCE


def _active(values: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """Return whether any activity is answered yes; everyone, where no activity is asked."""
    asked = present(names, values)
    if not asked:
        return pd.Series(True, index=values.index)
    return values[asked].eq(1).any(axis=1)
