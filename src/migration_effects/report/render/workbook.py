"""The report as XLSX: cover, contents with links, notes, one exhibit a sheet; unrounded numbers with formats."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from migration_effects import __version__
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.plain import plain
from migration_effects.report.render.document import Chapter, Document
from migration_effects.report.render.programs import PROGRAMS
from migration_effects.report.render.sheet import sheet_name, write_exhibit
from migration_effects.report.render.sheet_text import Formats, digits, lines_in, write_text
from migration_effects.report.render.sheet_words import section_sheet_name, write_section
from migration_effects.report.render.view import view_of

_FIXED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_TEXT_ONLY = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_LINE = 14.0
_LETTERS = 92  # of the notes column


def report_xlsx(document: Document) -> bytes:
    """Return the report as XLSX.

    Parameters
    ----------
    document : Document
        The report in one language.

    Returns
    -------
    bytes
        XLSX.
    """
    stream, workbook, formats = _new(document.title)
    names = [document.words[key][:31] for key in ("cover", "contents", "notes")]
    sections = _sections(document, names)
    cover, contents, notes = (workbook.add_worksheet(name) for name in names)
    _cover(cover, document, formats)
    _contents(contents, document, formats, sections)
    _notes(notes, document, formats)
    back = (names[1], document.words["back"])
    for chapter in document.chapters:
        if chapter.anchor in sections:
            sheet = workbook.add_worksheet(sections[chapter.anchor])
            _section(sheet, chapter, document, formats, back)
        for view in chapter.views:
            write_exhibit(workbook.add_worksheet(sheet_name(view)), view, formats, back=back)
    workbook.close()
    return stream.getvalue()


def _sections(document: Document, taken: Sequence[str]) -> dict[str, str]:
    """Return the name of the sheet of each section of words; the programs stand in the contents already."""
    names: dict[str, str] = {}
    for chapter in document.chapters:
        if chapter.section not in ("", PROGRAMS) and not chapter.views:
            names[chapter.anchor] = section_sheet_name(chapter, [*taken, *names.values()])
    return names


def exhibit_xlsx(exhibit: Exhibit, language: str) -> bytes:
    """Return one exhibit as XLSX.

    Parameters
    ----------
    exhibit : Table or Figure
        The specification.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    bytes
        XLSX.
    """
    view = view_of(exhibit, language)
    stream, workbook, formats = _new(view.title or view.population)
    write_exhibit(workbook.add_worksheet(sheet_name(view)), view, formats)
    workbook.close()
    return stream.getvalue()


def _new(title: str) -> tuple[io.BytesIO, Workbook, Formats]:
    """Return an empty workbook without a clock in it."""
    stream = io.BytesIO()
    workbook = Workbook(stream, dict(_TEXT_ONLY))
    workbook.set_properties(
        {"title": plain(title)[:255], "author": f"migration_effects {__version__}", "created": _FIXED}
    )
    return stream, workbook, Formats(workbook)


def _page(sheet: Worksheet, document: Document) -> None:
    """Set the printed page of a sheet of words."""
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    mark = document.mark.replace("&", "&&")
    sheet.set_header(f'&R&"Calibri,Bold"&9&K8A2A00{mark}' if mark else "")
    sheet.set_footer("&C&9&P / &N")


def _cover(sheet: Worksheet, document: Document, formats: Formats) -> None:
    """Write the cover."""
    _page(sheet, document)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 84)
    write_text(sheet, 0, 0, document.words["kind"], formats(font_color="#0058AB", font_size=11))
    title = formats(bold=True, font_size=22, font_color="#12436D")
    write_text(sheet, 1, 0, document.title, title)
    sheet.set_row(1, 34)
    row = 2
    if document.mark:
        write_text(sheet, row, 0, document.mark, formats(bold=True, font_size=12, font_color="#8A2A00"))
        row += 1
    row += 1
    row = _lines(sheet, row, (*document.facts, *document.ethics), formats)
    if document.screened:
        row += 1
        write_text(sheet, row, 0, document.words["screened"], formats(bold=True, font_color="#12436D"))
        row = _lines(sheet, row + 1, document.screened, formats)
    row += 1
    for key in ("contents", "notes"):
        name = document.words[key]
        look = formats(font_color="#0058AB", underline=1)
        sheet.write_url(row, 0, f"internal:'{name[:31]}'!A1", look, plain(name))
        row += 1
    write_text(sheet, row + 1, 0, document.end, formats(font_size=9, font_color="#3D464D"))


def _lines(sheet: Worksheet, row: int, facts: Iterable[tuple[str, str]], formats: Formats) -> int:
    """Write names and what is to be said of them, and return the row after the last."""
    for term, text in facts:
        write_text(sheet, row, 0, term, formats(font_color="#3D464D", text_wrap=True))
        write_text(sheet, row, 1, text, formats(text_wrap=True))
        sheet.set_row(row, _LINE * max(lines_in(text, 84), lines_in(term, 26)) + 2)
        row += 1
    return row


def _section(
    sheet: Worksheet, chapter: Chapter, document: Document, formats: Formats, back: tuple[str, str]
) -> None:
    """Write the summary or an annex."""
    _page(sheet, document)
    write_text(sheet, 0, 0, chapter.title, formats(bold=True, font_size=16, font_color="#12436D"))
    row = 1
    if document.mark:
        write_text(sheet, row, 0, document.mark, formats(bold=True, font_color="#8A2A00"))
        row += 1
    look = formats(font_color="#0058AB", underline=1)
    sheet.write_url(row, 0, f"internal:'{back[0]}'!A1", look, plain(back[1]))
    write_section(sheet, chapter, formats, row + 2)


def _contents(sheet: Worksheet, document: Document, formats: Formats, sections: Mapping[str, str]) -> None:
    """Write the list of sections and exhibits with links to their sheets."""
    _page(sheet, document)
    sheet.set_column(0, 0, 16)
    titles = [view.title for chapter in document.chapters for view in chapter.views]
    width = min(_LETTERS, max((digits(title) for title in titles), default=0.0))
    sheet.set_column(1, 1, width)
    sheet.set_column(2, 2, max((digits(name) for name in document.programs.values()), default=0.0))
    write_text(
        sheet, 0, 0, document.words["contents"], formats(bold=True, font_size=16, font_color="#12436D")
    )
    row = 1
    if document.mark:
        write_text(sheet, row, 0, document.mark, formats(bold=True, font_color="#8A2A00"))
        row += 1
    listed = [chapter for chapter in document.chapters if chapter.views or chapter.anchor in sections]
    if document.programs:
        write_text(sheet, row, 2, document.words["program"], formats(bold=True, font_color="#12436D"))
    for chapter in listed:
        row += 1
        if chapter.anchor in sections:
            look = formats(bold=True, font_size=11, font_color="#0058AB", underline=1)
            sheet.write_url(row, 0, f"internal:'{sections[chapter.anchor]}'!A1", look, plain(chapter.title))
        else:
            write_text(sheet, row, 0, chapter.title, formats(bold=True, font_size=11, font_color="#12436D"))
        row += 1
        for view in chapter.views:
            look = formats(font_color="#0058AB", underline=1)
            sheet.write_url(row, 0, f"internal:'{sheet_name(view)}'!A1", look, plain(view.heading))
            write_text(sheet, row, 1, view.title, formats(text_wrap=True))
            if view.id in document.programs:
                write_text(sheet, row, 2, document.programs[view.id], formats(font_color="#3D464D"))
            sheet.set_row(row, _LINE * lines_in(view.title, width) + 2)
            row += 1


def _notes(sheet: Worksheet, document: Document, formats: Formats) -> None:
    """Write how to read the workbook."""
    _page(sheet, document)
    sheet.set_column(0, 0, _LETTERS)
    write_text(sheet, 0, 0, document.words["notes"], formats(bold=True, font_size=16, font_color="#12436D"))
    row = 1
    if document.mark:
        write_text(sheet, row, 0, document.mark, formats(bold=True, font_color="#8A2A00"))
        row += 1
    for text in (*document.about, document.words["workbook"], *document.legends):
        row += 1
        write_text(sheet, row, 0, text, formats(text_wrap=True))
        sheet.set_row(row, _LINE * lines_in(text, _LETTERS) + 4)
