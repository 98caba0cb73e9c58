"""The value axis: limits that hold every interval and its printed figure, and localised ticks."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from migration_effects.report.charts.plot import Plot
from migration_effects.report.figure import Figure, Point
from migration_effects.report.formatting import Formatter
from migration_effects.report.published_marks import crosses
from migration_effects.report.style import GRID, MUTED, SMALL, text_width

_PAD = 0.05  # inches between the end of an interval and its printed figure
_TICK = 0.05  # inches between the base line and the figures under it


@dataclass(frozen=True)
class Scale:
    """Limits of a value axis.

    Parameters
    ----------
    low, high : float
        In printed units.
    """

    low: float
    high: float

    def draw(self, plot: Plot, numbers: Formatter) -> None:
        """Draw grid, base line and labelled ticks.

        Parameters
        ----------
        plot : Plot
            A panel with these limits, before anything else is drawn on it.
        numbers : Formatter
            Of the reader's language.
        """
        locator = MaxNLocator(nbins=max(2, min(6, int(plot.width / 0.55))), steps=[1, 2, 2.5, 5, 10])
        ticks = [t for t in locator.tick_values(self.low, self.high) if self.low <= t <= self.high]
        step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
        digits = next((d for d in range(4) if abs(round(step, d) - step) < 1e-9), 4)
        for tick in ticks:
            plot.vertical(tick, color=GRID, linewidth=0.6)
        base = [(plot.left, plot.bottom), (plot.left + plot.width, plot.bottom)]
        plot.canvas.line(base, color=GRID, linewidth=0.6)
        for tick in ticks:
            place, text = (plot.x(tick), plot.bottom + _TICK), numbers.number(tick, digits)
            plot.canvas.text(*place, text, ha="center", va="top", fontsize=SMALL, color=MUTED)


def value_text(point: Point, figure: Figure, numbers: Formatter) -> str:
    """Return the figure printed beside a mark.

    Parameters
    ----------
    point : Point
        The figure.
    figure : Figure
        Its chart.
    numbers : Formatter
        Of the reader's language.

    Returns
    -------
    str
        With the mark of a small base.
    """
    return numbers.estimate(point.cell.value, point.cell.mark, figure.decimals)


def left_of_reference(point: Point, figure: Figure) -> bool:
    """Return whether the printed figure stands left of its mark: the mark lies wholly left of the reference line.

    Parameters
    ----------
    point : Point
        The figure.
    figure : Figure
        Its chart.

    Returns
    -------
    bool
        Never for a bar, which starts at zero, nor without a reference line. The figure then cannot lie on the line.
    """
    if figure.chart != "dots" or figure.reference is None or not point.cell.shown:
        return False
    ends = [x for x in (point.cell.value, point.cell.conf_high) if x is not None]
    return bool(ends) and max(ends) < figure.reference


def scale_of(figure: Figure, unit: str, width: float, numbers: Formatter) -> Scale:
    """Return the axis of all panels with one unit.

    Parameters
    ----------
    figure : Figure
        The chart.
    unit : str
        Unit of the axis.
    width : float
        Inches of a panel.
    numbers : Formatter
        Of the reader's language.

    Returns
    -------
    Scale
        With room for the printed figures.
    """
    points = [p for p in figure.points if p.unit == unit]
    ends = [x for p in points if p.cell.shown for x in (p.cell.value, p.cell.conf_low, p.cell.conf_high)]
    ends += [value for point, value in crosses(figure).items() if point.unit == unit]
    values = [x for x in ends if x is not None]
    zero = [0.0] if figure.chart in ("bars", "ranked") or figure.reference is None else [figure.reference]
    low, high = min([*values, *zero]), max([*values, *zero])
    if low == high:
        high = low + 1.0
    right = _room([p for p in points if not left_of_reference(p, figure)], figure, numbers)
    left = _room([p for p in points if left_of_reference(p, figure)], figure, numbers)
    margin = 0.08 if low < 0 or figure.chart == "dots" else 0.0
    per_inch = (high - low) / max(width - right - max(left, margin), 0.3)
    return Scale(low - per_inch * max(left, margin), high + per_inch * right)


def _room(points: list[Point], figure: Figure, numbers: Formatter) -> float:
    """Return the inches that the widest printed figure of some points takes beside its mark."""
    widths = [text_width(value_text(point, figure, numbers), SMALL) for point in points]
    return max(widths) + 2 * _PAD if widths else 0.0
