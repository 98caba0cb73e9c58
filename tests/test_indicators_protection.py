"""Child discipline, functioning, labour and schooling: what the known answers do not show.

These stand in `migration_effects.certification.children` and run in `test_certify.py`.
"""

import math

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.indicators.functioning import OLDER, YOUNGER

LETTERS = {letter: letter for letter in "ABCDEFGHIJK"}


def discipline(yes="", other=2, **options):
    frame = pd.DataFrame([{letter: 1 if letter in yes else other for letter in LETTERS}])
    got = me.indicators.violent_discipline(frame, LETTERS, **options).iloc[0]
    return [
        got[f"discipline_{s}"] for s in ("psychological", "physical", "severe", "violent", "only_nonviolent")
    ]


def test_discipline_rule_exclude_leaves_open_what_is_not_decided():
    nan = math.nan
    np.testing.assert_array_equal(
        discipline("", 9, missing={9: "no_response"}, rule="exclude"), [nan, nan, nan, nan, nan]
    )
    np.testing.assert_array_equal(
        discipline("D", 9, missing={9: "no_response"}, rule="exclude"), [1, nan, nan, 1, 0]
    )
    with pytest.raises(me.SpecificationError, match="rule is one of mics, exclude"):
        discipline("A", rule="official")


def test_discipline_ages_outside_the_official_indicator_are_marked():
    frame = pd.DataFrame([dict.fromkeys(LETTERS, 2)] * 6).assign(age=[11, 14, 15, 0, 14.9, 0.9])
    got = me.indicators.violent_discipline(frame, {**LETTERS, "age": "age"})
    assert got["discipline_pr2"].tolist() == [1, 1, 0, 0, 1, 0]  # fourteen until the fifteenth birthday


def items_of(domains):
    return {item: item for ways in domains.values() for way in ways for item in way}


def functioning(answers, ages="5-17", other=1, **options):
    items = items_of(OLDER if ages == "5-17" else YOUNGER)
    base = dict.fromkeys(items, other)
    if other == 1:
        base |= {item: 5 for item in ("FCF25", "FCF26") if item in base}
    frame = pd.DataFrame([base | answers])
    items |= {item: item for item in answers}
    return me.indicators.child_functioning(frame, items, ages=ages, **options)


def difficulties(got):
    flags = got.iloc[0]
    return [c for c in got if c.startswith("child_functioning_") and "_n_" not in c and flags[c] == 1]


def test_one_difficulty_decides_where_the_rest_is_missing():
    nine = {"missing": {9: "no_response"}, "other": 9}
    found = functioning({"FCF6": 4}, **nine, rule="exclude")
    assert found["child_functioning_difficulty"].tolist() == [1]


def test_walking_with_equipment_does_not_count():
    assert difficulties(functioning({"FCF12": 4, "FCF13": 4})) == []


@pytest.mark.parametrize("item", sorted(items_of(OLDER)))
def test_each_item_of_5_to_17_has_its_threshold(item):
    overall = "child_functioning_difficulty"
    limit = {"FCF25": {1}, "FCF26": {1}}.get(item, {3, 4})
    for code in range(1, 5):
        assert functioning({item: code})[overall].tolist() == [float(code in limit)]


def test_controlling_behaviour_at_2_to_4_is_five_only():
    found = [
        functioning({"UCF19": code}, ages="2-4")["child_functioning_difficulty"].iloc[0]
        for code in range(1, 6)
    ]
    assert found == [0, 0, 0, 0, 1]


def test_walking_is_known_when_one_way_of_asking_is_answered():
    asked_without_equipment = functioning({"FCF10": None, "FCF11": None}, rule="exclude")
    assert asked_without_equipment["child_functioning_walking"].tolist() == [0]
    skipped_500m = functioning({"FCF10": None, "FCF11": None, "FCF14": 3, "FCF15": None}, rule="exclude")
    assert skipped_500m["child_functioning_walking"].tolist() == [1]
    open_500m = functioning({"FCF10": None, "FCF11": None, "FCF15": None}, rule="exclude")
    assert open_500m["child_functioning_walking"].isna().all()


