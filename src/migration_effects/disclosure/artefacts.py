"""What a file about to be published carries besides what it shows: hidden parts, comments, metadata, personal data.

Faults name file, part and kind, never what was found.
"""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from migration_effects.disclosure.patterns import matching_kinds, personal_tokens

ALLOWED_SUFFIXES = (".csv", ".docx", ".html", ".md", ".pdf", ".xlsx")
# Office parts that can carry what no reader sees.
_REFUSED_PARTS = re.compile(
    r"(^|/)(comments|threadedComments|persons|pivotCache|pivotTables|externalLinks|embeddings|activeX|"
    r"queryTables|connections|vbaProject|people|glossary|footnotes|endnotes)",
    re.IGNORECASE,
)
_HIDDEN = {
    "hidden sheet": re.compile(r'<sheet\b[^>]*\bstate="(hidden|veryHidden)"'),
    "hidden row or column": re.compile(r'<(row|col)\b[^>]*\bhidden="(1|true)"'),
    "defined name": re.compile(r'<definedName\b[^>]*\bname="(?!_xlnm\.Print_Titles")'),
    "formula": re.compile(r"<f[ >]"),
    "tracked change": re.compile(r"<w:(ins|del|moveFrom|moveTo)\b"),
    "hidden text": re.compile(r"<w:vanish\b"),
    "comment": re.compile(r"<w:commentReference\b"),
}
# Spreadsheets write 96.4 as 96.40000000000001: its digits are no personal number.
_SHEET_NUMBER = re.compile(r"<v>(-?\d+\.\d+(?:[eE][-+]?\d+)?)</v>")
_RUN_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_DATA_ADDRESS = re.compile(r"data:([\w.+/-]+)(?:;[\w=-]+)*;base64,([A-Za-z0-9+/=\s]+)")
# Shapes of a drawing are numbers without words; all else in it is read.
_GEOMETRY = re.compile(r'\b(?:d|points|transform|viewBox)="[-+\d.,eEA-Za-z\s()]*"')
# The statement lists checksums, whose digits are nobody's.
_CHECKSUM = re.compile(r"`[0-9a-f]{16}(?:[0-9a-f]{48})?`")
_PATHS = re.compile(r"(?<![\w./:])(?:/(?:home|Users|root|tmp|work|mnt|var)/|[A-Za-z]:\\)\w")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TEXT = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME")
_PDF_PARTS = {
    "an attachment": re.compile(rb"/EmbeddedFiles?\b|/Filespec\b"),
    "a script": re.compile(rb"/JavaScript\b|/JS\b"),
    "a comment": re.compile(rb"/Subtype\s*/(?:Text|FreeText|Popup|FileAttachment)\b"),
}
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PDF_HEADER = 1000  # bytes before a stream in which its description stands
_PDF_PACKET = re.compile(rb"<\?xpacket begin.*?<\?xpacket end", re.DOTALL)
_PDF_INFO = re.compile(rb"/(?:Title|Author|Subject|Keywords|Creator|Producer)\s*\(((?:[^()\\]|\\.)*)\)")


def artefact_faults(name: str, content: bytes) -> list[str]:
    r"""Return what may not leave with a file.

    Parameters
    ----------
    name : str
        File name; its ending decides how the file is read.
    content : bytes
        The file.

    Returns
    -------
    list of str
        One per fault, without the text found; empty for a clean file.

    Examples
    --------
    >>> artefact_faults("a.csv", b"row,n\nGirls,120\n"), artefact_faults("children.sav", b"$FL2")
    ([], ['children.sav: files of this kind are not published (allowed: .csv, .docx, .html, .md, .pdf, .xlsx)'])
    """
    suffix = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if suffix not in ALLOWED_SUFFIXES:
        allowed = ", ".join(ALLOWED_SUFFIXES)
        return [f"{name}: files of this kind are not published (allowed: {allowed})"]
    readers: dict[str, Callable[[bytes], Iterator[str]]] = {
        ".pdf": _pdf_faults,
        ".docx": _office_faults,
        ".xlsx": _office_faults,
        ".csv": _csv_faults,
    }
    found = readers.get(suffix, _marked_up_faults)(content)
    return [f"{name}: {fault}" for fault in dict.fromkeys(found)]


def readable_parts(name: str, content: bytes) -> Iterator[str]:
    """Yield the texts inside a file, markup included.

    Parameters
    ----------
    name : str
        File name.
    content : bytes
        The file.

    Yields
    ------
    str
        HTML and what is embedded in it, XML parts of office files, plain text; nothing of a PDF, whose pages hold
        shapes of letters.
    """
    if name.endswith((".docx", ".xlsx")):
        archive = zipfile.ZipFile(io.BytesIO(content))
        for part in archive.namelist():
            if part.endswith((".xml", ".rels")):
                yield archive.read(part).decode("utf-8", errors="replace")
    elif not name.endswith(".pdf"):
        text = content.decode("utf-8-sig", errors="replace")
        yield _DATA_ADDRESS.sub("", text)
        for kind, packed in _DATA_ADDRESS.findall(text):
            if kind == "image/svg+xml":
                yield base64.b64decode(packed).decode("utf-8", errors="replace")


