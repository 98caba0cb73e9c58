"""Sections beside the chapters: summary, annexes, and the list of exhibits with the notebooks that make them."""

import io
import re
from dataclasses import replace

import docx
import openpyxl
import pytest

from conftest import ROOT
from migration_effects.errors import SpecificationError, StudyError
from migration_effects.report.completeness import programs
from migration_effects.report.render.document import compose_document
from migration_effects.report.render.facts import study_facts
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import report_pdf
from migration_effects.report.render.programs import with_programs
from migration_effects.report.render.prose import Block, parse_prose
from migration_effects.report.render.sections import ANNEXES, SUMMARY, section_faults, with_sections
from migration_effects.report.render.word import report_docx
from migration_effects.report.render.workbook import report_xlsx
from report_toy import declared, facts, in_context, small_table
from test_report_render import document, pdf_text

TEXT = ROOT / "src" / "migration_effects" / "studies" / "uzbekistan_2019" / "text"
MADE_BY = {"T1.1": "notebooks/01_migration.ipynb", "F1.1": "notebooks/02_other.ipynb"}


def test_every_declared_exhibit_has_a_notebook_that_exists():
    study = study_facts("uzbekistan_2019")
    notebooks = sorted((ROOT / study.notebooks).glob("*.ipynb"))
    made_by = programs(notebooks, study.notebooks)
    assert set(made_by) == {exhibit.id for exhibit in study.exhibits}
    assert made_by["T7.2"] == "notebooks/07_effects.ipynb"
    assert all((ROOT / path).is_file() for path in made_by.values())


def test_exhibits_and_programs_are_listed_in_every_format(tmp_path):
    listed = with_programs(document(tmp_path), MADE_BY)
    assert listed.chapters[-1].blocks[-1].rows == (
        ("Table 1.1", "Children who were hit", MADE_BY["T1.1"]),
        ("Figure 1.1", "Chart of children", MADE_BY["F1.1"]),
    )
    html, pdf = report_html(listed), pdf_text(report_pdf(listed), tmp_path)
    word = docx.Document(io.BytesIO(report_docx(listed)))
    cells = [[cell.text for cell in row.cells] for row in word.tables[-1].rows]
    assert cells == [["Exhibit", "Title", "Program"], *map(list, listed.chapters[-1].blocks[-1].rows)]
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx(listed)))
    rows = {row[0].value: row[2].value for row in book["Contents"].iter_rows(min_row=2) if row[0].value}
    assert (rows["Table 1.1"], rows["Figure 1.1"]) == tuple(MADE_BY.values())
    assert "List of exhibits and programs" not in rows
    for path in MADE_BY.values():
        assert f"<td>{path}</td>" in html
        assert path in pdf


def test_exhibits_without_a_notebook_are_not_listed(tmp_path):
    plain = document(tmp_path)
    assert with_programs(plain, {"T9.9": "notebooks/09.ipynb"}) is plain
    only = with_programs(plain, {"T1.1": MADE_BY["T1.1"]})
    assert [row[0] for row in only.chapters[-1].blocks[-1].rows] == ["Table 1.1"]
    assert only.programs == {"T1.1": MADE_BY["T1.1"]}


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_prose_has_the_same_placeholders_in_every_language(language):
    for english in sorted((TEXT / "en").glob("*.md")):
        found = [
            sorted(re.findall(r"\{\{.*?\}\}", path.read_text(encoding="utf-8")))
            for path in (english, TEXT / language / english.name)
        ]
        assert found[0] == found[1], english.name


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_shipped_sections_are_sound_prose(language):
    asked = []

    def value(*key):
        asked.append(key)
        return "0"

    for name in (SUMMARY, *ANNEXES):
        parse_prose((TEXT / language / name).read_text(encoding="utf-8"), value, where=name)
    assert ("T7.2", "Main result", "emotional_score", "detectable") in asked
    path = TEXT / language / "annex_strobe.md"
    _, (_, table) = parse_prose(path.read_text(encoding="utf-8"), value, where=path.name)
    assert [row[0] for row in table.rows] == [str(i) for i in range(1, 23)]
    assert all(len(row) == len(table.head) == 3 and all(row) for row in table.rows)


def sections(folder, **files):
    text = folder / "text" / "en"
    text.mkdir(parents=True)
    for name, content in files.items():
        (text / f"{name}.md").write_text(content, encoding="utf-8")
    study = facts(folder, declared("T1.1"))
    return {"T1.1": in_context(small_table(), study)}


