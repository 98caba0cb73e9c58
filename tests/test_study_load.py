"""Loading a study: what is read, what is reused, and what is refused."""

import json
import stat
from pathlib import Path

import pandas as pd
import pytest

import migration_effects as me
from migration_effects.study.locate import project_root, raw_place
from migration_effects.study.parse import read_definition
from study_folder import DATA, PREPARE, write_study


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = write_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIGRATION_EFFECTS_RAW", raising=False)
    return folder


def test_frames_come_back_with_types_and_values(folder):
    study = me.load_study(folder)
    frame = study.frame("children")
    assert frame["hh_id"].tolist()[:2] == ["a1", "a2"]
    assert list(frame["sex"].cat.categories) == ["boy", "girl"]
    assert frame["sex"].cat.ordered
    assert frame["w"].iloc[1] == 0.30000000000000004
    assert frame["age"].isna().sum() == 1
    assert study.seed == 7
    assert study.covariates() == ["sex", "age"]
    assert study.flow["kept"].tolist() == [8]
    assert study.audit["detail"].tolist() == ["dont_know"]
    assert study.raw["name"].tolist() == ["children.csv"]


def test_prepared_frames_are_reused_until_something_changes(folder, tmp_path):
    schema = tmp_path / "data" / "processed" / "toy" / "schema.json"
    me.load_study(folder)
    first = json.loads(schema.read_text())["key"]
    written = schema.stat().st_mtime_ns
    me.load_study(folder)
    assert schema.stat().st_mtime_ns == written
    (folder / "prepare.py").write_text(PREPARE + "\n# another rule\n")
    me.load_study(folder)
    second = json.loads(schema.read_text())["key"]
    raw = tmp_path / "data" / "raw" / "toy" / "children.csv"
    raw.write_text(DATA.replace("a1,1,1,1.1", "a1,1,1,1.2"))
    study = me.load_study(folder)
    assert len({first, second, study.store.key}) == 3
    assert study.frame("children")["w"].iloc[0] == 1.2


def test_damaged_prepared_files_are_made_again(folder, tmp_path):
    me.load_study(folder)
    path = tmp_path / "data" / "processed" / "toy" / "children.csv.gz"
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    assert len(me.load_study(folder).frame("children")) == 8
    assert path.read_bytes() == whole


def test_real_frames_are_readable_by_their_owner_only(folder, tmp_path):
    me.load_study(folder)
    for path in (tmp_path / "data" / "processed" / "toy").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_a_frame_is_a_copy(folder):
    study = me.load_study(folder)
    mine = study.frame("children")
    mine["age"] = 0.0
    assert study.frame("children")["age"].max() == 17


def test_design_uses_the_columns_of_the_definition(folder):
    design = me.load_study(folder).design("children")
    assert (design.n, design.n_psu, design.df) == (8, 4, 2)


def test_the_study_may_build_its_own_design(folder):
    own = '\n\ndef design(unit, frames, study):\n    return me.SurveyDesign(frames[unit].iloc[:6], weights="w")\n'
    (folder / "prepare.py").write_text(PREPARE + own)
    assert me.load_study(folder).design("children").n == 6


def test_unknown_names_get_the_nearest(folder):
    study = me.load_study(folder)
    for call in (
        lambda: study.frame("childern"), lambda: study.design("childern"), lambda: study.covariates("cor"),
        lambda: study.exhibit("T1.2"), lambda: study.reference("margins"),
    ):  # fmt: skip
        with pytest.raises(me.SpecificationError, match="it has"):
            call()


