"""DOCX and XLSX: charts fitted to a page, words across columns, sections as sheets."""

import io
from dataclasses import replace

import docx
import openpyxl
import pytest

from layout_samples import long_table, paragraph, tall_figure, view
from migration_effects.report.render.document import Chapter
from migration_effects.report.render.prose import Block, Run
from migration_effects.report.render.word import report_docx
from migration_effects.report.render.word_pages import (
    PAGE_HEIGHT,
    SMALLEST,
    heights_before,
    paragraph_height,
    words_height,
)
from migration_effects.report.render.workbook import report_xlsx
from migration_effects.report.style import text_width
from test_report_render import document


def word_of(blocks, views, tmp_path):
    chapter = Chapter(1, "Opening of the chapter", tuple(blocks), tuple(views))
    return docx.Document(io.BytesIO(report_docx(replace(document(tmp_path), chapters=(chapter,)))))


def test_in_word_the_first_chart_of_a_chapter_is_fitted_to_its_opening(tmp_path):
    figure = view(tall_figure(24), tmp_path, "F1.1")
    chart = Block("exhibit", exhibit="F1.1")
    opening, many = paragraph("Words before. " * 105), paragraph("Words before. " * 200)
    usual, fitted, moved = (
        word_of(blocks, [figure], tmp_path).inline_shapes[0].width.pt
        for blocks in ([chart], [opening, chart], [many, chart])
    )
    assert usual * SMALLEST <= fitted < usual == moved
    height = fitted * figure.size[1] / figure.size[0]
    title = paragraph_height("Opening of the chapter", "title")
    before = title + paragraph_height(opening.runs[0].text, "paragraph")
    assert height + before + words_height(figure) == pytest.approx(PAGE_HEIGHT)


def test_in_word_a_paragraph_keeps_clear_of_the_exhibit_above(tmp_path):
    blocks = [Block("exhibit", exhibit="T1.1"), paragraph("After.")]
    word = word_of(blocks, [view(long_table(2), tmp_path, "T1.1")], tmp_path)
    styles = [p.style for p in word.paragraphs]
    assert styles[-2].paragraph_format.space_after.pt >= 8


def test_in_word_the_first_column_of_words_is_as_wide_as_its_texts(tmp_path):
    numbers = Block("table", head=("No", "Item", "Where"), rows=(("1", "Title", "Cover"),))
    names = Block("table", head=("Exhibit", "Title"), rows=(("Figure 1.10 of the first chapter", "Cover"),))
    narrow, wide = (t.columns[0].width.pt for t in word_of([numbers, names], [], tmp_path).tables)
    assert narrow < 40
    assert wide > text_width("Figure 1.10 of the first chapter", 8.5) * 72


def test_in_word_headings_count_where_they_go_with_their_exhibit():
    heading, first, second = (
        paragraph("A section", "heading"),
        Block("exhibit", exhibit="A"),
        Block("exhibit", exhibit="B"),
    )
    chapter = Chapter(1, "Opening", (paragraph("Words."), first, heading, second), ())
    title, words = paragraph_height("Opening", "title"), paragraph_height("Words.", "paragraph")
    section = paragraph_height("A section", "heading")
    assert heights_before(chapter) == {"A": (title + words, 0.0), "B": (0.0, section)}


def workbook_of(doc):
    return openpyxl.load_workbook(io.BytesIO(report_xlsx(doc)))


def test_the_workbook_holds_summary_and_annexes_as_sheets_of_words(tmp_path):
    doc = document(tmp_path)
    item = "An item of a list. " * 20 + "End."
    summary = Chapter(
        -1, "Summary: what was found", (paragraph("Words."), paragraph("A part", "heading")), (), "summary"
    )
    blocks = (
        Block("list", items=((Run(item),),)),
        Block("table", head=("No", "Item"), rows=(("1", "=Title"),)),
    )
    annex = Chapter(2, "Contents", blocks, (), "annex-strobe")
    listed = Chapter(3, "Programs", (paragraph("Words."),), (), "programs")
    book = workbook_of(replace(doc, chapters=(summary, *doc.chapters, annex, listed)))
    assert book.sheetnames == [
        "Cover",
        "Contents",
        "Notes",
        "Summary what was found",
        "T1.1",
        "F1.1",
        "annex-strobe",
    ]
    links = {link.location for row in book["Contents"].iter_rows() for c in row if (link := c.hyperlink)}
    assert {"'Summary what was found'!A1", "'annex-strobe'!A1", "'T1.1'!A1"} <= links
    texts = [cell.value for row in book["annex-strobe"].iter_rows() for cell in row if cell.value]
    assert texts == [
        "Contents",
        doc.mark,
        "Back to contents",
        f"• {item}",
        "No",
        "Item",
        "1",
        "=Title",
    ]
    assert "A part" in [cell.value for row in book["Summary what was found"].iter_rows() for cell in row]
    row = next(
        c.row for r in book["annex-strobe"].iter_rows() for c in r if c.value and "An item" in str(c.value)
    )
    assert book["annex-strobe"].row_dimensions[row].height > 40


def test_notes_on_a_sheet_run_across_its_columns_in_rows_tall_enough(tmp_path):
    note = "A note of many words. " * 30
    spec = replace(long_table(2), notes=(note,))
    book = openpyxl.load_workbook(io.BytesIO(spec.to_xlsx()))
    cell = next(c for row in book.active.iter_rows() for c in row if c.value and "A note" in str(c.value))
    merged = next(area for area in book.active.merged_cells.ranges if cell.coordinate in area)
    widths = [book.active.column_dimensions[letter].width for letter in "ABCDEFGH"]
    across = sum(widths[: merged.max_col])
    assert across >= 90
    assert cell.alignment.wrap_text
    lines = book.active.row_dimensions[cell.row].height / 12.2
    assert lines * across > text_width(note, 9) * 96 / 7
