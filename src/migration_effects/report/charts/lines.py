"""Lines over an ordered category, with confidence bands and names at the line ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from migration_effects.report.charts.canvas import Canvas, axis_caption, widest
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import SYMBOLS
from migration_effects.report.presentation import Presentation
from migration_effects.report.style import GRID, INK, MARKERS, SMALL, WIDTH, colours

_HEIGHT = 2.6
_LEFT = 0.45


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
    right = widest(names) + 0.12
    canvas = Canvas(_HEIGHT + 0.75)
    unit = words.labels(figure.points[0].unit)
    axis_caption(canvas, unit, 0.0, 0.1)
    axes = canvas.axes(_LEFT, 0.25, WIDTH - _LEFT - right, _HEIGHT)
    axes.grid(visible=False, axis="x")
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    for i, (name, text) in enumerate(zip(series, names, strict=True)):
        _line(axes, figure, categories, name, text, i, words)
    axes.set_xticks(range(len(categories)), [words.labels(c) for c in categories])
    axes.set_xlim(-0.3, len(categories) - 0.7)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: words.numbers.number(v, int(v % 1 != 0))))
    if figure.reference is not None:
        axes.axhline(figure.reference, color=INK, linewidth=0.8)
    return canvas.svg()


def _line(
    axes: Axes, figure: Figure, categories: list[str], name: str, text: str, i: int, words: Presentation
) -> None:
    """Draw one series: line, band, hollow markers on small bases, asterisks where hidden, its name at the end."""
    colour = colours(len(figure.distinct("series")))[i]
    points = {p.category: p.cell for p in figure.points if p.series == name}
    shown = [(j, points[c]) for j, c in enumerate(categories) if c in points and points[c].shown]
    places, values = [j for j, _ in shown], np.array([cell.value for _, cell in shown], dtype=float)
    axes.plot(places, values, color=colour, linewidth=1.6)
    bounds = np.array([[cell.conf_low, cell.conf_high] for _, cell in shown], dtype=float).reshape(-1, 2)
    axes.fill_between(places, bounds[:, 0], bounds[:, 1], color=colour, alpha=0.15, linewidth=0)
    for j, value, (_, cell) in zip(places, values, shown, strict=True):
        face = "white" if cell.mark == "few" else colour
        axes.plot([j], [value], MARKERS[i % len(MARKERS)], color=colour, markerfacecolor=face, markersize=4.5)
    for j, category in enumerate(categories):
        if category in points and points[category].mark == "hidden":
            axes.annotate(SYMBOLS["hidden"], (j, 0), xycoords=("data", "axes fraction"), ha="center")
    if shown and text:
        style: dict[str, Any] = {"va": "center", "color": colour, "fontsize": SMALL + 1}
        axes.annotate(text, (places[-1], values[-1]), xytext=(7, 0), textcoords="offset points", **style)