def test_dropped_items_are_named_and_counted():
    items = items_of(OLDER)
    frame = pd.DataFrame([dict.fromkeys(items, 2)])
    for item in ("FCF22", "FCF26", "FCF11", "FCF15"):
        del items[item]
    with pytest.raises(
        me.SpecificationError, match="no column is declared for item FCF11, FCF15, FCF22, FCF26"
    ):
        me.indicators.child_functioning(frame, items)
    got = me.indicators.child_functioning(frame, items, dropped=["FCF22", "FCF26", "FCF11", "FCF15"])
    notes = got.attrs["scores"]["child_functioning_difficulty"]["notes"]
    assert "11 of 13 domains" in notes
    assert {"no domain accepting_change", "no domain depression"} <= set(notes)


def test_functioning_outside_the_ages_has_no_score():
    frame = pd.DataFrame([dict.fromkeys(items_of(YOUNGER), 1)] * 5).assign(UB2=[1, 2, 4, 4.9995, 5])
    got = me.indicators.child_functioning(frame, {**items_of(YOUNGER), "age": "UB2"}, ages="2-4")
    np.testing.assert_array_equal(got["child_functioning_difficulty"], [math.nan, 0, 0, 0, math.nan])


LABOUR = {
    "age": "age",
    "CL1A": "CL1A",
    "CL3": "CL3",
    "CL7": "CL7",
    "CL8": "CL8",
    "CL9": "CL9",
    "CL10": "CL10",
} | {
    "CL11A": "CL11A",
    "CL13": "CL13",
}
NOT_ASKED = ["CL1B", "CL1C", "CL1X", *(f"CL11{x}" for x in "BCDEFX")]
HOURS = {97: "inconsistent", 98: "dk", 99: "no_response"}
LABOUR_MISSING = dict.fromkeys(("CL3", "CL8", "CL10", "CL13"), HOURS)


def labour(age, economic, chores, **options):
    row = {"age": age, "CL1A": 1, "CL3": economic, "CL7": 2, "CL8": None, "CL9": 2, "CL10": None}
    frame = pd.DataFrame([row | {"CL11A": 1, "CL13": chores}])
    return me.indicators.child_labour(frame, LABOUR, dropped=NOT_ASKED, missing=LABOUR_MISSING, **options)


def test_child_labour_needs_the_activity_and_adds_hours_of_three_chores():
    row = {
        "age": 13,
        "CL1A": 2,
        "CL3": 50,
        "CL7": 1,
        "CL8": 0.1,
        "CL9": 1,
        "CL10": 0.7,
        "CL11A": 2,
        "CL13": 20.2,
    }
    got = me.indicators.child_labour(pd.DataFrame([row]), LABOUR, dropped=NOT_ASKED)
    assert got[["child_labour_economic", "child_labour_chores"]].to_numpy().tolist() == [[0, 1]]
    idle = me.indicators.child_labour(pd.DataFrame([row | {"CL7": 2, "CL9": 2}]), LABOUR, dropped=NOT_ASKED)
    assert idle["child_labour"].tolist() == [0]


def test_child_labour_outside_5_to_17_and_the_older_definition():
    for age in (4, 18, None):
        assert labour(age, 50, 50)["child_labour"].isna().all()
    row = {
        "age": 15,
        "CL1A": 1,
        "CL3": 0,
        "CL7": 2,
        "CL8": None,
        "CL9": 2,
        "CL10": None,
        "CL11A": 1,
        "CL13": 42,
    }
    hazards = ["CL4", "CL5", *(f"CL6{x}" for x in "ABCDEX")]
    frame = pd.DataFrame(
        [row, row | {"CL13": 43}, row | {"age": 14, "CL13": 27}, row | {"age": 14, "CL13": 28}]
    )
    items = LABOUR | {h: h for h in hazards}
    safe = frame.assign(**dict.fromkeys(hazards, 2))
    got = me.indicators.child_labour(safe, items, dropped=NOT_ASKED, definition="mics5")
    assert got["child_labour"].tolist() == [0, 1, 0, 1]
    dangerous = safe.assign(CL6C=1)
    old = me.indicators.child_labour(dangerous, items, dropped=NOT_ASKED, definition="mics5")
    assert old["child_labour"].all()
    new = me.indicators.child_labour(dangerous, items, dropped=NOT_ASKED)
    assert new["child_labour"].tolist() == [0, 0, 1, 1]
    assert new["child_labour_hazard"].tolist() == [1, 1, 1, 1]