def test_representation_is_escaped_and_says_what_there_is(folder):
    text = (folder / "study.toml").read_text(encoding="utf-8").replace('"Toy"', '"Toy <b>&"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = me.load_study(folder)
    assert "children (8 rows)" in repr(study)
    assert "SYNTHETIC" not in repr(study)
    assert "Toy &lt;b&gt;&amp;" in study._repr_html_()


def test_synthetic_files_are_marked_wherever_they_lie(folder, tmp_path):
    copied = tmp_path / "copied"
    copied.mkdir()
    (copied / "children.csv").write_text(DATA)
    assert not me.load_study(folder, data=copied).synthetic
    (copied / "manifest.toml").write_text("# SYNTHETIC DATA\n")
    study = me.load_study(folder, data=copied)
    assert study.synthetic
    assert "SYNTHETIC DATA — not findings" in repr(study)
    assert study.store.folder.name == "synthetic"


TWIN = """\
from pathlib import Path

def write_twin(folder, *, truth=None):
    Path(folder, "children.csv").write_text({data!r})
"""


def test_the_twin_is_written_only_when_no_real_file_is_there(folder, tmp_path):
    (folder / "synthetic.py").write_text(TWIN.format(data=DATA.replace("1.1", "9.9")))
    assert not me.load_study(folder).synthetic
    real = tmp_path / "data" / "raw" / "toy" / "children.csv"
    real.unlink()
    study = me.load_study(folder)
    assert study.synthetic
    assert study.frame("children")["w"].iloc[0] == 9.9
    assert not real.exists()
    assert sorted(p.name for p in (real.parent / "synthetic").iterdir()) == [".generator", "children.csv"]


def test_the_twin_follows_its_generator(folder, tmp_path):
    (tmp_path / "data" / "raw" / "toy" / "children.csv").unlink()
    for weight in ("9.9", "8.8"):
        (folder / "synthetic.py").write_text(TWIN.format(data=DATA.replace("1.1", weight)))
        assert me.load_study(folder).frame("children")["w"].iloc[0] == float(weight)


def test_missing_files_say_who_has_them_and_what_to_do(folder, tmp_path):
    (tmp_path / "data" / "raw" / "toy" / "children.csv").unlink()
    with pytest.raises(
        me.DataFileError, match=r"children\.csv[\s\S]*make data STUDY=toy FROM=folder"
    ) as caught:
        me.load_study(folder)
    assert caught.value.reason == "missing"


def test_a_changed_file_stops(folder, tmp_path):
    raw = tmp_path / "data" / "raw" / "toy"
    (raw / "manifest.toml").write_text(f'[files."children.csv"]\nsha256 = "{"0" * 64}"\n')
    with pytest.raises(me.DataFileError) as caught:
        me.load_study(folder)
    assert caught.value.reason == "changed"
    assert not (tmp_path / "data" / "processed").exists()


def test_the_raw_folder_may_come_from_the_environment(folder, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    (other / "children.csv").write_text(DATA.replace("1.1", "7.7"))
    monkeypatch.setenv("MIGRATION_EFFECTS_RAW", str(other))
    assert me.load_study(folder).frame("children")["w"].iloc[0] == 7.7


def test_outside_a_project_the_cache_folder_serves(folder, tmp_path, monkeypatch):
    nowhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    nowhere.mkdir()
    monkeypatch.chdir(nowhere)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert project_root(nowhere) is None
    study = me.load_study(folder, data=tmp_path / "data" / "raw" / "toy")
    assert study.store.folder == tmp_path / "cache" / "migration_effects" / "processed" / "toy"
    definition, _ = read_definition(folder)
    assert raw_place(definition, data=None, has_twin=True).folder.is_relative_to(tmp_path / "cache")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("return me.Prepared", "return 1, me.Prepared", "returned tuple, not me.Prepared"),
        ('frame["sad"] = raw["sad"]', 'frame["happy"] = raw["sad"]', None),
        ('"children": frame', '"kids": frame', "no frame 'children'"),
        ('"children": frame', '"children": frame.iloc[:7]', "7 rows, study.toml expects 8"),
        ('"children": frame', '"children": frame.drop(columns="psu")', "lacks the design column 'psu'"),
        ('"check", "file"', '"test", "file"', "audit has the columns test"),
        ("def prepare(files, study)", "def prepare(files)", "must take"),
        (
            "import pandas as pd",
            "import pandas as pd\nraise ValueError('boom')",
            r"\(line 2\): ValueError: boom",
        ),
    ],
)
def test_what_prepare_returns_is_checked(folder, old, new, part):
    (folder / "prepare.py").write_text(PREPARE.replace(old, new, 1))
    if part is None:
        assert "happy" in me.load_study(folder).frame("children").columns
        return
    with pytest.raises(me.StudyError, match=part):
        me.load_study(folder)


def test_undeclared_codes_stop_before_anything_is_written(folder, tmp_path):
    (tmp_path / "data" / "raw" / "toy" / "children.csv").write_text(
        DATA.replace("a1,1,1,1.1,1", "a1,1,1,1.1,3")
    )
    with pytest.raises(me.CodebookError, match=r"3 \(1\)"):
        me.load_study(folder)
    assert not (tmp_path / "data" / "processed").exists()


def test_reference_tables_keep_text_as_text(folder):
    home = folder / "reference"
    home.mkdir()
    (home / "margins.csv").write_text("region,age,value\nBukhara,11-13,1.5\nNA,7,\n")
    table = me.load_study(folder).reference("margins")
    assert table["region"].tolist() == ["Bukhara", "NA"]
    assert table["age"].tolist() == ["11-13", "7"]
    assert table["value"].isna().tolist() == [False, True]


def test_prepared_wants_data_frames():
    empty = pd.DataFrame(columns=["check", "file", "variable", "count", "action", "detail"])
    flow = pd.DataFrame(columns=["unit", "criterion", "kept", "dropped"])
    with pytest.raises(me.StudyError, match="no analysis frame"):
        me.Prepared({}, empty, flow)
    with pytest.raises(me.StudyError, match="list, not a DataFrame"):
        me.Prepared({"children": [1]}, empty, flow)


def test_a_wrong_id_names_the_studies_there_are():
    with pytest.raises(me.StudyError, match="Did you mean 'nhis_2003'"):
        me.load_study("nhis_2004")
    with pytest.raises(me.StudyError, match=r"has no study\.toml"):
        me.load_study(Path(__file__).parent)


def test_one_path_serves_the_root_and_the_folder_of_the_notebooks(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "notebooks")
    assert me.load_study("toy").folder == folder.resolve()


def test_a_notebook_of_another_study_stops_the_build(folder, tmp_path, monkeypatch):
    report = me.load_study(folder).report(chapter=1)
    table = me.Table.from_estimates(
        me.mean("sad", me.load_study(folder).design("children")),
        rows="term",
        weight="w",
        population="All",
        unit="%",
    )
    monkeypatch.setenv("MIGRATION_EFFECTS_BUILD", str(tmp_path / "build" / "other"))
    with pytest.raises(
        me.StudyError, match="loads the study 'toy', and the report being built is of 'other'"
    ):
        report.table("T1.1", table)
    monkeypatch.setenv("MIGRATION_EFFECTS_BUILD", str(tmp_path / "build" / "toy"))
    report.table("T1.1", table)
    assert (tmp_path / "build" / "toy" / "exhibits" / "T1.1.json").is_file()
