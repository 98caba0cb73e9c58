"""Published figures on the chart that reproduces them: a cross at their value, or a note where a chart has no axis.

A heat grid shades its figures and a stack adds them up: neither has a place for a single value, so their published
figures stand in a note under the chart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from migration_effects.report.cells import Cell
from migration_effects.report.compose_figure import point_keys
from migration_effects.report.figure import Figure, Point
from migration_effects.report.point_text import point_text
from migration_effects.report.presentation import Presentation

KEY = "Published figure"
# Kinds of charts on whose value axis a cross has its place.
WITH_AXIS = ("bars", "ranked", "dots", "lines")
# More figures are not told one by one: the section on published figures has all.
_MOST = 12


def published_values(figure: Figure) -> Mapping[Point, float]:
    """Return the published figure of each point that has one.

    Parameters
    ----------
    figure : Figure
        A chart, with its context.

    Returns
    -------
    mapping of Point to float
        In printed units; numbers of cases are left out, no chart shows them as points.
    """
    entered = {
        (published.row_key, published.col_key): published.value
        for published in figure.context.published or ()
        if published.statistic != "n"
    }
    if not entered:
        return {}
    keys = zip(figure.points, point_keys(figure), strict=True)
    return {point: entered[key] for point, key in keys if key in entered}


def crosses(figure: Figure) -> Mapping[Point, float]:
    """Return the published figures that the chart marks by a cross.

    Parameters
    ----------
    figure : Figure
        A chart, with its context.

    Returns
    -------
    mapping of Point to float
        Those of :func:`published_values`; none for a chart without a value axis.
    """
    return published_values(figure) if figure.chart in WITH_AXIS else {}


def published_sentence(figure: Figure, words: Presentation) -> str:
    """Return the published figures of a chart in words.

    Parameters
    ----------
    figure : Figure
        A chart, with its context.
    words : Presentation
        Words and formats of one language.

    Returns
    -------
    str
        For its alternative text, and for the note under a chart without a value axis; empty when none is entered.
    """
    values, text = published_values(figure), words.labels.messages.text
    if not values:
        return ""
    if len(values) > _MOST:
        return text(
            "{count} published figures belong to this chart; the section on published and reproduced figures has all.",
            count=words.numbers.count(len(values)),
        )
    told = (point_text(replace(p, cell=Cell(value)), figure, words) for p, value in values.items())
    sentence = text("Published figures: {figures}", figures="; ".join(told))
    # Some units end with a point of their own.
    return sentence if sentence.endswith(".") else f"{sentence}."


def published_note(figure: Figure, words: Presentation) -> tuple[str, ...]:
    """Return the note under a chart on its published figures.

    Parameters
    ----------
    figure : Figure
        A chart, with its context.
    words : Presentation
        Words and formats of one language.

    Returns
    -------
    tuple of str
        What a cross means, with the publications; where the chart has no crosses, the figures themselves. Empty when
        none is entered.
    """
    if not published_values(figure):
        return ()
    if not crosses(figure):
        return (published_sentence(figure, words),)
    texts = words.labels.texts
    titles = dict.fromkeys(p.source_title for p in figure.context.published or () if p.statistic != "n")
    sources = "; ".join(texts.get(title, title) for title in titles)
    note = words.labels.messages.text(
        "Crosses mark published figures ({sources}); printed figures are those of this report.",
        sources=sources,
    )
    return (note,)
