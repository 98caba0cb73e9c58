"""Where parents live: one status for every child, and unknown is never absent."""

import itertools

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.certification.children import PARENTS

NAMES = ["HL12", "HL13", "HL14", "HL15", "HL16", "HL17", "HL18", "HL19"]
STATUS = [
    "with both",
    "father abroad",
    "mother abroad",
    "both abroad",
    "father elsewhere",
    "deceased",
    "father abroad",
    "unknown",
    "unknown",
    "unknown",
    "deceased",
]
MISSING = {name: {8: "dk", 9: "no_response"} for name in NAMES}
ITEMS = {
    "mother_alive": "HL12",
    "mother_here": "HL13",
    "mother_where": "HL15",
    "father_alive": "HL16",
    "father_here": "HL17",
    "father_where": "HL19",
}
BY_ITEM = {item: {8: "dk", 9: "no_response"} for item in ITEMS}


def table():
    """Return the answers of the certified vectors."""
    lines = [line.split("|")[:2] for line in PARENTS.strip().splitlines()]
    answers = [[np.nan if a == "." else float(a) for a in " ".join(line).split()] for line in lines]
    return pd.DataFrame(answers, columns=NAMES)


def test_status_and_deaths_of_the_household_list():
    frame = table()
    got = me.indicators.parental_migration(frame, ITEMS, missing=BY_ITEM)
    official = me.indicators.living_arrangements(frame, {n: n for n in NAMES}, missing=MISSING)
    assert got["migration_status"].tolist() == STATUS
    assert official["parent_dead"].tolist() == [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1]


def test_every_child_has_exactly_one_status_and_unknown_is_never_absent():
    answers = list(itertools.product([1, 2, 8, None], [1, 2, 9, None], [1, 3, 8, None], repeat=2))
    frame = pd.DataFrame(answers, columns=list(ITEMS), dtype=float)
    got = me.indicators.parental_migration(frame, {item: item for item in ITEMS}, missing=BY_ITEM)
    assert got.notna().all(axis=None)
    unknown = got["mother_place"].eq("unknown") | got["father_place"].eq("unknown")
    assert set(got.loc[unknown, "migration_status"]) == {"unknown"}
    assert set(got.loc[unknown, "parent_abroad"]) == {"unknown"}
    assert set(got.loc[unknown, "any_abroad"]) == {"unknown", "yes"}
    for parent in ("mother", "father"):
        alone = got["parent_abroad"].eq(parent)
        assert got.loc[alone, f"{parent}_place"].eq("abroad").all()
    swap = {item: f"father{item[6:]}" if item.startswith("mother") else f"mother{item[6:]}" for item in ITEMS}
    mirrored = frame.rename(columns=swap)
    turned = me.indicators.parental_migration(mirrored, {item: item for item in ITEMS}, missing=BY_ITEM)
    assert (turned["any_abroad"] == got["any_abroad"]).all()


def test_returned_and_union_need_answers():
    home = {"mother": 1, "father": 1}
    rows = [
        home | {"father_returned": 1, "in_union": 1},
        home | {"father_returned": 2, "in_union": 1},
        home | {"father_returned": None, "in_union": 1},
        home | {"father_returned": 2, "in_union": 2},
        home | {"father_returned": 2, "in_union": None},
        {"mother": 1, "father": 3, "father_returned": None, "in_union": 1},
        {"mother": 4, "father": 1, "father_returned": 1, "in_union": None},
        {"mother": 4, "father": 1, "father_returned": 2, "in_union": None},
    ]
    frame = pd.DataFrame(rows)
    items = {name: name for name in frame}
    got = me.indicators.parental_places(
        frame, items, places={1: "home", 2: "elsewhere", 3: "abroad", 4: "dead"}
    )
    assert got["migration_status"].tolist() == [
        "returned",
        "with both",
        "unknown",
        "not in union",
        "unknown",
        "father abroad",
        "returned",
        "deceased",
    ]


def test_unknown_places_are_errors_with_counts():
    frame = table()
    with pytest.raises(me.CodebookError) as fault:
        me.indicators.parental_migration(frame, ITEMS)
    text = str(fault.value)
    assert "HL16 (item father_alive): 8 (1 times), 9 (1 times)" in text
    assert "HL19 (item father_where): 8 (1 times); allowed: 1, 2, 3, 4" in text
    with pytest.raises(me.SpecificationError, match="code 1 is abroad and in the country"):
        me.indicators.parental_migration(frame, ITEMS, abroad=[1], in_country=[1, 2])
    with pytest.raises(me.SpecificationError, match="away is no place"):
        me.indicators.parental_places(frame, {"mother": "HL12", "father": "HL16"}, places={1: "away"})
