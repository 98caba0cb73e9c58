"""Pieces of WordprocessingML as strings: runs, paragraphs, links, tables. Every text that enters them is escaped.

Written as strings because building tables cell by cell through an object model takes seconds for a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor
from xml.sax.saxutils import escape as escape_xml

from migration_effects.report.layout import Head, Line, Printed, PrintedTable
from migration_effects.report.plain import plain
from migration_effects.report.render.widths import INSET, PAGE, column_widths
from migration_effects.report.style import text_width

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NAVY, MUTED, HAIR = "12436D", "3D464D", "D5DBE1"
# Word's Calibri is a little wider than the font by which the columns are measured.
_NARROWER = 0.97
# Tables of words: largest share of the first column, size in half points.
_FIRST, _WORDS = 0.3, 17
_QUOTES = {'"': "&quot;"}


def escape(text: str) -> str:
    """Return text for an element or attribute of XML.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Escaped, without control characters.

    Examples
    --------
    >>> escape('<w:t> & "')
    '&lt;w:t&gt; &amp; &quot;'
    """
    return escape_xml(plain(text), _QUOTES)


def run(text: str, *, style: str = "", bold: bool = False, italic: bool = False, size: int = 0) -> str:
    r"""Return a run of text.

    Parameters
    ----------
    text : str
        Line breaks are kept.
    style : str
        Id of a character style.
    bold, italic : bool
        Direct formatting.
    size : int
        Half points; 0 for that of the paragraph.

    Returns
    -------
    str
        ``w:r``.

    Examples
    --------
    >>> run("a<b", bold=True)
    '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">a&lt;b</w:t></w:r>'
    """
    marks = f'<w:rStyle w:val="{style}"/>' * bool(style) + "<w:b/>" * bold + "<w:i/>" * italic
    marks += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' * bool(size)
    lines = [f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")]
    return f"<w:r>{f'<w:rPr>{marks}</w:rPr>' * bool(marks)}{'<w:br/>'.join(lines)}</w:r>"


def paragraph(
    content: str, style: str, *, keep: bool = False, bookmark: tuple[int, str] | None = None
) -> str:
    """Return a paragraph.

    Parameters
    ----------
    content : str
        Runs.
    style : str
        Id of a paragraph style.
    keep : bool
        Keep on one page with the next paragraph.
    bookmark : tuple of int and str, optional
        Number and name of a target for links.

    Returns
    -------
    str
        ``w:p``.
    """
    kept = "<w:keepNext/>" * keep
    if bookmark:
        number, name = bookmark
        content = (
            f'<w:bookmarkStart w:id="{number}" w:name="{escape(name)}"/>{content}'
            f'<w:bookmarkEnd w:id="{number}"/>'
        )
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}</w:pPr>{content}</w:p>'


def link(content: str, anchor: str) -> str:
    """Return runs that lead to a bookmark.

    Parameters
    ----------
    content : str
        Runs.
    anchor : str
        Name of the bookmark.

    Returns
    -------
    str
        ``w:hyperlink``.
    """
    return f'<w:hyperlink w:anchor="{escape(anchor)}" w:history="1">{content}</w:hyperlink>'


def field(instruction: str, shown: str = "") -> str:
    """Return a field that the word processor computes.

    Parameters
    ----------
    instruction : str
        For example ``PAGE``.
    shown : str
        What it shows until then.

    Returns
    -------
    str
        Runs.
    """
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
    return mark.format("begin") + code + mark.format("separate") + run(shown) + mark.format("end")


def table(printed: PrintedTable, *, title: str, keep: bool) -> str:
    """Return a table with explicit widths and a header that repeats on each page.

    Parameters
    ----------
    printed : PrintedTable
        Every text final.
    title : str
        What assistive technology reads out for the table.
    keep : bool
        Keep the whole table on one page with what follows.

    Returns
    -------
    str
        ``w:tbl``.
    """
    size, points = column_widths(printed)
    widths = [round(20 * width) for width in points]
    # Given with each run: word processors disagree whether the size of a table style or the document's wins.
    points2 = floor(2 * size * _NARROWER)
    rows = [
        *_header(printed, widths, points2),
        *(_body(line, widths, points2, keep) for line in printed.lines),
    ]
    return _table(rows, widths, title)


def word_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> str:
    """Return a table of words: a first column as wide as its texts, the others of equal width, a header that repeats.

    Parameters
    ----------
    head : sequence of str
        Column headers.
    rows : iterable of sequence of str
        Texts, as many in each row as headers.
    title : str
        What assistive technology reads out for the table.

    Returns
    -------
    str
        ``w:tbl``.
    """
    rows = list(rows)
    total = round(20 * PAGE)
    words = max(text_width(text, _WORDS / 2, "bold") for text in (head[0], *(row[0] for row in rows))) * 72
    first = round(min(total * _FIRST, 20 * (words + 3 * INSET)))
    widths = [first, *[(total - first) // (len(head) - 1)] * (len(head) - 1)]
    rule = _rule(NAVY, 6)
    heads = "".join(
        _cell(paragraph(run(text, size=_WORDS), "ReportStub", keep=True), width, rule=rule)
        for text, width in zip(head, widths, strict=True)
    )
    lines = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>"]
    for row in rows:
        cells = "".join(
            _cell(paragraph(run(text, size=_WORDS), "ReportLabel"), width)
            for text, width in zip(row, widths, strict=True)
        )
        lines.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
    return _table(lines, widths, title)


def _table(rows: Iterable[str], widths: Sequence[int], title: str) -> str:
    """Return rows as a table of fixed column widths."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {NAMESPACE}><w:tblPr><w:tblStyle w:val="ReportTable"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="1" '
        f'w:noVBand="1"/><w:tblCaption w:val="{escape(title)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )


