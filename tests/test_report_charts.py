"""Charts: every kind is drawn, the same on every run, without hidden figures and without reading text as markup."""

import re

import pandas as pd
import pytest

from migration_effects.report.charts.horizontal import stack_limits
from migration_effects.report.charts.scale import scale_of
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import Formatter
from migration_effects.report.style import colours, ink_on, text_width
from report_toy import KEYS, estimate, small_figure

MOODS = ("very sad", "sad", "neutral", "glad", "very glad")
SHARES = (0.1, 0.2, 0.3, 0.25, 0.15)


def mood(by=None, n=200):
    rows = [(*(by or ()), f"mood[{m}]", share, 0.04, n) for m, share in zip(MOODS, SHARES, strict=True)]
    return estimate(rows, ["sex"] if by else ())


def drawn_texts(svg):
    """Return the texts of a drawing, which stand in comments where glyphs are paths."""
    return re.findall(r"<!-- (.*?) -->", svg)


CHARTS = {
    "bars": small_figure(),
    "ranked": small_figure(kind="ranked"),
    "dots": small_figure(kind="dots", reference=20.0),
    "stacked": Figure.from_estimates([mood(["boy"]), mood(["girl"])], kind="stacked", category="sex", **KEYS),
    "diverging": Figure.from_estimates([mood(["boy"]), mood(["girl"], n=20)], kind="diverging", category="sex", **KEYS),
    "lines": Figure.from_estimates(
        estimate([(a, s, "score", a / 10, 0.1, 90) for a in (11, 12, 13) for s in ("boy", "girl")], ["age", "sex"]),
        kind="lines", category="age", series="sex", unit="points", **KEYS,
    ),
    "panels": Figure.from_estimates(
        [mood(["boy"]), mood(["girl"])], kind="bars", category="level", panel="sex", **KEYS,
    ),
    "stacked panels": Figure.from_estimates(
        [mood(), estimate([("channel[phone]", 0.6, 0.1, 180), ("channel[video]", 0.4, 0.1, 180)])],
        kind="bars", category="level", panel="outcome", **KEYS,
    ),
    "heat": Figure.from_estimates(
        estimate(
            [(a, f"score{i}", i - 1.2 + a / 90, 0.1, n) for a, n in ((11, 90), (12, 20)) for i in (1, 2)], ["age"]
        ),
        kind="heat", category="by", series="outcome", unit="SD", reference=0.0, **KEYS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_every_kind_is_drawn_and_the_same_on_every_run(name):
    svg = CHARTS[name].to_svg()
    assert svg == CHARTS[name].to_svg()
    assert svg.startswith("<?xml")
    assert not re.search("<dc:date>|Matplotlib v", svg)


def test_printed_values_and_cases_stand_in_the_chart():
    texts = drawn_texts(CHARTS["bars"].to_svg())
    assert {"Bukhara", "*", "(23.4)", "(34.6)", "45.7", "n", "24", "50"} <= set(texts)
    assert not any("12.3" in text for text in texts)


def test_a_hidden_stack_shows_an_asterisk_and_no_shares():
    texts = drawn_texts(CHARTS["diverging"].to_svg())
    assert texts.count("30") == 1
    assert "*" in texts


def test_a_grid_prints_figures_with_intervals_shades_both_sides_and_hides_small_bases():
    svg = CHARTS["heat"].to_svg()
    assert {"−0.08", "0.92", "*"} <= set(drawn_texts(svg))
    assert {"−0.18\xa0to\xa00.02", "0.82–1.02"} <= set(drawn_texts(svg))
    fills = set(re.findall(r"fill: (#[0-9a-f]{6})", svg))
    deep, empty = colours(3, diverging=True)[2].lower(), "#f2f4f6"
    assert empty in fills
    assert deep not in fills


def test_dollar_signs_are_text_and_markup_is_escaped():
    frame = pd.DataFrame({"kind": ["<script>alert(1)</script>", "cost $5 to $9"], "estimate": [0.2, 0.3]})
    svg = Figure.from_estimates(frame, kind="bars", category="kind", population="Costs", weight="").to_svg()
    assert "<script>" not in svg
    assert "cost $5 to $9" in drawn_texts(svg)


def test_a_diverging_stack_is_centred_on_its_middle():
    low, high = stack_limits(CHARTS["diverging"], len(MOODS))
    left = 10 + 20 + 30 / 2
    assert high == pytest.approx((100 - left) * 1.02)
    assert low == -high


def test_the_axis_holds_every_interval_and_its_printed_value():
    numbers = Formatter("en")
    scale = scale_of(CHARTS["bars"], "%", 4.0, numbers)
    room = text_width("(34.6)", 8.0) / 4.0 * (scale.high - scale.low)
    assert scale.low == 0
    assert scale.high >= 45.67 + 5 + room


def test_series_have_distinct_colours_that_carry_their_text():
    for count in (1, 2, 4, 8):
        assert len(set(colours(count))) == count
    assert ink_on("#FFFFFF") != ink_on("#000000")
    assert text_width("wide text") > text_width("text") > text_width(" ") > 0 == text_width("")
