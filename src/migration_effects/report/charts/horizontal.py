"""Bars, dots and stacks drawn along a horizontal value axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke

from migration_effects.report.charts.rows import Rows, Slot
from migration_effects.report.charts.scale import value_text
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import Formatter
from migration_effects.report.style import INK, MARKERS, MUTED, SMALL, ink_on, text_width


def draw_bars(axes: Axes, rows: Rows, figure: Figure, palette: Sequence[str], numbers: Formatter) -> None:
    """Draw one bar per figure, with its interval and printed value.

    Parameters
    ----------
    axes : Axes
        Panel whose y axis is in inches from the top.
    rows : Rows
        Positions.
    figure : Figure
        The chart.
    palette : sequence of str
        One colour per series.
    numbers : Formatter
        Of the reader's language.
    """
    for slot in rows.slots:
        cell, colour = slot.point.cell, palette[slot.series]
        if cell.shown and cell.value is not None:
            few: dict[str, Any] = {"facecolor": "white", "edgecolor": colour, "hatch": "////"}
            full: dict[str, Any] = {"facecolor": colour, "edgecolor": colour}
            axes.barh(slot.y, cell.value, slot.height, linewidth=0.6, **(few if cell.mark == "few" else full))
        _interval(axes, slot, INK, "bar")
        _print_value(axes, slot, figure, numbers)
    axes.axvline(0.0, color=MUTED, linewidth=0.8)


def draw_dots(axes: Axes, rows: Rows, figure: Figure, palette: Sequence[str], numbers: Formatter) -> None:
    """Draw one marker per figure, with its interval, printed value and the reference line.

    Parameters
    ----------
    axes : Axes
        Panel whose y axis is in inches from the top.
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
        axes.axvline(figure.reference, color=MUTED, linewidth=0.9)
    for slot in rows.slots:
        cell, colour = slot.point.cell, palette[slot.series]
        _interval(axes, slot, colour, "dot")
        if cell.shown and cell.value is not None:
            face = "white" if cell.mark == "few" else colour
            marker = MARKERS[slot.series % len(MARKERS)]
            axes.plot(
                [cell.value], [slot.y], marker=marker, color=colour, markerfacecolor=face, markersize=5.5
            )
        _print_value(axes, slot, figure, numbers)


def draw_stack(
    axes: Axes, rows: Rows, figure: Figure, palette: Sequence[str], numbers: Formatter, width: float
) -> tuple[float, float]:
    """Draw one divided bar per category; a diverging stack is centred on the middle of its scale.

    Parameters
    ----------
    axes : Axes
        Panel whose y axis is in inches from the top.
    rows : Rows
        Positions.
    figure : Figure
        The chart.
    palette : sequence of str
        One colour per series.
    numbers : Formatter
        Of the reader's language.
    width : float
        Inches of the panel.

    Returns
    -------
    tuple of float
        Limits of the value axis.
    """
    bars: dict[float, list[Slot]] = {}
    for slot in rows.slots:
        bars.setdefault(slot.y, []).append(slot)
    starts = {y: _start(slots, len(palette), figure) for y, slots in bars.items()}
    low, high = stack_limits(figure, len(palette))
    for y, slots in bars.items():
        if not any(slot.point.cell.shown for slot in slots):
            axes.text(0.0, y, value_text(slots[0].point, figure, numbers), va="center", fontsize=SMALL)
            continue
        left = starts[y]
        for slot in sorted(slots, key=lambda s: s.series):
            left = _segment(axes, slot, left, palette[slot.series], numbers, width / (high - low))
    if figure.chart == "diverging":
        axes.axvline(0.0, color=MUTED, linewidth=0.8, zorder=0.5)
    return low, high


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


def _segment(
    axes: Axes, slot: Slot, left: float, colour: str, numbers: Formatter, inches_per_unit: float
) -> float:
    """Draw one segment with its figure where it fits, and return where it ends."""
    cell = slot.point.cell
    if not cell.shown or not cell.value:
        return left
    axes.barh(slot.y, cell.value, slot.height, left=left, color=colour, edgecolor="white", linewidth=0.8)
    text = numbers.estimate(cell.value, cell.mark, 0)
    if cell.value * inches_per_unit > text_width(text, SMALL) + 0.06:
        middle = left + cell.value / 2
        axes.text(
            middle, slot.y, text, ha="center", va="center_baseline", fontsize=SMALL, color=ink_on(colour)
        )
    return left + cell.value


def _interval(axes: Axes, slot: Slot, colour: str, style: str) -> None:
    """Draw the 95% interval of a figure that may be shown."""
    cell = slot.point.cell
    if not cell.shown or cell.conf_low is None or cell.conf_high is None:
        return
    width = 1.0 if style == "bar" else 1.5
    # The pale halo keeps the line visible where it crosses a dark bar.
    halo = [Stroke(linewidth=2.4, foreground="white"), Normal()] if style == "bar" else []
    ends = [cell.conf_low, cell.conf_high]
    axes.plot(ends, [slot.y, slot.y], color=colour, linewidth=width, path_effects=halo, solid_capstyle="butt")


def _print_value(axes: Axes, slot: Slot, figure: Figure, numbers: Formatter) -> None:
    """Print a figure to the right of its interval."""
    cell = slot.point.cell
    ends = [x for x in (cell.value, cell.conf_high, 0.0 if figure.chart != "dots" else None) if x is not None]
    end = max(ends, default=0.0) if cell.shown else (figure.reference or 0.0)
    style: dict[str, Any] = {"va": "center_baseline", "fontsize": SMALL, "color": INK}
    text = value_text(slot.point, figure, numbers)
    gap = 5 if figure.chart == "dots" and cell.conf_high is None else 3
    axes.annotate(text, (end, slot.y), xytext=(gap, 0), textcoords="offset points", **style)
