"""Cleaning verbs: each fault of the field found, counted, and settled by its rule."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me

clean = me.cleaning
YN = {1: {"en": "yes", "ru": "да"}, 2: {"en": "no", "ru": "нет"}}
MISSING = {97: "refused", 98: "dont_know", 99: "no_answer"}


def variable(name, kind="count", **options):
    return me.Variable(name, "f", name, kind, label={"en": name, "ru": name}, **options)


BOOK = me.Codebook(
    (
        variable("hh_id", "id"),
        variable("age", bounds=(11, 17)),
        variable("work", "yesno", values=YN, missing=MISSING),
        variable("hours", missing=MISSING, bounds=(0, 60), asked_of="work == 1"),
        variable("trust", "categorical", values={8: {"en": "phone"}, 9: {"en": "nobody"}}, missing=MISSING),
    )
)


def frame(**columns):
    base = {"hh_id": ["a", "b", "c", "d"], "age": 12.0, "work": 1.0, "hours": 5.0, "trust": 9.0}
    return pd.DataFrame({**base, **columns})


# --- audit and selection -------------------------------------------------------------------------------------


def test_audit_is_frozen_adds_up_and_leaves_out_nothing_found():
    one = clean.Audit().add("a", "f", "x", 2, "dropped")
    two = one.add("a", "f", "y", 3, "dropped").add("a", "f", "z", 0, "dropped")
    assert (one.count("a"), two.count("a"), two.count("a", "y"), (one + two).count("a")) == (2, 5, 3, 7)
    assert list(two.table) == ["check", "file", "variable", "count", "action", "detail"]
    assert len(two.table) == 2
    assert list(clean.Audit().table) == list(two.table)


def test_selection_accounts_for_every_row():
    people = pd.DataFrame({"age": [3.0, 12.0, np.nan, 15.0]})
    chosen = clean.Selection(people, "children")
    chosen = chosen.require("age known", chosen.frame["age"].notna())
    chosen = chosen.require("aged 11-17", chosen.frame["age"] >= 11)
    flow = chosen.flow
    assert flow["kept"].tolist() == [4, 3, 2]
    assert flow["dropped"].tolist() == [0, 1, 1]
    assert (flow["kept"] + flow["dropped"]).tolist()[1:] == flow["kept"].tolist()[:-1]


def test_selection_refuses_masks_that_would_guess():
    people = clean.Selection(pd.DataFrame({"age": [3.0, np.nan]}))
    with pytest.raises(me.SpecificationError, match="another index"):
        people.require("x", pd.Series([True, False], index=[5, 6]))
    with pytest.raises(me.SpecificationError, match="1 missing"):
        people.require("x", pd.Series([True, None], dtype="boolean"))
    with pytest.raises(me.SpecificationError, match="float64"):
        people.require("x", people.frame["age"])


# --- duplicates ----------------------------------------------------------------------------------------------


def test_exact_duplicates_are_dropped_near_ones_stop_or_follow_the_rule():
    rows = pd.DataFrame({"hh": ["1", "1", "2", "3", "3"], "x": [1.0, 1.0, 2.0, 3.0, 4.0], "y": [np.nan] * 5})
    with pytest.raises(me.DataFileError) as caught:
        clean.drop_duplicates(rows, ["hh"], file="f")
    text = str(caught.value)
    assert "1 keys (hh) have rows that differ, in x (1). Rows 4, 5." in text
    assert 'conflict="latest"' in text
    kept, audit = clean.drop_duplicates(rows, ["hh"], file="f", conflict="latest")
    assert kept["x"].tolist() == [1.0, 2.0, 4.0]
    assert (audit.count("exact duplicate"), audit.count("near duplicate")) == (1, 1)
    with pytest.raises(me.SpecificationError):
        clean.drop_duplicates(rows, ["hh"], file="f", conflict="first")


# --- codes and ranges ----------------------------------------------------------------------------------------


def test_codes_become_values_and_reasons_are_counted():
    raw = frame(work=[1.0, 2.0, 98.0, np.nan], trust=[9.0, 8.0, 97.0, 97.0])
    values, audit = clean.apply_codebook(raw, BOOK, file="f")
    np.testing.assert_array_equal(values["work"], [1.0, 0.0, np.nan, np.nan])
    assert values["trust"].cat.categories.tolist() == ["phone", "nobody"]
    assert values["trust"].cat.ordered
    assert values["trust"].tolist()[:2] == ["nobody", "phone"]
    table = audit.table.query("variable == 'trust'")
    assert table[["count", "detail"]].to_numpy().tolist() == [[2, "refused"]]
    reasons = dict(audit.table.query("variable == 'work'")[["detail", "count"]].to_numpy())
    assert reasons == {"dont_know": 1, "not asked or blank": 1}


def test_undeclared_codes_stop_with_value_and_count():
    with pytest.raises(me.CodebookError, match=r"work holds undeclared codes -1 \(2\), 7 \(1\)"):
        clean.apply_codebook(frame(work=[-1.0, -1.0, 7.0, 1.0]), BOOK, file="f")
    assert clean.undeclared_codes(frame(work=7.0), BOOK, file="f")["work"].to_dict() == {7.0: 4}


def test_declaring_by_rule_leaves_valid_codes_alone():
    raw = frame(work=[-1.0, 9.0, 1.0, 99.0], trust=[9.0, -1.0, 8.0, 9.0], age=[-1.0, 12.0, 13.0, 9.0])
    fixed, audit = clean.declare_missing(raw, BOOK, {-1: "no_answer", 9: "no_answer"}, file="f")
    assert fixed["work"].tolist() == [99.0, 99.0, 1.0, 99.0]
    assert fixed["trust"].tolist() == [9.0, 99.0, 8.0, 9.0]
    np.testing.assert_array_equal(fixed["age"], [np.nan, 12.0, 13.0, np.nan])
    assert audit.count("undeclared missing code") == 5


def test_out_of_range_is_missing_and_declared_codes_are_not_out_of_range():
    raw = frame(age=[10.0, 18.0, 110.0, 11.0], hours=[99.0, 61.0, 60.0, np.nan])
    fixed, audit = clean.blank_out_of_range(raw, BOOK, file="f")
    np.testing.assert_array_equal(fixed["age"], [np.nan, np.nan, np.nan, 11.0])
    np.testing.assert_array_equal(fixed["hours"], [99.0, np.nan, 60.0, np.nan])
    assert audit.count("out of range", "age") == 3
    assert raw["age"].tolist() == [10.0, 18.0, 110.0, 11.0]


def test_numeric_identifiers_become_text_only_where_nothing_is_lost():
    ids, _ = clean.apply_codebook(frame(hh_id=[1016.0, 2.0, 3.0, 4.0]), BOOK, file="f")
    assert ids["hh_id"].tolist() == ["1016", "2", "3", "4"]
    with pytest.raises(me.CodebookError, match="hh_id"):
        clean.apply_codebook(frame(hh_id=[1.5, 2.0, 3.0, 4.0]), BOOK, file="f")
    with pytest.raises(me.CodebookError, match="hh_id"):
        clean.apply_codebook(frame(hh_id=[2.0**53 + 2, 2.0, 3.0, 4.0]), BOOK, file="f")


# --- conditions and skips ------------------------------------------------------------------------------------

COLUMNS = {"a": pd.Series([1.0, 2.0, np.nan]), "b": pd.Series([True, False, True])}


@pytest.mark.parametrize(
    ("expression", "true", "false"),
    [
        ("a == 1", [1, 0, 0], [0, 1, 0]),
        ("a == 1 & b", [1, 0, 0], [0, 1, 0]),
        ("a == 1 | b", [1, 0, 1], [0, 1, 0]),
        ("a == 1 & ~b", [0, 0, 0], [1, 1, 1]),
        ("~(a == 1)", [0, 1, 0], [1, 0, 0]),
        ("1 <= a < 2", [1, 0, 0], [0, 1, 0]),
        ("not b or a > 5", [0, 1, 0], [1, 0, 0]),
        ("a != -1", [1, 1, 0], [0, 0, 0]),
    ],
)
def test_conditions_have_three_answers(expression, true, false):
    answer = clean.evaluate(expression, COLUMNS, 3)
    assert answer.true.tolist() == [bool(x) for x in true]
    assert answer.false.tolist() == [bool(x) for x in false]


@pytest.mark.parametrize(
    "expression", ["a.sum() > 1", "__import__('os')", "a ==", "a + 1", "a in (1, 2)", "c == 1"]
)
def test_conditions_are_nothing_else(expression):
    with pytest.raises(me.CodebookError):
        clean.evaluate(expression, COLUMNS, 3)


def test_skips_are_blanked_gaps_are_coded_and_the_unknown_is_left_alone():
    raw = frame(work=[2.0, 1.0, 98.0, 1.0], hours=[5.0, np.nan, 7.0, 8.0])
    fixed, audit = clean.check_skips(raw, BOOK, pd.DataFrame(index=raw.index), file="f")
    np.testing.assert_array_equal(fixed["hours"], [np.nan, 99.0, 7.0, 8.0])
    assert audit.count("answered though not asked", "hours") == 1
    assert audit.count("asked but empty", "hours") == 1


def test_cells_blanked_before_are_no_gaps_of_the_interview():
    raw = frame(hours=[120.0, 5.0, 5.0, 5.0])
    ranged, _ = clean.blank_out_of_range(raw, BOOK, file="f")
    blanked = raw.notna() & ranged.isna()
    fixed, audit = clean.check_skips(ranged, BOOK, pd.DataFrame(index=raw.index), file="f", blanked=blanked)
    assert np.isnan(fixed["hours"][0])
    assert audit.count("asked but empty") == 0


# --- links and orphans ---------------------------------------------------------------------------------------

HOMES = pd.DataFrame({"hh": ["1", "2", None, None], "region": ["x", "y", "z", "w"]})


def test_missing_keys_never_meet_each_other():
    children = pd.DataFrame({"hh": ["2", None, "9", "2"], "age": [1, 2, 3, 4]}, index=[7, 5, 3, 1])
    linked, audit = clean.link(children, HOMES, ["hh"], files=("children", "sample"))
    assert linked.index.tolist() == [7, 5, 3, 1]
    assert linked["age"].tolist() == [1, 2, 3, 4]
    assert linked["region"].isna().tolist() == [False, True, True, False]
    assert audit.count("link matched") == 2
    assert audit.count("link unmatched", file="children") == 2
    assert audit.count("link unmatched", file="sample") == 3


def test_links_refuse_repeated_keys_mixed_types_and_colliding_columns():
    twice = pd.concat([HOMES, HOMES])
    children = pd.DataFrame({"hh": ["2", "2"]})
    with pytest.raises(me.DataFileError, match="sample: 2 rows repeat a key"):
        clean.link(children, twice, ["hh"], files=("children", "sample"))
    with pytest.raises(me.DataFileError, match="children: 1 rows repeat a key"):
        clean.link(children, HOMES, ["hh"], files=("children", "sample"), relation="one_to_one")
    with pytest.raises(me.SpecificationError, match="text in one of"):
        clean.link(pd.DataFrame({"hh": [2.0]}), HOMES, ["hh"], files=("children", "sample"))
    with pytest.raises(me.SpecificationError, match="both have region"):
        clean.link(HOMES, HOMES, ["hh"], files=("a", "b"))


def test_caregivers_and_children_add_up():
    homes = pd.DataFrame({"hh": [str(i) for i in range(1016)]})
    children = pd.DataFrame({"hh": [str(i) for i in range(0, 1404, 2)], "k": 1.0})
    linked, audit = clean.link(
        homes, children, ["hh"], files=("caregivers", "children"), relation="one_to_one"
    )
    assert len(linked) == 1016
    assert audit.count("link matched") + audit.count("link unmatched", file="caregivers") == 1016
    assert audit.count("link matched") + audit.count("link unmatched", file="children") == 702


def test_orphans_are_excluded_and_too_many_stop():
    rows = pd.DataFrame({"hh": ["1", "1", None], "line": [1.0, 2.0, 1.0]})
    roster = pd.DataFrame({"hh": ["1", None], "p_line": [1.0, 1.0]})
    pair = {"hh": "hh", "line": "p_line"}
    kept, audit = clean.drop_orphans(rows, roster, pair, files=("migrants", "roster"), at_most=2)
    assert kept["line"].tolist() == [1.0]
    assert audit.count("orphan", "hh, line") == 2
    with pytest.raises(me.DataFileError, match="2 rows have no record in roster"):
        clean.drop_orphans(rows, roster, pair, files=("migrants", "roster"), at_most=1)


# --- conflicts -----------------------------------------------------------------------------------------------


def test_conflicts_between_files():
    own = pd.Series([1.0, 2.0, np.nan, 1.0], name="k_sex")
    settled, audit = clean.follow(
        own, pd.Series([1.0, 1.0, 2.0, np.nan]), file="children", other_file="roster"
    )
    np.testing.assert_array_equal(settled, [1.0, 1.0, np.nan, 1.0])
    assert audit.count("conflict between files") == 1
    age = pd.Series([12.0, 13.0, 14.0, np.nan], name="k_age")
    kept, audit = clean.keep_within(
        age, age + np.array([0, 1, 3, 0]), 1, file="children", other_file="roster"
    )
    np.testing.assert_array_equal(kept, [12.0, 13.0, np.nan, np.nan])
    assert audit.table["count"].tolist() == [1, 1]
    relation = pd.Series([1.0, 2.0], name="c_rel")
    fixed, audit = clean.contradiction(relation, pd.Series([True, False]), 99, file="f", detail="man")
    assert fixed.tolist() == [99.0, 2.0]
    assert audit.count("conflict between files", "c_rel") == 1


# --- identifiers ---------------------------------------------------------------------------------------------


def test_check_digits_find_every_single_error_and_most_exchanges():
    base = "1023017"
    sound = base + clean.luhn_digit(base)
    assert clean.luhn_valid(sound)
    for i in range(8):
        for digit in "0123456789":
            damaged = sound[:i] + digit + sound[i + 1 :]
            assert clean.luhn_valid(damaged) == (damaged == sound)
    assert not clean.luhn_valid("1023O17")
    assert not clean.luhn_valid(np.nan)


def test_identifiers_are_repaired_only_when_one_neighbour_fits():
    whole = [body + clean.luhn_digit(body) for body in ("1023017", "1023018", "2047001")]
    damaged = whole[2][:-1] + str((int(whole[2][-1]) + 1) % 10)
    ids = pd.Series([whole[0], damaged, "99999999"], name="hh_id")
    repaired, audit = clean.repair_ids(ids, whole, file="f", unique=True)
    assert repaired.tolist() == [whole[0], whole[2], "99999999"]
    assert audit.table["count"].tolist() == [1, 1]
    assert not clean.luhn_valid("12345651")
    pair = ["12345671", "12345661"]
    undecided, audit = clean.repair_ids(pd.Series(["12345651"], name="hh_id"), pair, file="f", unique=False)
    assert undecided.tolist() == ["12345651"]
    assert audit.table["action"].tolist() == ["left as it is"]


# --- text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("damaged", "repaired"),
    [
        ("Польша".encode().decode("cp1251"), "Польша"),
        ("Polsha  ", "Polsha"),
        ("O`zbekiston", "Oʻzbekiston"),
        ("Farg'ona", "Fargʻona"),
        ("ta’lim", "taʼlim"),
        ("Рoссия", "Россия"),
        ("Пoльшa", "Польша"),
        ("Польzша", "Польzша"),
        ("Tokyo Токио", "Tokyo Токио"),
        ("'Chexiya'", "'Chexiya'"),
        ("e\u0301", "é"),
    ],
)
def test_text_is_repaired_by_rule_or_left(damaged, repaired):
    fixed, audit = clean.repair_text(pd.Series([damaged, None], name="t"), file="f")
    assert fixed[0] == repaired
    assert audit.count("text damage") == int(damaged != repaired)
    assert fixed.isna()[1]


def test_blank_text_is_missing_and_kinds_are_counted():
    texts = pd.Series(["  ", "a ", "Рoссия ", None], name="t")
    fixed, audit = clean.repair_text(texts, file="f")
    assert fixed.isna().tolist() == [True, False, False, True]
    found = dict(audit.table[["detail", "count"]].to_numpy())
    assert found == {"blanks at the ends": 3, "Latin letters in Cyrillic words": 1, "blank": 1}


# --- labels --------------------------------------------------------------------------------------------------


def test_labels_of_a_file_are_compared_with_the_catalogue(tmp_path):
    names = {1: "too far", 2: "cost"}
    book = me.Codebook(
        (
            variable("q", "categorical", values={k: {"en": t} for k, t in names.items()}, missing=MISSING),
            variable("r", missing=MISSING),
            variable("s"),
        ),
        reasons={"refused": {"en": "refused"}},
    )
    import pyreadstat

    path = tmp_path / "f.sav"
    misread = "Ёши боланинг".encode().decode("cp1251", errors="ignore")
    pyreadstat.write_sav(
        pd.DataFrame({"q": [1.0, 2.0], "r": [5.0, 97.0], "s": [1.0, 2.0]}),
        str(path),
        column_labels={"q": "Q", "r": "r", "s": misread},
        variable_value_labels={
            "q": {1: "Cost", 2: "cost", 97: "refused", 98: "x", 99: "y"},
            "r": {98: "x", 99: "y"},
        },
        missing_ranges={"q": [97, 98, 99], "r": [97, 98]},
    )
    table = clean.compare_labels(me.read_survey(path), book, file="f").table
    details = {(row.variable, row.detail): row.count for row in table.itertuples(index=False)}
    assert ("q", "codes 1, 2 have one label") in details
    assert ("q", "label of 1 differs from the catalogue") in details
    assert ("r", "no label for 97") in details
    assert ("r", "99 declared in the codebook only") in details
    assert any(name == "s" for name, _ in details)


def test_messages_hold_no_identifiers():
    rows = pd.DataFrame({"hh_id": ["10230170", "10230170"], "x": [1.0, 2.0]})
    with pytest.raises(me.DataFileError) as caught:
        clean.drop_duplicates(rows, ["hh_id"], file="f")
    assert "10230170" not in str(caught.value)
    _, audit = clean.repair_ids(rows["hh_id"], ["10230188"], file="f", unique=False)
    assert "10230170" not in audit.table.to_csv()
