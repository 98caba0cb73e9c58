"""Preparing the Uzbekistan study: every planted fault settled, derived variables right, weights reproduced."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.studies.uzbekistan_2019 import prepare, synthetic
from migration_effects.studies.uzbekistan_2019.preparation import migration, scores, wealth
from migration_effects.studies.uzbekistan_2019.preparation.cleaning import KEYS, clean_files
from migration_effects.study.load import read_folder

FOLDER = Path(prepare.__file__).parent


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    return folder, synthetic.write_twin(folder)


@pytest.fixture(scope="module")
def files(twin):
    folder, _ = twin
    names = synthetic.build.FILE_NAMES
    return dict(zip(names, me.read_surveys([folder / name for name in names.values()]), strict=True))


@pytest.fixture(scope="module")
def study():
    definition, codebook, faults = read_folder(FOLDER)
    assert not faults
    return me.Study(FOLDER, definition, codebook, synthetic=True)


@pytest.fixture(scope="module")
def cleaned(files, study):
    return clean_files(files, study.codebook)


@pytest.fixture(scope="module")
def prepared(files, study):
    return prepare.prepare(files, study)


@pytest.fixture(scope="module")
def frames(prepared):
    return prepared.frames


# --- cleaning of raw gives clean -----------------------------------------------------------------------------


def expected_files(twin):
    """Clean files with, in the cells of planted faults, the value that cleaning must arrive at."""
    _, made = twin
    expected = {unit: frame.copy() for unit, frame in made.clean.items()}
    cells = made.dirt_log[made.dirt_log["id"].isin(["D3", "D4", "D5", "D6", "D8", "D9"])]
    lines = {unit: [key for key in keys if key != "hh_id"] for unit, keys in KEYS.items()}
    for case in cells.itertuples():
        frame = expected[case.file]
        home, *line = case.key.split(":")
        rows = frame["hh_id"].eq(home)
        for name, value in zip(lines[case.file], line, strict=False):
            rows &= frame[name].eq(float(value))
        assert rows.sum() == 1
        resolved = str(case.resolved) if case.variable == "m_desttxt" else float(case.resolved or "nan")
        frame.loc[rows, case.variable] = resolved
    return expected


@pytest.mark.parametrize("unit", list(KEYS))
def test_cleaning_of_the_raw_file_gives_the_clean_one(twin, cleaned, unit):
    found = cleaned.frames[unit].sort_values(KEYS[unit]).reset_index(drop=True)
    wanted = expected_files(twin)[unit].sort_values(KEYS[unit]).reset_index(drop=True)
    assert found.shape == wanted.shape
    for name in wanted:
        if wanted[name].dtype == float:
            np.testing.assert_array_equal(found[name], wanted[name], err_msg=name)
        else:
            assert found[name].fillna("").tolist() == wanted[name].fillna("").tolist(), name


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("D1", "exact duplicate"),
        ("D2", "near duplicate"),
        ("D3", "out of range"),
        ("D4", "answered though not asked"),
        ("D5", "asked but empty"),
        ("D6", "conflict between files"),
        ("D8", "undeclared missing code"),
        ("D9", "text damage"),
    ],
)
def test_the_audit_counts_what_was_planted_and_nothing_else(twin, cleaned, fault, check):
    _, made = twin
    assert cleaned.audit.count(check) == (made.dirt_log["id"] == fault).sum() > 0


def test_identifiers_orphans_and_labels_are_in_the_audit(cleaned):
    audit = cleaned.audit
    assert audit.count("wrong check digit", "hh_id", "children") == 1
    assert audit.count("orphan", file="migrants") == 3
    labels = audit.table[audit.table["check"].isin(["label", "missing codes"])]
    assert set(labels["variable"]) == {"p_noatt", "m_trips", "k_hand"}
    assert "UTF-8 read as cp1251" in set(labels["detail"])


def test_a_clean_twin_passes_without_a_finding(tmp_path, study):
    made = synthetic.write_twin(tmp_path, dirt=False)
    names = synthetic.build.FILE_NAMES
    surveys = me.read_surveys([tmp_path / name for name in names.values()])
    cleaned = clean_files(dict(zip(names, surveys, strict=True)), study.codebook)
    assert cleaned.audit.table.empty
    for unit, frame in made.clean.items():
        numbers = frame.select_dtypes("number")
        pd.testing.assert_frame_equal(cleaned.frames[unit][list(numbers)], numbers)


def test_the_audit_names_no_household(prepared, files):
    text = prepared.audit.to_csv() + prepared.flow.to_csv()
    assert not [i for i in files["sample"].frame["hh_id"] if i in text]


def test_unknown_codes_and_unexplained_orphans_stop(files, study):
    survey = files["children"]
    strange = replace(survey, frame=survey.frame.assign(k_trust=survey.frame["k_trust"].replace(9, 44)))
    with pytest.raises(me.CodebookError, match=r"k_trust holds undeclared codes 44"):
        prepare.prepare({**files, "children": strange}, study)
    lost = replace(survey, frame=survey.frame.assign(k_line=20.0))
    with pytest.raises(me.DataFileError, match=r"children: \d+ rows have no record in roster"):
        prepare.prepare({**files, "children": lost}, study)


def test_missing_columns_of_all_files_are_listed_and_foreign_ones_left_out(files, study):
    broken = {
        **files,
        "children": replace(
            files["children"], frame=files["children"].frame.rename(columns={"k_line": "k_lin"})
        ),
        "roster": replace(files["roster"], frame=files["roster"].frame.drop(columns="p_sex")),
    }
    with pytest.raises(me.CodebookError) as caught:
        prepare.prepare(broken, study)
    assert "children: column 'k_line' (k_line) is missing. Did you mean 'k_lin'?" in str(caught.value)
    assert "roster: column 'p_sex' (p_sex) is missing." in str(caught.value)
    extra = replace(files["children"], frame=files["children"].frame.assign(respondent_name="x"))
    found = prepare.prepare({**files, "children": extra}, study)
    assert "respondent_name" not in found.frames["children"]
    assert "respondent_name" in set(found.audit.query("check == 'column not in codebook'")["variable"])


def test_the_screen_for_personal_data_stops_without_reasons(files, study):
    from migration_effects.study.screening import require_screened

    require_screened(files, study.codebook, study.definition.screen_overrides)
    with pytest.raises(me.DisclosureError) as caught:
        require_screened(files, study.codebook, {})
    text = str(caught.value)
    assert "6 columns may hold personal data" in text
    assert "caregivers: srv_known, 1022 rows, by word (mahalla)" in text
    assert not [i for i in files["sample"].frame["hh_id"] if i in text]


# --- frames --------------------------------------------------------------------------------------------------


def test_frames_have_the_rows_and_columns_of_the_study(frames):
    assert list(frames) == ["sample", "roster", "caregivers", "migrants", "children", "discipline"]
    assert (len(frames["caregivers"]), len(frames["children"])) == (1016, 702)
    for unit, frame in frames.items():
        assert frame.columns.is_unique, unit
        assert {"region", "resid", "psu", "stratum"} <= set(frame.columns), unit
        assert frame["psu"].nunique() == 48
        assert frame["stratum"].nunique() == 8
    names = {"parent_away", "any_parent_away", "emotional_score", "conduct_score", "absent_last_month"}
    assert names | {"sex", "age", "attends", "h_edu", "h_ladder5", "n_child", "beh_obey"} <= set(
        frames["children"]
    )


def test_every_column_is_in_the_codebook(frames, study):
    known = {v.name for v in study.codebook}
    for unit, frame in frames.items():
        assert not set(frame.columns) - known, unit


def test_categories_are_the_labels_of_the_codebook_in_code_order(frames, study):
    children = frames["children"]
    assert children["sex"].cat.categories.tolist() == ["boy", "girl"]
    assert children["parent_away"].cat.categories.tolist() == ["none", "father", "mother", "both"]
    assert children["region"].cat.ordered
    assert set(children["k_bully"].dropna()) == {0.0, 1.0}
    for name in children:
        if isinstance(children[name].dtype, pd.CategoricalDtype):
            assert children[name].cat.categories.tolist() == study.codebook[name].categories(), name


def test_migration_groups_fit_each_other(frames):
    children = frames["children"]
    table = pd.crosstab(children["hhtype"], children["parent_away"].cat.add_categories("x").fillna("x"))
    assert table.loc["none", "none"] == table.loc["none"].sum()
    assert table.loc["parent abroad", "none"] == 0
    assert table.loc["parent abroad", "x"] == 0
    assert (
        table.loc[["other member abroad", "returned"], "x"].sum()
        == (children["mig5"] == "other or returned migrant").sum()
    )
    away = children["parent_away"].isin(["father", "mother", "both"])
    assert (children["clb"] == 1).sum() == away.sum() == (children["any_parent_away"] == 1).sum()
    assert (children["clb_wide"] >= children["clb"])[children["clb_wide"].notna()].all()
    assert (children["clb_wide"].eq(1) & children["clb"].eq(0)).any()


def test_listing_and_roster_agree_on_who_is_abroad(frames):
    linked = frames["caregivers"].merge(frames["sample"][["hh_id", "list_str"]], on="hh_id")
    listed = linked["list_str"].astype(str).str.startswith("parent abroad")
    assert (listed == linked["hhtype"].eq("parent abroad")).all()


def test_carer_type_agrees_with_the_relation_stated(frames):
    children = frames["children"]
    same = children["p_carer"].eq(children["c_line"]) & children["c_rel"].notna()
    stated = children.loc[same, "c_rel"].astype(str).replace(
        {"grandmother": "grandparent", "grandfather": "grandparent", "other relative": "other",
         "adult sibling": "other", "not related": "other"}
    )  # fmt: skip
    assert (children.loc[same, "carer_type"].astype(str) == stated).all()
    assert same.sum() > 650


def test_carers_follow_from_the_roster_where_no_relation_is_stated(cleaned):
    from migration_effects.studies.uzbekistan_2019.preparation.context import carer_types

    roster, caregivers = cleaned.frames["roster"], cleaned.frames["caregivers"]
    stated = carer_types(roster, caregivers)
    unstated = carer_types(roster, caregivers.assign(c_rel=np.nan))
    children = roster["p_age"].le(17)
    assert unstated[children].notna().all()
    assert (stated == unstated)[children].mean() > 0.97


def test_flow_accounts_for_everybody(prepared, frames):
    flow = prepared.flow
    assert list(flow.columns) == ["unit", "criterion", "kept", "dropped"]
    for _, steps in flow.groupby("unit", sort=False):
        assert (steps["kept"] + steps["dropped"]).tolist()[1:] == steps["kept"].tolist()[:-1]
    last = flow.groupby("unit", sort=False)["kept"].last()
    assert last["caregivers"] == 1016
    assert last["children"] == last["households"] == 702
    assert last["discipline"] == len(frames["discipline"])


def test_missing_values_are_counted_by_reason(prepared, cleaned, study):
    table = prepared.audit.query("check == 'missing value' and variable == 'k_trust'")
    codes = study.codebook["k_trust"].missing
    raw = cleaned.frames["children"]["k_trust"]
    for code, reason in codes.items():
        assert table.set_index("detail")["count"].get(reason, 0) == (raw == code).sum()


# --- weights -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "weight", "total"), [("caregivers", "w_hh", 1_521_353), ("children", "w_child", 1_201_866)]
)
def test_the_weight_chain_gives_the_delivered_weights(frames, study, unit, weight, total):
    design = prepare.design(unit, frames, study)
    weights = pd.Series(design.weights.to_numpy(), index=design.data["hh_id"])[design.weights.to_numpy() > 0]
    delivered = frames[unit].set_index("hh_id")[weight]
    assert sorted(weights.index) == sorted(delivered.index)
    np.testing.assert_allclose(weights.reindex(delivered.index), delivered, rtol=1e-6)
    assert weights.sum() == pytest.approx(total, rel=1e-9)
    assert (design.n, design.n_psu, design.df) == (len(delivered), 48, 40)


def test_the_chain_changes_the_standard_error_but_not_the_estimate(frames, study):
    chain = prepare.design("children", frames, study)
    columns = me.SurveyDesign(frames["children"], weights="w_child", psu="psu", strata="stratum")
    with_steps = me.mean("emotional_score", chain).table.iloc[0]
    fixed = me.mean("emotional_score", columns).table.iloc[0]
    assert with_steps["estimate"] == pytest.approx(fixed["estimate"], rel=1e-6)
    assert with_steps["std_error"] != pytest.approx(fixed["std_error"], rel=1e-6)
    assert with_steps["std_error"] == pytest.approx(fixed["std_error"], rel=0.2)


def test_other_units_take_the_columns_of_study_toml(frames, study):
    assert prepare.design("roster", frames, study) is None
    assert frames["roster"]["w_roster"].notna().all()
    discipline = frames["discipline"]
    np.testing.assert_array_equal(discipline["w_disc"], discipline["w_hh"] * discipline["n_0114"])


# --- derived variables ---------------------------------------------------------------------------------------


def test_scores_with_missing_items():
    items = pd.DataFrame(
        [[2, 2, 2, 2, 2], [1, 1, 1, 1, np.nan], [1, 2, 1, 2, np.nan], [1, 1, 1, np.nan, np.nan]]
    )
    assert scores.prorated_sum(items, valid=4).tolist()[:3] == [10.0, 5.0, 8.0]
    assert np.isnan(scores.prorated_sum(items, valid=4)[3])
    answers = pd.DataFrame([[1, 2, 1], [1, np.nan, 1], [2, 2, 2]])
    np.testing.assert_array_equal(scores.yes_sum(answers), [2.0, np.nan, 0.0])


def test_child_labour_follows_the_hours_rule():
    age = pd.Series([11, 11, 12, 14, 15, 17, 14, 15, 13, np.nan], dtype=float)
    work = pd.Series([0, 1, 13, 14, 42, 43, 0, 0, np.nan, 50], dtype=float)
    chores = pd.Series([0, 0, 0, 0, 0, 0, 21, 40, 30, 0], dtype=float)
    codes = pd.DataFrame({"k_age": age, "wk_hours": work, "ch_hours": chores})
    for name in ("k_missed", "k_health", "k_trust", "k_freq", "k_sepyrs"):
        codes[name] = np.nan
    for stem, count in (("emo", 5), ("cnd", 4), ("fg", 7)):
        for i in range(1, count + 1):
            codes[f"{stem}_{i}"] = np.nan
    found = scores.child_scores(codes)
    np.testing.assert_array_equal(found["lab_econ"], [0, 1, 0, 1, 0, 1, 0, 0, np.nan, np.nan])
    np.testing.assert_array_equal(found["lab_chore"], [0, 0, 0, 0, 0, 0, 1, 0, 1, np.nan])
    np.testing.assert_array_equal(found["child_lab"], [0, 1, 0, 1, 0, 1, 1, 0, 1, np.nan])
    np.testing.assert_array_equal(found["ageband"], [1, 1, 1, 2, 2, 3, 2, 2, 1, np.nan])


@pytest.mark.parametrize(
    ("yes", "expected"),
    [
        ("", (0, 0, 0, 0, 0)),
        ("b", (0, 0, 0, 0, 1)),
        ("bd", (1, 0, 0, 1, 0)),
        ("h", (1, 0, 0, 1, 0)),
        ("c", (0, 1, 0, 1, 0)),
        ("k", (0, 1, 1, 1, 0)),
        ("ai", (0, 1, 1, 1, 0)),
    ],
)
def test_discipline_follows_the_mics_rule(yes, expected):
    codes = pd.DataFrame({f"d_{letter}": [1.0 if letter in yes else 2.0] for letter in "abcdefghijk"})
    found = scores.discipline_scores(codes)[["psych", "phys", "severe", "viol", "nonviol"]]
    assert tuple(found.iloc[0]) == expected
    blank = codes.where(codes.eq(1.0))
    assert scores.discipline_scores(blank).equals(scores.discipline_scores(codes))


def test_migration_groups_by_hand():
    hhtype = pd.Series([1.0, 1.0, 1.0, 4.0, 2.0, 3.0, 1.0])
    mother = pd.Series([False, True, True, False, False, False, False])
    father = pd.Series([True, False, True, False, False, False, False])
    found = migration.groups(hhtype, mother, father)
    np.testing.assert_array_equal(found["parent_away"], [1, 2, 3, 0, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(found["mig5"], [1, 2, 3, 0, 4, 4, np.nan])
    np.testing.assert_array_equal(found["any_parent_away"], [1, 1, 1, 0, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(found["clb"], [1, 1, 1, 0, 0, 0, 0])


def test_wealth_index_is_the_first_component(frames):
    households = frames["caregivers"]
    owned, weights = households[list(wealth.ASSETS)], households["w_hh"]
    index = wealth.wealth_index(owned, weights)
    assert np.average(index, weights=weights) == pytest.approx(0, abs=1e-12)
    filled = owned.fillna(0.0)
    covariance = np.cov(filled.to_numpy().T, aweights=weights, ddof=0)
    scale = np.sqrt(np.diag(covariance))
    largest = np.linalg.eigvalsh(covariance / np.outer(scale, scale))[-1]
    assert np.average(index**2, weights=weights) == pytest.approx(largest, rel=1e-12)
    assert np.corrcoef(index, filled["as_car"])[0, 1] > 0
    shares = weights.groupby(households["wealth_q"], observed=True).sum() / weights.sum()
    assert (shares - 0.2).abs().max() < 0.05
    assert households.groupby("wealth_q", observed=True)["wealth"].max().is_monotonic_increasing


def test_quintiles_of_untied_scores_hold_a_fifth_each():
    score = pd.Series(np.arange(10.0))
    assert wealth.weighted_quintiles(score, pd.Series(1.0, index=score.index)).tolist() == [
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
        5,
        5,
    ]
    tied = pd.Series([0.0, 0.0, 0.0, 1.0, 1.0])
    assert wealth.weighted_quintiles(tied, pd.Series([1.0] * 5)).tolist() == [1, 1, 1, 4, 4]
