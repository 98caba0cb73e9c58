"""Alternative text of a chart: what it is, what it measures, and its figures in words."""

from __future__ import annotations

from migration_effects.report.figure import ALT_TEXT, Figure, Point
from migration_effects.report.point_text import point_text
from migration_effects.report.presentation import Presentation, present
from migration_effects.report.published_marks import published_sentence

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
    published = published_sentence(figure, words)
    parts += [published] if published else []
    if words.mark:
        parts.append(f"{words.mark}.")
    return " ".join(parts)


def _sentence(points: tuple[Point, ...], figure: Figure, words: Presentation) -> str:
    """Return all figures as one list."""
    return "; ".join(point_text(point, figure, words) for point in points) + "."


def _extremes(series: str, figure: Figure, words: Presentation) -> str:
    """Return the highest and lowest figure of a series."""
    text = words.labels.messages.text
    shown = [p for p in figure.points if p.series == series and p.cell.shown and p.cell.value is not None]
    if not shown:
        return text("{series}: no figure may be shown.", series=words.labels(series))
    low, high = (pick(shown, key=lambda p: p.cell.value or 0.0) for pick in (min, max))
    return text(
        "Highest: {high}; lowest: {low}.",
        high=point_text(high, figure, words),
        low=point_text(low, figure, words),
    )
