"""HTML and PDF of a small report: every number read back, accessible, self-contained, marked, deterministic."""

import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from conftest import system_program
from migration_effects.errors import StudyError
from migration_effects.report.layout import print_table
from migration_effects.report.presentation import present
from migration_effects.report.render.document import compose_document
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import TALLEST, TypesettingError, drawing_width, report_pdf
from migration_effects.report.render.subset import NAME, subset_font
from migration_effects.report.render.widths import PAGE, SIZES, column_widths
from migration_effects.report.style import text_width
from migration_effects.report.table import Table
from report_toy import KEYS, declared, estimate, facts, in_context, small_figure, small_table

MARK = "SYNTHETIC DATA — not findings"


def regression():
    rows = [("Intercept", 1.23456, 0.3, 688), ("away[T.both]", -0.98765, 0.25, 688)]
    return Table.from_estimates(
        {"Model 1": estimate(rows)}, rows="term", unit="SD", references={"away": "none"}, **KEYS
    )


def document(folder, *, synthetic=True, table=None, figure=None):
    study = facts(folder, declared("T1.1"), declared("F1.1", title="Chart of children", prespecified=False))
    table, figure = table or small_table(), figure or small_figure()
    exhibits = {
        "T1.1": in_context(table, study, synthetic=synthetic),
        "F1.1": in_context(figure, study, synthetic=synthetic),
    }
    return compose_document(study, exhibits, synthetic=synthetic, language="en")


class Cells(HTMLParser):
    """Collect the text of table cells, and images."""

    def __init__(self):
        super().__init__()
        self.cells, self.images, self.inside = [], [], False

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "th"):
            self.cells.append("")
            self.inside = True
        if tag == "img":
            self.images.append(dict(attrs))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.cells[-1] += data


