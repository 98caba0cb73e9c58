"""The figures of an exhibit as the rules for publication see them: measure, cases, lines that add up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from migration_effects.disclosure.publication import Entry, Measure, adds_up
from migration_effects.report.cells import Cell
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure, Point
from migration_effects.report.labels import TIMES, TOTAL
from migration_effects.report.table import Table

# Columns that hold no shares although their rows are labelled in per cent.
_NO_SHARE = re.compile(r"differ|effect|p-value|\bp\b|before|after", re.IGNORECASE)
_EXTREMES = ("min", "max", "minimum", "maximum")


def cells_of(exhibit: Exhibit) -> list[Cell]:
    """Return all figures of an exhibit, row by row or in drawing order.

    Parameters
    ----------
    exhibit : Table or Figure
        The specification.

    Returns
    -------
    list of Cell
        As :func:`entries_of` numbers them.
    """
    if isinstance(exhibit, Figure):
        return [point.cell for point in exhibit.points]
    return [cell for line in exhibit.cells for cell in line]


def places_of(exhibit: Exhibit) -> list[str]:
    """Return what each figure is about, in label ids.

    Parameters
    ----------
    exhibit : Table or Figure
        The specification.

    Returns
    -------
    list of str
        One per figure, in the order of :func:`cells_of`.
    """
    if isinstance(exhibit, Figure):
        return [" | ".join((p.panel, p.group, p.category, p.series)) for p in exhibit.points]
    return [f"{row.key} | {column.key}" for row in exhibit.rows for column in exhibit.columns]


def is_extreme(table: Table, column: int) -> bool:
    """Whether a column holds the smallest or largest value of somebody.

    Parameters
    ----------
    table : Table
        The specification.
    column : int
        Position of the column.

    Returns
    -------
    bool
        By its key or label.
    """
    shape = table.columns[column]
    return shape.key.casefold() in _EXTREMES or shape.label.casefold() in _EXTREMES


def entries_of(exhibit: Exhibit) -> list[Entry]:
    """Return the figures of an exhibit for :func:`~migration_effects.disclosure.publication.reasons_to_hide`.

    Lines are rows of one group in a column, series of one category and the like, as long as their labels are values
    of one variable; whether shares add up is read from the shares themselves. A figure without a number of cases
    takes the smallest of its row, else of its column, else the smallest count of its row.

    Parameters
    ----------
    exhibit : Table or Figure
        With exact figures.

    Returns
    -------
    list of Entry
        In the order of :func:`cells_of`.
    """
    entries = _figure_entries(exhibit) if isinstance(exhibit, Figure) else _table_entries(exhibit)
    return _with_parts(entries)


def _table_entries(table: Table) -> list[Entry]:
    """Return the figures of a table; candidates for shares that add up stand among the parts."""
    least_of_column = [_least(line[j] for line in table.cells) for j in range(len(table.columns))]
    found = []
    for i, (row, line) in enumerate(zip(table.rows, table.cells, strict=True)):
        for j, (column, cell) in enumerate(zip(table.columns, line, strict=True)):
            measure = _measure(table, i, j)
            n = cell.n if cell.n is not None else _least(line) or least_of_column[j] or _least_count(table, i)
            total = row.key == TOTAL
            down = f"column {j}, {'' if measure == 'count' else row.group}"
            across = f"row {i}, {column.spanner}, {_variable(column.key)}"
            divides = not sums_up(table, j) if measure == "count" else bool(_variable(row.label))
            lines = (down,) if divides and not total else ()
            parts = () if measure != "share" else (across, *(() if total else (f"shares of {down}",)))
            value = None if cell.symbol else cell.value
            found.append(Entry(value, None if measure == "count" else n, measure, lines, parts))
    return found


def _least_count(table: Table, i: int) -> int | None:
    """Return the smallest count of a row: shares beside it are of no fewer people."""
    counts = [c.value for j, c in enumerate(table.cells[i]) if _measure(table, i, j) == "count"]
    return min((int(value) for value in counts if value is not None), default=None)


def sums_up(table: Table, column: int) -> bool:
    """Whether the total of a column is the sum of its other rows, and so can be made anew from what is shown.

    Parameters
    ----------
    table : Table
        The specification.
    column : int
        Position of the column.

    Returns
    -------
    bool
        True where one row is the total and adds up.
    """
    pairs = list(zip(table.rows, (line[column].value for line in table.cells), strict=True))
    totals = [value for row, value in pairs if row.key == TOTAL]
    others = [value for row, value in pairs if row.key != TOTAL]
    if len(totals) != 1 or totals[0] is None or not others:
        return False
    return sum(value or 0.0 for value in others) == totals[0]


def _measure(table: Table, i: int, j: int) -> Measure:
    """Return what a figure of a table measures."""
    column, row = table.columns[j], table.rows[i]
    if column.unit == "%":
        return "share"
    if column.unit == "" and "%" in row.label:
        return "statistic" if _NO_SHARE.search(f"{column.label} {column.spanner}") else "share"
    cells = [line[j] for line in table.cells]
    values = [cell.value for cell in cells if cell.value is not None]
    counted = column.unit == "number" and all(c.n is None for c in cells)
    return "count" if counted and all(value == int(value) for value in values) else "statistic"


def _figure_entries(figure: Figure) -> list[Entry]:
    """Return the figures of a chart; candidates for shares that add up stand among the parts."""
    whole = all(p.cell.n is None and (p.cell.value or 0) == int(p.cell.value or 0) for p in figure.points)
    return [_point_entry(point, whole) for point in figure.points]


def _point_entry(point: Point, whole: bool) -> Entry:
    """Return the figure of one point."""
    measure: Measure = "share" if point.unit == "%" else "statistic"
    if point.unit == "number" and whole:
        measure = "count"
    down = f"{point.panel} | {point.series} | {point.group} | {_variable(point.category)}"
    across = f"{point.panel} | {point.category} | {point.group} | {_variable(point.series)}"
    lines = tuple(
        f"{name}: {line}"
        for name, line, label in (("categories", down, point.category), ("series", across, point.series))
        if _variable(label)
    )
    parts = (f"shares of categories: {down}", f"shares of series: {across}") if measure == "share" else ()
    value = None if point.cell.symbol else point.cell.value
    # Thousands of people are a share times a known population.
    tied = point.unit in ("%", "thousand")
    place = f"{point.category} | {point.series} | {point.group}" if tied else ""
    return Entry(value, None if measure == "count" else point.cell.n, measure, lines, parts, place)


def _variable(label: str) -> str:
    """Return the variables whose values a label names; empty for other labels and for the total."""
    names = [part.partition("=")[0] for part in label.split(TIMES) if "=" in part]
    return "" if label == TOTAL else TIMES.join(names)


def _least(cells: Iterable[Cell]) -> int | None:
    """Return the smallest number of cases among figures."""
    known = [cell.n for cell in cells if cell.n is not None]
    return min(known) if known else None


def _with_parts(entries: Sequence[Entry]) -> list[Entry]:
    """Keep as parts only lines whose shares add up to 100."""
    values: dict[str, list[float | None]] = {}
    for entry in entries:
        for part in entry.parts:
            values.setdefault(part, []).append(entry.value)
    complete = {
        part for part, found in values.items() if adds_up([value for value in found if value is not None])
    }
    return [replace(entry, parts=tuple(p for p in entry.parts if p in complete)) for entry in entries]
