"""Household: crowding and the Cantril ladder."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.score_frame import Facts, ScoreFrame

LADDER: dict[str, Coded | Between] = dict.fromkeys(("now", "future"), Between(0, 10))
THRIVING_NOW, THRIVING_FUTURE, SUFFERING, CHILD_HIGH = 7, 8, 4, 6


def crowding(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    limit: float = 3.0,
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Return persons per sleeping room and whether that is overcrowded.

    Parameters
    ----------
    frame : DataFrame
        One row per household.
    items : mapping of str to str
        ``members``, ``rooms`` (used for sleeping) → column.
    limit : float
        More persons per room than this is overcrowded. From memory, named in ``attrs["scores"]``.
    codes, missing : mapping, optional
        Raw value → number, raw value → reason.

    Returns
    -------
    DataFrame
        ``crowding_ratio`` (NaN without rooms) and ``crowding_overcrowded`` (1.0, 0.0).

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> homes = pd.DataFrame({"n": [6, 7, 4], "rooms": [2, 2, 0]})
    >>> crowding(homes, {"members": "n", "rooms": "rooms"})["crowding_ratio"].tolist()
    [3.0, 3.5, nan]
    """
    valid: dict[str, Coded | Between] = {"members": Between(1, 200), "rooms": Between(0, 90)}
    answers = read_answers(frame, items, valid, instrument="crowding", codes=codes, missing=missing)
    ratio = answers.values["members"] / answers.values["rooms"].replace(0, np.nan)
    facts = Facts("crowding", "UN-Habitat", "", (f"overcrowded above {limit:g} persons per sleeping room",))
    result = ScoreFrame(facts, answers)
    result.add_indicator("crowding_ratio", ratio, answers.values)
    over = ratio.gt(limit).astype(float).where(ratio.notna())
    result.add_indicator("crowding_overcrowded", over, answers.values)
    return result.frame()


def cantril(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Score the ladder of life, 0 (worst) to 10 (best).

    Thriving: now 7 or more and in five years 8 or more. Suffering: both 4 or less. Otherwise struggling. For children:
    the mean, and 6 or more now.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    items : mapping of str to str
        ``now`` → column, optional ``future`` (in five years).
    codes, missing : mapping, optional
        Raw value → step, raw value → reason.

    Returns
    -------
    DataFrame
        ``cantril_now``, ``cantril_high`` (1.0 where 6 or more), and with both steps ``cantril_group``. The cuts are
        from memory, named in ``attrs["scores"]``.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> answers = pd.DataFrame({"now": [7, 7, 4], "later": [8, 7, 4]})
    >>> cantril(answers, {"now": "now", "future": "later"})["cantril_group"].tolist()
    ['thriving', 'struggling', 'suffering']
    """
    answers = read_answers(
        frame, items, LADDER, instrument="cantril", optional=["future"], codes=codes, missing=missing
    )
    now = answers.values["now"]
    rules = ("thriving 7 and 8, suffering 4 and 4", "children: high from 6")
    result = ScoreFrame(Facts("cantril", "ladder 0-10", "self", rules), answers)
    result.add_indicator("cantril_now", now, answers.values[["now"]])
    high = now.ge(CHILD_HIGH).astype(float).where(now.notna())
    result.add_indicator("cantril_high", high, answers.values[["now"]])
    if "future" in answers.values:
        result.add_column("cantril_group", _group(now, answers.values["future"]))
    return result.frame()


def _group(now: pd.Series, future: pd.Series) -> pd.Series:
    """Return thriving, struggling or suffering; missing unless both steps are known."""
    cases = [now.ge(THRIVING_NOW) & future.ge(THRIVING_FUTURE), now.le(SUFFERING) & future.le(SUFFERING)]
    found = pd.Series(np.select(cases, ["thriving", "suffering"], "struggling"), index=now.index)
    categories = pd.CategoricalDtype(["suffering", "struggling", "thriving"], ordered=True)
    return found.where(now.notna() & future.notna()).astype(categories)
