"""Sections beside the chapters: the list of exhibits with the notebooks that make them."""

import io

import docx
import openpyxl

from conftest import ROOT
from migration_effects.report.completeness import programs
from migration_effects.report.render.facts import study_facts
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import report_pdf
from migration_effects.report.render.programs import with_programs
from migration_effects.report.render.word import report_docx
from migration_effects.report.render.workbook import report_xlsx
from test_report_render import document, pdf_text

MADE_BY = {"T1.1": "notebooks/01_migration.ipynb", "F1.1": "notebooks/02_other.ipynb"}


def test_every_declared_exhibit_has_a_notebook_that_exists():
    facts = study_facts("uzbekistan_2019")
    notebooks = sorted((ROOT / facts.notebooks).glob("*.ipynb"))
    made_by = programs(notebooks, facts.notebooks)
    assert set(made_by) == {exhibit.id for exhibit in facts.exhibits}
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
