"""Lay out the panels of a chart and draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context

from migration_effects.report.charts.canvas import (
    CROSS,
    LINE,
    Canvas,
    Key,
    axis_caption,
    fill,
    legend_height,
    widest,
    wrap_to,
)
from migration_effects.report.charts.heat import draw_heat
from migration_effects.report.charts.horizontal import draw_bars, draw_dots, draw_stack, stack_limits
from migration_effects.report.charts.lines import draw_lines
from migration_effects.report.charts.plot import Plot
from migration_effects.report.charts.rows import COMPACT, INDENT, ROOMY, Density, Rows, arrange
from migration_effects.report.charts.scale import scale_of
from migration_effects.report.figure import Figure
from migration_effects.report.presentation import Presentation, present
from migration_effects.report.published_marks import KEY, crosses
from migration_effects.report.style import INK, MARKERS, MUTED, SIZE, SMALL, WIDTH, colours, settings

_GUTTER = 0.14
_AXIS = 0.38  # inches under a panel: ticks and unit
_NO_AXIS = 0.22  # the same under a stack, which has no ticks
_STACKS = ("stacked", "diverging")
_MOST_BESIDE = 4
_TALLEST = 7.7  # inches that fit on a page with title and notes
# Kinds that are not horizontal rows.
_OWN = {"lines": draw_lines, "heat": draw_heat}


@dataclass(frozen=True)
class _Panel:
    """One panel: its name, rows, place in inches, and the size of type of its name."""

    name: str
    unit: str
    rows: Rows
    left: float
    top: float
    width: float
    labelled: bool
    counted: bool
    size: float


def draw_svg(figure: Figure, language: str) -> str:
    """Draw a chart.

    Parameters
    ----------
    figure : Figure
        The specification.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    str
        SVG, byte-identical from run to run.
    """
    words = present(figure, language)
    with rc_context(settings()):
        if figure.chart in _OWN:
            return _OWN[figure.chart](figure, words)
        return _draw_rows(figure, words)


def _draw_rows(figure: Figure, words: Presentation) -> str:
    """Draw a chart of horizontal rows."""
    series = figure.distinct("series")
    palette = colours(len(series), diverging=figure.chart == "diverging")
    keys = _keys(figure, palette, words)
    n_width = _n_width(figure, words)
    for density in (ROOMY, COMPACT):
        label_width = _label_width(figure, words, density)
        panels = _place(figure, words, legend_height(keys), label_width, n_width, density)
        height = max(p.top + p.rows.height for p in panels) + _below(figure)
        if height <= _TALLEST:
            break
    canvas = Canvas(height)
    canvas.legend(keys, LINE * 0.6)
    for panel in panels:
        _draw_panel(canvas, panel, figure, words, palette)
    return canvas.svg()


def _keys(figure: Figure, palette: tuple[str, ...], words: Presentation) -> list[Key]:
    """Return the legend; a single series needs none."""
    series = figure.distinct("series")
    published = [Key(words.labels.messages.text(KEY), INK, CROSS)] if crosses(figure) else []
    if len(series) < 2:
        return published
    markers = MARKERS if figure.chart == "dots" else ("",)
    keys = [Key(words.labels(s), palette[i], markers[i % len(markers)]) for i, s in enumerate(series)]
    return keys + published


def _label_width(figure: Figure, words: Presentation, density: Density) -> float:
    """Return the inches that the category labels take."""
    categories = [density.wrap(words.labels(c)) for c in figure.distinct("category")]
    groups = [words.labels(g) for g in figure.distinct("group") if g]
    indent = INDENT if groups else 0.0
    return min(max(widest(categories) + indent, widest(groups, weight="bold")) + 0.12, WIDTH * 0.42)


def _below(figure: Figure) -> float:
    """Return the inches under a panel."""
    return _NO_AXIS if figure.chart in _STACKS else _AXIS


def _n_width(figure: Figure, words: Presentation) -> float:
    """Return the inches that a column of unweighted cases takes."""
    cases = [words.numbers.count(p.cell.n) for p in figure.points if p.cell.n is not None]
    return widest(cases, SMALL) + 0.16 if cases else 0.0


def _place(
    figure: Figure, words: Presentation, top: float, label: float, n: float, density: Density
) -> list[_Panel]:
    """Place the panels beside each other when they share their rows, else under each other."""
    names, series = figure.distinct("panel"), figure.distinct("series")
    points = {name: [p for p in figure.points if p.panel == name] for name in names}
    stacked = figure.chart in _STACKS
    rows = {
        name: arrange(points[name], series, words.labels, stacked=stacked, density=density) for name in names
    }
    units = {name: points[name][0].unit for name in names}
    shared = len({tuple((p.group, p.category, p.series) for p in points[name]) for name in names}) == 1
    head = LINE * 1.6 if any(names) else (LINE if n else 0.05)
    if shared and 1 < len(names) <= _MOST_BESIDE and figure.chart not in _STACKS:
        same_n = len({tuple(p.cell.n for p in points[name]) for name in names}) == 1
        counted = [bool(n) and (not same_n or name == names[-1]) for name in names]
        free = WIDTH - label - n * sum(counted) - _GUTTER * (len(names) - 1)
        width, left, panels = free / len(names), label, []
        size = min(wrap_to(words.labels(name), width)[1] for name in names)
        lines = max(fill(words.labels(name), width, size, "bold").count("\n") for name in names)
        for name, has_n in zip(names, counted, strict=True):
            place = (left, top + head + LINE * lines, width)
            panels.append(_Panel(name, units[name], rows[name], *place, name == names[0], has_n, size))
            left += width + (n if has_n else 0.0) + _GUTTER
        return panels
    panels = []
    for name in names:
        place = (label, top + head, WIDTH - label - n)
        panels.append(_Panel(name, units[name], rows[name], *place, True, bool(n), SIZE))
        top += head + rows[name].height + _below(figure) + 0.06
    return panels


def _draw_panel(
    canvas: Canvas, panel: _Panel, figure: Figure, words: Presentation, palette: tuple[str, ...]
) -> None:
    """Draw one panel with its title, labels, axis and column of cases."""
    place = (panel.left, panel.top, panel.width, panel.rows.height)
    if figure.chart in _STACKS:
        plot = Plot(canvas, *place, *stack_limits(figure, len(palette)))
        draw_stack(plot, panel.rows, figure, palette, words.numbers)
    else:
        scale = scale_of(figure, panel.unit, panel.width, words.numbers)
        plot = Plot(canvas, *place, scale.low, scale.high)
        scale.draw(plot, words.numbers)
        draw = draw_dots if figure.chart == "dots" else draw_bars
        draw(plot, panel.rows, figure, palette, words.numbers)
    _panel_text(canvas, panel, words, 0.09 if figure.chart in _STACKS else 0.28)


def _panel_text(canvas: Canvas, panel: _Panel, words: Presentation, gap: float) -> None:
    """Write the panel's title, row labels, cases, and its unit some inches under it."""
    if panel.name:
        style: dict[str, Any] = {"fontweight": "bold", "va": "bottom"}
        beside = not panel.labelled or panel.left + panel.width < WIDTH * 0.8
        left = panel.left if beside else 0.0
        title = fill(words.labels(panel.name), panel.width if beside else WIDTH, panel.size, "bold")
        canvas.text(left, panel.top - 0.05, title, fontsize=panel.size, **style)
    if panel.labelled:
        for label in panel.rows.labels:
            if label.heading:
                canvas.text(0.0, panel.top + label.y, label.text, fontweight="bold", va="center_baseline")
            else:
                canvas.text(label.indent, panel.top + label.y, label.text, linespacing=1.05)
    unit = words.labels(panel.unit) if panel.unit not in ("", "number") else ""
    bottom = panel.top + panel.rows.height
    axis_caption(canvas, unit, panel.left, bottom + gap)
    if panel.counted:
        _cases(canvas, panel, words)


