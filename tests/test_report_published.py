"""Published figures beside reproduced ones: made-up figures in a toy study, never those of the real report."""

import csv
import importlib.util
import io
import json
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from conftest import ROOT
from migration_effects.errors import StudyError
from migration_effects.report.published import FILE, parse_published
from migration_effects.report.published_compare import compare_published, comparison_frame
from migration_effects.report.published_exhibits import WORDS
from migration_effects.report.register import Report, declared_context
from migration_effects.report.render.assemble import assemble, compose_languages
from migration_effects.report.render.drawings import draw_charts
from migration_effects.report.render.facts import study_facts
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import PAGE, TALLEST, report_pdf
from migration_effects.report.render.published import TITLES, published_exhibits
from migration_effects.report.render.view import view_of
from migration_effects.report.render.word import report_docx
from migration_effects.report.render.workbook import report_xlsx
from migration_effects.report.table import Table
from migration_effects.study.check import check_study
from report_toy import KEYS, declared, estimate, facts, regions, small_figure, small_table
from study_folder import write_study

HEADER = "exhibit_id,row_key,col_key,statistic,value,unit,base_n,source_title,page,status,note\n"
BOOK = "Invented yearbook"
# small_table: Bukhara 12.34 on 24 cases, Ferghana 23.45 on 25, Khorezm 34.56 on 49, Surkhandarya 45.67 (40.67-50.67)
SOUND = (
    f"T1.1,region=Surkhandarya,hit,percent,44.2,%,61,{BOOK},12,checked,\n"
    f"F1.1,region=Khorezm,Estimate,percent,20,,,{BOOK},14,entered,as printed\n"
    f"T1.1,region=Bukhara,hit,percent,12,%,30,{BOOK},,entered,\n"
    f"T1.1,region=Surkhandarya,hit,n,52,,,{BOOK},12,entered,\n"
)


@pytest.fixture
def study(tmp_path):
    """Return a toy study whose folder is a temporary one."""
    (tmp_path / "reference").mkdir()
    return facts(tmp_path, declared("T1.1"), declared("F1.1", title="Chart of children"), declared("T1.2"))


def enter(study, lines):
    path = study.folder / FILE
    path.write_text(HEADER + lines, encoding="utf-8")
    return path


def exhibits(study, *, synthetic=True):
    made = {"T1.1": small_table(), "F1.1": small_figure(), "T1.2": small_table()}
    known = {exhibit.id: exhibit for exhibit in study.exhibits}
    return {
        name: replace(spec, context=declared_context(study, known[name], synthetic=synthetic))
        for name, spec in made.items()
    }


def compared(study, lines):
    return compare_published(enter(study, lines), exhibits(study), [e.id for e in study.exhibits])


def test_difference_and_interval_are_those_of_the_reproduced_cell(study):
    frame = comparison_frame(compared(study, SOUND))
    first, second = frame.iloc[0], frame.iloc[1]
    assert first["difference"] == pytest.approx(45.67 - 44.2)
    assert (first["conf_low"], first["conf_high"]) == pytest.approx((40.67, 50.67))
    assert (first["inside"], second["inside"]) == (True, False)
    assert (first["published_n"], first["reproduced_n"], first["status"]) == (61, 50, "checked")
    assert second["difference"] == pytest.approx(14.56)
    assert (second["unit"], second["page"], second["note"]) == ("%", "14", "as printed")


@pytest.mark.parametrize(("value", "inside"), [
    ("40.66", False), ("40.67", True), ("50.67", True), ("50.68", False),
])  # fmt: skip
def test_the_limits_belong_to_the_interval(study, value, inside):
    (found,) = compared(study, f"T1.1,region=Surkhandarya,hit,percent,{value},%,,{BOOK},,entered,\n")
    assert found.inside is inside


def test_a_hidden_figure_stays_hidden_in_what_is_computed_from_it(study):
    row = comparison_frame(compared(study, SOUND)).iloc[2]
    assert row[["reproduced", "conf_low", "conf_high", "difference", "inside"]].isna().all()
    table = made(study, SOUND)["TA1"].to_csv()
    assert "12.34" not in table
    assert "0.34" not in table
    assert table.count("hidden") == 3


