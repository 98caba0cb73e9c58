"""I: known answers about functioning, discipline, labour, schooling, and where parents live."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from migration_effects.certification.answers import first_row, known, named
from migration_effects.certification.vector import Answer, Vector
from migration_effects.indicators import (
    child_functioning,
    child_labour,
    living_arrangements,
    parental_migration,
    school_age,
    violent_discipline,
)

NAN = math.nan
OLDER_ITEMS = [f"FCF{i}" for i in (6, 8, 10, 11, *range(14, 27))]
YOUNGER_ITEMS = [f"UCF{i}" for i in (7, 9, *range(11, 20))]
# Answers that differ from "no difficulty", ages, the indicator and the domains with a difficulty.
FUNCTIONING: tuple[tuple[dict[str, float], str, list[Answer]], ...] = (
    ({"FCF6": 2, "FCF14": 3, "FCF25": 2}, "5-17", [1.0, "walking"]),
    ({"FCF25": 1}, "5-17", [1.0, "anxiety"]),
    ({"FCF12": 4}, "5-17", [0.0]),
    ({"UCF12": 3}, "2-4", [1.0, "walking"]),
)
LETTERS = "ABCDEFGHIJK"
DISCIPLINE_COLUMNS = ["psychological", "physical", "severe", "violent", "only_nonviolent"]
# Methods used; psychological, physical, severe, violent, only non-violent.
DISCIPLINE = {"AD": (1, 0, 0, 1, 0), "B": (0, 0, 0, 0, 1), "I": (0, 1, 1, 1, 0), "K": (0, 1, 1, 1, 0)}
DISCIPLINE |= dict.fromkeys("CFGJ", (0, 1, 0, 1, 0))
# Age, hours of economic activity, hours of chores (99 = no answer): in child labour or not.
LABOUR = {
    (13, 13, 20): 0, (13, 13, 21): 1, (13, 14, 0): 1, (11, 1, 0): 1, (12, 1, 0): 0, (11, 0, 21): 1,
    (16, 42, 60): 0, (16, 43, 0): 1, (15, 0, 99): 0, (11, 99, 0): 0, (13, 0, 20.5): 0,
}  # fmt: skip
NO_HOURS = {97: "inconsistent", 98: "dk", 99: "no_response"}
NOT_ASKED = ["CL1B", "CL1C", "CL1X", *(f"CL11{x}" for x in "BCDEFX")]
# Birth month and year, age, interview month and year: age when the school year 2021 began in September.
SCHOOL_AGE = (
    ((11, 2010, 10, 4, 2022), 10),
    ((9, 2010, 11, 4, 2022), 11),
    ((1, 2022, 0, 4, 2022), 995),
    ((None, 2010, 11, 12, 2021), 11),
    ((None, 2010, 11, 4, 2022), 10),
    ((None, None, 99, 4, 2022), 998),
)
DATES = ("birth_month", "birth_year", "age", "interview_month", "interview_year")
HOUSEHOLD_LIST = ["HL12", "HL13", "HL14", "HL15", "HL16", "HL17", "HL18", "HL19"]
# Mother alive, here, line, where | father the same | lives with | a parent abroad (SR.20) | places | any | which.
PARENTS = """
1 1 2 . | 1 1 1 . | both        | 0 | home home       | no      | none
1 1 2 . | 1 2 . 1 | mother only | 1 | home abroad     | yes     | father
1 2 . 1 | 1 1 1 . | father only | 1 | abroad home     | yes     | mother
1 2 . 1 | 1 2 . 1 | neither     | 1 | abroad abroad   | yes     | both
1 1 2 . | 1 2 . 3 | mother only | 0 | home elsewhere  | no      | none
1 1 2 . | 2 . . . | mother only | 0 | home dead       | no      | none
2 . . . | 1 2 . 1 | neither     | 1 | dead abroad     | yes     | father
1 1 2 . | 1 2 . 8 | mother only | 0 | home unknown    | unknown | unknown
1 1 2 . | 8 . . . | missing     | 0 | home unknown    | unknown | unknown
1 2 . 1 | 9 . . . | missing     | 1 | abroad unknown  | yes     | unknown
2 . . . | 2 . . . | neither     | 0 | dead dead       | no      | none
"""
UNKNOWN = {8: "dk", 9: "no_response"}
PARENT_ITEMS = {
    "mother_alive": "HL12",
    "mother_here": "HL13",
    "mother_where": "HL15",
    "father_alive": "HL16",
    "father_here": "HL17",
    "father_where": "HL19",
}


def vectors() -> Iterator[Vector]:
    """Yield the vectors of child functioning, discipline, labour, school age and parents' places.

    Yields
    ------
    Vector
    """
    for answers, ages, found in FUNCTIONING:
        title = "functioning, " + ", ".join(f"{item} = {code}" for item, code in answers.items())
        yield known("I-functioning", title, found, _difficulties, answers, ages)
    for rule, difficulty in (("mics", 0.0), ("exclude", NAN)):
        yield known("I-functioning", f"functioning, no answers, {rule}", [difficulty], _unanswered, rule)
    for letters, indicators in DISCIPLINE.items():
        yield known("I-discipline", f"discipline, {', '.join(letters)}", indicators, _discipline, letters, 2)
    yield known("I-discipline", "discipline, no answers", (0,) * 5, _discipline, "", 9)
    for (age, economic, chores), labour in LABOUR.items():
        title = f"labour, age {age}, {economic} and {chores} hours"
        yield known("I-labour", title, [labour], _labour, age, economic, chores)
    for dates, code in SCHOOL_AGE:
        born = f"{dates[0] or '?'}/{dates[1] or '?'}"
        title = f"school age, born {born}, interviewed {dates[3]}/{dates[4]}"
        yield known("I-school_age", title, [code], _school_age, dates)
    for line in PARENTS.strip().splitlines():
        mother, father, living, abroad, places, any_abroad, which = (p.strip() for p in line.split("|"))
        expected: list[Answer] = [living, float(abroad), *places.split(), any_abroad, which]
        title = f"parents, {mother} and {father}"
        yield known("I-parents", title, expected, _parents, f"{mother} {father}".split())


def _difficulties(answers: dict[str, float], ages: str) -> list[Answer]:
    """Return the indicator and the domains, where every other item is answered "none" or "never"."""
    never = {"FCF25": 5, "FCF26": 5}
    asked = {item: never.get(item, 1) for item in (OLDER_ITEMS if ages == "5-17" else YOUNGER_ITEMS)}
    scores = child_functioning(*named(**asked | answers), ages=ages)  # type: ignore[arg-type]
    names = [c.removeprefix("child_functioning_") for c in scores if c.startswith("child_functioning_")]
    domains = [name for name in names if "n_" not in name and name != "difficulty"]
    raised = [d for d in domains if scores[f"child_functioning_{d}"].iloc[0] == 1]
    return [*first_row(scores, ["child_functioning_difficulty"]), *raised]


def _unanswered(rule: str) -> list[Answer]:
    """Return the indicator of a child without an answer."""
    frame, items = named(**dict.fromkeys(OLDER_ITEMS, 9))
    scores = child_functioning(frame, items, missing={9: "no_response"}, rule=rule)  # type: ignore[arg-type]
    return first_row(scores, ["child_functioning_difficulty"])


def _discipline(used: str, otherwise: int) -> list[Answer]:
    """Return the five indicators for the methods used."""
    frame, items = named(**{letter: 1 if letter in used else otherwise for letter in LETTERS})
    scores = violent_discipline(frame, items, missing={9: "no_response"})
    return first_row(scores, [f"discipline_{column}" for column in DISCIPLINE_COLUMNS])


def _labour(age: int, economic: float, chores: float) -> list[Answer]:
    """Return whether a child who works and does chores is in child labour."""
    row = {"age": age, "CL1A": 1, "CL3": economic, "CL7": 2, "CL8": None, "CL9": 2, "CL10": None}
    frame, items = named(**row, CL11A=1, CL13=chores)
    missing = dict.fromkeys(("CL3", "CL8", "CL10", "CL13"), NO_HOURS)
    return first_row(child_labour(frame, items, dropped=NOT_ASKED, missing=missing), ["child_labour"])


def _school_age(dates: tuple[float | None, ...]) -> list[Answer]:
    """Return the code of the age at the beginning of the school year."""
    frame, items = named(**dict(zip(DATES, dates, strict=True)))
    return first_row(school_age(frame, items, year=2021, month=9), ["school_age_code"])


def _parents(answers: list[str]) -> list[Answer]:
    """Return living arrangement, official indicator, both places, any and which parent abroad."""
    frame = pd.DataFrame([[NAN if a == "." else float(a) for a in answers]], columns=HOUSEHOLD_LIST)
    moved = parental_migration(frame, PARENT_ITEMS, missing=dict.fromkeys(PARENT_ITEMS, UNKNOWN))
    lists = {name: name for name in HOUSEHOLD_LIST}
    official = living_arrangements(frame, lists, missing=dict.fromkeys(lists, UNKNOWN))
    columns = ["mother_place", "father_place", "any_abroad", "parent_abroad"]
    return [
        *first_row(official, ["living_with", "parent_abroad_mics"]),
        *first_row(moved, columns),
    ]