def test_summary_stands_first_says_synthetic_and_annexes_last(tmp_path):
    bare = document(tmp_path)
    key = small_table()
    place = next(i for i, cells in enumerate(key.cells) if cells[0].shown)
    row, column = key.rows[place].key, key.columns[0].key
    number = f'{{{{ value("T1.1", row="{row}", column="{column}", part="detectable") }}}}'
    exhibits = sections(
        tmp_path,
        summary="# Summary\n\nAll in short.",
        annex_methods=f"# Methods\n\nDifferences of {number}.",
        annex_strobe="# List\n\n| No. | Point |\n|---|---|\n| 1 | Title |\n",
    )
    whole = with_sections(bare, tmp_path, exhibits)
    assert [c.title for c in whole.chapters] == ["Summary", bare.chapters[0].title, "Methods", "List"]
    assert whole.chapters[0].blocks[0].runs[0].text.startswith("SYNTHETIC DATA — not findings. All figures")
    assert len({c.number for c in whole.chapters}) == 4
    error = key.cells[place][0].std_error
    assert (
        whole.chapters[2].blocks[0].runs[0].text
        == f"Differences of {2.8 * error:.{key.columns[0].decimals}f}."
    )
    assert whole.chapters[3].blocks == (Block("table", head=("No.", "Point"), rows=(("1", "Title"),)),)
    assert [c.anchor for c in whole.chapters] == ["summary", "chapter-1", "annex-methods", "annex-strobe"]
    html = report_html(whole)
    assert 'href="#summary"' in html
    assert 'id="summary"' in html
    assert html.index("All in short.") < html.index('id="T1.1"') < html.index("Differences of")
    assert '<th scope="row">1</th><td>Title</td>' in html
    real = with_sections(document(tmp_path, synthetic=False), tmp_path, exhibits)
    assert [b.runs[0].text for b in real.chapters[0].blocks] == ["All in short."]


def test_a_study_without_sections_is_left_alone_and_exhibits_are_refused(tmp_path):
    bare = document(tmp_path)
    assert with_sections(bare, tmp_path, {}).chapters == bare.chapters
    exhibits = sections(tmp_path, summary='# Summary\n\n{{ exhibit("T1.1") }}')
    with pytest.raises(StudyError, match=r"summary\.md places T1.1"):
        with_sections(bare, tmp_path, exhibits)
    assert section_faults(tmp_path, "ru") == ["text/ru/summary.md is missing; text/en/summary.md exists"]


def test_columns_that_the_screen_passes_are_printed_with_their_reasons(tmp_path):
    reason = "serial number of the village <not its name>"
    study = replace(facts(tmp_path, declared("T1.1")), screen_overrides={"hh_id": reason})
    exhibits = {"T1.1": in_context(small_table(), study)}
    document = compose_document(study, exhibits, synthetic=True, language="en")
    title = "Columns that the personal-data screen passes, with the reason"
    html = report_html(document)
    assert f"<h3>{title}</h3>" in html
    assert "<dt>hh_id</dt><dd>serial number of the village &lt;not its name&gt;</dd>" in html
    pdf = " ".join(pdf_text(report_pdf(document), tmp_path).split())
    assert f"{title} hh_id {reason}" in pdf
    word = [p.text for p in docx.Document(io.BytesIO(report_docx(document))).paragraphs]
    assert word[word.index(title) + 1].startswith("hh_id")
    assert reason in word[word.index(title) + 1]
    cover = openpyxl.load_workbook(io.BytesIO(report_xlsx(document))).worksheets[0]
    cells = [(row[0].value, row[1].value) for row in cover.iter_rows()]
    assert cells[[first for first, _ in cells].index(title) + 1] == ("hh_id", reason)
    without = replace(study, screen_overrides={})
    bare = compose_document(without, exhibits, synthetic=True, language="en")
    assert title not in report_html(bare)


def test_reasons_of_the_screen_need_a_translation(tmp_path):
    study = replace(facts(tmp_path, declared("T1.1")), screen_overrides={"hh_id": "serial number"})
    study = replace(study, title={"ru": "Дети"}, exhibits=())
    with pytest.raises(SpecificationError, match="'serial number' has no translation into 'ru'"):
        compose_document(study, {}, synthetic=True, language="ru")
    translated = replace(study, texts={"ru": {"serial number": "порядковый номер"}})
    document = compose_document(translated, {}, synthetic=True, language="ru")
    assert document.screened == (("hh_id", "порядковый номер"),)