def pdf_text(content, tmp_path):
    program = system_program("pdftotext", "poppler-utils")
    (tmp_path / "report.pdf").write_bytes(content)
    command = [program, "-layout", str(tmp_path / "report.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_numbers_are_read_back_from_html_and_pdf(tmp_path):
    doc = document(tmp_path, table=regression())
    html, text = report_html(doc), pdf_text(report_pdf(doc), tmp_path)
    parser = Cells()
    parser.feed(html)
    expected = ["1.23", "0.93–1.53", "−0.99", "−1.24\xa0to\xa0−0.74", "ref.", "688", "48", "40"]
    assert set(expected) <= set(parser.cells)
    assert all(number.replace("\xa0", " ") in text.replace("\xa0", " ") for number in expected)


def test_html_is_self_contained_and_accessible(tmp_path):
    html = report_html(document(tmp_path))
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    assert f'content="{policy}"' in html
    assert not {"http:", "https:", "<script"} & set(
        re.findall(r"https?:|<script", re.sub(r'"data:[^"]*"', "", html))
    )
    parser = Cells()
    parser.feed(html)
    assert all(
        image["alt"] and image["src"].startswith("data:image/svg+xml;base64,") for image in parser.images
    )
    assert len(parser.images) == 1
    assert html.count("<caption>") == html.count("<table>") == 2
    assert re.findall(r"<th(?![^>]*scope=)[ >]", html) == []
    assert f"font-family: '{NAME}'" in html
    assert "Source Sans" not in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_synthetic_data_are_marked_on_every_exhibit_and_page(tmp_path):
    doc = document(tmp_path)
    html = report_html(doc)
    assert html.count(f'<p class="mark">{MARK}</p>') == 2
    assert f'<aside class="banner" aria-label="Data"><p>{MARK}</p></aside>' in html
    pages = pdf_text(report_pdf(doc), tmp_path).split("\f")[:-1]
    assert len(pages) >= 3
    assert all(MARK in page for page in pages)


def test_real_data_carry_no_mark(tmp_path):
    doc = document(tmp_path, synthetic=False)
    assert "SYNTHETIC" not in report_html(doc)
    assert "SYNTHETIC" not in pdf_text(report_pdf(doc), tmp_path)


def test_titles_footers_and_ethics_are_printed(tmp_path):
    html = report_html(document(tmp_path))
    assert "Children &lt;of&gt; a toy &amp; study" in html
    assert all(word in html for word in ("Table 1.1", "Figure 1.1", "Exploratory"))
    footer = "Basis: T 4.1 · Calibration: C, assumption · Data: synthetic · Weight: Child weight · Unweighted n: 50"
    assert html.count(footer) == 2
    assert "<dt>Ethics review</dt><dd>not declared</dd>" in html
    assert "<dt>Data controller</dt><dd>Institute</dd>" in html


def test_two_renderings_have_the_same_bytes(tmp_path):
    first, second = document(tmp_path), document(tmp_path)
    assert report_html(first) == report_html(second)
    assert report_pdf(first) == report_pdf(second)


def test_a_chart_without_alternative_text_stops_the_pdf(tmp_path):
    doc = document(tmp_path)
    chapter = doc.chapters[0]
    views = tuple(replace(view, alt="") for view in chapter.views)
    with pytest.raises(TypesettingError, match="alt"):
        report_pdf(replace(doc, chapters=(replace(chapter, views=views),)))


def test_a_character_without_glyph_stops_the_pdf(tmp_path):
    with pytest.raises(TypesettingError):
        report_pdf(document(tmp_path, table=small_table(notes=["\U0001f9ff"])))


def test_pdf_is_tagged_and_has_title_and_language(tmp_path):
    content = report_pdf(document(tmp_path))
    assert all(mark in content for mark in (b"/Lang", b"pdfuaid", b"/Marked true"))


def test_subset_fonts_drop_the_reserved_name():
    content = subset_font("SourceSansPro-Regular.ttf", set("abc"))
    assert content == subset_font("SourceSansPro-Regular.ttf", set("cba"))
    assert len(content) < 20_000


def test_prose_places_exhibits_and_takes_numbers_from_them(tmp_path):
    text = tmp_path / "text" / "en"
    text.mkdir(parents=True)
    place = 'value("T1.1", row="region=Khorezm", column="hit"'
    prose = f"""# Discipline in 2019

In Khorezm it was *about* {{{{ {place}) }}}} ({{{{ {place}, part="interval") }}}}).

- one
- **two**

{{{{ exhibit("F1.1") }}}}

{{{{ exhibit("T1.1") }}}}
"""
    (text / "01_hit.md").write_text(prose, encoding="utf-8")
    doc = document(tmp_path)
    assert doc.chapters[0].title == "Discipline in 2019"
    assert [view.id for view in doc.chapters[0].views] == ["F1.1", "T1.1"]
    html = report_html(doc)
    assert "In Khorezm it was <em>about</em> (34.6%) (29.6–39.6)." in html
    assert "<li><strong>two</strong></li>" in html
    assert "Discipline in 2019" in pdf_text(report_pdf(doc), tmp_path)


@pytest.mark.parametrize(("prose", "message"), [
    ("# T\n\nIt was 34.6.\n", "bare digits 34.6"),
    ('# T\n\n{{ value("T1.1", row="region=Korezm", column="hit") }}\n', "Did you mean 'region=Khorezm'"),
    ('# T\n\n{{ value("T1.1", row="region=Bukhara", column="hit") }}\n', "may not be shown"),
    ('# T\n\n{{ value("T9.9", row="a", column="b") }}\n', "no such exhibit"),
    ('# T\n\n{{ open("x") }}\n', "neither value"),
    ('# T\n\nSee {{ exhibit("T1.1") }} here.\n', "paragraph of its own"),
    ("No title\n", "no title"),
    ("# T\n\nWords only.\n", "T1.1 is not placed"),
])  # fmt: skip
def test_faulty_prose_stops_the_build(tmp_path, prose, message):
    text = tmp_path / "text" / "en"
    text.mkdir(parents=True)
    (text / "01.md").write_text(prose, encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        document(tmp_path)


def test_prose_may_name_years_ages_and_exhibits(tmp_path):
    text = tmp_path / "text" / "en"
    text.mkdir(parents=True)
    words = "In 2019 children aged 11–17 (95% CI) see Table 1.1, section 4.2 and F1.1."
    (text / "01.md").write_text(
        f'# T\n\n{words}\n\n{{{{ exhibit("T1.1") }}}}\n\n{{{{ exhibit("F1.1") }}}}\n', encoding="utf-8"
    )
    assert words in report_html(document(tmp_path))


def test_a_language_without_titles_or_catalogue_is_refused(tmp_path):
    study = facts(tmp_path, declared("T1.1"))
    with pytest.raises(Exception, match="no message catalogue for 'uz_Cyrl'"):
        compose_document(study, {}, synthetic=True, language="uz_Cyrl")
    with pytest.raises(StudyError, match="no title in 'ru'"):
        compose_document(study, {}, synthetic=True, language="ru")


def test_columns_fill_the_page_and_hold_every_figure(tmp_path):
    few = print_table(small_table(), present(small_table(), "en"))
    size, widths = column_widths(few)
    assert size == SIZES[0]
    assert sum(widths) == pytest.approx(PAGE)
    assert widths[2] >= text_width("(29.6–39.6)", size) * 72
    rows = [(f"item{i}", 0.1, 0.05, 200 + i) for i in range(8)]
    many = Table.from_estimates(estimate(rows), **KEYS)
    size, widths = column_widths(print_table(many, present(many, "en")))
    assert size < SIZES[0]
    assert sum(widths) == pytest.approx(PAGE)
    assert min(widths) > 0


def test_tall_charts_shrink_to_the_page(tmp_path):
    view = document(tmp_path).chapters[0].views[1]
    assert drawing_width(view) == PAGE
    assert drawing_width(replace(view, size=(450.0, 900.0))) == pytest.approx(TALLEST / 2)
