"""Reading CSV and parquet files, whose parsers need no guard."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.errors import DataFileError

MAX_CSV_BYTES = 2**30
# Only what reading and writing again gives back is a number: 01 and 16-digit integers stay text.
NUMBER = r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?"
SAFE_DIGITS = 15
NOT_AVAILABLE = "NA"
SHOWN = 5
OTHER_SEPARATORS = (";", "\t", "|")


def read_csv(path: Path, encoding: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Read ``.csv`` or ``.csv.gz`` without guessing.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str or None
        UTF-8 unless given.

    Returns
    -------
    frame : DataFrame
        A column is numeric only when every cell is a number, blank, or ``NA`` as statistical programs write.
    notes : list of str
        Counts of ``NA`` read as missing.

    Raises
    ------
    DataFileError
        For damaged, oversized or wrongly encoded files, repeated column names and rows of another width.
    """
    content = _content(path)
    try:
        text = content.decode(encoding or "utf-8-sig")
    except (UnicodeDecodeError, LookupError) as error:
        hint = 'It is not UTF-8; try encoding="cp1251".' if encoding is None else "Check encoding=…"
        raise DataFileError(f"{path.name}: {error}. {hint}", reason="encoding") from None
    frame = _parse(path.name, text)
    notes = []
    columns = {}
    for name in frame.columns:
        columns[name], absent = _typed(frame[name])
        if absent:
            notes.append(f"{name}: {absent} × NA read as missing")
    return pd.DataFrame(columns), notes


def _content(path: Path) -> bytes:
    """Return the bytes of a file, unpacked, within the size limit."""
    packed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if packed else path.open("rb") as stream:
            content = stream.read(MAX_CSV_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataFileError(f"{path.name}: damaged ({error}). Get a fresh copy.", reason="corrupt") from None
    if len(content) > MAX_CSV_BYTES:
        raise DataFileError(f"{path.name}: more than {MAX_CSV_BYTES:,} bytes of text.", reason="too_large")
    return content


def _parse(name: str, text: str) -> pd.DataFrame:
    """Return all cells as text; rows of another width than the header are an error, never filled or cut."""
    header, faults = _table_faults(text)
    if faults:
        more = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise DataFileError(f"{name}: {'; '.join(faults[:SHOWN])}{more}. Correct the file.", reason="corrupt")
    return pd.read_csv(io.StringIO(text), header=0, names=header, dtype=str, keep_default_na=False)


def _table_faults(text: str) -> tuple[list[str], list[str]]:
    """Return the header and what is wrong with the table."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = next(reader, [])
        folded = [column.casefold() for column in header]
        faults = [
            f"column name {c!r} occurs twice" for c in sorted({c for c in folded if folded.count(c) > 1})
        ]
        faults += [
            f"line {reader.line_num} has {len(row)} cells, the header {len(header)}"
            for row in reader
            if row and len(row) != len(header)
        ]
    except csv.Error as error:
        return [], [f"line {reader.line_num}: {error}"]
    if not header:
        return header, ["the file is empty"]
    separator = next((s for s in OTHER_SEPARATORS if len(header) == 1 and s in header[0]), None)
    if separator is not None:
        faults.append(f"its cells are separated by {separator!r}, not by commas: save it again with commas")
    return header, faults


def _typed(column: pd.Series) -> tuple[pd.Series, int]:
    """Return a column as numbers where every cell is one, else as text, with the count of ``NA`` cells."""
    stripped = column.str.strip()
    blank, absent = stripped == "", stripped == NOT_AVAILABLE
    if not _all_numbers(stripped[~blank & ~absent]):
        return column.where(~blank, None), 0
    return stripped.where(~blank & ~absent, np.nan).astype(float), int(absent.sum())


def _all_numbers(cells: pd.Series) -> bool:
    """Return whether every cell is a number that float keeps; a column without any cell is text."""
    if cells.empty or not cells.str.fullmatch(NUMBER).all():
        return False
    digits = cells.str.replace(r"\D", "", regex=True).str.len()
    return bool((digits.le(SAFE_DIGITS) | cells.str.contains(".", regex=False)).all())


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a parquet file, numbers as float and text as str.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    DataFrame
        The columns.

    Raises
    ------
    DataFileError
        When no parquet engine is installed or the file is damaged.
    """
    if not any(importlib.util.find_spec(engine) for engine in ("pyarrow", "fastparquet")):
        raise DataFileError(f"{path.name}: install pyarrow to read parquet files.", reason="format")
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataFileError(f"{path.name}: damaged ({error}).", reason="corrupt") from None
    return frame.apply(lambda c: c.astype(float) if is_numeric_dtype(c) else c.astype(object))
