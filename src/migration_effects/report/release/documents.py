"""Gates on the files of a report as a whole: their names, texts, marks and the ethics block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from html import escape
from typing import Any

from migration_effects.disclosure.artefacts import readable_parts, text_faults
from migration_effects.report.messages import SYNTHETIC_MARK
from migration_effects.report.render.document import ETHICS, Document

# Drawings are read in the finished files.
_DRAWN = ("svg", "png")
KINDS = ("docx", "html", "pdf", "xlsx")


def document_faults(
    files: Mapping[str, bytes], documents: Sequence[Document], *, synthetic: bool
) -> list[str]:
    """Return what is wrong with the files of a report as a whole.

    Parameters
    ----------
    files : mapping of str to bytes
        By path below the folder of the release.
    documents : sequence of Document
        The texts they were made from, one per language.
    synthetic : bool
        Whether they must carry the mark.

    Returns
    -------
    list of str
        Files too many or missing, text that looks like personal data, an ethics block or a mark that is missing.
    """
    faults: list[str] = []
    for document in documents:
        own = {name: content for name, content in files.items() if name.startswith(f"{document.language}/")}
        faults += _name_faults(own, document)
        faults += [f"{document.language}: text {fault}" for fault in _text_faults(document)]
        faults += _ethics_faults(own, document)
        faults += _mark_faults(own, document, synthetic)
    strange = sorted(name for name in files if name.partition("/")[0] not in {d.language for d in documents})
    return faults + [f"{name}: belongs to no language of the report" for name in strange]


def _name_faults(files: Mapping[str, bytes], document: Document) -> Iterator[str]:
    """Yield files that are not part of a report: anything but its formats and one CSV per exhibit."""
    exhibits = {view.id for chapter in document.chapters for view in chapter.views}
    wanted = {f"{document.language}/csv/{name}.csv" for name in exhibits}
    reports = [name for name in files if name.count("/") == 1 and name.rpartition(".")[2] in KINDS]
    kinds = sorted(name.rpartition(".")[2] for name in reports)
    if kinds != sorted(KINDS):
        yield f"{document.language}: the report is there as {', '.join(kinds) or 'nothing'}, not as {', '.join(KINDS)}"
    yield from (f"{name}: is no part of the report" for name in sorted({*files} - wanted - {*reports}))
    yield from (f"{name}: is missing" for name in sorted(wanted - {*files}))


def _text_faults(document: Document) -> Iterator[str]:
    """Yield kinds of personal data in the texts that all formats, the PDF among them, are made from."""
    yield from dict.fromkeys(fault for text in texts_of(document) for fault in text_faults(text))


def texts_of(content: Any) -> Iterator[str]:
    """Yield every text inside a document.

    Parameters
    ----------
    content : object
        A document or any part of it.

    Yields
    ------
    str
        One text after the other, drawings left out.
    """
    if isinstance(content, str):
        yield content
    elif is_dataclass(content):
        for field in fields(content):
            if field.name not in _DRAWN:
                yield from texts_of(getattr(content, field.name))
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield from texts_of(key)
            yield from texts_of(value)
    elif isinstance(content, list | tuple | frozenset):
        for item in content:
            yield from texts_of(item)


def _ethics_faults(files: Mapping[str, bytes], document: Document) -> Iterator[str]:
    """Yield where the ethics block is not printed in full."""
    if len(document.ethics) != len(ETHICS):
        yield f"{document.language}: the ethics block is not complete"
    for name, content in files.items():
        if name.endswith(".html"):
            page = "".join(readable_parts(name, content))
            lacking = sum(
                escape(v) not in page and escape(v, quote=False) not in page for _, v in document.ethics
            )
            if lacking:
                yield f"{name}: {lacking} lines of the ethics block are not printed"


def _mark_faults(files: Mapping[str, bytes], document: Document, synthetic: bool) -> Iterator[str]:
    """Yield files without the mark of synthetic data, or with it on figures of a survey."""
    if bool(document.mark) != synthetic:
        yield f"{document.language}: the mark of synthetic data does not fit the data"
    for name, content in files.items():
        if not name.endswith(".csv") and ("SYNTHETIC" in name) != synthetic:
            yield f"{name}: its name does not say whether the data are synthetic"
        if name.endswith(".csv"):
            lines = content.decode("utf-8-sig").splitlines()[1:]
            marked = sum(line.endswith(SYNTHETIC_MARK) for line in lines)
            if marked != (len(lines) if synthetic else 0):
                yield f"{name}: the origin of its figures is not right on every line"
        elif synthetic and not name.endswith(".pdf"):
            if not any(document.mark in part for part in readable_parts(name, content)):
                yield f"{name}: does not carry the mark of synthetic data"
