"""Reference values of exhibits: every difference is named, hidden figures stay hidden, surveys are refused."""

import csv
import json
import subprocess
import sys

import pytest

import migration_effects as me
from conftest import ROOT
from migration_effects.cli import main
from migration_effects.errors import StudyError
from migration_effects.report.messages import SYNTHETIC_MARK
from migration_effects.report.verification.compare import differences
from migration_effects.report.verification.lines import HIDDEN, NUMBERS, STATISTICS, Line, read_lines
from migration_effects.report.verification.verify import FILE
from migration_effects.study.load import read_study
from migration_effects.study.locate import study_folder
from report_toy import declared, facts, in_context, small_figure, small_table
from study_folder import TOML, write_study

STUDY = "uzbekistan_2019"
FIGURE = (
    '\n[[exhibit]]\nid = "F1.1"\nchapter = 1\ntitle.en = "a"\ntitle.ru = "a"\ntitle.uz = "a"\nbasis = "I"\n'
)


def write_build(project, *, synthetic=True):
    """Write the exhibits of the toy study as a build leaves them."""
    folder = project / "build" / "toy" / "exhibits"
    folder.mkdir(parents=True, exist_ok=True)
    for name, spec in (("T1.1", small_table()), ("F1.1", small_figure())):
        exhibit = in_context(spec, facts(project, declared(name)), synthetic=synthetic)
        (folder / f"{name}.csv").write_text(exhibit.to_csv(), encoding="utf-8")
    return folder


def change(path, **changes):
    """Change statistics of the last line of an exhibit; return what stood there."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    before = dict(rows[-1])
    rows[-1] |= {name: new(before[name]) for name, new in changes.items()}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(before), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return before


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Return a project whose reference values were written from its build."""
    folder = write_study(tmp_path)
    (folder / "study.toml").write_text(TOML + FIGURE, encoding="utf-8")
    write_build(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["verify", "toy", "--write"]) == 0
    return tmp_path


def test_an_unchanged_build_is_verified_and_hidden_figures_stay_hidden(toy, capsys):
    assert main(["verify", "toy"]) == 0
    assert "toy: 2 exhibits, 8 figures, all as the reference values." in capsys.readouterr().out
    text = (toy / "toy" / FILE).read_text(encoding="utf-8")
    assert "23.45" in text
    assert "12.34" not in text
    assert text.count(SYNTHETIC_MARK) == 8
    hidden = [line for line in read_lines(text, name=FILE.name) if line.statistics["flag"] == HIDDEN]
    assert [line.exhibit for line in hidden] == ["T1.1", "F1.1"]