def test_numbers_of_cases_are_compared_as_counts(study):
    found = compared(study, SOUND)[3]
    assert (found.cell.value, found.difference, found.inside) == (50, -2, None)


def made(study, lines, *, synthetic=True, languages=("en",)):
    enter(study, lines)
    return published_exhibits(study, exhibits(study, synthetic=synthetic), languages, synthetic=synthetic)


def test_all_faults_are_listed_at_once_with_the_nearest_keys(study):
    lines = (
        f"T1.1,region=Khorezn,hit,percent,1,%,,{BOOK},,entered,\n"
        f"T1.1,region=Khorezm,hitt,percent,1,%,,{BOOK},,entered,\n"
        f"T1.9,region=Khorezm,hit,percent,1,%,,{BOOK},,entered,\n"
        f"T1.1,region=Khorezm,hit,mean,1,%,,{BOOK},,entered,\n"
        f"T1.1,region=Ferghana,hit,percent,1,score,,{BOOK},,entered,\n"
        f'T1.1,region=Ferghana,hit,percnt,"1,5",%,2.5,{BOOK},,entered,\n'
        "T1.1,,hit,percent,1,%,,,,entered,\n"
        "T1.1,,,,1,,,,,none,\n"
        "T1.1,,,,,,,,,done,\n"
        f"T1.2,region=Khorezm,hit,percent,1,%,,{BOOK},,entered,\n"
        f"T1.2,region=Khorezm,hit,percent,2,%,,{BOOK},,entered,\n"
    )
    with pytest.raises(StudyError) as error:
        compared(study, lines)
    message = str(error.value)
    for part in (
        "has 12 faults",
        "line 2 (T1.1): it has no row 'region=Khorezn'; nearest of 4 allowed: 'region=Khorezm'",
        "line 3 (T1.1): it has no column 'hitt'; nearest of 1 allowed: 'hit'",
        "line 4 (T1.9): study.toml declares no such exhibit. Did you mean",
        "statistic 'mean' does not fit a figure in '%'; write percent",
        "entered in 'score', the exhibit prints '%'",
        "statistic 'percnt' is unknown; allowed: percent, mean, n, total. Did you mean 'percent'?",
        "value '1,5' is no number",
        "base_n '2.5' is no whole number",
        "line 8 (T1.1): row_key, source_title must be filled in",
        "line 9 (T1.1): it has a value but status none",
        "line 10 (T1.1): status 'done' is unknown; allowed: none, entered, checked",
        "T1.2 / region=Khorezm / hit / percent is entered 2 times",
    ):
        assert part in message, part


def test_an_exhibit_that_is_not_built_is_named(study):
    path = enter(study, SOUND)
    with pytest.raises(StudyError, match=r"line 3 \(F1.1\): no notebook has produced it"):
        compare_published(path, {"T1.1": exhibits(study)["T1.1"]}, ["T1.1", "F1.1"])


def test_cases_of_a_figure_that_is_no_estimate_cannot_be_compared(study):
    counts = Table.from_frame(
        pd.DataFrame({"region": ["Bukhara"], "households": [412]}),
        rows="region",
        columns={"households": "Households"},
        population="Households",
    )
    path = enter(study, f"T1.1,region=Bukhara,households,n,4,,,{BOOK},,entered,\n")
    with pytest.raises(StudyError, match="no number of cases"):
        compare_published(path, {"T1.1": counts}, ["T1.1"])


@pytest.mark.parametrize("lines", ["", "T1.1,,,,,,,,,none,\nF1.1,,,,,,,,,none,\n"])
def test_without_an_entered_figure_the_report_is_as_before(study, lines):
    shown = exhibits(study)
    assert made(study, lines) == {}
    (document,) = compose_languages(study, shown, ["en"], synthetic=True)
    assert [chapter.number for chapter in document.chapters] == [1]
    assert parse_published(study.folder / "reference" / "absent.csv") == ([], [])


@pytest.fixture
def document(study):
    shown = exhibits(study)
    shown |= made(study, SOUND)
    (bare,) = compose_languages(study, shown, ["en"], synthetic=True)
    return bare.with_drawings(draw_charts(shown, ["en"]))


