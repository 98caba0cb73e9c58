"""The value axis: limits that hold every interval and its printed figure, and localised ticks."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from migration_effects.report.figure import Figure, Point
from migration_effects.report.formatting import Formatter
from migration_effects.report.style import SMALL, text_width

_PAD = 0.05  # inches between the end of an interval and its printed figure


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

    def draw(self, axes: Axes, width: float, numbers: Formatter) -> None:
        """Set limits and ticks.

        Parameters
        ----------
        axes : Axes
            Of one panel.
        width : float
            Inches.
        numbers : Formatter
            Of the reader's language.
        """
        axes.set_xlim(self.low, self.high)
        locator = MaxNLocator(nbins=max(2, min(6, int(width / 0.55))), steps=[1, 2, 2.5, 5, 10])
        ticks = [t for t in locator.tick_values(self.low, self.high) if self.low <= t <= self.high]
        step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
        digits = next((d for d in range(4) if abs(round(step, d) - step) < 1e-9), 4)
        axes.set_xticks(ticks)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(value, digits)))


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
    values = [x for x in ends if x is not None]
    zero = [0.0] if figure.chart in ("bars", "ranked") or figure.reference is None else [figure.reference]
    low, high = min([*values, *zero]), max([*values, *zero])
    if low == high:
        high = low + 1.0
    room = max(text_width(value_text(p, figure, numbers), SMALL) for p in points) + 2 * _PAD
    per_inch = (high - low) / max(width - room, 0.3)
    margin = per_inch * 0.08 if low < 0 or figure.chart == "dots" else 0.0
    return Scale(low - margin, high + per_inch * room)