DATES = {d: d for d in ("birth_month", "birth_year", "age", "interview_month", "interview_year")}


def test_codes_of_the_school_age_are_no_ages():
    frame = pd.DataFrame([[1, 2022, 0, 4, 2022], [None, None, 99, 4, 2022]], columns=list(DATES), dtype=float)
    got = me.indicators.school_age(frame, DATES, year=2021, month=9)
    assert got["school_age_code"].tolist() == [995, 998]
    assert got["school_age"].isna().all()


def test_attendance_unknown_is_not_out_of_school_and_higher_levels_count():
    frame = pd.DataFrame(
        {
            "ever": [2, 1, 1, 1, 9, 1, 1],
            "now": [None, 2, 9, 1, None, 1, 2],
            "age": [8, 8, 8, 12, 8, 12, 12],
            "level": [None, None, None, 1, None, 2, None],
            "completed": [None, 0, 0, 0, None, 1, 2],
        },
        dtype=float,
    )
    items = {"ever": "ever", "now": "now", "school_age": "age", "level": "level", "completed": "completed"}
    levels = [me.indicators.SchoolLevel("primary", 1, 7, 10), me.indicators.SchoolLevel("basic", 2, 11, 15)]
    missing = {item: {9: "no_response"} for item in ("ever", "now")}
    got = me.indicators.school_attendance(frame, items, levels=levels, missing=missing)
    assert got["attendance_out_of_school"].tolist() == [1, 1, 0, 0, 0, 0, 1]
    np.testing.assert_array_equal(got["attendance_basic"], [*[math.nan] * 3, 0, math.nan, 1, 1])


def test_absence_is_a_share_of_the_days_asked_about():
    got = me.indicators.school_absence(pd.DataFrame({"d": [0, 1, None]}), {"missed": "d"}, days=5)
    np.testing.assert_array_equal(got["absence_share"], [0, 0.2, math.nan])
    with pytest.raises(me.CodebookError, match=r"d \(item missed\): 6 \(1 times\); allowed: 0 to 5"):
        me.indicators.school_absence(pd.DataFrame({"d": [6]}), {"missed": "d"}, days=5)
    with pytest.raises(me.SpecificationError, match="days is 5 or 10"):
        me.indicators.school_absence(pd.DataFrame({"d": [6]}), {"missed": "d"}, days=7)


def test_support_never_merges_unknown_into_no():
    frame = pd.DataFrame({"adult": [1, 2, 98, 97, None], "line": [2, 2, 1, 99, 1]})
    items = {"trusted_adult": "adult", "helpline": "line"}
    missing = {97: "refused", 98: "dont_know", 99: "no_answer"}
    got = me.indicators.support(frame, items, missing=missing)
    assert got["support_trusted_adult_answer"].tolist() == ["yes", "no", "don't know", "refused", "blank"]
    np.testing.assert_array_equal(got["support_trusted_adult"], [1, 0, math.nan, math.nan, math.nan])
    assert got["support_helpline_answer"].tolist() == ["no", "no", "yes", "no response", "yes"]
    alone = me.indicators.support(frame, {"helpline": "line"}, missing=missing)
    assert not any("trusted" in name for name in alone)
    with pytest.raises(me.SpecificationError, match="no column is declared for item trusted_adult, helpline"):
        me.indicators.support(frame, {})