def test_the_comparison_stands_in_every_format(document, tmp_path):
    html, pdf = report_html(document), report_pdf(document)
    assert pdf.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(report_docx(document))) as package:
        word = package.read("word/document.xml").decode()
    with zipfile.ZipFile(io.BytesIO(report_xlsx(document))) as package:
        sheets, strings = (
            package.read("xl/workbook.xml").decode(),
            package.read("xl/sharedStrings.xml").decode(),
        )
    for title in TITLES.values():
        assert title in html
        assert title in word
        assert title in strings
    assert all(f'name="{name}"' in sheets for name in ("TA1", "FA1", "TA2"))
    assert WORDS["synthetic"] in html
    assert f"{BOOK}, page 12 (T1.1)" in html
    assert "44.2" in html


def test_the_chart_has_both_figures_and_only_the_reproduced_interval(study):
    figure = made(study, SOUND)["FA1"]
    published, reproduced = figure.points[:2]
    assert (published.series, published.cell.value, published.cell.conf_low) == ("Published", 44.2, None)
    assert (reproduced.series, reproduced.cell.conf_low) == ("Reproduced", pytest.approx(40.67))
    assert "Surkhandarya" in figure.to_svg()
    assert figure.to_svg() == made(study, SOUND)["FA1"].to_svg()


def test_figures_stand_in_the_order_of_the_exhibits(study):
    groups = [row.group for row in made(study, SOUND)["TA1"].rows]
    assert groups == ["exhibit=T1.1", "exhibit=T1.1", "exhibit=F1.1"]


def test_the_csv_reads_back(study):
    rows = list(csv.DictReader(io.StringIO(made(study, SOUND)["TA1"].to_csv("en"))))
    first = {row["column"]: row["value"] for row in rows[:6]}
    assert first == {
        "Published": "44.2", "Reproduced": "45.67", WORDS["difference"]: "1.47", WORDS["inside"]: "1",
        "Published n": "61", "Reproduced n": "50",
    }  # fmt: skip


def test_figures_in_several_units_get_a_panel_each(study):
    scores = Table.from_estimates(
        estimate([("Bukhara", "hit", 7.5, 1.0, 90)], ["region"]), unit="score", **KEYS
    )
    shown = {**exhibits(study), "T1.2": scores}
    enter(study, SOUND + f"T1.2,region=Bukhara,hit,mean,7.1,score,,{BOOK},,entered,\n")
    figure = published_exhibits(study, shown, ["en"], synthetic=True)["FA1"]
    assert figure.distinct("panel") == ["%", "score"]
    assert "score" in figure.to_svg()


def test_many_figures_are_drawn_on_several_charts_that_fit_a_page(study):
    rows = [(f"Level {i}", "hit", i / 100, 0.01, 90) for i in range(23)]
    many = Table.from_estimates(estimate(rows, ["place"]), **KEYS)
    lines = "".join(f"T1.2,place=Level {i},hit,percent,{i},%,,{BOOK},,entered,\n" for i in range(23))
    enter(study, lines)
    made = published_exhibits(study, {**exhibits(study), "T1.2": many}, ["en"], synthetic=True)
    assert list(made) == ["TA1", "FA1", "FA2", "FA3"]
    drawn = [point.category for name in list(made)[1:] for point in made[name].points[::2]]
    assert drawn == [f"exhibit=T1.2 × place=Level {i} × hit" for i in range(23)]
    width, height = view_of(made["FA1"], "en").size
    assert height / width * PAGE < TALLEST


