"""Child functioning (UNICEF and Washington Group), ages 5-17 and 2-4, with the names of MICS6."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.logic import Rule, any_of, check_rule
from migration_effects.indicators.score_frame import Facts, ScoreFrame

# Domain -> ways of asking; a way is a set of items that are all asked. Any difficulty counts, in whichever way.
Ways = tuple[tuple[str, ...], ...]
OLDER: dict[str, Ways] = {
    "seeing": (("FCF6",),),
    "hearing": (("FCF8",),),
    "walking": (("FCF10", "FCF11"), ("FCF14", "FCF15")),
    "self_care": (("FCF16",),),
    "communication": (("FCF17", "FCF18"),),
    "learning": (("FCF19",),),
    "remembering": (("FCF20",),),
    "concentrating": (("FCF21",),),
    "accepting_change": (("FCF22",),),
    "controlling_behaviour": (("FCF23",),),
    "making_friends": (("FCF24",),),
    "anxiety": (("FCF25",),),
    "depression": (("FCF26",),),
}
YOUNGER: dict[str, Ways] = {
    "seeing": (("UCF7",),),
    "hearing": (("UCF9",),),
    "walking": (("UCF11", "UCF12"), ("UCF13",)),
    "fine_motor": (("UCF14",),),
    "communication": (("UCF15", "UCF16"),),
    "learning": (("UCF17",),),
    "playing": (("UCF18",),),
    "controlling_behaviour": (("UCF19",),),
}
# Walking with equipment is asked at 5-17 but does not count.
NOT_COUNTED = ("FCF12", "FCF13")
# The 500 m items are skipped after a difficulty at 100 m.
LOT_OR_CANNOT = (3, 4)
DIFFICULTY = {"FCF25": (1,), "FCF26": (1,), "UCF19": (5,)}
FIVE = ("FCF25", "FCF26", "UCF19")
AGES = {"5-17": (5, 17, OLDER), "2-4": (2, 4, YOUNGER)}


def child_functioning(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    ages: Literal["5-17", "2-4"] = "5-17",
    rule: Rule = "mics",
    dropped: Collection[str] = (),
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Score the module on child functioning.

    A domain is a difficulty when an answer is 3 (a lot of difficulty) or 4 (cannot do); for anxiety and depression
    (5–17) when it is 1 (daily); for controlling behaviour (2–4) when it is 5 (a lot more). The indicator is a
    difficulty in at least one domain. Walking with equipment (FCF12, FCF13) does not count at 5–17; UCF12 does at 2–4.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        MICS6 names (``"FCF6"`` …, ``"UCF7"`` …) → column. Optional: ``"age"`` in years (rows outside the ages get no
        score), FCF12 and FCF13.
    ages : {"5-17", "2-4"}
        Which form.
    rule : {"mics", "exclude"}
        A missing or not asked item is "no difficulty" in the official tables (default); ``exclude`` gives NaN unless
        a difficulty is found or all domains are answered.
    dropped : collection of str
        Items the questionnaire of the country does not have. They must be named; the result says "k of 13 domains".
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.

    Returns
    -------
    DataFrame
        ``child_functioning_<domain>`` and ``child_functioning_difficulty`` (1.0, 0.0), each with the counts of items
        or domains answered.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Notes
    -----
    Definition: UNICEF/Washington Group module on child functioning, MICS6 tabulation syntax EQ.1.2 and EQ.1.3.

    Examples
    --------
    >>> names = [item for ways in OLDER.values() for way in ways for item in way]
    >>> answers = pd.DataFrame([{name: 1 for name in names} | {"FCF25": 2, "FCF26": 5, "FCF14": 3}])
    >>> got = child_functioning(answers, {name: name for name in names})
    >>> got[["child_functioning_walking", "child_functioning_difficulty"]].to_numpy().tolist()
    [[1.0, 1.0]]
    """
    check_rule(rule)
    if ages not in AGES:
        raise SpecificationError(f"child_functioning: ages is one of {', '.join(AGES)}, not {ages!r}.")
    first, last, domains = AGES[ages]
    answers = read_answers(
        frame,
        items,
        _valid(domains),
        instrument="child_functioning",
        optional=["age", *NOT_COUNTED, *dropped],
        codes=codes,
        missing=missing,
    )
    found = {name: _domain(answers.values, ways, rule) for name, ways in domains.items()}
    asked = {name: value for name, value in found.items() if value is not None}
    parts = pd.DataFrame({name: value for name, (value, _) in asked.items()}, index=frame.index)
    known = pd.DataFrame({name: value for name, (_, value) in asked.items()}, index=frame.index)
    lacking = [name for name in domains if name not in asked]
    notes = (f"missing items: rule {rule}", f"{len(asked)} of {len(domains)} domains")
    result = ScoreFrame(
        Facts("child_functioning", ages, "caregiver", (), notes + tuple(f"no domain {d}" for d in lacking)),
        answers,
    )
    inside = pd.Series(True, index=frame.index)
    if "age" in answers.values:
        inside = np.floor(answers.values["age"]).between(first, last)  # completed years
    for name in asked:
        columns = [i for way in domains[name] for i in way if i in answers.values]
        result.add_indicator(f"child_functioning_{name}", parts[name].where(inside), answers.values[columns])
    overall = any_of(parts, rule).where(inside)
    result.add_indicator("child_functioning_difficulty", overall, known)
    return result.frame()


def _valid(domains: dict[str, Ways]) -> dict[str, Coded | Between]:
    """Return what each item may hold."""
    names = [item for ways in domains.values() for way in ways for item in way]
    extra = NOT_COUNTED if domains is OLDER else ()
    valid: dict[str, Coded | Between] = {
        name: Coded((1, 2, 3, 4, 5) if name in FIVE else (1, 2, 3, 4)) for name in [*names, *extra]
    }
    return valid | {"age": Between(0, 95)}


def _domain(values: pd.DataFrame, ways: Ways, rule: Rule) -> tuple[pd.Series, pd.Series] | None:
    """Return whether a domain is a difficulty, and 1 where it is known; None where it is not asked."""
    present = [[item for item in way if item in values] for way in ways]
    items = [item for way in present for item in way]
    if not items:
        return None
    difficult = pd.concat([values[i].isin(DIFFICULTY.get(i, LOT_OR_CANNOT)) for i in items], axis=1).any(
        axis=1
    )
    complete = pd.concat([values[way].notna().all(axis=1) for way in present if way], axis=1).any(axis=1)
    known = (difficult | complete).astype(float).where(difficult | complete)
    value = difficult.astype(float)
    return (value if rule == "mics" else value.where(known.notna())), known