def _cell(content: str, width: int, *, span: int = 1, merge: str = "", rule: str = "") -> str:
    """Return a cell; ``merge`` is "restart" or "continue" where the cell reaches over rows."""
    spans = f'<w:gridSpan w:val="{span}"/>' * (span > 1) + f'<w:vMerge w:val="{merge}"/>' * bool(merge)
    borders = f"<w:tcBorders>{rule}</w:tcBorders>" * bool(rule)
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{borders}</w:tcPr>{content}</w:tc>'


def _rule(colour: str, eighths: int) -> str:
    """Return a rule under a cell."""
    return f'<w:bottom w:val="single" w:sz="{eighths}" w:space="0" w:color="{colour}"/>'


_NO_RULE = '<w:bottom w:val="nil"/>'


def _header(printed: PrintedTable, widths: Sequence[int], size: int) -> list[str]:
    """Return the header rows; the header of the row labels reaches over all of them."""
    levels = [heads for heads in (printed.spanners, printed.heads, printed.measures) if heads]
    rows = []
    for number, heads in enumerate(levels):
        last = number == len(levels) - 1
        rule = _rule(NAVY, 6) if last else _NO_RULE
        merge = "" if len(levels) == 1 else "restart" if not number else "continue"
        stub = run(printed.stub, size=size) if not number else ""
        style = "ReportUnit" if heads is printed.measures else "ReportHead"
        cells = [
            _cell(paragraph(stub, "ReportStub", keep=True), widths[0], merge=merge, rule=rule),
            *_heads(heads, widths, style, rule, last, size),
        ]
        properties = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
        rows.append(f"<w:tr>{properties}{''.join(cells)}</w:tr>")
    return rows


def _heads(
    heads: Iterable[Head], widths: Sequence[int], style: str, rule: str, last: bool, size: int
) -> list[str]:
    """Return the cells of a header row; a header over several columns has a rule of its own."""
    cells, at = [], 1
    for head in heads:
        own = _rule(HAIR, 4) if head.span > 1 and head.text and not last else rule
        look = "ReportSpanner" if head.span > 1 else style
        content = paragraph(run(head.text, size=size), look, keep=True)
        cells.append(_cell(content, sum(widths[at : at + head.span]), span=head.span, rule=own))
        at += head.span
    return cells


def _body(line: Line, widths: Sequence[int], size: int, keep: bool) -> str:
    """Return a body row."""
    properties = "<w:trPr><w:cantSplit/></w:trPr>"
    if line.kind == "group":
        heading = paragraph(run(line.label, size=size), "ReportGroup", keep=True)
        return f"<w:tr>{properties}{_cell(heading, sum(widths), span=len(widths))}</w:tr>"
    bold = line.kind == "total"
    label = "ReportInside" if line.level else "ReportLabel"
    cells, at = [_cell(paragraph(run(line.label, bold=bold, size=size), label, keep=keep), widths[0])], 1
    for cell in line.cells:
        content = paragraph(
            _figure(cell, bold, size), "ReportSpanner" if cell.span > 1 else "ReportFigure", keep=keep
        )
        cells.append(_cell(content, sum(widths[at : at + cell.span]), span=cell.span))
        at += cell.span
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def _figure(cell: Printed, bold: bool, size: int) -> str:
    """Return a figure, its interval on a second line where it stands below."""
    under = f"<w:r><w:br/></w:r>{run(cell.under, style='ReportUnder', size=size - 2)}" if cell.under else ""
    return run(cell.text, bold=bold, size=size) + under
