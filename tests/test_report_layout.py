"""Layout of charts: no text on another or on a line, tall charts closer."""

import itertools

import pandas as pd
import pytest

from layout_samples import tall_figure
from migration_effects.report.charts.canvas import Canvas
from migration_effects.report.charts.plot import Plot
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import Formatter
from migration_effects.report.render.facts import study_facts
from migration_effects.report.style import MUTED, WIDTH
from report_toy import KEYS

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


def test_rows_of_a_chart_taller_than_a_page_stand_closer(canvases):
    tall_figure(8).to_svg()
    tall_figure().to_svg()
    roomy, compact = canvases[0]
    assert compact.height < 26 / 8 * roomy.height * 0.7
    assert {text.text.count("\n") for text in roomy.texts if "row number" in text.text} == {1}
    assert {text.text.count("\n") for text in compact.texts if "row number" in text.text} == {0}
    assert overlapping(compact) == []


def test_names_of_panels_beside_each_other_have_one_size(canvases):
    names = ["Самостоятельноеипродолжительноечтение", "Дом", "Учёба", "Отдых"]
    pairs = list(itertools.product(["x", "y"], names))
    frame = pd.DataFrame(pairs, columns=["row", "part"]).assign(estimate=0.3, n=80)
    Figure.from_estimates(frame, kind="bars", category="row", panel="part", **KEYS).to_svg()
    heights = {box.text: box.bottom - box.top for box in canvases[0][0].texts}
    assert heights["Дом"] == heights["Учёба"] == heights["Отдых"] < 0.1
    assert overlapping(canvases[0][0]) == []
