"""Exhibits as tidy CSV: unrounded figures, one line each, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure
from migration_effects.report.messages import SYNTHETIC_MARK
from migration_effects.report.plain import plain
from migration_effects.report.presentation import present
from migration_effects.report.table import Table

_NUMBERS = ("value", "std_error", "conf_low", "conf_high", "p_value", "n", "flag")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guard(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    Parameters
    ----------
    text : str
        A text cell, never a number.

    Returns
    -------
    str
        With an apostrophe in front where the text starts like a formula.

    Examples
    --------
    >>> guard("=1+1"), guard("girls")
    ("'=1+1", 'girls')
    """
    safe = plain(text)
    return f"'{safe}" if safe.startswith(_FORMULA) else safe


def table_csv(table: Table, language: str | None) -> str:
    """Return the figures of a table.

    Parameters
    ----------
    table : Table
        The specification.
    language : str, optional
        Language of the labels; without it, keys.

    Returns
    -------
    str
        Columns ``group, row, spanner, column, unit``, the numbers, ``data_origin``.
    """
    name = _namer(table, language)
    lines = []
    for row, cells in zip(table.rows, table.cells, strict=True):
        for column, cell in zip(table.columns, cells, strict=True):
            texts = (row.group, row.label, column.spanner, column.label, column.unit)
            lines.append([*map(name, texts), *_numbers(cell.record())])
    for foot in table.foot:
        for column, value in zip(table.columns, foot.values, strict=True):
            texts = ("", foot.label, column.spanner, column.label, "number")
            lines.append([*map(name, texts), *_numbers({"value": value, "flag": ""})])
    return _write(["group", "row", "spanner", "column", "unit"], lines, table)


def figure_csv(figure: Figure, language: str | None) -> str:
    """Return the figures behind a chart.

    Parameters
    ----------
    figure : Figure
        The specification.
    language : str, optional
        Language of the labels; without it, keys.

    Returns
    -------
    str
        Columns ``panel, group, category, series, unit``, the numbers, ``data_origin``.
    """
    name = _namer(figure, language)
    lines = [
        [*map(name, (p.panel, p.group, p.category, p.series, p.unit)), *_numbers(p.cell.record())]
        for p in figure.points
    ]
    return _write(["panel", "group", "category", "series", "unit"], lines, figure)


def _namer(exhibit: Exhibit, language: str | None) -> Callable[[str], str]:
    """Return the function from label ids to guarded text."""
    if language is None:
        return guard
    labels = present(exhibit, language).labels
    return lambda label_id: guard(labels(label_id)) if label_id else ""


def _numbers(record: dict[str, Any]) -> list[str]:
    """Return the numbers as text, ten significant digits."""
    values = [record.get(name) for name in _NUMBERS]
    return ["" if v is None else f"{v:.10g}" if isinstance(v, float) else str(v) for v in values]


def _write(header: list[str], lines: Iterable[list[str]], exhibit: Exhibit) -> str:
    """Return CSV text with the data origin on every line."""
    origin = {True: SYNTHETIC_MARK, False: "survey", None: ""}[exhibit.context.synthetic]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*header, *_NUMBERS, "data_origin"])
    writer.writerows([*line, origin] for line in lines)
    return stream.getvalue()
