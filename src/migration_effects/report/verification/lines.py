"""The lines of exhibits as published in CSV, from a build or from the reference values of a study."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from migration_effects.errors import StudyError, counted

ROW_LABELS = ("panel", "group", "row", "category")
COLUMN_LABELS = ("spanner", "column", "series", "unit")
NUMBERS = ("value", "std_error", "conf_low", "conf_high", "p_value", "n")
STATISTICS = (*NUMBERS, "flag")
HIDDEN = "hidden"
COLUMNS = ("exhibit", *ROW_LABELS, *COLUMN_LABELS, *STATISTICS, "data_origin")


@dataclass(frozen=True)
class Line:
    """One figure of an exhibit with its precision, as text.

    Parameters
    ----------
    exhibit : str
        Id, for example ``"T7.1"``.
    rows, columns : tuple of str
        Keys of the row and of the column, empty where the exhibit has no such label.
    statistics : mapping of str to str
        ``value, std_error, conf_low, conf_high, p_value, n, flag``; empty where there is none.
    origin : str
        Where the data come from: the mark of synthetic data, or ``"survey"``.
    """

    exhibit: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    statistics: Mapping[str, str]
    origin: str

    @property
    def place(self) -> str:
        """Row and column for messages."""
        row, column = (" / ".join(filter(None, part)) for part in (self.rows, self.columns))
        return f"row {row or '-'!r}, column {column or '-'!r}"


Key = tuple[str, tuple[str, ...], tuple[str, ...], int]


def read_lines(text: str, *, name: str, exhibit: str | None = None) -> list[Line]:
    r"""Read the CSV of one exhibit, or of many when it has a column ``exhibit``.

    Parameters
    ----------
    text : str
        The file.
    name : str
        Its name, for messages.
    exhibit : str, optional
        Id of the exhibit whose file it is.

    Returns
    -------
    list of Line
        In the order of the file.

    Raises
    ------
    StudyError
        With every missing column, every text that is no number, and every hidden figure with a number.

    Examples
    --------
    >>> header = "row,column,value,std_error,conf_low,conf_high,p_value,n,flag,data_origin"
    >>> text = "\n".join([header, "sex=girl,sad,12.5,,,,,80,,survey"])
    >>> read_lines(text, name="T1.1.csv", exhibit="T1.1")[0].place
    "row 'sex=girl', column 'sad'"
    """
    reader = csv.DictReader(io.StringIO(text))
    needed = [*STATISTICS, "data_origin", *(["exhibit"] if exhibit is None else [])]
    lacking = [column for column in needed if column not in (reader.fieldnames or ())]
    if lacking:
        raise StudyError(f"{name} lacks the columns {', '.join(lacking)}. Write it anew.")
    lines, faults = [], []
    for record in reader:
        line = _line({column: text or "" for column, text in record.items()}, exhibit)
        faults += [f"line {reader.line_num}, {fault}" for fault in _faults(line)]
        lines.append(line)
    if faults:
        listed = "".join(f"\n  - {fault}" for fault in faults)
        raise StudyError(
            f"{name} has {counted(len(faults), 'fault')}; correct them or write it anew:{listed}"
        )
    return lines


def _line(record: Mapping[str, str], exhibit: str | None) -> Line:
    """Return the line of a record."""
    return Line(
        record["exhibit"] if exhibit is None else exhibit,
        tuple(record.get(label, "") for label in ROW_LABELS),
        tuple(record.get(label, "") for label in COLUMN_LABELS),
        {name: record[name] for name in STATISTICS},
        record["data_origin"],
    )


def _faults(line: Line) -> list[str]:
    """Return what cannot stand in a line: texts that are no finite number, and numbers that are hidden."""
    faults = []
    for name in NUMBERS:
        text = line.statistics[name]
        if text and not _finite(text):
            faults.append(f"{line.exhibit}, {line.place}: {name} is no number: {text!r}")
        elif text and line.statistics["flag"] == HIDDEN and name != "n":
            faults.append(f"{line.exhibit}, {line.place}: {name} of a hidden figure is shown")
    return faults


def _finite(text: str) -> bool:
    """Whether text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def by_key(lines: Iterable[Line]) -> dict[Key, Line]:
    """Return lines by exhibit, row, column, and a running number where all three are the same.

    Parameters
    ----------
    lines : iterable of Line
        Of any exhibits.

    Returns
    -------
    dict of tuple to Line
        In their order.
    """
    seen: Counter[tuple[str, tuple[str, ...], tuple[str, ...]]] = Counter()
    keyed = {}
    for line in lines:
        place = (line.exhibit, line.rows, line.columns)
        keyed[(*place, seen[place])] = line
        seen[place] += 1
    return keyed


def lines_csv(lines: Iterable[Line]) -> str:
    """Return lines as CSV, with the origin of the data on each.

    Parameters
    ----------
    lines : iterable of Line
        Of any exhibits, in the order wanted.

    Returns
    -------
    str
        Read back by :func:`read_lines`.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        numbers = [line.statistics[name] for name in STATISTICS]
        writer.writerow([line.exhibit, *line.rows, *line.columns, *numbers, line.origin])
    return stream.getvalue()
