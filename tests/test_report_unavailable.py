"""Data that lack variables: exhibits that need them say so, everything else is as it was, other faults still stop."""

import pandas as pd
import pytest

import migration_effects as me
from conftest import ROOT
from mapped_twin import write_mapping
from migration_effects.cli import main
from migration_effects.report.absent import Lost, placeholder
from migration_effects.report.completeness import code_cells, registrations
from migration_effects.report.execute import NotebookError, execute
from migration_effects.report.left_out import leave_out
from migration_effects.report.remarks import NO_WEIGHTS, UNKNOWN_SAMPLING
from migration_effects.study.load import read_study
from migration_effects.study.mapping import COLUMNS, NOT_AVAILABLE
from test_report_build import START, build, write_notebook, write_project

NAMES = dict.fromkeys(["wealth", "emo_1", "emo_2", "h_edu", "communities", "sex"], "")
CORE = {"core": ("h_edu", "age")}
LAST = 'report.table("T1.1", me.Table.from_estimates(x, population="All children"))'


def left(*cells, names=NAMES):
    """Return what is left of some cells, and what is lost."""
    return leave_out(cells, names, CORE)


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ('x = me.mean("wealth", d)', {"wealth"}),
        ('x = me.mean("age", d.where("wealth > 0 & age == 12"))', {"wealth"}),
        ('x = me.regress("age ~ wealth * other", d)', {"wealth"}),
        ('x = me.mean([f"emo_{i}" for i in range(1, 6)], d)', {"emo_1", "emo_2"}),
        ('core = " + ".join(study.covariates("core"))\nx = me.regress(f"age ~ {core}", d)', {"h_edu"}),
        ("x = me.effect(o, w, adjust=study.covariates())", {"h_edu"}),
        ('x = me.compare_effects("age", "away", c, d)', {"communities"}),
        ('x = d.data["wealth"].eq(1)\nx = x.astype(float)', {"wealth"}),
        ('x = {}\nx["a"] = me.mean("wealth", d)', {"wealth"}),
        ('x = []\nfor name in ("wealth", "age"):\n    x.append(me.mean(name, d))', {"wealth"}),
        ('x = d.data.assign(weight=d.data["wealth"])', {"wealth"}),
        ('x = {"wealth": 1}\nx |= {"b": 2}', {"wealth"}),
        ('x = 1\nx += me.mean("wealth", d)', {"wealth"}),
    ],
)
def test_an_exhibit_is_lost_with_what_its_statements_name(cell, needs):
    kept, lost = left(cell, LAST)
    assert kept[1] == ""
    assert lost == [Lost("T1.1", "table", tuple(sorted(needs)), "All children")]


@pytest.mark.parametrize(
    "cell",
    [
        'x = me.mean("age", d)',
        'x = me.mean("age", d, population="Children by sex", weight="sex", notes=["wealth"])',
        'words = {"Wealth index": 1, "By sex and wealth": 2}\nx = words',
        'x = me.mean("wealth", d)\nx = me.mean("age", d)',
        'y = me.mean("wealth", d)\nx = me.mean("age", d)',
        'names = [wealth for wealth in ("a", "b")]\nx = names',
        'x = [n for n in ["wealth", "age"] if n not in study.unavailable]',
        'for c in ["wealth"]:\n    q = c\nx = [c for c in "ab"]',
    ],
)
def test_nothing_is_lost_without_need(cell):
    kept, lost = left(cell, LAST)
    assert not lost
    assert kept[1] == LAST


def test_only_the_statements_concerned_leave_a_cell():
    cell = 'a = me.mean("age", d)\nb = me.mean("wealth", d)\nc = a'
    kept, _ = left(cell, "report.figure('F1.1', f(b))", "report.figure('F1.2', f(c))")
    assert kept == ['a = me.mean("age", d)\nc = a', "", "report.figure('F1.2', f(c))"]


def test_every_exhibit_of_the_study_has_a_population_line_to_keep():
    definition, book = read_study("uzbekistan_2019")
    names = {v.name: "" for v in book if v.kind not in ("weight", "id")}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = code_cells(path)
        lost = leave_out(cells, names, definition.covariates)[1]
        assert all(exhibit.population for exhibit in lost), path.name
        assert leave_out(cells, {}, definition.covariates) == (cells, [])
        registered = [r.id for r in registrations(path)]
        assert {exhibit.id for exhibit in lost} <= set(registered)
        if path.stem[:2] in ("01", "02", "03", "04", "05", "06", "07", "08"):
            assert len(lost) == len(registered), path.name


@pytest.mark.parametrize("kind", ["table", "figure"])
def test_what_stands_in_the_place_of_an_exhibit(kind):
    lost = Lost("T1.1" if kind == "table" else "F1.1", kind, ("as_car", "as_net"), "Estimate")
    spec = placeholder(lost)
    assert spec.kind == kind
    assert spec.cell("any row", "any column")[0].mark == "not_available"
    html = spec.to_html()
    for part in (
        "Estimate",
        "Not available in the real data: as_car / as_net.",
        "[x] means not available.",
        "[x]",
    ):
        assert part in html, part
    assert "Нет в реальных данных: as_car / as_net." in spec.to_html("ru")
    assert "Haqiqiy maʼlumotlarda yoʻq: as_car / as_net." in spec.to_html("uz")
    assert spec.to_docx()
    assert spec.to_typst()
    assert type(spec).from_json(spec.to_json()) == spec
    if kind == "figure":
        assert spec.to_svg().startswith("<?xml")
        assert "[x]" in spec.alt_text()


