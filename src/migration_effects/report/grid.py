"""The figures of a table in full: one row and one column for everything, unrounded, for spreadsheets.

Where :mod:`~migration_effects.report.layout` prints, this keeps numbers: estimate, standard error, both limits of the
interval, p-value and cases stand in columns of their own, groups in every row, and no header covers two columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migration_effects.report.cells import Cell
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import SYMBOLS
from migration_effects.report.layout import cases_place
from migration_effects.report.presentation import PUBLIC_REMARK, Presentation
from migration_effects.report.table import Column, FootRow, Table

_MEASURES = ("std_error", "conf_low", "conf_high", "p_value")
MEASURE_NAMES = {
    "std_error": "standard error",
    "conf_low": "95% CI, lower limit",
    "conf_high": "95% CI, upper limit",
    "p_value": "p-value",
}
AXIS_NAMES = {"panel": "Panel", "group": "Group", "category": "Category", "series": "Series"}
# What a remark beside a figure says about it.
REMARKS = {
    "few": "25–49 cases",
    "hidden": "fewer than 25 cases: not shown",
    "none": "zero or none",
    "reference": "reference category",
    "not_applicable": "not applicable",
    "not_available": "not available",
}
P_DECIMALS = 4
# Units of levels: that a level is not zero is nothing to test.
_LEVELS = ("%", "thousand", "number", "score", "years", "days", "points")


@dataclass(frozen=True)
class Number:
    """A number as a spreadsheet takes it.

    Parameters
    ----------
    value : float
        Ten significant digits.
    decimals : int
        Digits shown.
    brackets : bool
        Whether it is shown in parentheses, because few cases stand behind it.
    """

    value: float
    decimals: int
    brackets: bool = False


Entry = str | Number


@dataclass(frozen=True)
class Grid:
    """A table in one language with one header row.

    Parameters
    ----------
    labels : int
        Leading columns that hold words: group, row.
    headers : tuple of str
        One per column.
    lines : tuple of tuple of str or Number
        One entry per column in each.
    total, foot : frozenset of int
        Lines that are totals, and plain numbers under the estimates.
    """

    labels: int
    headers: tuple[str, ...]
    lines: tuple[tuple[Entry, ...], ...]
    total: frozenset[int]
    foot: frozenset[int]


@dataclass(frozen=True)
class _Shape:
    """The columns that one column of a table takes."""

    column: Column
    measures: tuple[str, ...]
    cases: bool
    remark: bool

    @property
    def width(self) -> int:
        """Columns."""
        return 1 + len(self.measures) + self.cases + self.remark


def data_grid(table: Table, words: Presentation) -> Grid:
    """Return a table for a spreadsheet.

    Parameters
    ----------
    table : Table
        The specification.
    words : Presentation
        Labels of one language.

    Returns
    -------
    Grid
        Numbers that may not be shown are replaced by their symbol.
    """
    text = words.labels.messages.text
    place = cases_place(table)
    shapes = [_shape(table, j, place) for j in range(len(table.columns))]
    grouped = any(row.group for row in table.rows)
    stub = words.labels(table.row_header) if table.row_header else text("Category")
    headers = [text("Group")] * grouped + [stub[:1].upper() + stub[1:]]
    headers += [header for shape in shapes for header in _headers(shape, words)]
    headers += [text("Unweighted n")] * (place == "one")
    lines: list[tuple[Entry, ...]] = []
    for row, cells in zip(table.rows, table.cells, strict=True):
        group = words.labels(row.group) if row.group else SYMBOLS["none"]
        entries: list[Entry] = [*[group] * grouped, words.labels(row.label)]
        entries += [
            e for shape, cell in zip(shapes, cells, strict=True) for e in _entries(shape, cell, words)
        ]
        if place == "one":
            entries.append(_cases(next((c.n for c in cells if c.n is not None), None), words))
        lines.append(tuple(entries))
    foot = range(len(lines), len(lines) + len(table.foot))
    for last in table.foot:
        empty = (*[SYMBOLS["none"]] * grouped, words.labels(last.label))
        lines.append((*empty, *_foot(shapes, last, words), *[""] * (place == "one")))
    total = frozenset(i for i, row in enumerate(table.rows) if row.key == "Total")
    return Grid(1 + grouped, tuple(headers), tuple(lines), total, frozenset(foot))


def _shape(table: Table, j: int, place: str) -> _Shape:
    """Return the columns of column j."""
    cells = [line[j] for line in table.cells]
    measures = _known(cells, table.columns[j].unit)
    remark = any(cell.mark for cell in cells)
    return _Shape(table.columns[j], measures, place == "each", remark)


def _known(cells: Sequence[Cell], unit: str) -> tuple[str, ...]:
    """Return the measures that some figure has; p-values only where something is tested."""
    found = [m for m in _MEASURES if any(getattr(cell, m) is not None for cell in cells)]
    return tuple(m for m in found if m != "p_value" or unit not in _LEVELS)


def figure_grid(figure: Figure, words: Presentation) -> Grid:
    """Return the figures behind a chart for a spreadsheet, one line each.

    Parameters
    ----------
    figure : Figure
        The specification.
    words : Presentation
        Labels of one language.

    Returns
    -------
    Grid
        Columns are the dimensions that the chart has, then the numbers.
    """
    text = words.labels.messages.text
    axes = [axis for axis in AXIS_NAMES if any(figure.distinct(axis))]
    units = figure.distinct("unit")
    cells = [point.cell for point in figure.points]
    measures = _known(cells, units[0])
    cases = "each" if any(cell.n is not None for cell in cells) else "none"
    column = Column("", "Estimate", units[0] if len(units) == 1 else "", figure.decimals)
    shape = _Shape(column, measures, cases == "each", any(cell.mark for cell in cells))
    headers = [text(AXIS_NAMES[axis]) for axis in axes] + [text("Unit")] * (len(units) > 1)
    lines = []
    for point in figure.points:
        leads = [getattr(point, axis) for axis in axes] + [point.unit] * (len(units) > 1)
        texts = [words.labels(lead) if lead else SYMBOLS["none"] for lead in leads]
        lines.append((*texts, *_entries(shape, point.cell, words)))
    numbers = [header.removeprefix(f"{words.labels('Estimate')}, ") for header in _headers(shape, words)]
    numbers = [numbers[0], *(name[:1].upper() + name[1:] for name in numbers[1:])]
    return Grid(len(headers), (*headers, *numbers), tuple(lines), frozenset(), frozenset())


def _headers(shape: _Shape, words: Presentation) -> Iterator[str]:
    """Yield the headers of one column, each of which says what it is about."""
    text, column = words.labels.messages.text, shape.column
    names = [words.labels(name) for name in (column.spanner, column.label) if name]
    name = ": ".join(dict.fromkeys(names))
    unit = "" if column.unit in ("", "number") else words.labels(column.unit)
    yield f"{name} ({unit})" if unit else name
    for measure in shape.measures:
        yield f"{name}, {text(MEASURE_NAMES[measure])}"
    if shape.cases:
        yield f"{name}, {text('unweighted n')}"
    if shape.remark:
        yield f"{name}, {text('remark')}"


def _entries(shape: _Shape, cell: Cell, words: Presentation) -> Iterator[Entry]:
    """Yield the entries of one figure."""
    text, decimals, few = words.labels.messages.text, shape.column.decimals, cell.mark == "few"
    record = cell.record()
    symbol = text(SYMBOLS.get(cell.mark, SYMBOLS["not_available"]))
    yield Number(record["value"], decimals, few) if cell.shown else symbol
    for measure in shape.measures:
        places = {"p_value": P_DECIMALS, "std_error": decimals + 1}.get(measure, decimals)
        value = record[measure]
        missing = text(SYMBOLS["not_applicable"]) if cell.shown else symbol
        yield missing if value is None else Number(value, places, few and measure != "p_value")
    if shape.cases:
        yield _cases(cell.n, words)
    if shape.remark:
        remark = PUBLIC_REMARK if words.public and cell.mark == "hidden" else REMARKS.get(cell.mark, "")
        yield text(remark) if remark else SYMBOLS["none"]


def _cases(n: int | None, words: Presentation) -> Entry:
    """Return a number of unweighted cases."""
    return words.labels.messages.text(SYMBOLS["not_applicable"]) if n is None else Number(n, 0)


def _foot(shapes: Sequence[_Shape], foot: FootRow, words: Presentation) -> Iterator[Entry]:
    """Yield a row of plain numbers under the estimates."""
    for shape, value in zip(shapes, foot.values, strict=True):
        yield (
            words.labels.messages.text(SYMBOLS["not_applicable"])
            if value is None
            else Number(value, foot.decimals)
        )
        yield from [""] * (shape.width - 1)
