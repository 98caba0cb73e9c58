"""Layout of charts and pages: no text on another or on a line, tall charts fit, little is left alone on a page."""

import io
import itertools
import subprocess
from dataclasses import replace

import docx
import openpyxl
import pandas as pd
import pytest

from conftest import system_program
from migration_effects.report.charts.canvas import Canvas
from migration_effects.report.charts.plot import Plot
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import Formatter
from migration_effects.report.layout import Head, Line, Printed, PrintedTable
from migration_effects.report.render.document import Chapter
from migration_effects.report.render.facts import study_facts
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import report_pdf
from migration_effects.report.render.prose import Block, Run
from migration_effects.report.render.view import view_of
from migration_effects.report.render.widths import column_widths
from migration_effects.report.render.word import report_docx
from migration_effects.report.render.word_pages import (
    PAGE_HEIGHT,
    SMALLEST,
    heights_before,
    paragraph_height,
    words_height,
)
from migration_effects.report.render.workbook import report_xlsx
from migration_effects.report.style import MUTED, WIDTH, text_width
from migration_effects.report.table import Table
from report_toy import KEYS, declared, estimate, facts, in_context
from test_report_render import document

LANGUAGES = ("en", "ru", "uz")


@pytest.fixture
def canvases(monkeypatch):
    """Keep every canvas that is drawn, and the places of its reference lines."""
    drawn, lines = [], []
    svg, vertical = Canvas.svg, Plot.vertical
    monkeypatch.setattr(Canvas, "svg", lambda self: drawn.append(self) or svg(self))

    def kept(self, value, **style):
        nonlocal lines
        lines += [self.x(value)] if style["color"] == MUTED else []
        vertical(self, value, **style)

    monkeypatch.setattr(Plot, "vertical", kept)
    return drawn, lines


def label_sets(language, count=6):
    """Return the value labels of the study's variables whose longest label is longest in a language."""
    book = study_facts("uzbekistan_2019").codebook
    sets = {tuple(t[language] for t in v.values.values()) for v in book.variables if 2 < len(v.values) < 10}
    return sorted(sets, key=lambda labels: -max(len(label) for label in labels))[:count]


def grid(kind, categories, series, **options):
    """Return a chart of every category by every series."""
    pairs = list(itertools.product(categories, series))
    numbers = {"estimate": [0.4 - 0.9 * (i % 3 > 1) + i % 7 / 90 for i in range(len(pairs))], "n": 80}
    frame = pd.DataFrame(pairs, columns=["row", "line"]).assign(**numbers)
    frame["conf_low"], frame["conf_high"] = frame["estimate"] - 0.15, frame["estimate"] + 0.15
    return Figure.from_estimates(frame, kind=kind, category="row", series="line", **KEYS, **options)


def overlapping(canvas):
    """Return pairs of texts whose boxes share ground, and texts that stick out of the drawing."""
    pairs = itertools.combinations([box for box in canvas.texts if box.text.strip()], 2)
    shared = [
        (a.text, b.text)
        for a, b in pairs
        if min(a.right, b.right) - max(a.left, b.left) > 0.005
        and min(a.bottom, b.bottom) - max(a.top, b.top) > 0.005
    ]
    edges = (-0.01, WIDTH + 0.01, canvas.height + 0.01)
    out = [
        box.text
        for box in canvas.texts
        if box.left < edges[0] or box.top < edges[0] or box.right > edges[1] or box.bottom > edges[2]
    ]
    return shared + out


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["heat", "dots", "bars"])
def test_the_longest_labels_of_the_study_do_not_run_into_each_other(canvases, kind, language):
    for labels in label_sets(language):
        series = labels if kind == "heat" else ("a", "b")
        grid(kind, labels, series).to_svg()
    assert [overlapping(canvas) for canvas in canvases[0]] == [[]] * len(canvases[0])


def test_headings_of_a_grid_stand_upright_only_where_a_word_is_wider_than_its_column(canvases):
    grid("heat", ["x"], ["обрабатывающая промышленность", *"abcdefgh"]).to_svg()
    grid("heat", ["x"], list("abcdefgh")).to_svg()
    (upright, flat) = ({box.text: box for box in canvas.texts} for canvas in canvases[0])
    long = upright["обрабатывающая\nпромышленность"]
    assert long.bottom - long.top > long.right - long.left
    assert flat["a"].bottom - flat["a"].top < 0.2
    assert overlapping(canvases[0][0]) == []


