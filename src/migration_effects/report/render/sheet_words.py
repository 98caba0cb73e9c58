"""Worksheets of words: the sections of the report that hold no exhibit."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from migration_effects.report.render.document import Chapter
from migration_effects.report.render.prose import Block, Run
from migration_effects.report.render.sheet_text import (
    LINE,
    TEXT,
    Formats,
    columns_across,
    lines_in,
    write_across,
    write_text,
)

_FIRST = 24.0  # most digits of the first column of a table of words


def section_sheet_name(chapter: Chapter, taken: Collection[str]) -> str:
    """Return the name of the sheet of a section.

    Parameters
    ----------
    chapter : Chapter
        A section without exhibits.
    taken : collection of str
        Names of other sheets.

    Returns
    -------
    str
        Its title as far as a sheet can be named so; its name in links where that is taken.
    """
    name = re.sub(r"[\[\]:*?/\\']", "", chapter.title)[:31].strip()
    return name if name and name.lower() not in {other.lower() for other in taken} else chapter.anchor[:31]


def write_section(sheet: Worksheet, chapter: Chapter, formats: Formats, row: int) -> None:
    """Write the title and the words of a section.

    Parameters
    ----------
    sheet : Worksheet
        Empty below ``row``.
    chapter : Chapter
        A section without exhibits.
    formats : Formats
        Of the workbook.
    row : int
        First row of the words.
    """
    widths = _widths(chapter.blocks)
    for j, width in enumerate(widths):
        sheet.set_column(j, j, width)
    across = columns_across(widths)
    for block in chapter.blocks:
        if block.kind == "table":
            row = _table(sheet, row + 1, block, widths, formats)
            continue
        if block.kind == "heading":
            row += 1
        texts = block.items if block.kind == "list" else (block.runs,)
        for runs in texts:
            look = _look(block, runs)
            text = "".join(run.text for run in runs)
            write_across(
                sheet, row, f"• {text}" if block.kind == "list" else text, formats, across=across, **look
            )
            row += 1


def _look(block: Block, runs: Sequence[Run]) -> dict[str, Any]:
    """Return the format of a paragraph; bold where all of it is."""
    if block.kind == "heading":
        return {"bold": True, "font_size": 12, "font_color": "#12436D"}
    return {"bold": True} if all(run.strong for run in runs) else {}


def _widths(blocks: Sequence[Block]) -> list[float]:
    """Return the widths of the columns: those of the widest table of words, else one column for all."""
    tables = [block for block in blocks if block.kind == "table"]
    if not tables:
        return [TEXT]
    table = max(tables, key=lambda block: len(block.head))
    longest = max(len(row[0]) for row in (table.head, *table.rows)) + 2.0
    first = min(longest, _FIRST)
    return [first, *[(TEXT - first) / (len(table.head) - 1)] * (len(table.head) - 1)]


def _table(sheet: Worksheet, row: int, block: Block, widths: Sequence[float], formats: Formats) -> int:
    """Write a table of words and return the row after it."""
    rule = {"top": 1, "bottom": 1, "top_color": "#12436D", "bottom_color": "#12436D"}
    for i, texts in enumerate((block.head, *block.rows)):
        look: dict[str, Any] = {"bold": True, **rule} if not i else {"bottom": 4, "bottom_color": "#D5DBE1"}
        for j, text in enumerate(texts):
            write_text(sheet, row, j, text, formats(text_wrap=True, **look))
        cells = zip(texts, widths, strict=False)
        weight = "normal" if i else "bold"
        sheet.set_row(row, LINE * max(lines_in(text, width, weight) for text, width in cells) + 3)
        row += 1
    return row
