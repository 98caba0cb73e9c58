"""Sections beside the chapters, where the study has them: summary at the front, annexes at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from migration_effects.errors import StudyError
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.plain import plain
from migration_effects.report.render.document import Chapter, Document, value_of
from migration_effects.report.render.prose import Block, Run, parse_prose

SUMMARY = "summary.md"
ANNEXES = ("annex_methods.md", "annex_strobe.md")
# Before every chapter, of which background and method is number 0.
_FIRST = -1


def with_sections(document: Document, folder: Path, exhibits: Mapping[str, Exhibit]) -> Document:
    """Return a report with its summary and annexes.

    Parameters
    ----------
    document : Document
        The report in one language.
    folder : Path
        The study folder, with ``text/<language>/summary.md`` and the annexes, each optional.
    exhibits : mapping of str to Table or Figure
        From which the numbers of the prose are taken.

    Returns
    -------
    Document
        On synthetic data the summary begins by saying so.

    Raises
    ------
    StudyError
        When the prose has faults, or places an exhibit: those belong to chapters.
    """
    text = folder / "text" / document.language
    front = _section(text / SUMMARY, _FIRST, document.language, exhibits)
    if front is not None and document.mark:
        warning = Block("paragraph", runs=(Run(f"{document.mark}. {document.about[0]}", strong=True),))
        front = replace(front, blocks=(warning, *front.blocks))
    number = max((chapter.number for chapter in document.chapters), default=0) + 1
    annexes = [
        _section(text / name, number + i, document.language, exhibits) for i, name in enumerate(ANNEXES)
    ]
    chapters = (front, *document.chapters, *annexes)
    return replace(document, chapters=tuple(chapter for chapter in chapters if chapter is not None))


def _section(path: Path, number: int, language: str, exhibits: Mapping[str, Exhibit]) -> Chapter | None:
    """Return a section as a chapter without exhibits; None without its file."""
    if not path.is_file():
        return None
    title, blocks = parse_prose(
        path.read_text(encoding="utf-8"), value_of(exhibits, language), where=path.name
    )
    placed = [block.exhibit for block in blocks if block.kind == "exhibit"]
    if placed:
        raise StudyError(
            f"{path.name} places {', '.join(placed)}. Exhibits stand in the chapter that declares them; "
            "take single numbers with value(…)."
        )
    return Chapter(number, plain(title), blocks, (), path.stem.replace("_", "-"))


def section_faults(folder: Path, language: str) -> list[str]:
    """Return the sections that a language lacks.

    Parameters
    ----------
    folder : Path
        The study folder.
    language : str
        One language.

    Returns
    -------
    list of str
        One fault per section that exists in English only.
    """
    text = folder / "text"
    return [
        f"text/{language}/{name} is missing; text/en/{name} exists"
        for name in (SUMMARY, *ANNEXES)
        if (text / "en" / name).is_file() and not (text / language / name).is_file()
    ]
