"""A drawing area measured in inches: margins follow from the text, not from trial draws."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from migration_effects.report.style import GRID, INK, MUTED, SIZE, SMALL, WIDTH, text_width

LINE = 0.16  # inches per line of text
WRAP = 30


def wrap(text: str, width: int = WRAP) -> str:
    """Return text on lines of at most ``width`` letters.

    Parameters
    ----------
    text : str
        A label.
    width : int
        Letters per line.

    Returns
    -------
    str
        Lines joined by newlines.
    """
    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def wrap_to(text: str, inches: float) -> tuple[str, float]:
    """Return bold text on lines that fit a width, and the size of type that its longest word needs.

    Parameters
    ----------
    text : str
        A title.
    inches : float
        Width.

    Returns
    -------
    text : str
        Lines joined by newlines.
    size : float
        Points; smaller than usual only where a single word is wider than the width.
    """
    longest = max(text_width(word, SIZE, "bold") for word in text.split() or [""])
    size = SIZE * min(1.0, inches / longest) if longest else SIZE
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, "bold") > inches:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines), size


def widest(texts: Sequence[str], size: float = SIZE, weight: str = "normal") -> float:
    """Return the width of the widest line among texts.

    Parameters
    ----------
    texts : sequence of str
        Possibly of several lines.
    size : float
        Points.
    weight : {"normal", "bold"}
        Font weight.

    Returns
    -------
    float
        Inches.
    """
    return max((text_width(line, size, weight) for text in texts for line in text.split("\n")), default=0.0)


@dataclass(frozen=True)
class Key:
    """An entry of the legend.

    Parameters
    ----------
    label, colour, marker : str
        Words, colour, and marker of dot plots (empty for a square patch).
    """

    label: str
    colour: str
    marker: str = ""


class Canvas:
    """A page of fixed width whose height grows with its content.

    Parameters
    ----------
    height : float
        Inches.
    """

    def __init__(self, height: float) -> None:
        self.height = height
        self.drawing = Drawing(figsize=(WIDTH, height), facecolor="white")

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return axes whose position is given in inches from the top left corner.

        Parameters
        ----------
        left, top, width, height : float
            Inches.

        Returns
        -------
        Axes
            With a value grid and without a box.
        """
        bottom = self.height - top - height
        box = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        axes = self.drawing.add_axes(box)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(GRID)
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(axis="both", length=0)
        return axes

    def text(self, left: float, top: float, text: str, **style: Any) -> None:
        """Write text at a position in inches from the top left corner.

        Parameters
        ----------
        left, top : float
            Inches.
        text : str
            One or more lines.
        **style : Any
            Text properties of matplotlib.
        """
        options = {"va": "center", "color": INK, "fontsize": SIZE, **style}
        self.drawing.text(left / WIDTH, 1 - top / self.height, text, **options)

    def legend(self, keys: Sequence[Key], top: float) -> None:
        """Draw the legend in rows over the chart.

        Parameters
        ----------
        keys : sequence of Key
            In the order of the series.
        top : float
            Inches from the top edge to the first row's middle.
        """
        for key, left, row in _flow(keys):
            y = top + row * LINE * 1.25
            if key.marker:
                self._marker(key, left + 0.06, y)
            else:
                size = (0.12 / WIDTH, 0.12 / self.height)
                corner = (left / WIDTH, 1 - (y + 0.06) / self.height)
                self.drawing.add_artist(Rectangle(corner, *size, color=key.colour, linewidth=0))
            self.text(left + 0.18, y, key.label, fontsize=SIZE)

    def _marker(self, key: Key, left: float, top: float) -> None:
        """Draw a legend marker."""
        point = ([left / WIDTH], [1 - top / self.height])
        self.drawing.add_artist(
            Line2D(*point, marker=key.marker, color=key.colour, markersize=6, linestyle="none")
        )

    def svg(self) -> str:
        """Return the drawing as SVG without a date.

        Returns
        -------
        str
            The same text on every run.
        """
        stream = io.StringIO()
        FigureCanvasSVG(self.drawing).print_svg(stream, metadata={"Date": None, "Creator": None})
        return stream.getvalue()


def legend_height(keys: Sequence[Key]) -> float:
    """Return the height of the legend.

    Parameters
    ----------
    keys : sequence of Key
        Entries; none for no legend.

    Returns
    -------
    float
        Inches.
    """
    return (max(row for _, _, row in _flow(keys)) + 1) * LINE * 1.25 + 0.08 if keys else 0.0


def _flow(keys: Sequence[Key]) -> list[tuple[Key, float, int]]:
    """Return each entry with its left edge and row, filling rows from the left."""
    placed, left, row = [], 0.0, 0
    for key in keys:
        width = 0.18 + text_width(key.label) + 0.22
        if left and left + width > WIDTH:
            left, row = 0.0, row + 1
        placed.append((key, left, row))
        left += width
    return placed


def axis_caption(canvas: Canvas, text: str, left: float, top: float) -> None:
    """Write the unit under an axis.

    Parameters
    ----------
    canvas : Canvas
        Where.
    text : str
        Unit in words.
    left, top : float
        Inches.
    """
    canvas.text(left, top, text, fontsize=SMALL, color=MUTED)