def test_no_figure_of_a_dot_plot_lies_on_its_reference_line_or_marker(canvases):
    values = [-0.3, -0.04, -0.004, 0.001, 0.004, 0.2]
    printed = {Formatter("en").number(value, 3) for value in values}
    frame = pd.DataFrame({"row": [f"r{i}" for i in range(6)], "estimate": values, "n": 80})
    narrow = frame.assign(conf_low=frame["estimate"] - 0.001, conf_high=frame["estimate"] + 0.001)
    for table in (frame, narrow):
        options = {"unit": "SD", "decimals": 3, "reference": 0.0, **KEYS}
        figure = Figure.from_estimates(table, kind="dots", category="row", **options)
        figure.to_svg()
        boxes = [box for box in canvases[0][-1].texts if box.text in printed]
        assert len(boxes) == len(values)
        line = canvases[1][-1]
        assert not [box.text for box in boxes if box.left < line < box.right]
        assert {box.text for box in boxes if box.right < line} == {"−0.300", "−0.040", "−0.004"}


def tall_figure(rows=26):
    """Return a chart that is taller than a page when its rows stand as usual."""
    labels = [f"row number {i} has a label that takes two lines" for i in range(rows)]
    frame = pd.DataFrame({"row": labels, "estimate": 0.3, "conf_low": 0.2, "conf_high": 0.4, "n": 90})
    return Figure.from_estimates(frame, kind="dots", category="row", **KEYS)


def test_rows_of_a_chart_taller_than_a_page_stand_closer(canvases):
    tall_figure(8).to_svg()
    tall_figure().to_svg()
    roomy, compact = canvases[0]
    assert compact.height < 26 / 8 * roomy.height * 0.7
    assert {text.text.count("\n") for text in roomy.texts if "row number" in text.text} == {1}
    assert {text.text.count("\n") for text in compact.texts if "row number" in text.text} == {0}
    assert overlapping(compact) == []


def pages_of(blocks, views, tmp_path):
    """Return the text of each page of a chapter."""
    chapter = Chapter(1, "Opening of the chapter", tuple(blocks), tuple(views))
    program = system_program("pdftotext", "poppler-utils")
    path = tmp_path / "report.pdf"
    path.write_bytes(report_pdf(replace(document(tmp_path), chapters=(chapter,))))
    command = [program, "-layout", str(path), "-"]
    pages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")
    return [page for page in pages[3:] if page.strip()]


def paragraph(text, kind="paragraph"):
    return Block(kind, runs=(Run(text),))


def view(spec, tmp_path, exhibit_id, **more):
    study = facts(tmp_path, declared(exhibit_id))
    return view_of(replace(in_context(spec, study), **more), "en")


def long_table(rows):
    records = [(f"row {i}", "hit", 0.2, 0.05, 90) for i in range(rows)]
    return Table.from_estimates(estimate(records, ["row"]), **KEYS)


def test_a_chart_shrinks_to_stay_with_the_opening_of_its_chapter(tmp_path):
    blocks = [
        paragraph("Words before. " * 40),
        paragraph("A section", "heading"),
        Block("exhibit", exhibit="F1.1"),
    ]
    figure = view(tall_figure(24), tmp_path, "F1.1")
    pages = pages_of(blocks, [figure], tmp_path)
    assert len(pages) == 1
    assert "Figure 1.1" in pages[0]


def test_a_heading_goes_with_the_chart_that_does_not_fit(tmp_path):
    blocks = [
        paragraph("Words before. " * 400),
        paragraph("A section", "heading"),
        Block("exhibit", exhibit="F1.1"),
    ]
    pages = pages_of(blocks, [view(tall_figure(24), tmp_path, "F1.1")], tmp_path)
    assert [("A section" in page, "Figure 1.1" in page) for page in pages][-1] == (True, True)


def body(page):
    """Return the lines of a page between its running head and its foot."""
    return [line.strip() for line in page.splitlines() if line.strip()][1:-1]


def test_a_long_table_begins_under_its_text_and_a_short_one_stays_whole(tmp_path):
    blocks = [paragraph("Words before the table. " * 120), Block("exhibit", exhibit="T1.1")]
    long = pages_of(blocks, [view(long_table(40), tmp_path, "T1.1")], tmp_path)
    short = pages_of(blocks, [view(long_table(22), tmp_path, "T1.1")], tmp_path)
    assert long[0].count("15.0–25.0") > 5
    assert sum(page.count("15.0–25.0") for page in long) == 40
    assert [page.count("15.0–25.0") for page in short] == [0, 22]


