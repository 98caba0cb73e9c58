"""`mapping.csv` beside real files: which of their columns and codes stand for those of the study's codebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migration_effects.io.tables import read_rows
from migration_effects.io.variable import Code, Variable

MAPPING = "mapping.csv"
COLUMNS = ("unit", "variable", "file", "column", "codes", "missing", "note")
NOT_AVAILABLE = "not available"
# What stands under `codes` of an identifier.
CHECK_DIGIT, NO_CHECK_DIGIT = "check digit", "no check digit"
# Under `missing`: the answer becomes empty, as if the question had not been asked.
BLANK = "blank"


@dataclass(frozen=True)
class Entry:
    """One line of a mapping: where a variable of the study comes from.

    Parameters
    ----------
    unit : str
        Unit of the study.
    variable : Variable
        Of the codebook.
    file, column : str
        Delivered file and its column; both empty where the variable is not available.
    codes : mapping of code to code
        Delivered code → code of the codebook; empty where they are the same.
    missing : mapping of code to str
        Delivered code → reason why there is no answer, or ``blank``; empty where the codebook's codes hold.
    check_digit : bool
        Of an identifier: whether its last digit checks the others.
    note : str
        Free text; the reason where the variable is not available.
    """

    unit: str
    variable: Variable
    file: str
    column: str
    codes: Mapping[Code, Code] = field(default_factory=dict)
    missing: Mapping[Code, str] = field(default_factory=dict)
    check_digit: bool = False
    note: str = ""

    @property
    def available(self) -> bool:
        """Whether the delivered files hold the variable."""
        return bool(self.column)


@dataclass(frozen=True)
class RawMapping:
    """All lines of a mapping.

    Parameters
    ----------
    entries : tuple of Entry
        One per raw variable of the codebook.
    """

    entries: tuple[Entry, ...]

    @property
    def files(self) -> dict[str, str]:
        """Delivered file of each unit, in the order of the mapping."""
        return {entry.unit: entry.file for entry in self.entries if entry.available}

    @property
    def check_digit(self) -> bool:
        """Whether the identifiers carry check digits."""
        return any(entry.check_digit for entry in self.entries)

    @property
    def unavailable(self) -> dict[str, str]:
        """Variables the delivered files do not hold, with the reason stated."""
        held = {entry.variable.name for entry in self.entries if entry.available}
        return {
            entry.variable.name: entry.note
            for entry in self.entries
            if not entry.available and entry.variable.name not in held
        }


def has_mapping(folder: Path) -> bool:
    """Return whether a raw folder says itself how its files are to be read.

    Parameters
    ----------
    folder : Path
        The raw folder.

    Returns
    -------
    bool
        True when it holds ``mapping.csv``.
    """
    return (folder / MAPPING).is_file()


def mapped_files(folder: Path) -> list[str]:
    """Return the delivered files a mapping names, without checking anything else.

    Parameters
    ----------
    folder : Path
        The raw folder.

    Returns
    -------
    list of str
        File names, sorted.
    """
    rows, _ = read_rows(folder / MAPPING, required=COLUMNS)
    return sorted({row.cells["file"].strip() for row in rows} - {""})
