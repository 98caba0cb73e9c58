"""How charts look: vendored font, colours that survive colour blindness, quiet axes."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager
from matplotlib.ft2font import LoadFlags
from matplotlib.rcsetup import cycler

FONTS = Path(__file__).parent / "render" / "fonts"
FAMILY = "Source Sans Pro"
FALLBACK = "DejaVu Sans"
SIZE = 9.0
SMALL = 8.0
# Height of the tallest letter and depth of the longest descender of the vendored font, in units of its size.
ASCENT = 0.712
DESCENT = 0.205
_MEASURED = 500.0  # points
WIDTH = 6.3  # inches: 16 cm, the text width of the page
INK = "#1F2933"
MUTED = "#5B6770"
GRID = "#DDE3E8"
SINGLE = "#0058AB"
NEUTRAL = "#B8C0C7"
# UK Government Analysis Function palette: distinct under protanopia, deuteranopia and tritanopia.
CATEGORIES = ("#12436D", "#28A197", "#801650", "#F46A25")
# Longer scales alternate dark and light; position and printed figures carry the meaning.
LONG = ("#12436D", "#7FB2E5", "#28A197", "#A9DDD6", "#801650", "#DFA3C4", "#F46A25", "#FBCBA8")
DIVERGING = {
    2: ("#B5500C", "#12436D"),
    3: ("#F46A25", "#C9D0D6", "#12436D"),
    4: ("#B5500C", "#F8B48A", "#8FB3D9", "#12436D"),
    5: ("#B5500C", "#F8B48A", "#D5DADF", "#8FB3D9", "#12436D"),
}
MARKERS = ("o", "s", "D", "^")


@lru_cache(maxsize=1)
def settings() -> Any:
    """Register the vendored fonts and return the settings of a chart.

    Returns
    -------
    dict
        For ``matplotlib.rc_context``.
    """
    for path in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(path)
    return {
        "font.family": [FAMILY, FALLBACK],
        "font.size": SIZE,
        "text.color": INK,
        "text.parse_math": False,
        "axes.labelcolor": MUTED,
        "axes.edgecolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SIZE,
        "axes.linewidth": 0.6,
        "axes.unicode_minus": True,
        "svg.fonttype": "path",
        "svg.hashsalt": "migration_effects",
        "hatch.linewidth": 0.6,
    }


def chart_style() -> dict[str, Any]:
    """Return the house style, for charts of one's own in matplotlib.

    The vendored font; four colours that stay apart under protanopia, deuteranopia and tritanopia; a quiet grid along
    the value axis; the text width of the page. Letters are drawn as shapes, the same everywhere.

    Returns
    -------
    dict
        Settings for ``matplotlib.rc_context`` or ``plt.rcParams.update``; nothing global is changed here except that
        the font becomes known to matplotlib.

    Examples
    --------
    >>> import matplotlib
    >>> from matplotlib.figure import Figure
    >>> with matplotlib.rc_context(chart_style()):
    ...     axes = Figure().add_subplot()
    ...     lines = axes.plot([11, 14, 17], [0.1, 0.2, 0.3])
    >>> lines[0].get_color(), axes.title.get_fontfamily()[0]
    ('#12436D', 'Source Sans Pro')
    """
    return {
        **settings(),
        "axes.prop_cycle": cycler(color=CATEGORIES),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.titlesize": SIZE,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": SMALL,
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "lines.linewidth": 1.6,
        "figure.figsize": (WIDTH, 3.5),
    }


@lru_cache(maxsize=32)
def font(size: float, weight: str = "normal") -> font_manager.FontProperties:
    """Return the font of charts.

    Parameters
    ----------
    size : float
        Points.
    weight : {"normal", "bold"}
        Font weight.

    Returns
    -------
    FontProperties
        The vendored family with its fallback.
    """
    settings()
    return font_manager.FontProperties(family=[FAMILY, FALLBACK], size=size, weight=weight)


def text_width(text: str, size: float = SIZE, weight: str = "normal") -> float:
    """Return the width of text.

    Parameters
    ----------
    text : str
        One line; of several, the widest counts.
    size : float
        Points.
    weight : {"normal", "bold"}
        Font weight.

    Returns
    -------
    float
        Inches.
    """
    return size * max(_unit_width(line, weight) for line in text.split("\n"))


def _unit_width(line: str, weight: str) -> float:
    """Return the inches that a line takes per point of its size."""
    return sum(_advance(character, weight) for character in line)


@cache
def _advance(character: str, weight: str) -> float:
    """Return the same for one character, measured large, where rounding to pixels vanishes.

    Kerning is left out: it changes a line by less than a hundredth, mostly to the narrower, and asking the font about
    each line takes a hundred times as long.
    """
    font = _font(weight)
    font.set_size(_MEASURED, 72)
    return (
        float(font.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance)
        / 65536
        / 72
        / _MEASURED
    )


@lru_cache(maxsize=2)
def _font(weight: str) -> Any:
    """Return the font with its fallback, for measuring."""
    settings()
    families = (FAMILY, FALLBACK)
    chosen = [font_manager.FontProperties(family=[family], weight=weight) for family in families]
    return font_manager.get_font([font_manager.findfont(font) for font in chosen])


def colours(count: int, *, diverging: bool = False) -> tuple[str, ...]:
    """Return one colour per series.

    Parameters
    ----------
    count : int
        Number of series.
    diverging : bool
        Whether the series run from one pole to the other.

    Returns
    -------
    tuple of str
        Hexadecimal colours; beyond eight they repeat, since position and printed figures tell series apart.
    """
    if diverging and count in DIVERGING:
        return DIVERGING[count]
    if count == 1:
        return (SINGLE,)
    palette = CATEGORIES if count <= len(CATEGORIES) else LONG
    return tuple(palette[i % len(palette)] for i in range(count))


def ink_on(colour: str) -> str:
    """Return the text colour that reads on a background.

    Parameters
    ----------
    colour : str
        Hexadecimal background.

    Returns
    -------
    str
        White or the ink colour, whichever contrasts more (relative luminance, WCAG 2).

    Examples
    --------
    >>> ink_on("#12436D"), ink_on("#D5DADF")
    ('#FFFFFF', '#1F2933')
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#FFFFFF" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.063 else INK
