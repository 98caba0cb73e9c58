"""Text on a worksheet: cell formats, text that stays text, and words across several columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from migration_effects.errors import MigrationEffectsError
from migration_effects.report.plain import plain
from migration_effects.report.style import text_width

LINE = 13.5  # points of a line of ordinary text
SCREEN = 96  # pixels per inch
TEXT = 92.0  # digits across which words run: what a printed page holds
_LONGEST = 32767  # letters a cell holds
_COLUMN = 8.43  # digits of a column that nobody has set
_SIZE = 10.0


class SheetError(MigrationEffectsError):
    """The workbook could not take what was written to it."""


class Formats:
    """The cell formats of a workbook, made once each.

    Parameters
    ----------
    workbook : Workbook
        Of XlsxWriter.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple, Any] = {}

    def __call__(self, **look: Any) -> Any:
        """Return a format.

        Parameters
        ----------
        **look : Any
            Properties of XlsxWriter's formats.

        Returns
        -------
        Format
            The same for the same properties.
        """
        key = tuple(sorted(look.items()))
        if key not in self._made:
            base = {"font_name": "Calibri", "font_size": _SIZE, "font_color": "#1F2933", "valign": "top"}
            self._made[key] = self._workbook.add_format({**base, **look})
        return self._made[key]


def write_text(sheet: Worksheet, row: int, column: int, text: str, look: Any) -> None:
    """Write text that stays text, whatever it begins with.

    Parameters
    ----------
    sheet : Worksheet
        Where.
    row, column : int
        From 0.
    text : str
        Any text.
    look : Format
        Its look.

    Raises
    ------
    SheetError
        When the sheet does not take it whole.
    """
    safe = plain(text)
    if len(safe) > _LONGEST or sheet.write_string(row, column, safe, look):
        raise SheetError(
            f"Cell {row + 1}, {column + 1} of sheet {sheet.get_name()} cannot take a text of {len(safe)} letters; "
            f"the most is {_LONGEST:,}. Shorten the note or label."
        )


def digits(text: str, weight: str = "normal") -> float:
    """Return the width of a text in digits of a spreadsheet's column."""
    return text_width(plain(text), _SIZE, weight) * SCREEN / 7 + 1.5


def lines_in(text: str, width: float, weight: str = "normal") -> int:
    """Return how many lines a text takes in a column.

    Parameters
    ----------
    text : str
        Words.
    width : float
        Of the column, in digits.
    weight : {"normal", "bold"}
        Font weight.

    Returns
    -------
    int
        Lines.
    """
    lines, used = 1, ""
    for word in text.split():
        longer = f"{used} {word}".strip()
        if used and digits(longer, weight) > width + 0.1:
            lines, longer = lines + 1, word
        used = longer
    return lines


def columns_across(widths: Sequence[float], least: float = TEXT) -> tuple[int, float]:
    """Return over how many columns words run, and how wide that is.

    Parameters
    ----------
    widths : sequence of float
        Of the columns that are set, in digits.
    least : float
        Width that words need at least.

    Returns
    -------
    count : int
        All columns that are set, and more of the ordinary width where these are narrow.
    width : float
        Digits.

    Examples
    --------
    >>> columns_across([60.0, 70.0]), columns_across([70.0])[0]
    ((2, 130.0), 4)
    """
    count, width = len(widths), sum(widths)
    while width < least:
        count, width = count + 1, width + _COLUMN
    return count, width


def write_across(
    sheet: Worksheet, row: int, text: str, formats: Formats, *, across: tuple[int, float], **look: Any
) -> None:
    """Write words over several columns, wrapped, in a row as tall as they need.

    Parameters
    ----------
    sheet : Worksheet
        Where.
    row : int
        From 0.
    text : str
        Any text.
    formats : Formats
        Of the workbook.
    across : tuple of int and float
        From :func:`columns_across`.
    **look : Any
        Properties of the format.
    """
    count, width = across
    style = formats(text_wrap=True, **look)
    if count > 1:
        sheet.merge_range(row, 0, row, count - 1, "", style)
    write_text(sheet, row, 0, text, style)
    scale = look.get("font_size", 10.0) / 10.0
    weight = "bold" if look.get("bold") else "normal"
    sheet.set_row(row, LINE * scale * lines_in(text, width / scale, weight) + 3)