def test_every_tampered_value_is_named_at_once(toy, capsys):
    folder = toy / "build" / "toy" / "exhibits"
    table = change(folder / "T1.1.csv", value=lambda v: f"{float(v) * (1 + 2e-8):.12g}", n=lambda n: "51")
    figure = change(folder / "F1.1.csv", conf_low=lambda v: "", flag=lambda f: "few")
    capsys.readouterr()
    assert main(["verify", "toy"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "2 exhibits, 8 figures; 4 differences:" in captured.err
    (row,) = [text for text in captured.err.splitlines() if "T1.1" in text and ": value" in text]
    assert row.startswith("  - T1.1, row 'region / region=Surkhandarya', column ")
    assert row.endswith(f"value expected {table['value']}, found {float(table['value']) * (1 + 2e-8):.12g}")
    assert "n expected 50, found 51" in captured.err
    assert f"conf_low expected {figure['conf_low']}, found nothing" in captured.err
    assert "flag expected nothing, found few" in captured.err


def test_a_tampered_reference_is_noticed(toy, capsys):
    path = toy / "toy" / FILE
    path.write_text(path.read_text(encoding="utf-8").replace(",23.45,", ",23.46,"), encoding="utf-8")
    assert main(["verify", "toy"]) == 1
    assert capsys.readouterr().err.count("value expected 23.46, found 23.45") == 2


def test_rounding_of_another_machine_is_no_difference(toy):
    path = toy / "build" / "toy" / "exhibits" / "T1.1.csv"
    change(path, value=lambda v: f"{float(v) * (1 + 1e-9):.12g}", std_error=lambda v: f"{float(v):.12f}")
    assert main(["verify", "toy"]) == 0


def test_missing_and_new_exhibits_and_lines_are_named(toy, capsys):
    folder = toy / "build" / "toy" / "exhibits"
    (folder / "F1.1.csv").unlink()
    text = (folder / "T1.1.csv").read_text(encoding="utf-8").replace("Bukhara", "Buhara")
    (folder / "T1.1.csv").write_text(text, encoding="utf-8")
    assert main(["verify", "toy"]) == 1
    err = capsys.readouterr().err
    assert "3 differences" in err
    assert "F1.1: exhibit expected present, found nothing" in err
    assert "Bukhara" in err
    assert "line expected nothing, found present" in err
    assert main(["verify", "toy", "--write"]) == 1
    assert "1 of 2 exhibits of toy are not built: F1.1" in capsys.readouterr().err


def test_figures_of_a_survey_are_neither_compared_nor_written(toy, capsys):
    before = (toy / "toy" / FILE).read_bytes()
    write_build(toy, synthetic=False)
    assert main(["verify", "toy"]) == 1
    assert "Nothing was compared" in capsys.readouterr().err
    assert main(["verify", "toy", "--write"]) == 4
    assert "2 exhibits of this build are not marked synthetic: T1.1, F1.1" in capsys.readouterr().err
    assert (toy / "toy" / FILE).read_bytes() == before


def test_without_reference_or_build_it_says_what_to_do(toy, capsys):
    for path in (toy / "build" / "toy" / "exhibits").iterdir():
        path.unlink()
    assert main(["verify", "toy"]) == 1
    assert "Run `make report STUDY=toy`" in capsys.readouterr().err
    (toy / "toy" / FILE).unlink()
    assert main(["verify", "toy"]) == 1
    assert "has no reference values" in capsys.readouterr().err


def test_all_faults_of_a_file_are_listed_at_once():
    header = "exhibit,row,column," + ",".join(STATISTICS) + ",data_origin"
    text = f"{header}\nT1.1,a,x,12.3,,,,,12,hidden,m\nT1.1,b,x,many,nan,,,,80,,m\n"
    with pytest.raises(StudyError) as caught:
        read_lines(text, name="file.csv")
    message = str(caught.value)
    assert "3 faults" in message
    assert "line 2, T1.1, row 'a', column 'x': value of a hidden figure is shown" in message
    assert "value is no number: 'many'" in message
    assert "std_error is no number: 'nan'" in message
    with pytest.raises(StudyError, match="lacks the columns p_value, exhibit"):
        read_lines(text.replace("exhibit,", "id,").replace("p_value", "p"), name="file.csv")


def line(**statistics):
    return Line("T1.1", ("a",), ("x",), dict.fromkeys(STATISTICS, "") | statistics, SYNTHETIC_MARK)


@pytest.mark.parametrize(
    ("expected", "found", "agree"),
    [
        ({"value": "1e-12", "std_error": "0.5"}, {"value": "-3e-12", "std_error": "0.5"}, True),
        ({"value": "1e-12"}, {"value": "-3e-12"}, False),
        ({"value": "1e-7", "std_error": "0.5"}, {"value": "2e-7", "std_error": "0.5"}, False),
        ({"value": "100", "std_error": "5.8e-15"}, {"value": "100", "std_error": "3.9e-15"}, True),
        ({"value": "100", "std_error": "0.5"}, {"value": "100", "std_error": "0.50000001"}, False),
        ({"p_value": "1e-12"}, {"p_value": "2e-12"}, False),
        ({"n": "1000000000"}, {"n": "1000000001"}, False),
        ({"value": "0"}, {"value": "0.0"}, True),
    ],
)
def test_the_tolerance_is_that_of_each_statistic(expected, found, agree):
    assert (differences([line(**expected)], [line(**found)]) == []) is agree


def test_lines_with_the_same_labels_are_compared_in_their_order():
    pair = [line(value="1"), line(value="2")]
    assert differences(pair, pair) == []
    assert [d.found for d in differences(pair, pair[::-1])] == ["2", "1"]
    assert [d.statistic for d in differences(pair, pair[:1])] == ["line"]


def test_writing_reference_values_makes_no_notebook_run_again(toy):
    command = [sys.executable, "-S", "-E", str(ROOT / "tools" / "stamps.py"), "toy", "en"]
    stamp = toy / "build" / "toy" / "stamps" / "study"
    subprocess.run(command, cwd=toy, check=True, capture_output=True)
    before = stamp.read_text(encoding="utf-8")
    (toy / "toy" / FILE).unlink()
    subprocess.run(command, cwd=toy, check=True, capture_output=True)
    assert stamp.read_text(encoding="utf-8") == before
    (toy / "toy" / "reference" / "margins.csv").write_text("margin\n", encoding="utf-8")
    subprocess.run(command, cwd=toy, check=True, capture_output=True)
    assert stamp.read_text(encoding="utf-8") != before


def test_an_entered_figure_runs_only_the_notebooks_that_compare(toy):
    command = [sys.executable, "-S", "-E", str(ROOT / "tools" / "stamps.py"), "toy", "en"]
    stamps = toy / "build" / "toy" / "stamps"
    last = toy / "notebooks" / "99_compared.ipynb"
    last.write_text('{"cells": [{"source": ["report.compare_published()"]}]}', encoding="utf-8")
    subprocess.run(command, cwd=toy, check=True, capture_output=True)
    before = {path.name: path.read_text(encoding="utf-8") for path in stamps.iterdir()}
    (toy / "toy" / "reference" / "published.csv").write_text("exhibit_id,value\nT1.1,3\n", encoding="utf-8")
    subprocess.run(command, cwd=toy, check=True, capture_output=True)
    after = {path.name: path.read_text(encoding="utf-8") for path in stamps.iterdir()}
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {".cache.json"} == {"render", "nb-99_compared"}


# --- the twin ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference():
    path = study_folder(STUDY) / FILE
    assert path.stat().st_size < 1_000_000
    return read_lines(path.read_text(encoding="utf-8"), name=path.name)


def test_the_reference_of_the_twin_holds_every_exhibit_and_no_hidden_number(reference):
    definition, _ = read_study(STUDY)
    assert list(dict.fromkeys(x.exhibit for x in reference)) == [e.id for e in definition.exhibits]
    assert {x.origin for x in reference} == {SYNTHETIC_MARK}
    small = [x for x in reference if x.statistics["n"] and int(x.statistics["n"]) < 25]
    assert len(small) > 10
    assert not [x for x in small if any(x.statistics[name] for name in NUMBERS if name != "n")]


def test_a_chapter_of_the_twin_gives_the_reference_values(reference, tmp_path, monkeypatch):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIGRATION_EFFECTS_RAW", raising=False)
    monkeypatch.setenv("MIGRATION_EFFECTS_BUILD", str(tmp_path / "build"))
    space = {}
    notebook = json.loads((ROOT / "notebooks" / "02_living.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), "02_living", "exec"), space)
    names = [e.id for e in me.load_study(STUDY).exhibits if e.chapter == 2]
    assert len(names) > 5
    built = [
        found
        for name in names
        for found in read_lines(
            (tmp_path / "build" / "exhibits" / f"{name}.csv").read_text(encoding="utf-8"),
            name=name,
            exhibit=name,
        )
    ]
    expected = [x for x in reference if x.exhibit in names]
    assert len(expected) > 50
    assert [str(d) for d in differences(expected, built)] == []
