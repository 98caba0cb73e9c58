"""Where the prose of a chapter lies, and whether it places each exhibit of its chapter once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from migration_effects.errors import StudyError
from migration_effects.report.render.prose import parse_prose

if TYPE_CHECKING:
    from migration_effects.study.definition import Exhibit


def prose_file(folder: Path, language: str, chapter: int) -> Path | None:
    """Return the prose of a chapter.

    Parameters
    ----------
    folder : Path
        The study folder.
    language : str
        Language of the report.
    chapter : int
        Number of the chapter.

    Returns
    -------
    Path or None
        ``text/<language>/<two digits>*.md``; None when the chapter has no prose.

    Raises
    ------
    StudyError
        When two files claim the chapter.
    """
    found = sorted((folder / "text" / language).glob(f"{chapter:02d}*.md"))
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise StudyError(
            f"Chapter {chapter} has more than one prose file in {language!r}: {names}. Keep one."
        )
    return found[0] if found else None


def check_places(placed: Sequence[str], ids: Sequence[str], where: str) -> None:
    """Raise unless the prose places each exhibit of its chapter once.

    Parameters
    ----------
    placed : sequence of str
        Exhibits in the prose.
    ids : sequence of str
        Exhibits that study.toml declares for the chapter.
    where : str
        The file, for the message.

    Raises
    ------
    StudyError
        Listing every disagreement.

    Examples
    --------
    >>> check_places(["F4.2"], ["F4.2", "F4.1"], "04_education.md")
    Traceback (most recent call last):
    ...
    migration_effects.errors.StudyError: 04_education.md and study.toml disagree on the exhibits:
      - F4.1 is not placed: write {{ exhibit("F4.1") }} as a paragraph of its own where it belongs
    """
    faults = [
        f'{name} is not placed: write {{{{ exhibit("{name}") }}}} as a paragraph of its own where it belongs'
        for name in ids
        if name not in placed
    ]
    faults += [f"{name} does not belong to the chapter" for name in placed if name not in ids]
    faults += [f"{name} is placed more than once" for name in sorted(set(placed)) if placed.count(name) > 1]
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise StudyError(f"{where} and study.toml disagree on the exhibits:\n{lines}")


def placement_faults(folder: Path, exhibits: Iterable[Exhibit]) -> list[str]:
    """Return the faults of the prose that show before any figure is known.

    Parameters
    ----------
    folder : Path
        The study folder.
    exhibits : iterable of Exhibit
        As declared.

    Returns
    -------
    list of str
        In order of languages and chapters; figures that prose takes from exhibits are looked up by the report only.
    """
    chapters: dict[int, list[str]] = {}
    for exhibit in exhibits:
        chapters.setdefault(exhibit.chapter, []).append(exhibit.id)
    faults = []
    for language in sorted(path.name for path in (folder / "text").glob("*") if path.is_dir()):
        for chapter, ids in sorted(chapters.items()):
            try:
                _check_chapter(prose_file(folder, language, chapter), ids, language)
            except StudyError as error:
                faults.append(str(error))
    return faults


def _check_chapter(path: Path | None, ids: Sequence[str], language: str) -> None:
    """Raise when the prose of a chapter cannot be read or does not place its exhibits."""
    if path is not None:
        where = f"text/{language}/{path.name}"
        _, blocks = parse_prose(path.read_text(encoding="utf-8"), lambda *_: "", where=where)
        check_places([b.exhibit for b in blocks if b.kind == "exhibit"], ids, where)
