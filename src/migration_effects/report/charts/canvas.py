"""A drawing area measured in inches: margins follow from the text, not from trial draws.

Shapes and text go straight to matplotlib's SVG backend. Its figures and axes would measure and sort everything anew,
which takes most of the time of a chart and adds nothing where all positions are known.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from migration_effects.report.style import (
    ASCENT,
    DESCENT,
    INK,
    MUTED,
    SIZE,
    SMALL,
    WIDTH,
    font,
    text_width,
)

LINE = 0.16  # inches per line of text
WRAP = 30
# The shape of published figures; no series has it.
CROSS = "X"
_POINTS = 72.0  # per inch


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
    return fill(text, inches, size, "bold"), size


def fill(text: str, inches: float, size: float = SIZE, weight: str = "normal") -> str:
    """Return text on lines that fit a width, broken between words alone.

    Parameters
    ----------
    text : str
        A label.
    inches : float
        Width; a longer word sticks out.
    size : float
        Points.
    weight : {"normal", "bold"}
        Font weight.

    Returns
    -------
    str
        Lines joined by newlines.
    """
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, weight) > inches:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


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


@dataclass(frozen=True)
class Placed:
    """A text on the canvas and the box it fills, in inches from the top left corner.

    Parameters
    ----------
    text : str
        One or more lines.
    left, top, right, bottom : float
        Edges of the box.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Canvas:
    """A page of fixed width, drawn from back to front in inches from the top left corner.

    Parameters
    ----------
    height : float
        Inches.

    Attributes
    ----------
    texts : list of Placed
        All texts so far.
    """

    def __init__(self, height: float) -> None:
        self.height = height
        self.texts: list[Placed] = []
        self._stream = io.StringIO()
        size = (WIDTH * _POINTS, height * _POINTS)
        self._renderer = RendererSVG(*size, self._stream, metadata={"Date": None, "Creator": None})
        # From inches below the top edge to points above the bottom edge, where the backend counts from.
        self._place = Affine2D().scale(_POINTS, -_POINTS).translate(0.0, height * _POINTS)
        self.rectangle(0.0, 0.0, WIDTH, height, fill="white")

    def rectangle(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        fill: str,
        edge: str = "",
        linewidth: float = 0.6,
        hatch: str = "",
    ) -> None:
        """Draw a rectangle.

        Parameters
        ----------
        left, top, width, height : float
            Inches; a negative width reaches to the left.
        fill : str
            Colour of the face.
        edge : str
            Colour of outline and hatching; none when empty.
        linewidth : float
            Points of the outline.
        hatch : str
            Pattern of matplotlib.
        """
        right, bottom = left + width, top + height
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        outline = Path(corners, closed=True)
        pen = _pen(edge or fill, linewidth if edge else 0.0)
        if hatch:
            pen.set_hatch(hatch)
            pen.set_hatch_color(to_rgba(edge))
        self._renderer.draw_path(pen, outline, self._place, to_rgba(fill))

    def line(
        self, points: Sequence[tuple[float, float]], *, color: str, linewidth: float, halo: float = 0.0
    ) -> None:
        """Draw a line through points.

        Parameters
        ----------
        points : sequence of (float, float)
            Inches from the left and from the top.
        color : str
            Colour.
        linewidth : float
            Points.
        halo : float
            Points of a white line behind it, which keeps it visible on dark ground; 0 for none.
        """
        path = Path(list(points))
        if halo:
            self._renderer.draw_path(_pen("white", halo), path, self._place)
        self._renderer.draw_path(_pen(color, linewidth), path, self._place)

    def area(self, points: Sequence[tuple[float, float]], *, fill: str, alpha: float) -> None:
        """Fill an area.

        Parameters
        ----------
        points : sequence of (float, float)
            Corners, in inches from the left and from the top.
        fill : str
            Colour.
        alpha : float
            Opacity, 0 to 1.
        """
        outline = Path([*points, points[0]], closed=True)
        self._renderer.draw_path(_pen(fill, 0.0), outline, self._place, to_rgba(fill, alpha))

    def marker(self, left: float, top: float, shape: str, *, color: str, face: str, size: float) -> None:
        """Draw a marker.

        Parameters
        ----------
        left, top : float
            Its middle, in inches.
        shape : str
            Marker of matplotlib.
        color, face : str
            Colours of outline and face.
        size : float
            Points.
        """
        style = MarkerStyle(shape)
        place = Affine2D(style.get_transform().get_matrix()).scale(size)
        place.translate(left * _POINTS, (self.height - top) * _POINTS)
        self._renderer.draw_path(_pen(color, 1.0), style.get_path(), place, to_rgba(face))

    def cross(self, left: float, top: float, *, size: float, color: str = INK) -> None:
        """Draw the mark of a published figure, with a pale rim that sets it off from bars and lines.

        Parameters
        ----------
        left, top : float
            Its middle, in inches.
        size : float
            Points.
        color : str
            Colour.
        """
        self.marker(left, top, CROSS, color="white", face="white", size=size + 2.0)
        self.marker(left, top, CROSS, color=color, face=color, size=size)

    def text(
        self,
        left: float,
        top: float,
        text: str,
        *,
        fontsize: float = SIZE,
        fontweight: Literal["normal", "bold"] = "normal",
        color: str = INK,
        ha: Literal["left", "center", "right"] = "left",
        va: Literal["top", "center", "center_baseline", "bottom"] = "center",
        linespacing: float = 1.2,
        upright: bool = False,
    ) -> None:
        """Write text.

        Parameters
        ----------
        left, top : float
            Inches from the top left corner.
        text : str
            One or more lines.
        fontsize : float
            Points.
        fontweight : {"normal", "bold"}
            Weight.
        color : str
            Colour.
        ha : {"left", "center", "right"}
            Which part of each line stands at ``left``.
        va : {"top", "center", "center_baseline", "bottom"}
            Which part of the text stands at ``top``; ``center_baseline`` is the middle of the first line's capitals,
            so that figures stand in the middle of a bar whether or not letters reach below the line.
        linespacing : float
            Distance of lines as a multiple of the letters' height.
        upright : bool
            Whether lines run from bottom to top.
        """
        lines = text.split("\n")
        above, below = ASCENT * fontsize / _POINTS, DESCENT * fontsize / _POINTS
        step = above * linespacing + below
        depth = above + step * (len(lines) - 1) + below
        widths = [text_width(line, fontsize, fontweight) for line in lines]
        width, height = (depth, max(widths)) if upright else (max(widths), depth)
        part = {"left": 0.0, "center": 0.5, "right": 1.0}[ha]
        down = {"top": 0.0, "center": height / 2, "center_baseline": above / 2, "bottom": height}[va]
        box = Placed(text, left - part * width, top - down, left + (1 - part) * width, top - down + height)
        self.texts.append(box)
        pen, properties = _pen(color, 1.0), font(fontsize, fontweight)
        for i, line in enumerate(lines):
            below_top = above + i * step
            if upright:
                x, y = box.left + below_top, box.bottom
            else:
                x, y = left - part * widths[i], box.top + below_top
            if line.strip():
                angle = 90.0 if upright else 0.0
                self._renderer.draw_text(pen, x * _POINTS, y * _POINTS, line, properties, angle)

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
                self.marker(left + 0.06, y, key.marker, color=key.colour, face=key.colour, size=6.0)
            else:
                self.rectangle(left, y - 0.06, 0.12, 0.12, fill=key.colour)
            self.text(left + 0.18, y, key.label)

    def svg(self) -> str:
        """Return the drawing as SVG without a date; nothing can be drawn afterwards.

        Returns
        -------
        str
            The same text on every run.
        """
        self._renderer.finalize()
        return self._stream.getvalue()


def _pen(color: str, linewidth: float) -> GraphicsContextBase:
    """Return a pen for lines and outlines."""
    pen = GraphicsContextBase()
    pen.set_foreground(color)
    pen.set_linewidth(linewidth)
    return pen


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
