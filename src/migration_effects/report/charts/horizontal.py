"""Bars, dots and stacks drawn along a horizontal value axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migration_effects.report.charts.plot import Plot
from migration_effects.report.charts.rows import Rows, Slot
from migration_effects.report.charts.scale import left_of_reference, value_text
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import Formatter
from migration_effects.report.published_marks import crosses
from migration_effects.report.style import INK, MARKERS, MUTED, SMALL, ink_on, text_width

# Inches between a figure and the mark on its left.
_BESIDE_MARKER = 0.07
_BESIDE_LINE = 0.042
_CROSS = 5.5  # points


def draw_bars(plot: Plot, rows: Rows, figure: Figure, palette: Sequence[str], numbers: Formatter) -> None:
    """Draw one bar per figure, with its interval and printed value.

    Parameters
    ----------
    plot : Plot
        The panel.
    rows : Rows
        Positions.
    figure : Figure
        The chart.
    palette : sequence of str
        One colour per series.
    numbers : Formatter
        Of the reader's language.
    """
    published = crosses(figure)
    for slot in rows.slots:
        cell, colour = slot.point.cell, palette[slot.series]
        if cell.shown and cell.value is not None:
            few: dict[str, Any] = (
                {"fill": "white", "hatch": "////"} if cell.mark == "few" else {"fill": colour}
            )
            plot.bar(slot.y, slot.height, 0.0, cell.value, edge=colour, **few)
        # The pale halo keeps the line visible where it crosses a dark bar.
        _interval(plot, slot, INK, linewidth=1.0, halo=2.4)
        _print_value(plot, slot, figure, numbers, published.get(slot.point))
    plot.vertical(0.0, color=MUTED, linewidth=0.8)


def draw_dots(plot: Plot, rows: Rows, figure: Figure, palette: Sequence[str], numbers: Formatter) -> None:
    """Draw one marker per figure, with its interval, printed value and the reference line.

    Parameters
    ----------
    plot : Plot
        The panel.
    rows : Rows
        Positions.
    figure : Figure
        The chart.
    palette : sequence of str
        One colour per series.
    numbers : Formatter
        Of the reader's language.
    """
    if figure.reference is not None:
        plot.vertical(figure.reference, color=MUTED, linewidth=0.9)
    published = crosses(figure)
    for slot in rows.slots:
        cell, colour = slot.point.cell, palette[slot.series]
        _interval(plot, slot, colour, linewidth=1.5)
        if cell.shown and cell.value is not None:
            face = "white" if cell.mark == "few" else colour
            shape = MARKERS[slot.series % len(MARKERS)]
            place = (plot.x(cell.value), plot.top + slot.y)
            plot.canvas.marker(*place, shape, color=colour, face=face, size=5.5)
        _print_value(plot, slot, figure, numbers, published.get(slot.point))


def draw_stack(plot: Plot, rows: Rows, figure: Figure, palette: Sequence[str], numbers: Formatter) -> None:
    """Draw one divided bar per category; a diverging stack is centred on the middle of its scale.

    Parameters
    ----------
    plot : Plot
        The panel, with the limits of :func:`stack_limits`.
    rows : Rows
        Positions.
    figure : Figure
        The chart.
    palette : sequence of str
        One colour per series.
    numbers : Formatter
        Of the reader's language.
    """
    if figure.chart == "diverging":
        plot.vertical(0.0, color=MUTED, linewidth=0.8)
    bars: dict[float, list[Slot]] = {}
    for slot in rows.slots:
        bars.setdefault(slot.y, []).append(slot)
    for y, slots in bars.items():
        if not any(slot.point.cell.shown for slot in slots):
            hidden = value_text(slots[0].point, figure, numbers)
            plot.canvas.text(plot.x(0.0), plot.top + y, hidden, fontsize=SMALL)
            continue
        left = _start(slots, len(palette), figure)
        for slot in sorted(slots, key=lambda s: s.series):
            left = _segment(plot, slot, left, palette[slot.series], numbers)


def stack_limits(figure: Figure, count: int) -> tuple[float, float]:
    """Return the limits of the value axis of a stack.

    Parameters
    ----------
    figure : Figure
        The chart.
    count : int
        Number of series.

    Returns
    -------
    tuple of float
        0 to the longest bar; around zero for a diverging stack.
    """
    series = figure.distinct("series")
    reach = []
    for key in dict.fromkeys((p.panel, p.group, p.category) for p in figure.points):
        points = [p for p in figure.points if (p.panel, p.group, p.category) == key and p.cell.shown]
        total = sum(p.cell.value or 0.0 for p in points)
        start = -_before([(series.index(p.series), p.cell.value or 0.0) for p in points], count)
        reach.append((start if figure.chart == "diverging" else 0.0, start + total, total))
    if figure.chart == "diverging":
        edge = max(5.0, *(max(-first, last) for first, last, _ in reach))
        return -edge * 1.02, edge * 1.02
    return 0.0, max(1.0, *(total for _, _, total in reach))


def _before(values: list[tuple[int, float]], count: int) -> float:
    """Return the length of a stack before the middle of its scale."""
    middle = (count - 1) / 2
    return sum(v if i < middle else v / 2 if i == middle else 0.0 for i, v in values)


def _start(slots: list[Slot], count: int, figure: Figure) -> float:
    """Return where a stack begins."""
    if figure.chart != "diverging":
        return 0.0
    return -_before([(s.series, s.point.cell.value or 0.0) for s in slots if s.point.cell.shown], count)


def _segment(plot: Plot, slot: Slot, left: float, colour: str, numbers: Formatter) -> float:
    """Draw one segment with its figure where it fits, and return where it ends."""
    cell = slot.point.cell
    if not cell.shown or not cell.value:
        return left
    right = left + cell.value
    plot.bar(slot.y, slot.height, left, right, fill=colour, edge="white", linewidth=0.8)
    text = numbers.estimate(cell.value, cell.mark, 0)
    if plot.x(right) - plot.x(left) > text_width(text, SMALL) + 0.06:
        style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "color": ink_on(colour)}
        plot.canvas.text(plot.x((left + right) / 2), plot.top + slot.y, text, fontsize=SMALL, **style)
    return right


def _interval(plot: Plot, slot: Slot, colour: str, *, linewidth: float, halo: float = 0.0) -> None:
    """Draw the 95% interval of a figure that may be shown."""
    cell = slot.point.cell
    if cell.shown and cell.conf_low is not None and cell.conf_high is not None:
        limits = (cell.conf_low, cell.conf_high)
        plot.interval(slot.y, *limits, color=colour, linewidth=linewidth, halo=halo)


def _print_value(plot: Plot, slot: Slot, figure: Figure, numbers: Formatter, published: float | None) -> None:
    """Print a figure beside its interval, and mark the published one.

    It stands to the right, or to the left where the reference line lies there, and keeps clear of the cross.
    """
    cell, y, dots = slot.point.cell, plot.top + slot.y, figure.chart == "dots"
    style: dict[str, Any] = {"va": "center_baseline", "fontsize": SMALL}
    text = value_text(slot.point, figure, numbers)
    ends = [plot.x(x) for x in (cell.value, cell.conf_low, cell.conf_high) if x is not None and cell.shown]
    # Where an interval ends inside its marker, the figure keeps clear of the marker.
    marker = [plot.x(cell.value)] if dots and cell.shown and cell.value is not None else []
    width, cross = text_width(text, SMALL), None if published is None else plot.x(published)
    if cross is not None:
        plot.canvas.cross(cross, y, size=_CROSS)
    if left_of_reference(slot.point, figure):
        end = min([x - _BESIDE_LINE for x in ends] + [x - _BESIDE_MARKER for x in marker])
        if cross is not None and -width - _BESIDE_MARKER < cross - end < _BESIDE_MARKER:
            end = cross - _BESIDE_MARKER
        plot.canvas.text(end, y, text, ha="right", **style)
        return
    ends = ends or [plot.x(figure.reference or 0.0)]
    ends += [] if dots else [plot.x(0.0)]
    end = max([x + _BESIDE_LINE for x in ends] + [x + _BESIDE_MARKER for x in marker])
    if cross is not None and -_BESIDE_MARKER < cross - end < width + _BESIDE_MARKER:
        end = cross + _BESIDE_MARKER
    plot.canvas.text(end, y, text, **style)
