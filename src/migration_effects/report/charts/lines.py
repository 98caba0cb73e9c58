"""Lines over an ordered category, with confidence bands and names at the line ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.ticker import MaxNLocator

from migration_effects.report.charts.canvas import Canvas, axis_caption, widest
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import SYMBOLS
from migration_effects.report.presentation import Presentation
from migration_effects.report.published_marks import crosses
from migration_effects.report.style import GRID, INK, MARKERS, MUTED, SMALL, WIDTH, colours

_HEIGHT = 2.6
_LEFT = 0.45
_TOP = 0.25
_MARGIN = 0.05  # of the range of values, above and below
_BESIDE = 0.1  # inches between a line's end and its name
_TICK = 0.05  # inches between an axis and its labels


@dataclass(frozen=True)
class _Plane:
    """Where categories and values lie, in inches."""

    width: float
    categories: int
    low: float
    high: float

    def x(self, place: int) -> float:
        """Return the inches from the left of a category."""
        return _LEFT + (place + 0.3) / (self.categories - 0.4) * self.width

    def y(self, value: float) -> float:
        """Return the inches from the top of a value."""
        return _TOP + (self.high - value) / (self.high - self.low) * _HEIGHT


def draw_lines(figure: Figure, words: Presentation) -> str:
    """Draw a line chart.

    Parameters
    ----------
    figure : Figure
        Categories in drawing order, one line per series; one panel.
    words : Presentation
        Words and formats of one language.

    Returns
    -------
    str
        SVG.
    """
    series, categories = figure.distinct("series"), figure.distinct("category")
    names = [words.labels(name) if name else "" for name in series]
    canvas = Canvas(_TOP + _HEIGHT + 0.5)
    axis_caption(canvas, words.labels(figure.points[0].unit), 0.0, 0.1)
    plane = _Plane(WIDTH - _LEFT - widest(names) - 0.12, len(categories), *_limits(figure))
    _axes(canvas, plane, [words.labels(c) for c in categories], words)
    if figure.reference is not None:
        _level(canvas, plane, figure.reference, INK, 0.8)
    for i, (name, text) in enumerate(zip(series, names, strict=True)):
        _line(canvas, plane, figure, categories, name, text, i)
    for point, value in crosses(figure).items():
        place = (plane.x(categories.index(point.category)), plane.y(value))
        canvas.cross(*place, size=4.5, color=colours(len(series))[series.index(point.series)])
    return canvas.svg()


def _limits(figure: Figure) -> tuple[float, float]:
    """Return the lowest and highest value of the axis."""
    cells = [p.cell for p in figure.points if p.cell.shown]
    values = [x for cell in cells for x in (cell.value, cell.conf_low, cell.conf_high) if x is not None]
    values += crosses(figure).values()
    values += [figure.reference] if figure.reference is not None else []
    low, high = min(values, default=0.0), max(values, default=1.0)
    margin = _MARGIN * (high - low) or 0.5
    return low - margin, high + margin


def _axes(canvas: Canvas, plane: _Plane, categories: list[str], words: Presentation) -> None:
    """Draw the grid of values and name values and categories."""
    ticks = MaxNLocator(nbins=6).tick_values(plane.low, plane.high)
    for tick in ticks:
        if plane.low <= tick <= plane.high:
            _level(canvas, plane, tick, GRID, 0.6)
            text = words.numbers.number(tick, int(tick % 1 != 0))
            canvas.text(_LEFT - _TICK, plane.y(tick), text, ha="right", va="center_baseline")
    _level(canvas, plane, plane.low, GRID, 0.6)
    for j, category in enumerate(categories):
        style: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": SMALL, "color": MUTED}
        canvas.text(plane.x(j), _TOP + _HEIGHT + _TICK, category, **style)


def _level(canvas: Canvas, plane: _Plane, value: float, color: str, linewidth: float) -> None:
    """Draw a horizontal line."""
    y = plane.y(value)
    canvas.line([(_LEFT, y), (_LEFT + plane.width, y)], color=color, linewidth=linewidth)


def _line(
    canvas: Canvas, plane: _Plane, figure: Figure, categories: list[str], name: str, text: str, i: int
) -> None:
    """Draw one series: line, band, hollow markers on small bases, asterisks where hidden, its name at the end."""
    colour = colours(len(figure.distinct("series")))[i]
    points = {p.category: p.cell for p in figure.points if p.series == name}
    shown = [(plane.x(j), points[c]) for j, c in enumerate(categories) if c in points and points[c].shown]
    upper = [(x, plane.y(cell.conf_high)) for x, cell in shown if cell.conf_high is not None]
    lower = [(x, plane.y(cell.conf_low)) for x, cell in shown if cell.conf_low is not None]
    if upper and lower:
        canvas.area([*upper, *reversed(lower)], fill=colour, alpha=0.15)
    places = [(x, plane.y(cell.value), cell) for x, cell in shown if cell.value is not None]
    if places:
        canvas.line([(x, y) for x, y, _ in places], color=colour, linewidth=1.6)
    for x, y, cell in places:
        face = "white" if cell.mark == "few" else colour
        canvas.marker(x, y, MARKERS[i % len(MARKERS)], color=colour, face=face, size=4.5)
    for j, category in enumerate(categories):
        if category in points and points[category].mark == "hidden":
            canvas.text(plane.x(j), _TOP + _HEIGHT, SYMBOLS["hidden"], ha="center", va="bottom")
    if places and text:
        x, y, _ = places[-1]
        canvas.text(x + _BESIDE, y, text, color=colour, fontsize=SMALL + 1)
