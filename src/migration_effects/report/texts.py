"""What notebooks write under their exhibits (population lines, notes, names of groups), in each language.

Notebooks write English. ``texts.csv`` of the study folder has one line per English text: ``en,ru,uz,status``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from migration_effects.errors import StudyError, counted
from migration_effects.report.messages import LANGUAGES

FILE = "texts.csv"
STATUSES = ("draft", "reviewed")


def read_texts(folder: Path) -> dict[str, dict[str, str]]:
    """Return the translations of a study's own texts.

    Parameters
    ----------
    folder : Path
        The study folder.

    Returns
    -------
    dict of str to dict
        By language, then by English text; empty without a file. Empty cells are left out.

    Raises
    ------
    StudyError
        For a missing or unknown column, a text that stands twice, or an unknown status, all at once.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        columns = list(reader.fieldnames or ())
        rows = list(reader)
    languages = [c for c in columns if c in LANGUAGES and c != "en"]
    faults = [f"column {c!r} is missing" for c in ("en", "status") if c not in columns]
    faults += [f"column {c!r} is unknown" for c in columns if c not in (*LANGUAGES, "status")]
    if not faults:
        faults = _faults(rows)
    if faults:
        raise StudyError(
            f"{FILE} has {counted(len(faults), 'fault')}:\n" + "\n".join(f"  - {f}" for f in faults)
        )
    return {name: {row["en"]: row[name] for row in rows if row[name]} for name in languages}


def _faults(rows: list[dict[str, str]]) -> list[str]:
    """Return what is wrong with the lines."""
    faults, seen = [], set()
    for number, row in enumerate(rows, start=2):
        if not row["en"]:
            faults.append(f"line {number} has no English text")
        if row["en"] in seen:
            faults.append(f"line {number} repeats {row['en']!r}")
        if row["status"] not in STATUSES:
            faults.append(f"line {number} has status {row['status']!r}; allowed: {', '.join(STATUSES)}")
        seen.add(row["en"])
    return faults


def missing_lines(missing: Mapping[str, object]) -> str:
    """Return texts without a translation as lines for ``texts.csv``.

    Parameters
    ----------
    missing : mapping of str
        English texts.

    Returns
    -------
    str
        CSV lines.

    Examples
    --------
    >>> missing_lines({"Boys, girls": None})
    '"Boys, girls",,,draft'
    """
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([text, "", "", "draft"] for text in missing)
    return stream.getvalue().rstrip("\n")
