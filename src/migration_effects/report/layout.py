"""A table as it is printed: every text final, every span known. All renderers draw from this."""

from __future__ import annotations

import re
from dataclasses import dataclass

from migration_effects.report.cells import Cell
from migration_effects.report.formatting import NO_BREAK, SYMBOLS
from migration_effects.report.presentation import Presentation
from migration_effects.report.table import Column, Table

# With more columns of estimates than this, intervals stand under the estimates instead of beside them.
_WIDE = 3
_BRACKETS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True)
class Head:
    """A header cell.

    Parameters
    ----------
    text : str
        What it says; empty for a gap between spanners.
    span : int
        Printed columns it stands above.
    """

    text: str
    span: int = 1


@dataclass(frozen=True)
class Printed:
    """A body cell.

    Parameters
    ----------
    text, under : str
        The figure, and the interval when it stands below.
    span : int
        Printed columns it fills.
    """

    text: str
    under: str = ""
    span: int = 1


@dataclass(frozen=True)
class Line:
    """A body row.

    Parameters
    ----------
    kind : {"group", "row", "total", "foot"}
        Group heading, row of figures, total, whole numbers under the estimates.
    label : str
        Row label.
    level : int
        1 inside a group.
    cells : tuple of Printed
        Empty for a group heading.
    """

    kind: str
    label: str
    level: int = 0
    cells: tuple[Printed, ...] = ()


@dataclass(frozen=True)
class PrintedTable:
    """A table in one language.

    Parameters
    ----------
    stub : str
        Header of the row labels.
    spanners, heads, measures : tuple of Head
        Header rows from the top; ``spanners`` and ``measures`` may be empty.
    lines : tuple of Line
        Body.
    legends : tuple of str
        Meaning of the marks that occur.
    """

    stub: str
    spanners: tuple[Head, ...]
    heads: tuple[Head, ...]
    measures: tuple[Head, ...]
    lines: tuple[Line, ...]
    legends: tuple[str, ...]

    @property
    def width(self) -> int:
        """Printed columns without the row labels."""
        return sum(head.span for head in self.heads)


@dataclass(frozen=True)
class _Plan:
    """Which printed columns each column of a table takes."""

    interval: tuple[bool, ...]
    below: bool
    n: str  # "none", "one" or "each"

    def span(self, j: int) -> int:
        """Return the printed columns of column j."""
        return 1 + (self.interval[j] and not self.below) + (self.n == "each")


def print_table(table: Table, words: Presentation) -> PrintedTable:
    """Return a table with every text final.

    Parameters
    ----------
    table : Table
        The specification.
    words : Presentation
        Labels and formats of one language.

    Returns
    -------
    PrintedTable
        What the renderers draw.
    """
    plan = _plan(table)
    lines = [*_body(table, plan, words), *_foot(table, plan, words)]
    return PrintedTable(
        stub=_capital(words.labels(table.row_header)) if table.row_header else "",
        spanners=_spanners(table, plan, words),
        heads=_heads(table, plan, words),
        measures=_measures(table, plan, words),
        lines=tuple(lines),
        legends=words.legends(_marks(table)),
    )


def _capital(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]


def _plan(table: Table) -> _Plan:
    """Decide where intervals and unweighted cases stand."""
    interval = tuple(
        any(line[j].conf_low is not None for line in table.cells) for j in range(len(table.columns))
    )
    return _Plan(interval, sum(interval) > _WIDE, cases_place(table))


def cases_place(table: Table) -> str:
    """Return where the unweighted cases of a table stand.

    Parameters
    ----------
    table : Table
        The specification.

    Returns
    -------
    {"none", "one", "each"}
        Nowhere beside the figures, in one column for the whole row, or beside each figure.
    """
    if table.n_place != "column":
        return "none"
    same = all(len({c.n for c in line if c.n is not None}) <= 1 for line in table.cells)
    return "one" if same else "each"


def _marks(table: Table) -> set[str]:
    """Return the marks that occur in a table."""
    marks = {cell.mark for line in table.cells for cell in line}
    if table.n_place == "column" and any(all(c.n is None for c in line) for line in table.cells):
        marks.add("not_applicable")
    return {str(mark) for mark in marks}


def _spanners(table: Table, plan: _Plan, words: Presentation) -> tuple[Head, ...]:
    """Return the top header row; neighbours with one spanner share a cell."""
    if not any(column.spanner for column in table.columns):
        return ()
    heads: list[tuple[str, int]] = []
    for j, column in enumerate(table.columns):
        if heads and column.spanner and heads[-1][0] == column.spanner:
            heads[-1] = (column.spanner, heads[-1][1] + plan.span(j))
        else:
            heads.append((column.spanner, plan.span(j)))
    if plan.n == "one":
        heads.append(("", 1))
    return tuple(Head(words.labels(label) if label else "", span) for label, span in heads)


