"""The report as DOCX: styles of its own, explicit widths, alternative texts, the same bytes on every run."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import docx
from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.shared import Cm, Pt

from migration_effects import __version__
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.plain import plain
from migration_effects.report.render.document import Chapter, Document
from migration_effects.report.render.prose import Block, Run
from migration_effects.report.render.raster import png_of
from migration_effects.report.render.view import View, view_of
from migration_effects.report.render.widths import PAGE, table_height
from migration_effects.report.render.word_pages import PAGE_HEIGHT, chart_width, heights_before
from migration_effects.report.render.word_styles import set_styles
from migration_effects.report.render.word_xml import NAMESPACE, field, link, paragraph, run, table, word_table

# No clock in any file: the documents carry this date.
FIXED = dt.datetime(2000, 1, 1)
_WHOLE = 0.6 * PAGE_HEIGHT  # a table up to this height stays on one page


def report_docx(document: Document) -> bytes:
    """Return the report as DOCX.

    Parameters
    ----------
    document : Document
        The report in one language.

    Returns
    -------
    bytes
        DOCX.
    """
    word = _new(document.title, document.language)
    page = _Page(word)
    _running_lines(word, document)
    page.add(paragraph(run(document.words["kind"]), "Subtitle"))
    page.add(paragraph(run(document.title), "Title"))
    if document.mark:
        page.add(paragraph(run(document.mark), "ReportCoverMark"))
    for fact in document.facts:
        page.add(_fact(*fact))
    _contents(page, document)
    page.add(paragraph(run(document.words["about"]), "Heading1", bookmark=page.bookmark("about")))
    for text in document.about:
        page.add(paragraph(run(text), "Normal"))
    page.add(paragraph(run(document.words["ethics"]), "Heading2"))
    for fact in document.ethics:
        page.add(_fact(*fact))
    if document.screened:
        page.add(paragraph(run(document.words["screened"]), "Heading2"))
    for fact in document.screened:
        page.add(_fact(*fact))
    for chapter in document.chapters:
        _chapter(page, chapter)
    return _save(word)


def exhibit_docx(exhibit: Exhibit, language: str) -> bytes:
    """Return one exhibit as DOCX.

    Parameters
    ----------
    exhibit : Table or Figure
        The specification.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    bytes
        DOCX.
    """
    view = view_of(exhibit, language)
    word = _new(view.title or view.population, language)
    _exhibit(_Page(word), view)
    return _save(word)


class _Page:
    """Where paragraphs are added: the body of a document, with a count of its bookmarks."""

    def __init__(self, word: Word) -> None:
        self.word = word
        self.bookmarks = 0
        self.body = word.element.body

    def add(self, xml: str) -> None:
        """Add a paragraph or table before the properties of the section."""
        if NAMESPACE not in xml:
            xml = xml.replace("<w:p>", f"<w:p {NAMESPACE}>", 1)
        self.body.insert(len(self.body) - 1, parse_xml(xml))

    def bookmark(self, name: str) -> tuple[int, str]:
        """Return number and name of a new bookmark."""
        self.bookmarks += 1
        return self.bookmarks, _anchor(name)

    def chart(self, view: View, before: tuple[float, float]) -> None:
        """Add a drawing with its alternative text, fitted to what is left of the page."""
        width = Pt(chart_width(view, *before) if view.id else PAGE)
        inline = self.word.part.new_pic_inline(io.BytesIO(png_of(view)), width)
        properties = inline.docPr
        properties.set("descr", view.alt)
        properties.set("name", view.id or "Chart")
        self.add(paragraph("", "ReportChart", keep=True))
        self.body[-2].add_r().append(_drawing(inline))


def _drawing(inline: object) -> object:
    """Return an inline picture in its drawing element."""
    drawing = parse_xml(f"<w:drawing {NAMESPACE}/>")
    drawing.append(inline)
    return drawing


def _anchor(name: str) -> str:
    """Return the name of a bookmark: letters, digits and underscores."""
    return "at_" + "".join(letter if letter.isalnum() else "_" for letter in name)


def _new(title: str, language: str) -> Word:
    """Return an empty document with page, styles and properties."""
    word = docx.Document()
    set_styles(word, language)
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.3)
    section.header_distance, section.footer_distance = Cm(1.3), Cm(1.2)
    properties = word.core_properties
    properties.title, properties.language = plain(title)[:255], language.replace("_", "-")
    properties.author = properties.last_modified_by = f"migration_effects {__version__}"
    properties.created = properties.modified = FIXED
    properties.comments, properties.keywords, properties.revision = "", "", 1
    # The thumbnail of the default document shows somebody else's page.
    relations = word.part.package.rels
    for key in [k for k, r in relations.items() if r.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[key]
    return word


def _running_lines(word: Word, document: Document) -> None:
    """Set header (title, mark) and footer (origin, page number) of every page."""
    section = word.sections[0]
    tab = "<w:r><w:tab/></w:r>"
    mark = run(document.mark, style="ReportWarning") if document.mark else ""
    header = paragraph(run(_short(document.title)) + tab + mark, "ReportRunning")
    number = run(f"{document.words['page']} ") + field("PAGE", "1")
    footer = paragraph(run(document.end) + tab + number, "ReportRunning")
    for part, xml in ((section.header, header), (section.footer, footer)):
        part.is_linked_to_previous = False
        for old in list(part._element):
            part._element.remove(old)
        part._element.append(parse_xml(xml.replace("<w:p>", f"<w:p {NAMESPACE}>", 1)))


def _short(title: str, most: int = 70) -> str:
    """Return a title that fits beside the mark on one line."""
    return title if len(title) <= most else title[: most - 1].rsplit(" ", 1)[0] + "…"


def _fact(term: str, text: str) -> str:
    """Return a term with its text beside it."""
    return paragraph(run(term, style="ReportTerm") + "<w:r><w:tab/></w:r>" + run(text), "ReportFact")


def _contents(page: _Page, document: Document) -> None:
    """Add the contents as links; Word can update them as a table of contents."""
    page.add(paragraph(run(document.words["contents"]), "TOCHeading"))
    page.add(paragraph(link(run(document.words["about"], style="Hyperlink"), _anchor("about")), "TOC1"))
    for chapter in document.chapters:
        page.add(paragraph(link(run(chapter.title, style="Hyperlink"), _anchor(chapter.anchor)), "TOC1"))
        for view in chapter.views:
            entry = run(view.heading, style="ReportNumber") + run("  " + view.title, style="Hyperlink")
            page.add(paragraph(link(entry, _anchor(view.id)), "TOC2"))


def _chapter(page: _Page, chapter: Chapter) -> None:
    """Add a chapter."""
    views = {view.id: view for view in chapter.views}
    bookmark = page.bookmark(chapter.anchor)
    page.add(paragraph(run(chapter.title), "Heading1", bookmark=bookmark))
    before = heights_before(chapter)
    for block in chapter.blocks:
        if block.kind == "exhibit":
            _exhibit(page, views[block.exhibit], before[block.exhibit])
        else:
            _prose(page, block, chapter.title)


def _prose(page: _Page, block: Block, title: str) -> None:
    """Add a paragraph, heading, list or table of words."""
    if block.kind == "list":
        for item in block.items:
            page.add(paragraph(run("•") + "<w:r><w:tab/></w:r>" + _runs(item), "ListBullet"))
    elif block.kind == "table":
        page.add(word_table(block.head, block.rows, title=title))
    else:
        page.add(paragraph(_runs(block.runs), "Heading2" if block.kind == "heading" else "Normal"))


def _runs(runs: tuple[Run, ...]) -> str:
    """Return runs of prose."""
    return "".join(run(r.text, bold=r.strong, italic=r.emphasis) for r in runs)


def _exhibit(page: _Page, view: View, before: tuple[float, float] = (0.0, 0.0)) -> None:
    """Add a table or chart with caption, population line, mark, notes, source and footer; see ``chart_width``."""
    keep = view.kind == "figure" or table_height(view.printed) < _WHOLE
    if view.heading:
        status = run(f"  [{view.status}]", style="ReportStatus") if view.status else ""
        caption = run(f"{view.heading}  ", style="ReportNumber") + run(view.title) + status
        page.add(paragraph(caption, "Caption", bookmark=page.bookmark(view.id)))
    page.add(paragraph(run(view.population), "ReportPopulation"))
    if view.mark:
        page.add(paragraph(run(view.mark), "ReportMark"))
    if view.kind == "figure":
        page.chart(view, before)
    else:
        page.add(
            table(view.printed, title=f"{view.heading} {view.title}".strip() or view.population, keep=keep)
        )
    tail = [text for text in (*view.notes, view.source, view.footer) if text]
    for i, text in enumerate(tail):
        last = i == len(tail) - 1
        page.add(paragraph(run(text), "ReportLastNote" if last else "ReportNote", keep=keep and not last))


def _save(word: Word) -> bytes:
    """Return the document with constant times in its archive."""
    stream = io.BytesIO()
    word.save(stream)
    target = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(info, old.read(name))
    return target.getvalue()