# --- a project of its own -------------------------------------------------------------------------------------

AGE = """report.figure("F2.1", me.Figure.from_estimates(
    me.mean("age", children, by="sex"), kind="bars", unit="years",
    population="Percentage of children who are sad", weight="w"))"""
PROSE = """# Sad children

Sad are {{ value("T1.1", row="total", column="sad") }} of the children.

{{ exhibit("T1.1") }}
"""
VARIABLES = ("hh_id", "stratum", "psu", "w", "sex", "age", "sad")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a function that writes a project whose delivered file lacks some variables."""

    def write(*without):
        folder = write_project(tmp_path / "project")
        write_notebook(folder / "notebooks" / "02_sex.ipynb", START.format(chapter=2), AGE)
        (folder / "toy" / "text" / "en").mkdir(parents=True)
        (folder / "toy" / "text" / "en" / "01_sad.md").write_text(PROSE, encoding="utf-8")
        raw = folder / "data" / "raw" / "toy"
        frame = pd.read_csv(raw / "children.csv", dtype={"hh_id": str}).drop(columns=list(without))
        frame.rename(columns=str.upper).to_csv(raw / "kids.csv", index=False)
        (raw / "children.csv").unlink()
        lines = []
        for name in VARIABLES:
            place = {"file": "kids.csv", "column": name.upper()} if name not in without else {}
            line = dict.fromkeys(COLUMNS, "") | {
                "unit": "children",
                "variable": name,
                "column": NOT_AVAILABLE,
            }
            lines.append(line | place)
        lines[0]["codes"] = "no check digit"
        write_mapping(raw, lines)
        monkeypatch.chdir(folder)
        monkeypatch.delenv("MIGRATION_EFFECTS_RAW", raising=False)
        return folder

    return write


def test_a_study_knows_what_its_data_lack(project):
    project("sad")
    study = me.load_study("toy")
    assert dict(study.unavailable) == {"sad": ""}
    assert study.lacking("sad") == ("sad",)
    assert study.lacking("age") == ()
    assert not study.outcomes
    assert study.frame("children")["sad"].isna().all()
    assert study.design("children").sampling == "known"


def test_without_weights_every_record_counts_once_and_nothing_is_known_of_precision(project):
    project("w", "psu")
    study = me.load_study("toy")
    design = study.design("children")
    assert design.sampling == "unknown"
    assert design.weights.eq(1).all()
    report = study.report(chapter=1)
    estimate = me.mean("sad", design, by="sex")
    table = report.table("T1.1", me.Table.from_estimates(estimate, population="Children", weight="w"))
    assert NO_WEIGHTS in table.remarks
    assert table.remarks.count(UNKNOWN_SAMPLING) == 1
    assert all(cell.conf_low is None and cell.std_error is None for line in table.cells for cell in line)


def test_the_report_says_what_the_data_lack(project, capsys):
    folder = project("sad")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    page = next((folder / "reports" / "toy" / "en").glob("*.html")).read_text(encoding="utf-8")
    assert "Not available in the real data: Sad." in page
    assert "Sad are [x] of the children." in page
    assert "[x] means not available." in page
    assert "The data lack variables that some exhibits need" in page
    exhibits = folder / "build" / "toy" / "exhibits"
    assert '"symbol": "not_available"' in (exhibits / "T1.1.json").read_text(encoding="utf-8")
    assert '"symbol": ""' in (exhibits / "F2.1.json").read_text(encoding="utf-8")
    assert main(["check", "toy", "--data", "data/raw/toy"]) == 0
    assert "1 exhibit cannot be filled, for variables that are not available:\n  - T1.1: sad" in (
        capsys.readouterr().out
    )


def test_another_fault_of_a_notebook_still_stops_the_build(project):
    folder = project("sad")
    notebook = folder / "notebooks" / "02_sex.ipynb"
    write_notebook(notebook, START.format(chapter=2), AGE.replace('"age"', '"agge"'))
    with pytest.raises(NotebookError, match="agge"):
        execute(notebook, folder / "build" / "toy", root=folder)


def test_data_that_lack_nothing_run_as_they_stand(project):
    folder = project()
    build_folder = folder / "build" / "toy"
    executed = execute(folder / "notebooks" / "01_sad.ipynb", build_folder, root=folder)
    assert TABLE_LINE in executed.read_text(encoding="utf-8")
    assert "not_available" not in (build_folder / "exhibits" / "T1.1.json").read_text(encoding="utf-8")


TABLE_LINE = 'me.mean(\\"sad\\", children), me.mean(\\"sad\\", children, by=\\"sex\\")'
