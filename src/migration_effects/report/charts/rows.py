"""The rows of a horizontal chart: group headings, categories, and the slots of their series."""

from __future__ import annotations

from dataclasses import dataclass

from migration_effects.report.charts.canvas import LINE, fill, wrap
from migration_effects.report.figure import Point
from migration_effects.report.labels import Labels

INDENT = 0.1


@dataclass(frozen=True)
class Density:
    """How closely rows stand.

    Parameters
    ----------
    slot, alone : float
        Inches per bar where a category has several, and where it has one.
    gap : float
        Inches between categories.
    label : float
        Inches at which a label wraps; 0 for the usual number of letters.
    """

    slot: float
    alone: float
    gap: float
    label: float = 0.0

    def wrap(self, text: str) -> str:
        """Return a label on as many lines as it takes.

        Parameters
        ----------
        text : str
            Label.

        Returns
        -------
        str
            Lines joined by newlines.
        """
        return fill(text, self.label) if self.label else wrap(text)


ROOMY = Density(slot=0.17, alone=0.2, gap=0.11)
# Of a chart that would not fit on a page: labels rather take width than lines.
COMPACT = Density(slot=0.15, alone=0.18, gap=0.05, label=2.45)


@dataclass(frozen=True)
class Slot:
    """Where one figure is drawn.

    Parameters
    ----------
    point : Point
        The figure.
    y : float
        Inches from the top of the panel to the middle of the bar.
    height : float
        Inches of the bar.
    series : int
        Number of the series.
    """

    point: Point
    y: float
    height: float
    series: int


@dataclass(frozen=True)
class Label:
    """Text beside the axis.

    Parameters
    ----------
    text : str
        Wrapped label.
    y : float
        Inches from the top of the panel.
    heading : bool
        Whether it heads a group.
    indent : float
        Inches from the left edge.
    """

    text: str
    y: float
    heading: bool = False
    indent: float = 0.0


@dataclass(frozen=True)
class Rows:
    """The rows of one panel.

    Parameters
    ----------
    slots : tuple of Slot
        One per figure.
    labels : tuple of Label
        Headings and categories.
    height : float
        Inches of the panel.
    """

    slots: tuple[Slot, ...]
    labels: tuple[Label, ...]
    height: float


def arrange(
    points: list[Point],
    series: list[str],
    labels: Labels,
    *,
    stacked: bool = False,
    density: Density = ROOMY,
) -> Rows:
    """Place the figures of one panel.

    Parameters
    ----------
    points : list of Point
        Figures of the panel, categories in drawing order.
    series : list of str
        All series of the chart.
    labels : Labels
        Words.
    stacked : bool
        Whether the series share one bar.
    density : Density
        How closely the rows stand.

    Returns
    -------
    Rows
        Positions from the top.
    """
    slots: list[Slot] = []
    texts: list[Label] = []
    y, group = density.gap / 2, ""
    for category in dict.fromkeys((point.group, point.category) for point in points):
        if category[0] and category[0] != group:
            y += 0.04
            texts.append(Label(labels(category[0]), y + LINE / 2, heading=True))
            y += LINE + 0.04
        group = category[0]
        inside = [p for p in points if (p.group, p.category) == category]
        text = density.wrap(labels(category[1]))
        many = len(series) > 1 and not stacked
        body = len(inside) * density.slot if many else density.alone
        block = max(body, LINE * (text.count("\n") + 1))
        top = y + (block - body) / 2
        for i, point in enumerate(inside):
            middle = top + (i + 0.5) * density.slot if many else top + body / 2
            height = (density.slot if many else density.alone) * 0.86
            slots.append(Slot(point, middle, height, series.index(point.series)))
        texts.append(Label(text, y + block / 2, indent=INDENT if category[0] else 0.0))
        y += block + density.gap
    return Rows(tuple(slots), tuple(texts), y - density.gap / 2)
