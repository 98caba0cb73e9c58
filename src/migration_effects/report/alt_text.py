"""Alternative text of a chart: what it is, what it measures, and its figures in words."""

from __future__ import annotations

from migration_effects.report.figure import ALT_TEXT, Figure, Point
from migration_effects.report.formatting import SYMBOLS
from migration_effects.report.layout import interval_text
from migration_effects.report.presentation import Presentation, present

# Longer lists are cut to the extremes of each series; the data table has every figure.
_MOST = 12


def alt_text(figure: Figure, language: str) -> str:
    """Return the alternative text of a chart.

    Parameters
    ----------
    figure : Figure
        The chart.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    str
        One paragraph; hidden figures stay hidden.
    """
    words = present(figure, language)
    text = words.labels.messages.text
    parts = [text(figure.alt) if figure.alt in ALT_TEXT.values() else words.labels.text(figure.alt)]
    parts += [f"{part}." for part in (words.title, words.population) if part]
    if len(figure.points) <= _MOST:
        parts.append(_sentence(figure.points, figure, words))
    else:
        parts += [_extremes(series, figure, words) for series in figure.distinct("series")]
        parts.append(text("All {count} figures are in the data table.", count=len(figure.points)))
    if words.mark:
        parts.append(f"{words.mark}.")
    return " ".join(parts)


def _sentence(points: tuple[Point, ...], figure: Figure, words: Presentation) -> str:
    """Return all figures as one list."""
    return "; ".join(_figure(point, figure, words) for point in points) + "."


def _figure(point: Point, figure: Figure, words: Presentation) -> str:
    """Return one figure in words: ``Bukhara, girls 12.3% (95% CI 10.1–14.5)``."""
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


def _extremes(series: str, figure: Figure, words: Presentation) -> str:
    """Return the highest and lowest figure of a series."""
    text = words.labels.messages.text
    shown = [p for p in figure.points if p.series == series and p.cell.shown and p.cell.value is not None]
    if not shown:
        return text("{series}: no figure may be shown.", series=words.labels(series))
    low, high = (pick(shown, key=lambda p: p.cell.value or 0.0) for pick in (min, max))
    return text(
        "Highest: {high}; lowest: {low}.", high=_figure(high, figure, words), low=_figure(low, figure, words)
    )
