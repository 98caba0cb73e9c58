"""Table and chart of published figures beside the figures that reproduce them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migration_effects.report.cells import Cell, unit_decimals
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import ALT_TEXT, Figure, Point
from migration_effects.report.labels import TIMES, value_id
from migration_effects.report.published_compare import Comparison
from migration_effects.report.table import Column, Row, Table

# Words that stand in these exhibits as label ids.
WORDS = {
    "published": "Published",
    "reproduced": "Reproduced",
    "difference": "Reproduced minus published",
    "inside": "Published figure lies in the interval",
    "published_n": "Published n",
    "reproduced_n": "Reproduced n",
    "exhibit": "Exhibit, row and column",
    "population": "Figures entered from published sources beside the same figures of this report; 1 for yes, – for no",
    "chart": "Figures entered from published sources beside the same figures of this report",
    "cases": "Unweighted cases entered from published sources beside those of this report",
    "synthetic": "On synthetic data a difference from a published figure is expected and carries no meaning.",
}
_EMPTY = Cell(symbol="not_applicable")
# So many published figures on one chart fill a page and can still be read.
_ON_A_CHART = 10


def estimates_table(found: Sequence[Comparison], exhibits: Mapping[str, Exhibit]) -> Table:
    """Return the table of estimates; a figure hidden for its small base hides what is computed from it.

    Parameters
    ----------
    found : sequence of Comparison
        Of the statistics percent, mean and total.
    exhibits : mapping of str to Table or Figure
        All exhibits by id, for their weights.

    Returns
    -------
    Table
        One row per published figure, in groups by exhibit.
    """
    digits = max(c.column.decimals for c in found)
    names = ("published", "reproduced", "difference", "inside", "published_n", "reproduced_n")
    decimals = (digits, digits, digits, 0, 0, 0)
    return Table(
        columns=tuple(
            Column(n, WORDS[n], "number" if not d else "", d) for n, d in zip(names, decimals, strict=True)
        ),
        rows=tuple(_row(c) for c in found),
        cells=tuple(_cells(c) for c in found),
        population=WORDS["population"],
        row_header=WORDS["exhibit"],
        weight=_weight(found, exhibits),
        n_place="none",
    )


def _cells(found: Comparison) -> tuple[Cell, ...]:
    """Return the cells of a row of estimates."""
    difference, inside, n = found.difference, found.inside, found.cell.n
    # A hidden figure leaves an empty cell with its small base: it is printed as hidden too.
    unknown = Cell(n=n) if found.cell.mark == "hidden" else _EMPTY
    return (
        Cell(found.published.value),
        found.cell,
        unknown if difference is None else Cell(difference, n=n),
        unknown if inside is None else Cell(float(inside)),
        _count(found.published.base_n),
        _count(n),
    )


def _count(n: int | None) -> Cell:
    """Return a number of cases as a cell."""
    return _EMPTY if n is None else Cell(float(n))


def cases_table(found: Sequence[Comparison]) -> Table:
    """Return the table of numbers of cases.

    Parameters
    ----------
    found : sequence of Comparison
        Of the statistic n.

    Returns
    -------
    Table
        One row per published number.
    """
    names = ("published", "reproduced", "difference")
    return Table(
        columns=tuple(Column(name, WORDS[name], "number", 0) for name in names),
        rows=tuple(_row(c) for c in found),
        cells=tuple((Cell(c.published.value), c.cell, Cell(c.difference)) for c in found),
        population=WORDS["cases"],
        row_header=WORDS["exhibit"],
        n_place="none",
    )


def estimates_charts(found: Sequence[Comparison], exhibits: Mapping[str, Exhibit]) -> list[Figure]:
    """Return charts of the estimates, each short enough for a page; figures of one unit share a panel.

    Parameters
    ----------
    found : sequence of Comparison
        Of the statistics percent, mean and total.
    exhibits : mapping of str to Table or Figure
        All exhibits by id, for their weights.

    Returns
    -------
    list of Figure
        A dot for the published figure, a dot with its 95% interval for the reproduced one.
    """
    units = list(dict.fromkeys(_unit(c) for c in found))
    drawn = sorted(found, key=lambda c: units.index(_unit(c)))
    parts = [drawn[i : i + _ON_A_CHART] for i in range(0, len(drawn), _ON_A_CHART)]
    return [_chart(part, exhibits) for part in parts]


def _chart(found: Sequence[Comparison], exhibits: Mapping[str, Exhibit]) -> Figure:
    """Return one chart."""
    several = len({_unit(c) for c in found}) > 1
    points = []
    for c in found:
        unit = _unit(c)
        category = TIMES.join((value_id("exhibit", c.published.exhibit_id), _place(c)))
        for name, cell in (("published", Cell(c.published.value)), ("reproduced", c.cell)):
            points.append(Point(category, WORDS[name], unit if several else "", "", unit, cell))
    return Figure(
        chart="dots",
        points=tuple(points),
        population=WORDS["chart"],
        weight=_weight(found, exhibits),
        decimals=max(unit_decimals(_unit(c)) for c in found),
        alt=ALT_TEXT["dots"],
    )


def _unit(found: Comparison) -> str:
    """Return the unit of a figure; exhibits with several units leave it to whoever enters the figure."""
    return found.column.unit or found.published.unit or "number"


def _row(found: Comparison) -> Row:
    """Return the row of a published figure, in the group of its exhibit."""
    unit = [_unit(found)] * (_unit(found) != "number")
    label = TIMES.join((_place(found), *unit))
    return Row(TIMES.join(found.published.place), label, value_id("exhibit", found.published.exhibit_id))


def _place(found: Comparison) -> str:
    """Return group, row and column of the reproduced figure as one label id."""
    parts = [found.row.label] + [found.column.label] * (found.column.label != "Estimate")
    if found.row.group and found.row.group not in parts[0]:
        parts.insert(0, found.row.group)
    return TIMES.join(parts)


def _weight(found: Sequence[Comparison], exhibits: Mapping[str, Exhibit]) -> str:
    """Return the weights behind the reproduced figures."""
    names = [name for c in found for name in exhibits[c.published.exhibit_id].weight.split(", ") if name]
    return ", ".join(dict.fromkeys(names))
