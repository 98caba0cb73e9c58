"""Pages of the PDF and of a narrow screen: exhibits fitted, nothing left alone, titles in view."""

import subprocess
from dataclasses import replace

from conftest import system_program
from layout_samples import long_table, paragraph, tall_figure, view
from migration_effects.report.layout import Head, Line, Printed, PrintedTable
from migration_effects.report.render.document import Chapter
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import report_pdf
from migration_effects.report.render.prose import Block
from migration_effects.report.render.widths import column_widths
from migration_effects.report.style import text_width
from migration_effects.report.table import Table
from report_toy import KEYS, estimate
from test_report_render import document


def pages_of(blocks, views, tmp_path):
    """Return the text of each page of a chapter."""
    chapter = Chapter(1, "Opening of the chapter", tuple(blocks), tuple(views))
    program = system_program("pdftotext", "poppler-utils")
    path = tmp_path / "report.pdf"
    path.write_bytes(report_pdf(replace(document(tmp_path), chapters=(chapter,))))
    command = [program, "-layout", str(path), "-"]
    pages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")
    return [page for page in pages[3:] if page.strip()]


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