def test_rows_stand_closer_where_a_table_misses_the_page_by_little(tmp_path):
    table = view(long_table(29), tmp_path, "T1.1")
    counts = []
    for words in (0, 20):
        blocks = [paragraph("Words before the table. " * 4 * words), Block("exhibit", exhibit="T1.1")]
        pages = pages_of(blocks, [table], tmp_path)
        counts.append([page.count("15.0–25.0") for page in pages])
    assert counts == [[29], [29]]


def test_the_mark_has_its_own_line_and_a_percent_sign_is_not_left_alone(tmp_path):
    population = (
        "Children of households with a parent abroad: shares by region, residence, age group and sex, "
    )
    for letters in range(12):
        spec = replace(long_table(2), population=f"{population}{'x' * letters} %")
        blocks = [Block("exhibit", exhibit="T1.1")]
        lines = body(pages_of(blocks, [view(spec, tmp_path, "T1.1")], tmp_path)[0])
        assert "SYNTHETIC DATA — not findings" in lines
        assert "%" not in lines[: lines.index("SYNTHETIC DATA — not findings")]


def test_columns_hold_the_bold_intervals_of_the_total():
    heads = (Head("a"),) * 11
    cells = (Printed("52.7", under="45.2–60.1"),) * 11
    total = PrintedTable("", (), heads, (), (Line("total", "Total", 0, cells),), ())
    size, widths = column_widths(total)
    assert widths[1] >= text_width("45.2–60.1", size * 0.85, "bold") * 72


def test_what_stands_in_parentheses_does_not_break_over_lines(tmp_path):
    rows = [("Khorezm", f"v{i}", 0.3, 0.1, 90) for i in range(5)]
    table = Table.from_estimates(estimate(rows, ["region"]), **KEYS)
    assert view(table, tmp_path, "T1.1").printed.measures[0].text == "% (95%\xa0CI)"


def test_names_of_panels_beside_each_other_have_one_size(canvases):
    names = ["Самостоятельноеипродолжительноечтение", "Дом", "Учёба", "Отдых"]
    pairs = list(itertools.product(["x", "y"], names))
    frame = pd.DataFrame(pairs, columns=["row", "part"]).assign(estimate=0.3, n=80)
    Figure.from_estimates(frame, kind="bars", category="row", panel="part", **KEYS).to_svg()
    heights = {box.text: box.bottom - box.top for box in canvases[0][0].texts}
    assert heights["Дом"] == heights["Учёба"] == heights["Отдых"] < 0.1
    assert overlapping(canvases[0][0]) == []


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


def test_the_heading_of_a_group_goes_to_the_next_page_with_its_first_row(tmp_path):
    table = view(long_table(2), tmp_path, "T1.1")
    rows = table.printed.lines
    lines = [line for g in range(25) for line in (Line("group", f"group {g}"), *rows)]
    table = replace(table, printed=replace(table.printed, lines=tuple(lines)))
    ends = []
    for words in range(0, 48, 8):
        blocks = [paragraph("Words before the table. " * words), Block("exhibit", exhibit="T1.1")]
        pages = pages_of(blocks, [table], tmp_path)
        assert sum(page.count("15.0–25.0") for page in pages) == 50
        ends += [body(page)[-1] for page in pages[:-1]]
    assert len(ends) > 6
    assert not [line for line in ends if line.startswith("group")]


def test_on_a_narrow_screen_titles_stay_in_view_and_charts_readable(browser, tmp_path):
    path = tmp_path / "report.html"
    wide = Table.from_estimates(
        [estimate([(f"row {i}", f"v{j}", 0.2, 0.05, 90) for i in range(40)], ["row"]) for j in range(6)],
        **{**KEYS, "population": "Children of households with a parent abroad, by what they said. " * 2},
    )
    path.write_text(report_html(document(tmp_path, table=wide, figure=tall_figure())), encoding="utf-8")
    context = browser.new_context(viewport={"width": 400, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(path.as_uri())
    box = "document.querySelector(e).getBoundingClientRect()"
    side = f"e => {{ const box = {box}; return [box.left, box.right, box.top] }}"
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    left, right, _ = page.evaluate(side, "#T1\\.1 caption span")
    assert 0 <= left < right <= 400
    left, right, _ = page.evaluate(side, "#F1\\.1 img")
    assert right - left > 500
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'; location.hash = 'F1.1'")
    banner = page.evaluate("document.querySelector('.banner').getBoundingClientRect().bottom")
    assert page.evaluate(side, "#title-F1\\.1")[2] >= banner
    context.close()
