"""The part of a canvas that has a horizontal value axis."""

from __future__ import annotations

from dataclasses import dataclass

from migration_effects.report.charts.canvas import Canvas


@dataclass(frozen=True)
class Plot:
    """A panel: values run from left to right, rows are counted in inches from its top.

    Parameters
    ----------
    canvas : Canvas
        Where it is drawn.
    left, top, width, height : float
        Inches.
    low, high : float
        Values at its left and right edge.
    """

    canvas: Canvas
    left: float
    top: float
    width: float
    height: float
    low: float
    high: float

    @property
    def bottom(self) -> float:
        """Inches from the top of the canvas to its lower edge."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Return where a value lies.

        Parameters
        ----------
        value : float
            On the axis.

        Returns
        -------
        float
            Inches from the left of the canvas.
        """
        return self.left + (value - self.low) / (self.high - self.low) * self.width

    def bar(
        self,
        y: float,
        height: float,
        start: float,
        end: float,
        *,
        fill: str,
        edge: str = "",
        linewidth: float = 0.6,
        hatch: str = "",
    ) -> None:
        """Draw a horizontal bar.

        Parameters
        ----------
        y, height : float
            Its middle, in inches from the top of the panel, and its thickness.
        start, end : float
            Values.
        fill, edge, linewidth, hatch : str or float
            As for :meth:`Canvas.rectangle`.
        """
        left, top = self.x(start), self.top + y - height / 2
        style = {"fill": fill, "edge": edge, "hatch": hatch}
        self.canvas.rectangle(left, top, self.x(end) - left, height, linewidth=linewidth, **style)

    def interval(
        self, y: float, low: float, high: float, *, color: str, linewidth: float, halo: float
    ) -> None:
        """Draw a horizontal interval.

        Parameters
        ----------
        y : float
            Inches from the top of the panel.
        low, high : float
            Values.
        color, linewidth, halo : str or float
            As for :meth:`Canvas.line`.
        """
        ends = [(self.x(low), self.top + y), (self.x(high), self.top + y)]
        self.canvas.line(ends, color=color, linewidth=linewidth, halo=halo)

    def vertical(self, value: float, *, color: str, linewidth: float) -> None:
        """Draw a vertical line over the height of the panel.

        Parameters
        ----------
        value : float
            Where.
        color, linewidth : str or float
            As for :meth:`Canvas.line`.
        """
        ends = [(self.x(value), self.top), (self.x(value), self.bottom)]
        self.canvas.line(ends, color=color, linewidth=linewidth)
