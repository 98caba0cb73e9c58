"""A grid of figures shaded by their value: rows are categories, columns are series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_hex

from migration_effects.report.charts.canvas import Canvas, axis_caption, fill, widest, wrap
from migration_effects.report.charts.plot import Plot
from migration_effects.report.charts.rows import INDENT, Rows, Slot, arrange
from migration_effects.report.charts.scale import value_text
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import Formatter
from migration_effects.report.presentation import Presentation
from migration_effects.report.style import DIVERGING, MUTED, SINGLE, SMALL, WIDTH, ink_on

_MOST_WITH_INTERVALS = 6
_GAP = 0.03  # inches between cells
_HEIGHT = 0.29
_UPRIGHT = 1.3  # inches at which an upright heading wraps
_LEADING = 0.125  # inches between the lines of a heading
_EMPTY = "#F2F4F6"
_GROWING = (SINGLE, "#FFFFFF", SINGLE)
# Full colour would leave too little contrast for the figures printed on it.
_DEEPEST = 0.85


def draw_heat(figure: Figure, words: Presentation) -> str:
    """Draw a shaded grid; with a reference value the shades part there, else they grow from zero.

    Parameters
    ----------
    figure : Figure
        Categories are rows, series are columns; one panel.
    words : Presentation
        Words and formats of one language.

    Returns
    -------
    str
        SVG.
    """
    series = figure.distinct("series")
    rows = arrange(list(figure.points), series, words.labels, stacked=True)
    labels = [wrap(words.labels(c)) for c in figure.distinct("category")]
    groups = [words.labels(g) for g in figure.distinct("group") if g]
    left = min(max(widest(labels) + (INDENT if groups else 0.0), widest(groups, weight="bold")) + 0.12, 2.6)
    width = (WIDTH - left) / len(series)
    heads = _heads([words.labels(name) for name in series], width)
    top = heads.height + 0.1
    canvas = Canvas(top + rows.height + 0.25)
    for i, head in enumerate(heads.texts):
        style: dict[str, Any] = {"ha": "center", "va": "bottom", "linespacing": 1.0, "upright": heads.upright}
        canvas.text(left + (i + 0.5) * width, top - 0.06, head, fontsize=SMALL, **style)
    plot = Plot(canvas, left, top, WIDTH - left, rows.height, 0.0, WIDTH - left)
    for slot in rows.slots:
        _cell(plot, slot, figure, width, len(series), words.numbers)
    _labels(canvas, rows, top)
    unit = figure.points[0].unit
    axis_caption(canvas, words.labels(unit) if unit != "number" else "", left, top + rows.height + 0.1)
    return canvas.svg()


@dataclass(frozen=True)
class _Heads:
    """Column headings: their lines, how they are turned, and how tall they are in inches."""

    texts: tuple[str, ...]
    upright: bool
    height: float


def _heads(names: Sequence[str], width: float) -> _Heads:
    """Wrap the column headings, or turn them upright where a single word is wider than its column."""
    words = [word for name in names for word in name.split()]
    if widest(words, SMALL) <= width - _GAP:
        flat = tuple(fill(name, width - _GAP, SMALL) for name in names)
        return _Heads(flat, False, _LEADING * max(text.count("\n") + 1 for text in flat) + 0.05)
    upright = tuple(fill(name, max(_UPRIGHT, widest(words, SMALL)), SMALL) for name in names)
    return _Heads(upright, True, widest(upright, SMALL))


def _labels(canvas: Canvas, rows: Rows, top: float) -> None:
    """Write the row labels and group headings."""
    for label in rows.labels:
        style: dict[str, Any] = {"fontweight": "bold" if label.heading else "normal", "linespacing": 1.05}
        canvas.text(label.indent, top + label.y, label.text, **style)


def _cell(plot: Plot, slot: Slot, figure: Figure, width: float, columns: int, numbers: Formatter) -> None:
    """Shade one cell and print its figure, with the interval where there is room."""
    shade, cell = _shade(slot, figure), slot.point.cell
    left, middle = slot.series * width + _GAP, (slot.series + 0.5) * width
    plot.bar(slot.y, _HEIGHT, left, left + width - 2 * _GAP, fill=shade)
    limits = ""
    if (
        columns <= _MOST_WITH_INTERVALS
        and cell.shown
        and cell.conf_low is not None
        and cell.conf_high is not None
    ):
        limits = numbers.interval(cell.conf_low, cell.conf_high, figure.decimals)
    style: dict[str, Any] = {"ha": "center", "color": ink_on(shade) if cell.shown else MUTED}
    up, down = (0.055, 0.075) if limits else (0.0, 0.0)
    x, y, text = plot.x(middle), plot.top + slot.y, value_text(slot.point, figure, numbers)
    plot.canvas.text(x, y - up, text, fontsize=SMALL, **style)
    plot.canvas.text(x, y + down, limits, fontsize=SMALL - 1.5, **style)


def _shade(slot: Slot, figure: Figure) -> str:
    """Return the colour of a cell, deepest where the figure is farthest from the reference or from zero."""
    cell, centre = slot.point.cell, figure.reference or 0.0
    if not cell.shown or cell.value is None:
        return _EMPTY
    values = [p.cell.value for p in figure.points if p.cell.shown and p.cell.value is not None]
    reach = max(abs(value - centre) for value in values) or 1.0
    poles = (DIVERGING[3][0], "#FFFFFF", DIVERGING[3][2]) if figure.reference is not None else _GROWING
    scale = LinearSegmentedColormap.from_list("heat", poles)
    return to_hex(scale(0.5 + _DEEPEST * (cell.value - centre) / reach / 2))
