"""One figure of a chart in words, with what it is about."""

from __future__ import annotations

from migration_effects.report.figure import Figure, Point
from migration_effects.report.formatting import SYMBOLS
from migration_effects.report.layout import interval_text
from migration_effects.report.presentation import Presentation


def point_text(point: Point, figure: Figure, words: Presentation) -> str:
    """Return one figure in words.

    Parameters
    ----------
    point : Point
        The figure and what it is about.
    figure : Figure
        Its chart.
    words : Presentation
        Words and formats of one language.

    Returns
    -------
    str
        ``Bukhara, girls 12.3% (95% CI 10.1–14.5)``.
    """
    names = [words.labels(name) for name in (point.panel, point.category, point.series) if name]
    unit = (
        ""
        if point.unit in ("", "number")
        else point.unit
        if point.unit == "%"
        else f" {words.labels(point.unit)}"
    )
    value = words.numbers.estimate(point.cell.value, point.cell.mark, figure.decimals, suffix=unit)
    if point.cell.mark in SYMBOLS:
        value = words.labels.messages.text(value)
    text = f"{', '.join(names)} {value}"
    if point.cell.shown and point.cell.conf_low is not None:
        interval = interval_text(point.cell, figure.decimals, words).strip("()")
        text += f" ({words.labels.messages.text('95% CI {interval}', interval=interval)})"
    return text