def text_faults(text: str) -> Iterator[str]:
    """Yield what kinds of personal data or machine paths a text holds.

    Parameters
    ----------
    text : str
        Any text.

    Yields
    ------
    str
        A kind, such as ``phone``.
    """
    yield from (f"looks like personal data ({kind})" for kind in matching_kinds(text))
    if _PATHS.search(text):
        yield "holds a path of a computer"


def _marked_up_faults(content: bytes) -> Iterator[str]:
    """Yield the faults of HTML, SVG or plain text, with everything embedded in it."""
    text = content.decode("utf-8", errors="replace")
    for kind, packed in _DATA_ADDRESS.findall(text):
        inside = base64.b64decode(packed)
        if kind == "image/png":
            yield from _png_faults(inside)
        elif not kind.startswith("font/"):
            yield from (f"embedded {kind} {fault}" for fault in _marked_up_faults(inside))
    for pattern in (_DATA_ADDRESS, _GEOMETRY, _CHECKSUM):
        text = pattern.sub("", text)
    yield from text_faults(text)


def _csv_faults(content: bytes) -> Iterator[str]:
    """Yield the faults of a CSV file: columns named like personal data, and its text."""
    text = content.decode("utf-8-sig", errors="replace")
    header = text.partition("\n")[0]
    words = [word for column in header.split(",") for word in personal_tokens(column)]
    if words:
        yield f"has a column of personal data ({', '.join(dict.fromkeys(words))})"
    yield from text_faults(text)


def _png_faults(content: bytes) -> Iterator[str]:
    """Yield the chunks of a PNG that hold text."""
    if not content.startswith(_PNG):
        yield "has an image that is no PNG"
        return
    at = len(_PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind in _PNG_TEXT:
            yield f"has an image with a text chunk ({kind.decode()})"
        if kind == b"IEND" and at + 12 + length < len(content):
            yield "has an image with something behind its end"
            return
        at += 12 + length


def _office_faults(content: bytes) -> Iterator[str]:
    """Yield the faults of a DOCX or XLSX file, part by part."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        yield "is no office file"
        return
    if archive.comment:
        yield "has a comment in its archive"
    for part in archive.namelist():
        inside = archive.read(part)
        if _REFUSED_PARTS.search(part):
            yield f"has a part that may hold what nobody sees ({part})"
        if part.endswith(".png"):
            yield from _png_faults(inside)
        elif part.endswith((".xml", ".rels", ".svg")):
            text = _SHEET_NUMBER.sub(_ten_digits, inside.decode("utf-8", errors="replace"))
            yield from (f"{part} has a {kind}" for kind, pattern in _HIDDEN.items() if pattern.search(text))
            # Each element apart, and the text of a paragraph in one: a number may be split over runs.
            spaced = re.sub(r"<[^>]*>", " ", text)
            yield from (f"{part} {fault}" for fault in text_faults(spaced))
            # The bar keeps numbers of neighbouring cells apart.
            whole = "\n|\n".join("".join(_RUN_TEXT.findall(paragraph)) for paragraph in text.split("</w:p>"))
            yield from (f"{part} {fault}" for fault in text_faults(whole))
            yield from (f"{part} {fault}" for fault in text_faults("\n".join(_attributes(text))))
        elif not part.endswith("/"):
            yield f"has a part of unknown kind ({part})"


def _ten_digits(cell: re.Match[str]) -> str:
    """Return a fraction of a sheet with ten significant digits."""
    return f"<v>{float(cell[1]):.10g}</v>"


def _attributes(text: str) -> Iterator[str]:
    """Yield comments of XML and the values of attributes in which words may stand."""
    yield from re.findall(r"<!--(.*?)-->", text, flags=re.DOTALL)
    yield from re.findall(r'\b(?:descr|title|name|Target|tooltip)="([^"]*)"', text)


def _pdf_faults(content: bytes) -> Iterator[str]:
    """Yield the faults of a PDF: attachments, scripts, comments, its description. Its pages' text is read elsewhere."""
    if not content.startswith(b"%PDF-"):
        yield "is no PDF"
        return
    # Drawings and fonts are numbers, among which any few letters stand by chance: only what describes is read.
    layers = [_PDF_STREAM.sub(b"", content)]
    for stream in _PDF_STREAM.finditer(content):
        about = content[max(0, stream.start() - _PDF_HEADER) : stream.start()].rpartition(b" obj")[2]
        if b"/ObjStm" in about or b"/Metadata" in about:
            try:
                layers.append(zlib.decompress(stream[1]) if b"/FlateDecode" in about else stream[1])
            except zlib.error:
                yield "has a part that cannot be read"
    for layer in layers:
        yield from (f"has {kind}" for kind, pattern in _PDF_PARTS.items() if pattern.search(layer))
        for said in _PDF_INFO.findall(layer):
            yield from (
                f"description {fault}" for fault in text_faults(said.decode("utf-8", errors="replace"))
            )
        for said in _PDF_PACKET.findall(layer):
            yield from (f"metadata {fault}" for fault in text_faults(said.decode("utf-8", errors="replace")))
