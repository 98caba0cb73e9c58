"""Published figures on charts: crosses where the axis has their place, notes where there is none, status in footers."""

import re
from dataclasses import replace

import pytest

from migration_effects.report.charts.scale import scale_of
from migration_effects.report.context import Context
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import Formatter
from migration_effects.report.messages import messages
from migration_effects.report.presentation import present
from migration_effects.report.published import STATUS_WORDS, PublishedFigure
from migration_effects.report.published_marks import KEY, published_values
from migration_effects.report.render.view import view_of
from migration_effects.report.style import INK, SINGLE, colours
from report_toy import KEYS, declared, estimate, facts, in_context, small_figure, small_table
from test_report_charts import CHARTS, drawn_texts

BOOK = "Invented yearbook"
CROSSES = f"Crosses mark published figures ({BOOK}); printed figures are those of this report."


def published(row, column, value, *, statistic="percent", status="entered", line=2):
    return PublishedFigure(line, "F1.1", row, column, statistic, value, "", None, BOOK, "12", status, "")


def entered(figure, *figures):
    """Return a chart for which figures are entered."""
    return replace(figure, context=Context(published=figures))


def shapes(svg, colour):
    """Return the middle of every closed shape of a colour."""
    middles = []
    for path, style in re.findall(r'<path d="([^"]*)"[^>]*style="([^"]*)"', svg):
        if f"fill: {colour.lower()}" in style and path.strip().endswith("z"):
            numbers = [float(x) for x in re.findall(r"-?[\d.]+", path)]
            xs, ys = numbers[::2], numbers[1::2]
            middles.append((round((min(xs) + max(xs)) / 2, 1), round((min(ys) + max(ys)) / 2, 1)))
    return middles


@pytest.mark.parametrize("kind", ["bars", "ranked", "dots"])
def test_a_cross_is_drawn_named_and_told(kind):
    plain = small_figure(kind=kind)
    figure = entered(plain, published("region=Surkhandarya", "Estimate", 44.2))
    svg = figure.to_svg()
    assert len(shapes(svg, INK)) == len(shapes(plain.to_svg(), INK)) + 2
    assert KEY in drawn_texts(svg)
    assert KEY not in drawn_texts(plain.to_svg())
    assert "Published figures: Surkhandarya 44.2%." in figure.alt_text()
    assert CROSSES in view_of(figure, "en").notes
    assert figure.to_json() == plain.to_json()
    assert figure.to_csv() == plain.to_csv()


def test_a_cross_lies_where_its_value_is():
    figure = small_figure(kind="dots")
    cell = figure.points[-1].cell
    svg = entered(figure, published("region=Surkhandarya", "Estimate", cell.value)).to_svg()
    assert set(shapes(svg, INK)) & set(shapes(svg, SINGLE))
    other = entered(figure, published("region=Surkhandarya", "Estimate", cell.value - 4)).to_svg()
    assert not set(shapes(other, INK)) & set(shapes(other, SINGLE))


def test_the_axis_holds_a_published_figure_beyond_the_intervals():
    figure = small_figure()
    far = entered(figure, published("region=Khorezm", "Estimate", 91.0))
    numbers = Formatter("en")
    assert scale_of(figure, "%", 4.0, numbers).high < 91 < scale_of(far, "%", 4.0, numbers).high


def test_lines_get_crosses_and_a_note():
    plain = CHARTS["lines"]
    figure = entered(plain, published("age=12", "sex=girl", 1.4, statistic="mean"))
    girls = colours(2)[1]
    assert len(shapes(figure.to_svg(), girls)) == len(shapes(plain.to_svg(), girls)) + 1
    assert CROSSES in view_of(figure, "en").notes


@pytest.mark.parametrize(("name", "row", "column", "told"), [
    ("stacked", "sex=boy", "mood=sad", "boy, sad 25.0%"),
    ("diverging", "sex=boy", "mood=sad", "boy, sad 25.0%"),
    ("heat", "age=11", "score1", "11, score1 25.00 SD"),
])  # fmt: skip
def test_charts_without_an_axis_tell_published_figures_in_a_note(name, row, column, told):
    plain = CHARTS[name]
    figure = entered(plain, published(row, column, 25.0))
    assert figure.to_svg() == plain.to_svg()
    assert f"Published figures: {told}." in view_of(figure, "en").notes
    assert f"Published figures: {told}." in figure.alt_text()


def test_a_hidden_figure_stays_hidden_beside_its_published_one():
    figure = entered(small_figure(), published("region=Bukhara", "Estimate", 13.0))
    texts = drawn_texts(figure.to_svg())
    assert "*" in texts
    assert not any("12.3" in text for text in [*texts, figure.alt_text()])
    assert "Bukhara 13.0%" in figure.alt_text()


def test_numbers_of_cases_and_other_rows_are_not_marked():
    figure = entered(
        small_figure(),
        published("region=Khorezm", "Estimate", 52, statistic="n"),
        published("region=Navoiy", "Estimate", 12.0),
    )
    assert published_values(figure) == {}
    assert figure.to_svg() == small_figure().to_svg()
    assert view_of(figure, "en").notes == view_of(small_figure(), "en").notes


def test_many_published_figures_are_counted():
    rows = [(f"Level {i}", "hit", i / 100, 0.01, 90) for i in range(13)]
    many = Figure.from_estimates(estimate(rows, ["place"]), kind="bars", **KEYS)
    figure = entered(many, *(published(f"place=Level {i}", "Estimate", float(i)) for i in range(13)))
    assert "13 published figures belong to this chart" in figure.alt_text()
    assert len(shapes(figure.to_svg(), INK)) == len(shapes(many.to_svg(), INK)) + 14


@pytest.mark.parametrize(("status", "words"), [
    ((), STATUS_WORDS["none"]),
    (("entered", "checked"), STATUS_WORDS["entered"]),
    (("checked", "checked"), STATUS_WORDS["checked"]),
])  # fmt: skip
@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_footers_say_how_far_published_figures_are_checked(tmp_path, status, words, language):
    (tmp_path / "reference").mkdir()
    header = "exhibit_id,row_key,col_key,statistic,value,unit,base_n,source_title,page,status,note\n"
    lines = [f"T1.1,region=Khorezm,column {i},percent,2,,,{BOOK},,{s},\n" for i, s in enumerate(status)]
    lines += [f"T1.2,region=Khorezm,hit,percent,2,,,{BOOK},,entered,\n"]
    (tmp_path / "reference" / "published.csv").write_text(header + "".join(lines), encoding="utf-8")
    exhibit = replace(declared("T1.1"), title=dict.fromkeys(("en", "ru", "uz"), "Title"))
    context = in_context(small_table(), facts(tmp_path, exhibit)).context
    bare = replace(small_table(weight="", population="1"), context=replace(context, basis="", codebook=None))
    footer = present(bare, language).footer
    assert footer.endswith(f" · {messages(language).text(words)}")


def test_a_study_without_a_list_of_published_figures_has_no_status(tmp_path):
    context = in_context(small_table(), facts(tmp_path, declared("T1.1"))).context
    assert context.published is None
    assert "Published figures" not in view_of(replace(small_table(), context=context), "en").footer