def _cases(canvas: Canvas, panel: _Panel, words: Presentation) -> None:
    """Write the column of unweighted cases, once per bar or once per category where they agree."""
    right = panel.left + panel.width + _n_right(panel, words)
    style: dict[str, Any] = {"ha": "right", "fontsize": SMALL, "color": MUTED, "va": "center_baseline"}
    canvas.text(right, panel.top - 0.06, words.labels.messages.text("n"), **style)
    groups: dict[tuple[str, str], list] = {}
    for slot in panel.rows.slots:
        groups.setdefault((slot.point.group, slot.point.category), []).append(slot)
    for slots in groups.values():
        if len({slot.point.cell.n for slot in slots}) == 1:
            middle = sum(slot.y for slot in slots) / len(slots)
            _case(canvas, right, panel.top + middle, slots[0].point.cell.n, words, style)
        else:
            for slot in slots:
                _case(canvas, right, panel.top + slot.y, slot.point.cell.n, words, style)


def _n_right(panel: _Panel, words: Presentation) -> float:
    """Return the distance from a panel to the right edge of its column of cases."""
    cases = [words.numbers.count(s.point.cell.n) for s in panel.rows.slots if s.point.cell.n is not None]
    return widest(cases, SMALL) + 0.1


def _case(canvas: Canvas, left: float, top: float, n: int | None, words: Presentation, style: dict) -> None:
    """Write one number of cases."""
    if n is not None:
        canvas.text(left, top, words.numbers.count(n), **style)
