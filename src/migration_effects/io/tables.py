"""Strict reading of the small CSV tables a study is made of: every fault at once, nothing guessed.

``pandas.read_csv`` is not used here: it turns the label ``NA`` into a missing value, ``01`` into 1, and
shifts columns silently when a row is longer than the header.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from migration_effects.errors import nearest

MAX_BYTES = 1_000_000
BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class TableRow:
    """One row of a strict table.

    Parameters
    ----------
    line : int
        Line of the file on which the row ends (the header is line 1).
    cells : dict of str to str
        Text of every column; nothing is converted.
    """

    line: int
    cells: dict[str, str]


def read_rows(
    path: Path, *, required: Sequence[str], optional: Sequence[str] = ()
) -> tuple[list[TableRow], list[str]]:
    """Read a UTF-8 CSV file as text and list its faults.

    Parameters
    ----------
    path : Path
        The table.
    required, optional : sequence of str
        Column names that must, or may, be there; any other column is a fault.

    Returns
    -------
    rows : list of TableRow
        The rows whose width fits the header; empty when the header is wrong.
    faults : list of str
        Everything that is wrong, each line starting with the file name.
    """
    text, fault = _text(path)
    if fault:
        return [], [fault]
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[TableRow] = []
    faults: list[str] = []
    try:
        header = next(reader, [])
        faults = _header_faults(path.name, header, required, optional)
        if faults:
            return [], faults
        for cells in reader:
            if len(cells) != len(header):
                counts = f"{len(cells)} cells where the header has {len(header)}"
                faults.append(f"{path.name}, line {reader.line_num}: {counts}.")
                continue
            rows.append(TableRow(reader.line_num, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        faults.append(f"{path.name}, line {reader.line_num}: not readable as CSV ({error}).")
    faults += _character_faults(path.name, rows)
    return rows, faults


def _text(path: Path) -> tuple[str, str]:
    """Return the file's text, or the fault that keeps it from being read."""
    if not path.is_file():
        return "", f"{path.name}: the file is missing from {path.parent.name}."
    size = path.stat().st_size
    if size > MAX_BYTES:
        return "", f"{path.name}: {size:,} bytes; a study table has at most {MAX_BYTES:,}."
    try:
        return path.read_bytes().decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        place = f"byte {error.start}"
        return "", f"{path.name}: not UTF-8 (at {place}). Save it as UTF-8; cp1251 loses Uzbek letters."


def _header_faults(
    name: str, header: Sequence[str], required: Sequence[str], optional: Sequence[str]
) -> list[str]:
    """Return the faults of a header line."""
    if not header:
        return [f"{name}: empty; the header must be {','.join(required)}."]
    allowed = [*required, *optional]
    faults = [f"{name}: column {c!r} is missing." for c in required if c not in header]
    for column in dict.fromkeys(header):
        if column not in allowed:
            faults.append(f"{name}: unknown column {column!r}.{nearest(column, allowed)}")
        if header.count(column) > 1:
            faults.append(f"{name}: column {column!r} occurs {header.count(column)} times.")
    return faults


def _character_faults(name: str, rows: Iterable[TableRow]) -> list[str]:
    """Return the cells with control or direction-changing characters, which can hide text."""
    return [
        f"{name}, line {row.line}, column {column!r}: holds a control or bidirectional character; delete it."
        for row in rows
        for column, cell in row.cells.items()
        if any(c in BIDIRECTIONAL or unicodedata.category(c) == "Cc" for c in cell)
    ]