def _heads(table: Table, plan: _Plan, words: Presentation) -> tuple[Head, ...]:
    """Return the header row with the columns' names."""
    heads = [Head(words.labels(c.label), plan.span(j)) for j, c in enumerate(table.columns)]
    if plan.n == "one":
        heads.append(Head(words.labels.messages.text("Unweighted n")))
    return tuple(heads)


def _measures(table: Table, plan: _Plan, words: Presentation) -> tuple[Head, ...]:
    """Return the lowest header row: unit, interval, cases."""
    text = words.labels.messages.text
    heads: list[Head] = []
    for j, column in enumerate(table.columns):
        unit = "" if column.unit in ("", "number") else words.labels(column.unit)
        if plan.below and plan.interval[j]:
            # What stands in parentheses does not break over lines.
            unit = _BRACKETS.sub(
                lambda found: found[0].replace(" ", NO_BREAK), text("{unit} (95% CI)", unit=unit)
            )
            unit = unit.strip()
        heads.append(Head(unit))
        if plan.interval[j] and not plan.below:
            heads.append(Head(text("95% CI")))
        if plan.n == "each":
            heads.append(Head(text("n")))
    if not any(head.text for head in heads):
        return ()
    return (*heads, Head("")) if plan.n == "one" else tuple(heads)


def _body(table: Table, plan: _Plan, words: Presentation) -> list[Line]:
    """Return group headings and rows of figures."""
    lines: list[Line] = []
    group = ""
    for row, cells in zip(table.rows, table.cells, strict=True):
        if row.group and row.group != group:
            lines.append(Line("group", words.labels(row.group)))
        group = row.group
        kind = "total" if row.key == "Total" else "row"
        printed = [c for j, cell in enumerate(cells) for c in _cell(cell, table.columns[j], plan, j, words)]
        if plan.n == "one":
            cases = next((cell.n for cell in cells if cell.n is not None), None)
            printed.append(_count(cases, words))
        lines.append(Line(kind, words.labels(row.label), 1 if row.group else 0, tuple(printed)))
    return lines


def _cell(cell: Cell, column: Column, plan: _Plan, j: int, words: Presentation) -> list[Printed]:
    """Return the printed cells of one figure."""
    text = words.numbers.estimate(cell.value, cell.mark, column.decimals)
    beside = plan.interval[j] and not plan.below
    cases = [_count(cell.n, words)] if plan.n == "each" else []
    if cell.mark in SYMBOLS:
        return [Printed(words.labels.messages.text(text), span=1 + beside), *cases]
    interval = interval_text(cell, column.decimals, words)
    if plan.below and plan.interval[j]:
        return [Printed(text, under=interval), *cases]
    return [Printed(text), *([Printed(interval)] if beside else []), *cases]


def interval_text(cell: Cell, decimals: int, words: Presentation) -> str:
    """Return the interval of a shown figure.

    Parameters
    ----------
    cell : Cell
        The figure.
    decimals : int
        Digits after the decimal sign.
    words : Presentation
        Formats of one language.

    Returns
    -------
    str
        In parentheses on a small base; ``na`` without an interval.
    """
    if cell.conf_low is None or cell.conf_high is None:
        return words.labels.messages.text(SYMBOLS["not_applicable"])
    text = words.numbers.interval(cell.conf_low, cell.conf_high, decimals)
    return f"({text})" if cell.mark == "few" else text


def _count(n: int | None, words: Presentation) -> Printed:
    """Return a number of unweighted cases."""
    if n is None:
        return Printed(words.labels.messages.text(SYMBOLS["not_applicable"]))
    return Printed(words.numbers.count(n))


def _plain(value: float, decimals: int, words: Presentation) -> str:
    """Return a number under the estimates."""
    return words.numbers.number(value, decimals) if decimals else words.numbers.count(value)


def _foot(table: Table, plan: _Plan, words: Presentation) -> list[Line]:
    """Return the rows of plain numbers under the estimates."""
    lines = []
    for foot in table.foot:
        cells = []
        for j, value in enumerate(foot.values):
            text = SYMBOLS["not_applicable"] if value is None else _plain(value, foot.decimals, words)
            cells.append(Printed(text, span=plan.span(j)))
        lines.append(Line("foot", words.labels(foot.label), 0, tuple(cells)))
    return lines
