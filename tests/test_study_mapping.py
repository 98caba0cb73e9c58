"""Files of other names, columns and codes, read through mapping.csv: the same frames, and every fault named."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from mapped_twin import NAMES, deliver, line_of, write_mapping
from migration_effects.errors import CodebookError, DataFileError, DisclosureError
from migration_effects.io.codebook import Codebook
from migration_effects.io.manifest import ManifestEntry, write_manifest
from migration_effects.io.read import file_sha256
from migration_effects.io.variable import Variable
from migration_effects.io.write import write_survey
from migration_effects.studies.uzbekistan_2019 import prepare, synthetic
from migration_effects.studies.uzbekistan_2019.preparation.cleaning import clean_files
from migration_effects.study.check import check_study
from migration_effects.study.delivered import study_mapping
from migration_effects.study.load import read_folder, read_study
from migration_effects.study.mapped import read_delivered
from migration_effects.study.mapping import COLUMNS, MAPPING, NOT_AVAILABLE
from migration_effects.study.mapping_file import mapping_template, read_mapping
from migration_effects.study.receive import receive
from migration_effects.study.screening import require_screened
from study_folder import write_study

FOLDER = Path(prepare.__file__).parent


@pytest.fixture(scope="module")
def study():
    definition, codebook, faults = read_folder(FOLDER)
    assert not faults
    return me.Study(FOLDER, definition, codebook, synthetic=True, code=prepare)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    synthetic.write_twin(folder)
    names = synthetic.build.FILE_NAMES
    return dict(zip(names, me.read_surveys([folder / name for name in names.values()]), strict=True))


@pytest.fixture(scope="module")
def delivery(tmp_path_factory, files, study):
    """Return the folder of a delivery and the lines of its mapping."""
    folder = tmp_path_factory.mktemp("delivery")
    lines = deliver(files, study.codebook, folder)
    write_mapping(folder, lines)
    return folder, lines


def mapping_faults(study, folder):
    """Return all faults of the mapping in a folder, those of the files read through it included."""
    mapping, faults = read_mapping(folder, study.codebook, study.definition.files, prepare.REQUIRED)
    return faults + read_delivered(folder, mapping)[1]


@pytest.fixture
def changed(tmp_path, study, delivery):
    """Return a function that changes lines of the mapping and returns the faults."""

    def faults(*changes, drop=(), add=()):
        folder, original = delivery
        lines = [dict(line) for line in original if (line["unit"], line["variable"]) not in drop]
        for unit, variable, cells in changes:
            line_of(lines, unit, variable).update(cells)
        for name in NAMES.values():
            (tmp_path / name).symlink_to(folder / name)
        write_mapping(tmp_path, [*lines, *add])
        return mapping_faults(study, tmp_path)

    return faults


def test_a_full_mapping_gives_the_frames_of_the_twin(study, files, delivery):
    folder, _ = delivery
    mapping = study_mapping(study, folder)
    delivered, faults = read_delivered(folder, mapping)
    assert not faults
    assert not mapping.unavailable
    expected = prepare.prepare(files, study).frames
    found = prepare.prepare(
        delivered, me.Study(FOLDER, study.definition, study.codebook, True, mapping=mapping)
    )
    assert list(found.frames) == list(expected)
    for unit, frame in expected.items():
        pd.testing.assert_frame_equal(found.frames[unit], frame)


def test_unknown_names_are_listed_together_with_the_nearest(changed):
    faults = changed(
        ("roster", "p_sex", {"variable": "p_sx"}),
        ("caregivers", "h_edu", {"unit": "caregiver"}),
        ("children", "k_age", {"column": "Q00"}),
        ("migrants", "m_rel", {"file": "migrants_fnal.sav"}),
    )  # fmt: skip
    text = "\n".join(faults)
    assert "roster has no variable 'p_sx'. Did you mean 'p_sex'?" in text
    assert "unknown unit 'caregiver'; units are sample, roster, caregivers, migrants, children." in text
    assert "Did you mean 'caregivers'?" in text
    assert "adolescents.sav has no column 'Q00' (children, k_age). Did you mean" in text
    assert (
        "there is no file 'migrants_fnal.sav' beside mapping.csv. Did you mean 'migrants_final.sav'?" in text
    )
    assert "1 variables of roster have no line: p_sex." in text
    assert "1 variables of caregivers have no line: h_edu." in text


def test_an_unmapped_code_is_listed_with_value_and_count(changed, files):
    line = {"codes": "50=1", "missing": ""}
    faults = changed(
        ("roster", "p_sex", line), ("children", "k_health", {"missing": "-7=refused;-8=dont_know"})
    )
    women = int(files["roster"].frame["p_sex"].eq(2).sum())
    assert f"persons.dta: Q003 (roster, p_sex): values 49 ({women}) (value, count) are not mapped." in faults
    silent = int(files["children"].frame["k_health"].eq(99).sum())
    assert any(f"k_health): values -9 ({silent}) (value, count) are not mapped." in fault for fault in faults)
    assert len(faults) == 2


def test_targets_that_the_codebook_does_not_have(changed):
    faults = changed(
        ("roster", "p_sex", {"codes": "50=1;49=3"}),
        ("roster", "p_edu", {"missing": "-7=refusd;-8=dont_know;-9=no_answer"}),
        ("children", "k_teeth", {"codes": "50=1;49=2;49=3;48", "missing": "50=no_answer"}),
        ("children", "k_sleep", {"codes": "1=1"}),
    )
    text = "\n".join(faults)
    assert "p_sex: the codebook has no code '3'; its codes are 1 male, 2 female." in text
    assert "p_edu has no missing reason 'refusd'; it has refused, dont_know, no_answer, blank." in text
    assert "Did you mean 'refused'?" in text
    assert "k_teeth: delivered code 49 stands there twice." in text
    assert "codes are written 1=2;2=1 (delivered=codebook), not '48'." in text
    assert "k_teeth: code 50 stands under codes and under missing." in text
    assert "k_sleep holds count values and has no codes; leave codes empty." in text


def test_a_line_twice_and_a_line_that_contradicts_itself(changed, delivery):
    again = dict(line_of(delivery[1], "roster", "p_age"))
    faults = changed(
        ("roster", "p_sex", {"column": NOT_AVAILABLE}),
        ("roster", "p_edu", {"column": ""}),
        ("roster", "p_rel", {"file": "adults.sav"}),
        ("roster", "p_diff", {"file": "../persons.dta"}),
        ("roster", "p_health", {"file": ""}),
        add=[again],
    )
    text = "\n".join(faults)
    assert "p_age of roster stands there twice." in text
    assert "p_sex is not available, so file, codes must be empty." in text
    assert "p_edu has no column; write the column, or 'not available'." in text
    assert "roster takes columns from" in text
    assert "the rows of a unit come from one. Merge them first." in text
    assert "'../persons.dta' must be a file name without a folder." in text
    assert "p_health has a column but no file." in text


def test_keys_must_be_there_and_say_whether_they_have_a_check_digit(changed):
    empty = {"file": "", "column": NOT_AVAILABLE, "codes": "", "missing": ""}
    faults = changed(
        ("children", "k_line", empty),
        ("children", "hh_id", empty),
        ("migrants", "hh_id", {"codes": ""}),
        ("roster", "hh_id", {"codes": "no check digit"}),
    )
    text = "\n".join(faults)
    assert "k_line of children links the files; nothing can be prepared where it is not available." in text
    assert "hh_id of children links the files" in text
    assert "hh_id is an identifier; write 'check digit' or 'no check digit' under codes, not ''." in text
    assert "some identifiers have a check digit and some none; they are one scheme." in text


def test_a_missing_code_that_only_the_file_declares_is_a_fault(tmp_path, study):
    hours = Variable("a", "kids", "a", "count", missing={-8: "dont_know"}, label={"en": "Age"})
    write_survey(pd.DataFrame({"a": [12.0, -8.0, -8.0]}), tmp_path / "kids.sav", Codebook((hours,)))
    for missing, what in (
        ("", "are declared missing in the file but not in the mapping"),
        ("-7=refused", "would count as missing but do not stand under missing"),
    ):
        line = dict.fromkeys(COLUMNS, "") | {"unit": "children", "variable": "k_missed", "missing": missing}
        write_mapping(tmp_path, [line | {"file": "kids.sav", "column": "a"}])
        text = "\n".join(mapping_faults(study, tmp_path))
        assert f"a (children, k_missed): values -8 (2) (value, count) {what}." in text


def test_a_file_that_does_not_hold_what_the_mapping_says(tmp_path, study, files):
    lines = deliver(files, study.codebook, tmp_path)
    adolescents = me.read_survey(tmp_path / NAMES["children"]).frame
    age, hours, home = (line_of(lines, "children", name)["column"] for name in ("k_age", "k_missed", "hh_id"))
    adolescents[age] = adolescents[age].map(lambda number: f"{number:.0f} years")
    adolescents.loc[adolescents.index[:3], hours] = 97.0
    adolescents[home] = np.arange(len(adolescents)) + 0.5
    me.write_survey(adolescents, tmp_path / NAMES["children"])
    write_mapping(tmp_path, lines)
    text = "\n".join(mapping_faults(study, tmp_path))
    assert f"{age} holds text, but k_age needs numbers." in text
    assert (
        "k_missed): values 97 (3) (value, count) would count as missing but do not stand under missing."
        in text
    )
    assert f"{home} is an identifier, but {len(adolescents)} values are not whole numbers below 2^53." in text


def test_codes_delivered_as_text_and_answers_that_become_blank(tmp_path):
    project = tmp_path / "project"
    folder = write_study(project)
    definition, codebook = read_study(folder)
    raw = pd.DataFrame(
        {
            "id": ["x1", "x2"],
            "g": ["f", "m"],
            "a": [12.0, -5.0],
            "s": ["01", "2"],
            "w": [1.0, 2.0],
            "p": [1.0, 2.0],
        }
    )
    me.write_survey(raw, tmp_path / "kids.csv")
    lines = [("hh_id", "id", "no check digit", ""), ("stratum", "p", "", ""), ("psu", "p", "", "")]
    lines += [
        ("w", "w", "", ""),
        ("sex", "g", "m=1;f=2", ""),
        ("age", "a", "", "-5=blank"),
        ("sad", "s", "", ""),
    ]
    write_mapping(
        tmp_path,
        [
            {
                "unit": "children",
                "variable": v,
                "file": "kids.csv",
                "column": c,
                "codes": k,
                "missing": m,
                "note": "",
            }
            for v, c, k, m in lines
        ],
    )
    mapping, faults = read_mapping(tmp_path, codebook, definition.files, {})
    found, more = read_delivered(tmp_path, mapping)
    assert not faults
    assert not more
    assert not mapping.check_digit
    frame = found["children"].frame
    assert frame["sex"].tolist() == [2.0, 1.0]
    assert frame["sad"].tolist() == [1.0, 2.0]
    assert frame["age"].isna().tolist() == [False, True]


def test_identifiers_without_check_digit_pass_and_none_is_repaired(study, files):
    known = set(files["sample"].frame["hh_id"])
    frames = {unit: survey.frame for unit, survey in files.items()}
    damaged = ~frames["children"]["hh_id"].isin(known)
    assert damaged.sum() == 1
    renumbered = {unit: frame.assign(hh_id="H" + frame["hh_id"]) for unit, frame in frames.items()}

    def cleaned(frames):
        changed = {unit: replace(files[unit], frame=frame) for unit, frame in frames.items()}
        return clean_files(changed, study.codebook, check_digit=False)

    with pytest.raises(DataFileError, match="children: 1 rows have no record in roster"):
        cleaned(renumbered)
    renumbered["children"] = renumbered["children"][~damaged]
    found = cleaned(renumbered)
    assert found.audit.count("wrong check digit") == 0
    assert len(found.frames["children"]) == 701


def test_the_template_becomes_a_mapping_without_faults_once_it_is_filled_in(tmp_path, study, files):
    text = mapping_template(study.codebook, study.definition.files)
    (tmp_path / MAPPING).write_text(text, encoding="utf-8")
    _, faults = read_mapping(tmp_path, study.codebook, study.definition.files, {})
    variables = sum(len(study.codebook.of(unit)) for unit in study.definition.files)
    assert sum("has no column" in fault for fault in faults) == variables == 203
    lines = text.splitlines()
    filled = [line.replace(",,,", ",kids.sav,Q1,", 1) for line in lines[1:]]
    (tmp_path / MAPPING).write_text("\n".join([lines[0], *filled]), encoding="utf-8")
    (tmp_path / "kids.sav").touch()
    assert read_mapping(tmp_path, study.codebook, study.definition.files, prepare.REQUIRED)[1] == []


def test_a_study_is_loaded_through_its_mapping_and_made_anew_when_that_changes(tmp_path, monkeypatch):
    project = tmp_path / "project"
    folder = write_study(project)
    raw = project / "data" / "raw" / "toy"
    frame = pd.read_csv(raw / "children.csv", dtype={"hh_id": str})
    frame.rename(columns=str.upper).to_csv(raw / "kids.csv", index=False)
    (raw / "children.csv").unlink()
    names = ["hh_id", "stratum", "psu", "w", "sex", "age", "sad"]
    lines = [
        {
            "unit": "children",
            "variable": n,
            "file": "kids.csv",
            "column": n.upper(),
            "codes": "",
            "missing": "",
            "note": "",
        }
        for n in names
    ]
    lines[0]["codes"] = "no check digit"
    write_mapping(raw, lines)
    monkeypatch.chdir(project)
    study = me.load_study(folder)
    assert study.frame("children")["sex"].tolist()[:2] == ["boy", "girl"]
    assert not study.check_digit
    assert study.raw["name"].tolist() == ["kids.csv"]
    line_of(lines, "children", "sex")["codes"] = "1=2;2=1"
    write_mapping(raw, lines)
    assert me.load_study(folder).frame("children")["sex"].tolist()[:2] == ["girl", "boy"]
    line_of(lines, "children", "sex")["codes"] = "1=2"
    write_mapping(raw, lines)
    with pytest.raises(CodebookError, match=r"values 2 \(4\) \(value, count\) are not mapped"):
        me.load_study(folder)
    assert any("are not mapped" in fault for fault in check_study(folder, data=raw))


def test_make_data_copies_the_mapping_with_its_files(tmp_path, monkeypatch, delivery, study):
    source, _ = delivery
    project = tmp_path / "project"
    (project / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(project)
    home = receive(study.definition, source)
    assert sorted(path.name for path in home.iterdir()) == sorted([MAPPING, "manifest.toml", *NAMES.values()])
    incomplete = tmp_path / "incomplete"
    incomplete.mkdir()
    shutil.copy(source / MAPPING, incomplete / MAPPING)
    with pytest.raises(DataFileError, match="names 5 files that are not in"):
        receive(study.definition, incomplete)


def test_labels_of_delivered_columns_reach_the_screen_for_personal_data(tmp_path, study):
    named = Variable("q1", "kids", "q1", "text", label={"en": "Full name of the respondent"})
    people = pd.DataFrame({"q1": ["Aziza Karimova", "Botir Rashidov", "Dilnoza Saidova"] * 5})
    write_survey(people, tmp_path / "kids.sav", Codebook((named,)))
    line = dict.fromkeys(COLUMNS, "") | {"unit": "migrants", "variable": "m_desttxt"}
    write_mapping(tmp_path, [line | {"file": "kids.sav", "column": "q1"}])
    mapping, _ = read_mapping(tmp_path, study.codebook, study.definition.files, {})
    files, faults = read_delivered(tmp_path, mapping)
    assert not faults
    with pytest.raises(DisclosureError, match="migrants: m_desttxt"):
        require_screened(files, study.codebook, {})


def test_a_mapped_twin_is_still_synthetic(tmp_path, delivery, study, monkeypatch):
    from migration_effects.study.locate import raw_place

    source, lines = delivery
    name = NAMES["sample"]
    shutil.copy(source / name, tmp_path / name)
    write_mapping(tmp_path, [line for line in lines if line["unit"] == "sample"])
    place = raw_place(study.definition, data=tmp_path, has_twin=True)
    assert place.mapped
    assert place.chosen
    assert not place.synthetic
    entry = ManifestEntry(name, file_sha256(tmp_path / name), source="SYNTHETIC DATA")
    write_manifest(tmp_path, [entry])
    assert raw_place(study.definition, data=tmp_path, has_twin=True).synthetic
