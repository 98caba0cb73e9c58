"""One exhibit on a worksheet: title, numbers with formats and one header row, chart, notes."""

from __future__ import annotations

import io
import re
from math import ceil

from xlsxwriter.worksheet import Worksheet

from migration_effects.report.grid import Grid, Number
from migration_effects.report.plain import plain
from migration_effects.report.render.raster import RESOLUTION, png_of
from migration_effects.report.render.sheet_text import (
    LINE,
    SCREEN,
    Formats,
    SheetError,
    columns_across,
    digits,
    lines_in,
    write_across,
    write_text,
)
from migration_effects.report.render.view import View

_WIDE, _NUMBER, _LEAST = 46.0, 11.5, 9.0  # column widths in digits
_PAGE = 560.0  # points of a page for chart and figures together
_PIXELS = 20  # of an empty row


def number_format(number: Number) -> str:
    """Return the format by which a spreadsheet shows a number.

    Parameters
    ----------
    number : Number
        Its decimals and whether it stands in parentheses.

    Returns
    -------
    str
        With a true minus sign; separators are those of the reader's spreadsheet.

    Examples
    --------
    >>> number_format(Number(12.34, 1)), number_format(Number(12.34, 1, brackets=True))
    ('#,##0.0;−#,##0.0', '"("#,##0.0")";"("−#,##0.0")"')
    """
    digits = "#,##0" + ("." + "0" * number.decimals if number.decimals else "")
    patterns = (digits, f"−{digits}")
    return ";".join(f'"("{pattern}")"' if number.brackets else pattern for pattern in patterns)


def sheet_name(view: View) -> str:
    """Return the name of an exhibit's sheet.

    Parameters
    ----------
    view : View
        The exhibit.

    Returns
    -------
    str
        Its id; ``Exhibit`` for one that is not registered.
    """
    return re.sub(r"[\[\]:*?/\\']", "_", view.id)[:31] or "Exhibit"


def write_exhibit(
    sheet: Worksheet, view: View, formats: Formats, *, back: tuple[str, str] | None = None
) -> None:
    """Write an exhibit.

    Parameters
    ----------
    sheet : Worksheet
        Empty.
    view : View
        The exhibit.
    formats : Formats
        Of the workbook.
    back : tuple of str and str, optional
        Name of the contents sheet, and the words of the link to it.
    """
    title = f"{view.heading}: {view.title}" if view.heading else view.title
    heading = [
        (title, formats(bold=True, font_size=14, font_color="#12436D")),
        (view.population, formats(font_color="#3D464D")),
        (view.status, formats(italic=True)),
        (view.mark, formats(bold=True, font_color="#8A2A00")),
    ]
    row = 0
    for text, look in heading:
        if text:
            write_text(sheet, row, 0, text, look)
            row += 1
    if back:
        sheet.write_url(
            row, 0, f"internal:'{back[0]}'!A1", formats(font_color="#0058AB", underline=1), plain(back[1])
        )
        row += 1
    if view.kind == "figure":
        row = _chart(sheet, view, row)
    top = row + 1
    if view.kind == "figure" and view.size[1] + LINE * len(view.grid.lines) > _PAGE:
        sheet.set_h_pagebreaks([top])
    row = _grid(sheet, view.grid, top, formats)
    across = columns_across(_widths(view.grid))
    for text in (*dict.fromkeys([*view.notes, *view.printed.legends]), view.source, view.footer):
        if text:
            write_across(sheet, row, text, formats, across=across, font_size=9, font_color="#3D464D")
            row += 1
    if view.kind == "table":
        sheet.freeze_panes(top + 1, view.grid.labels)
    _print(sheet, view, top)


def _chart(sheet: Worksheet, view: View, row: int) -> int:
    """Insert a chart and return the first row under it."""
    scale = (
        SCREEN / RESOLUTION
    )  # the image says nothing of its resolution, so the sheet takes it for that of a screen
    options = {
        "image_data": io.BytesIO(png_of(view)), "description": view.alt, "x_scale": scale, "y_scale": scale,
        "object_position": 1, "x_offset": 2, "y_offset": 8,
    }  # fmt: skip
    if sheet.insert_image(row, 0, f"{view.id or 'chart'}.png", options):
        raise SheetError(f"The chart of {view.id} could not be placed on its sheet.")
    height = view.size[1] / 72 * SCREEN + 16
    return row + ceil(height / _PIXELS)


def _grid(sheet: Worksheet, grid: Grid, top: int, formats: Formats) -> int:
    """Write header and lines, and return the first row under them."""
    widths = _widths(grid)
    for j, width in enumerate(widths):
        sheet.set_column(j, j, width)
    head = {"bold": True, "text_wrap": True, "valign": "bottom", "top": 1, "bottom": 1, "top_color": "#12436D",
            "bottom_color": "#12436D"}  # fmt: skip
    for j, header in enumerate(grid.headers):
        side = "left" if j < grid.labels else "right"
        write_text(sheet, top, j, header, formats(align=side, **head))
    sheet.set_row(
        top, LINE * max(lines_in(h, w, "bold") for h, w in zip(grid.headers, widths, strict=True)) + 3
    )
    for i, line in enumerate(grid.lines):
        last = i == len(grid.lines) - 1
        edge = {"bottom": 1, "bottom_color": "#12436D"} if last else {"bottom": 4, "bottom_color": "#D5DBE1"}
        look = {"valign": "vcenter", **edge, **({"bold": True} if i in grid.total else {})}
        look |= {"font_color": "#3D464D"} if i in grid.foot else {}
        for j, entry in enumerate(line):
            if isinstance(entry, Number):
                style = formats(num_format=number_format(entry), align="right", **look)
                sheet.write_number(top + 1 + i, j, float(f"{entry.value:.10g}"), style)
            elif entry:
                side = "left" if j < grid.labels else "right"
                write_text(
                    sheet, top + 1 + i, j, entry, formats(align=side, text_wrap=j < grid.labels, **look)
                )
            else:
                sheet.write_blank(top + 1 + i, j, None, formats(**look))
        sheet.set_row(
            top + 1 + i,
            LINE * max(lines_in(str(t), widths[j]) for j, t in enumerate(line[: grid.labels])) + 2,
        )
    return top + len(grid.lines) + 2


def _widths(grid: Grid) -> list[float]:
    """Return the width of each column in digits."""
    widths = []
    for j, header in enumerate(grid.headers):
        words = max((digits(word, "bold") for word in header.split()), default=0.0)
        texts = max((digits(e) for line in grid.lines if isinstance(e := line[j], str)), default=0.0)
        if j < grid.labels:
            widths.append(min(max(texts, words, _LEAST), _WIDE))
        else:
            widths.append(max(_NUMBER, words, texts))
    return widths


def _print(sheet: Worksheet, view: View, top: int) -> None:
    """Set the printed page: A4, as wide as the page, header row repeated, mark on each page."""
    sheet.set_paper(9)
    if view.kind == "table":
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.9, bottom=0.8)
    sheet.repeat_rows(top)
    sheet.hide_gridlines(2)
    mark = view.mark.replace("&", "&&")
    sheet.set_header(f'&R&"Calibri,Bold"&9&K8A2A00{mark}' if mark else "")
    sheet.set_footer("&C&9&P / &N")