def test_assembling_writes_the_section_and_its_csv(tmp_path, monkeypatch):
    folder = write_study(tmp_path)
    monkeypatch.setenv("MIGRATION_EFFECTS_BUILD", str(tmp_path / "build" / "toy"))
    monkeypatch.chdir(tmp_path)
    facts = study_facts(folder)
    known = SimpleNamespace(
        id="toy", exhibits=facts.exhibits, synthetic=True, codebook=facts.codebook, title=facts.title,
        folder=folder, unavailable={},
    )  # fmt: skip
    Report(known, 1).table("T1.1", small_table())
    (folder / "reference").mkdir()
    line = f"T1.1,region=Surkhandarya,hit,percent,44.2,%,61,{BOOK},12,checked,\n"
    (folder / FILE).write_text(HEADER + "T1.1,,,,,,,,,none,\n", encoding="utf-8")
    (target,) = assemble(str(folder), ["en"], root=tmp_path)
    assert [path.name for path in (target / "csv").iterdir()] == ["T1.1.csv"]
    (folder / FILE).write_text(HEADER + line, encoding="utf-8")
    (target,) = assemble(str(folder), ["en"], root=tmp_path)
    assert sorted(path.stem for path in (target / "csv").iterdir()) == ["FA1", "T1.1", "TA1"]
    assert check_study(folder) == []
    (folder / FILE).write_text(HEADER + line.replace("44.2", "many"), encoding="utf-8")
    with pytest.raises(StudyError, match="value 'many' is no number"):
        assemble(str(folder), ["en"], root=tmp_path)
    assert any("value 'many' is no number" in fault for fault in check_study(folder))
    assert (target / "csv" / "TA1.csv").is_file()


def test_percentage_points_are_entered_as_percent(study):
    points = Table.from_estimates(
        estimate([("Bukhara", "hit", 0.05, 0.01, 90)], ["region"]), unit="percentage points", **KEYS
    )
    line = "T1.2,region=Bukhara,hit,{},4.5,percentage points,,Invented yearbook,,entered,\n"
    (found,) = compare_published(enter(study, line.format("percent")), {"T1.2": points}, ["T1.2"])
    assert (found.difference, found.inside) == (0.5, True)
    with pytest.raises(StudyError, match="write percent"):
        compare_published(enter(study, line.format("total")), {"T1.2": points}, ["T1.2"])


def test_on_survey_data_the_sentence_on_synthetic_data_is_not_printed(study):
    assert all(spec.notes == () for spec in made(study, SOUND, synthetic=False).values())


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_the_section_is_translated(study, language):
    codebook = regions()
    words = [replace(v, label={**v.label, language: v.label["en"]}, values={
        code: {**names, language: names["en"]} for code, names in v.values.items()
    }) for v in codebook.variables]  # fmt: skip
    study = replace(study, codebook=replace(codebook, variables=tuple(words)))
    for spec in made(study, SOUND, languages=("en", language)).values():
        html = spec.to_html(language)
        assert BOOK in html
        for word in ("Published", "Reproduced", "expected and carries"):
            assert word not in html


def test_a_notebook_gets_the_comparison_as_a_frame(study, tmp_path, monkeypatch):
    monkeypatch.setenv("MIGRATION_EFFECTS_BUILD", str(tmp_path / "build"))
    known = SimpleNamespace(
        id="toy", exhibits=study.exhibits, synthetic=True, codebook=regions(), title={"en": "Toy"},
        folder=study.folder, unavailable={},
    )  # fmt: skip
    report = Report(known, 1)
    enter(study, "T1.1,,,,,,,,,none,\n")
    assert len(report.compare_published()) == 0
    enter(study, SOUND)
    report.table("T1.1", small_table())
    report.figure("F1.1", small_figure())
    frame = report.compare_published()
    assert list(frame["exhibit_id"]) == ["T1.1", "F1.1", "T1.1", "T1.1"]
    assert frame.equals(report.compare_published(tmp_path / "build"))
    assert json.loads((tmp_path / "build" / "exhibits" / "T1.1.json").read_text())["id"] == "T1.1"


@pytest.mark.parametrize(("lines", "order"), [
    ("", "beside"),
    ("T8.1,,,,,,,,,none,\nT7.1,all,hit,percent,4,%,,Invented yearbook,,entered,\n", "beside"),
    ("T8.1,all,hit,percent,4,%,,Invented yearbook,,entered,\n", "after"),
])  # fmt: skip
def test_notebook_09_waits_for_08_only_where_a_figure_of_chapter_8_is_entered(study, lines, order):
    spec = importlib.util.spec_from_file_location("stamps", ROOT / "tools" / "stamps.py")
    stamps = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stamps)
    enter(study, lines)
    assert stamps.order(study.folder) == order
    assert stamps.order(study.folder / "elsewhere") == "beside"
