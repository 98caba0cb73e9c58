"""MICS6 of any country, on generated files in its layout: linked, exposed, scored, checked, and honest about gaps."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from conftest import ROOT
from migration_effects.cli import main
from migration_effects.report.exhibit import read_exhibit
from migration_effects.report.register import declared_context
from migration_effects.report.render.assemble import translation_faults
from migration_effects.report.render.facts import study_facts
from migration_effects.report.render.view import view_of
from migration_effects.studies.mics6.synthetic import build_files, write_twin
from migration_effects.studies.mics6.synthetic.people import PATTERNS
from migration_effects.study.check import check_study

NOTEBOOKS = sorted((ROOT / "notebooks" / "mics6").glob("*.ipynb"))


@pytest.fixture(scope="module")
def files():
    return build_files()


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Write files to a folder and load the study from it."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    def loader(files):
        folder = tmp_path / "files"
        write_twin(folder, files=files)
        return me.load_study("mics6", data=folder)

    return loader


@pytest.fixture(scope="module")
def study(files, tmp_path_factory):
    project = tmp_path_factory.mktemp("mics6")
    (project / "data" / "raw").mkdir(parents=True)
    write_twin(project / "files", files=files)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        yield me.load_study("mics6", data=project / "files")


def changed(files, **changes):
    """Return files with some replaced; None leaves a file out."""
    kept = {unit: changes.get(unit, frame) for unit, frame in files.items()}
    return {unit: frame for unit, frame in kept.items() if frame is not None}


def found(study, check, file=None):
    rows = study.audit[study.audit["check"].eq(check)]
    return int(rows.loc[rows["file"].eq(file) if file else rows.index, "count"].sum())


# --- the layout ------------------------------------------------------------------------------------------------


def test_generated_files_have_what_the_layout_is_known_for(files):
    hh, hl, fs = files["hh"], files["hl"], files["fs"]
    assert hh["HH2"].ge(100).any()
    assert (hh["stratum"] % 1 != 0).all()
    assert set(hh["HH33X$01"]) == {"A", "?"}
    assert fs["FS17"].ne(1).any()
    assert fs["FS4"].eq(90).sum() == 1
    assert {8, 9} <= set(fs["CB3"].dropna())
    asked = hl[hl["HL6"] <= 17]
    seen = set(
        asked[["HL12", "HL13", "HL15", "HL16", "HL17", "HL19"]].fillna(-1).itertuples(index=False, name=None)
    )
    assert seen == {tuple(-1 if v is None else v for v in (*m, *f)) for m, f, _ in PATTERNS}


def test_the_same_files_every_time(files, tmp_path):
    again = build_files()
    assert all(files[unit].equals(again[unit]) for unit in files)
    write_twin(tmp_path / "a", files=files)
    write_twin(tmp_path / "b", files=again)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


# --- linking and design ----------------------------------------------------------------------------------------


def test_study_is_marked_synthetic(study):
    assert study.synthetic
    assert "SYNTHETIC DATA" in repr(study)


def test_selected_children_meet_their_line_of_the_household_list(study, files):
    children = study.frame("children")
    hl = files["hl"].assign(hh_id=files["hl"]["HH1"].astype(str) + "/" + files["hl"]["HH2"].astype(str))
    listed = hl.set_index(["hh_id", "HL1"]).loc[
        list(zip(children["hh_id"], children["line"].astype(int), strict=True))
    ]
    assert (children["sex"].eq("boy").to_numpy() == listed["HL4"].eq(1).to_numpy()).all()
    known = children["age"].notna().to_numpy()
    assert (children["age"].to_numpy()[known] == listed["HL6"].to_numpy()[known]).all()
    assert children["hh_id"].is_unique
    hh = files["hh"].assign(hh_id=files["hh"]["HH1"].astype(str) + "/" + files["hh"]["HH2"].astype(str))
    home = hh.set_index("hh_id").loc[children["hh_id"]]
    assert (children["area"].eq("urban").to_numpy() == home["HH6"].eq(1).to_numpy()).all()
    assert (children["strata"].to_numpy() == home["stratum"].map("{:g}".format).to_numpy()).all()


def test_child_weight_is_used_as_it_is_and_incomplete_interviews_stay_in_the_design(study, files):
    children, design = study.frame("children"), study.design("children")
    np.testing.assert_allclose(children["w_child"], files["fs"]["fsweight"])
    assert design.n == int(files["fs"]["FS17"].eq(1).sum()) < len(children)
    assert design.n_psu == files["fs"]["HH1"].nunique()
    weight = files["fs"].loc[files["fs"]["FS17"].eq(1), "fsweight"]
    labour = children.loc[children["completed"].eq(1), "child_labour"]
    estimate = me.mean("child_labour", design).table["estimate"].iloc[0]
    assert estimate == pytest.approx(np.average(labour, weights=weight))
    listed = study.design("roster")
    assert listed.n == int(files["hl"]["HL6"].le(17).sum())


def test_region_and_education_carry_the_words_of_the_file(study):
    children = study.frame("children")
    assert set(children["region"]) == {"North", "South"}
    assert set(children["caretaker_education"].dropna()) == {
        "None or pre-primary",
        "Primary",
        "Secondary",
        "Higher",
    }
    away = children["mother_place"].ne("home")
    assert children.loc[away, "mother_education"].isna().all()
    assert children.loc[away, "caretaker_education"].notna().any()


# --- exposure and indicators -----------------------------------------------------------------------------------


def test_every_listed_child_has_one_status_and_the_two_rules_differ_by_the_unknown(study):
    roster = study.frame("roster")
    children = roster[roster["age"].le(17)]
    places = ["mother_place", "father_place", "any_abroad", "parent_abroad", "migration_status"]
    assert children[places].notna().all(axis=None)
    assert roster.loc[roster["age"].gt(17), "migration_status"].isna().all()
    unknown = children["any_abroad"].eq("unknown")
    assert unknown.any()
    assert children.loc[unknown, "parent_lives_abroad"].isna().all()
    assert children.loc[unknown, "parent_abroad_mics"].eq(0).all()
    known = children[~unknown]
    assert (known["parent_lives_abroad"] == known["parent_abroad_mics"]).all()


def test_caretakers(study, files):
    children = study.frame("children")
    assert children["caretaker"].eq("no one").sum() == 1
    mother = children["mother_place"].eq("home") & children["caretaker"].ne("no one")
    assert children.loc[mother, "caretaker"].eq("mother").all()
    nobody = children["mother_place"].ne("home") & children["father_place"].ne("home")
    assert set(children.loc[nobody, "caretaker"]) <= {"grandparent", "no one"}


def test_indicators_equal_the_scorers_rules_on_raw_codes(study, files):
    children, fs = study.frame("children"), files["fs"]
    done = fs["FS17"].eq(1)
    lot = fs[[c for c in fs if c.startswith("FCF") and c not in ("FCF25", "FCF26")]].isin([3, 4]).any(axis=1)
    difficulty = lot | fs["FCF25"].eq(1) | fs["FCF26"].eq(1)
    assert (children["child_functioning_difficulty"][done] == difficulty[done].astype(float)).all()
    violent = fs[[f"FCD2{x}" for x in "CDFGHIJK"]].eq(1).any(axis=1)
    young = done & fs["CB3"].le(14)
    assert (children["discipline_violent"][young] == violent[young].astype(float)).all()
    assert children["discipline_violent"][~young].isna().all()
    out = fs["CB4"].eq(2) | fs["CB7"].eq(2)
    assert (children["attendance_out_of_school"][done] == out[done].astype(float)).all()


def test_discipline_covers_one_to_fourteen_with_the_weight_of_each_file(study, files):
    frame = study.frame("discipline")
    design = study.design("discipline").where("age <= 14 & discipline_violent == discipline_violent")
    ages = design.data["age"][design.domain]
    assert (ages.min(), ages.max()) == (1, 14)
    assert len(frame) == len(files["ch"]) + len(files["fs"])
    assert frame["w_discipline"].sum() == pytest.approx(
        files["ch"]["chweight"].sum() + files["fs"]["fsweight"].sum()
    )


def test_planted_differences_are_found(study):
    children = study.design("children")
    gaps = me.mean(["child_functioning_difficulty", "child_labour"], children, by="parent_lives_abroad")
    table = gaps.contrast(
        [f"`{name}[1]` - `{name}[0]`" for name in ("child_functioning_difficulty", "child_labour")]
    ).table
    assert table["estimate"].gt(0).all()
    assert table["conf_high"].gt(0.08).all()


# --- what files lack -------------------------------------------------------------------------------------------


def test_names_in_any_case_and_known_alternatives_are_taken(load, files, study):
    lower = {unit: frame.rename(columns=str.lower) for unit, frame in files.items()}
    other = load(lower)
    for unit in ("roster", "children", "discipline"):
        pd.testing.assert_frame_equal(other.frame(unit), study.frame(unit))
    assert found(other, "other name in the file", "wm") == 5
    renamed = load(changed(files, fs=files["fs"].rename(columns={"melevel": "melevel1"})))
    taken = renamed.audit[renamed.audit["check"].eq("other name in the file")]
    assert taken[["variable", "detail"]].to_numpy().tolist() == [["melevel", "melevel1"]]
    assert set(renamed.frame("children")["caretaker_education"].dropna()) == {"0", "1", "2", "3"}


def test_absent_functioning_items_leave_fewer_domains(load, files):
    other = load(changed(files, fs=files["fs"].drop(columns=["FCF22", "FCF26"])))
    absent = other.frame("absent")
    assert absent["variable"].tolist() == ["FCF22", "FCF26"]
    assert absent["exhibits"].str.contains("T2.1").all()
    assert other.frame("children")["child_functioning_difficulty"].notna().any()


def test_absent_modules_and_files_cost_their_outcomes_only(load, files):
    labour = [c for c in files["fs"] if c.startswith("CL")]
    poor = changed(files, fs=files["fs"].drop(columns=[*labour, "FCD2K"]), ch=None, wm=None)
    other = load(poor)
    children = other.frame("children")
    assert children[["child_labour", "discipline_violent", "caretaker_ladder"]].isna().all(axis=None)
    assert children["child_functioning_difficulty"].notna().any()
    assert len(other.frame("discipline")) == len(children)
    assert {"ch", "wm"} <= set(other.frame("absent")["file"])


def test_check_lists_every_absent_variable_with_the_exhibits_lost(files, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    fs = files["fs"].drop(columns=["FCF22", "CB7"]).rename(columns={"CL13": "CL13H", "melevel": "melevel9"})
    write_twin(tmp_path, files=changed(files, fs=fs, hh=files["hh"].drop(columns="HH6"), wm=None))
    assert main(["check", "mics6", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "mics6: 6 faults" in said
    for text in (
        "hh.sav: HH6 is absent; touched: T1.1 F1.1 (rows by area; area is no covariate).",
        "fs.sav: FCF22 is absent; touched: T2.1 F2.1 T3.1 F3.1 (child_functioning_difficulty counts fewer domains).",
        "fs.sav: CB7 is absent; touched: T2.1 F2.1 T3.1 F3.1 (attendance_out_of_school).",
        "fs.sav: CL13 is absent; touched: T2.1 F2.1 T3.1 F3.1 (child_labour). Is it CL13H?",
        "fs.sav: melevel is absent; touched: T1.1 (rows by education of the caretaker). Is it melevel9?",
        "wm.sav is not there; lost: T2.1 F2.1 (everything from this file).",
    ):
        assert text in said


def test_a_sound_folder_has_no_faults(files, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    write_twin(tmp_path, files=files)
    assert check_study("mics6", data=tmp_path) == []


def test_required_variables_stop_with_the_whole_list(load, files):
    hl = files["hl"].drop(columns=["HL15", "HL17"])
    with pytest.raises(me.CodebookError) as fault:
        load(changed(files, hl=hl, fs=files["fs"].drop(columns=["FCF22", "fsweight"])))
    text = str(fault.value)
    assert "lack 3 variables without which nothing can be computed, of 4 absent" in text
    for name in (
        "hl.sav: HL15 is absent",
        "hl.sav: HL17 is absent",
        "fs.sav: fsweight is absent",
        "fs.sav: FCF22",
    ):
        assert name in text
    assert text.index("fsweight") < text.index("FCF22")


def test_unknown_codes_and_repeated_keys_stop(load, files):
    hl = files["hl"].copy()
    away = hl.index[hl["HL15"].eq(1)][:3]
    hl.loc[away, "HL15"] = 7
    with pytest.raises(me.CodebookError, match=r"HL15 holds undeclared codes 7 \(3\)"):
        load(changed(files, hl=hl))
    twice = pd.concat([files["fs"], files["fs"].iloc[:2]], ignore_index=True)
    with pytest.raises(me.DataFileError, match=r"fs: 0 rows without a complete key .*, 4 rows share a key"):
        load(changed(files, fs=twice))


# --- checks ----------------------------------------------------------------------------------------------------


def test_checks_count_what_does_not_hold(load, files):
    hh, hl, fs = files["hh"].copy(), files["hl"].copy(), files["fs"].copy()
    fs.loc[fs.index[fs["FS17"].ne(1)][:2], "fsweight"] = 1.0
    done = fs.index[fs["FS17"].eq(1)]
    fs.loc[done[:3], "CB3"] += 1
    fs.loc[done[5:9], "fsdisability"] = 3 - fs.loc[done[5:9], "fsdisability"]
    fs.loc[done[10], "fsweight"] *= 2
    hh.loc[0, "stratum"] = 9.9
    asked = hl.index[hl["HL13"].eq(1)][:6]
    hl.loc[asked, "HL15"] = 1
    hl.loc[hl.index[hl["HL6"].gt(40)][:5], "HL11"] = 1
    other = load(changed(files, hh=hh, hl=hl, fs=fs))
    assert found(other, "weight and completion disagree", "fs") == 2
    assert found(other, "child weight is not the product") == 3
    assert found(other, "cluster in several strata") == 1
    assert found(other, "answer outside its skip pattern", "hl") == 6
    assert found(other, "age 0-17 and HL11 disagree") == 5
    assert found(other, "age of child and of list differ") == 3
    assert found(other, "functional difficulty differs from the producer's") == 4


def test_households_without_interview_may_lack_cluster_and_stratum(load, files, study):
    hh = files["hh"].copy()
    silent = hh["HH46"].ne(1)
    hh.loc[silent, ["PSU", "stratum"]] = np.nan
    other = load(changed(files, hh=hh.astype({"PSU": float})))
    assert found(other, "cluster or stratum blank") == silent.sum()
    pd.testing.assert_frame_equal(other.frame("households"), study.frame("households"))


def test_a_sound_file_fails_no_check(study):
    expected = {
        "link matched",
        "link unmatched",
        "wealth quintile off one fifth",
        "caretaker of child and of list differ",
    }
    assert set(study.audit["check"]) == expected
    assert found(study, "caretaker of child and of list differ") == 1


def test_another_label_of_abroad_is_said(files, tmp_path):
    write_twin(tmp_path, files=files)
    survey = me.read_survey(tmp_path / "hl.sav")
    from dataclasses import replace

    from migration_effects.studies.mics6.preparation.checks import label_checks

    assert not label_checks({"hl": survey}).findings
    labels = {**survey.value_labels, "HL19": ((1, "In this village"),)}
    strange = label_checks({"hl": replace(survey, value_labels=labels)})
    assert strange.count("label of abroad", "HL19") == 1


# --- notebooks -------------------------------------------------------------------------------------------------


def run(path):
    space = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), path.name, "exec"), space)


def bare(files):
    """Return files without any module on children 5-17, without area, region, wealth and the optional files."""
    keys = ["HH1", "HH2", "LN", "FS17", "CB3", "fsweight"]
    hh = files["hh"].drop(columns=["HH6", "HH7", "windex5", "HH48", "HH52"])
    return {
        "hh": hh,
        "hl": files["hl"].drop(columns=["HL14", "HL18", "HL3", "HL20"]),
        "fs": files["fs"][keys],
    }


@pytest.mark.parametrize("which", ["full", "bare"])
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_on_rich_and_poor_files(path, which, files, tmp_path_factory, monkeypatch):
    project = tmp_path_factory.getbasetemp() / f"mics6-{which}"
    if not project.exists():
        (project / "data" / "raw").mkdir(parents=True)
        write_twin(project / "files", files=files if which == "full" else bare(files))
    monkeypatch.chdir(project)
    monkeypatch.setenv("MIGRATION_EFFECTS_RAW", str(project / "files"))
    monkeypatch.setenv("MIGRATION_EFFECTS_BUILD", str(project / "build"))
    run(path)
    study = me.load_study("mics6")
    for exhibit in study.exhibits:
        if exhibit.chapter == int(path.name[:2]):
            assert (project / "build" / "exhibits" / f"{exhibit.id}.json").is_file()
            if which == "full":
                assert_translated(project / "build" / "exhibits" / f"{exhibit.id}.json", exhibit)


def assert_translated(path, exhibit):
    """Check that every word of an exhibit of the generated files exists in every language."""
    facts = study_facts("mics6")
    spec = read_exhibit(json.dumps(json.loads(path.read_text(encoding="utf-8"))["spec"]))
    spec = replace(spec, context=declared_context(facts, exhibit, synthetic=True, texts=facts.texts))
    for language in ("ru", "uz"):
        assert view_of(spec, language, draw=False).title == exhibit.title[language]


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_every_chapter_is_translated(language):
    assert translation_faults(study_facts("mics6"), language) == []


def test_shipped_study_has_no_faults(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert check_study("mics6") == []
