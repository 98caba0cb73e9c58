"""From estimates to the points of a chart, and from a chart back to the table of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from migration_effects.errors import SpecificationError, nearest
from migration_effects.report.cells import Cell, cell_of
from migration_effects.report.figure import Figure, Point
from migration_effects.report.labels import TIMES
from migration_effects.report.long import NUMBERS, long_frame, units_of
from migration_effects.report.table import Choice, Column, Row, Table

# What a figure can be about, in the order in which an unnamed dimension is looked for.
_DIMENSIONS = ("by", "level", "outcome", "model")


def chart_points(
    estimates: Any, kind: str, category: str, series: str, panel: str, unit: Choice
) -> tuple[Point, ...]:
    """Return the points of a chart; the arguments are those of :meth:`Figure.from_estimates`.

    Parameters
    ----------
    estimates : Estimate, DataFrame, sequence of these, or mapping of str to these
        What is drawn.
    kind : str
        Kind of chart.
    category, series, panel : str
        Dimensions; empty for the usual ones.
    unit : str or mapping of str to str
        Unit of the figures.

    Returns
    -------
    tuple of Point
        In drawing order; those of ``ranked`` sorted by value.

    Raises
    ------
    SpecificationError
        For an unknown dimension, or when two figures fall on one place.
    """
    frame = long_frame(estimates)
    frame["term"] = frame["level"].where(frame["level"] != "", frame["outcome"])
    frame["level"] = _shared(frame["level"])
    axes = _axes(frame, kind, category, series, panel)
    _check(frame, axes)
    units = units_of(frame, unit)
    points = [
        Point(
            **{axis: str(record[name]) if name else "" for axis, name in axes.items()},
            group=_group(record, axes["category"]),
            unit=units[i],
            cell=cell_of({str(k): v for k, v in record.items()}, units[i]),
        )
        for i, record in enumerate(frame.to_dict("records"))
    ]
    return tuple(_ranked(points) if kind == "ranked" else points)


def _group(record: Mapping[Any, Any], category: str) -> str:
    """Return the heading above a category: the variables of a domain, or the variable of a term's level."""
    if category == "term":
        return str(record["outcome"]) if record["term"] != record["outcome"] else ""
    return str(record["by_group"]) if category == "by" else ""


def _shared(levels: pd.Series) -> list[str]:
    """Return levels with one label id per wording, so that two variables can share a scale."""
    first: dict[str, str] = {}
    return [first.setdefault(str(level).partition("=")[2] or str(level), str(level)) for level in levels]


def _axes(frame: pd.DataFrame, kind: str, category: str, series: str, panel: str) -> dict[str, str]:
    """Return the column behind each axis of the chart."""
    known = [c for c in frame.columns if c not in NUMBERS and c != "by_group"]
    for name in (category, series, panel):
        if name and name not in known:
            raise SpecificationError(
                f"The estimates have no dimension {name!r}; they have {', '.join(map(str, known))}."
                f"{nearest(name, list(map(str, known)))}"
            )
    if not series and kind in ("stacked", "diverging"):
        series = "level"
    if not category:
        free = [d for d in _DIMENSIONS if d not in (series, panel)]
        category = next((d for d in free if _varies(frame[d])), next(d for d in free if frame[d].any()))
    return {"category": category, "series": series, "panel": panel}


def _varies(column: pd.Series) -> bool:
    """Whether a dimension tells figures apart."""
    return len(set(column)) > 1


def _check(frame: pd.DataFrame, axes: dict[str, str]) -> None:
    """Raise when two figures fall on one place, naming the dimension that tells them apart."""
    used = [name for name in axes.values() if name]
    twice = frame.duplicated(used, keep=False)
    if twice.any():
        others = [d for d in _DIMENSIONS if d not in used and _varies(frame.loc[twice, d])]
        hint = (
            f"give {' or '.join(map(repr, others))} an axis" if others else "name the estimates in a mapping"
        )
        raise SpecificationError(
            f"{int(twice.sum())} figures share a place on the axes {', '.join(map(repr, used))}; {hint} "
            "(category, series or panel)."
        )


def _ranked(points: list[Point]) -> list[Point]:
    """Sort categories by the value in the first panel and series; those without a shown figure last."""
    lead: dict[str, float] = {}
    for point in points:
        value = point.cell.value if point.cell.shown and point.cell.value is not None else float("-inf")
        lead.setdefault(point.category, value)
    order = sorted(lead, key=lambda name: -lead[name])
    panels = list(dict.fromkeys(point.panel for point in points))
    return sorted(points, key=lambda p: (panels.index(p.panel), order.index(p.category)))


def point_keys(figure: Figure) -> list[tuple[str, str]]:
    """Return row and column of each point of a chart in the table of its figures.

    Parameters
    ----------
    figure : Figure
        The chart.

    Returns
    -------
    list of (str, str)
        Keys as :meth:`Figure.cell` takes them, in drawing order.
    """
    beside = _panels_beside(figure)
    return [
        (
            TIMES.join(filter(None, ("" if beside else point.panel, point.category))),
            (point.panel if beside else point.series) or "Estimate",
        )
        for point in figure.points
    ]


def _panels_beside(figure: Figure) -> bool:
    """Whether the panels of a chart are the columns of its table: with one unit each and a single series."""
    return len(figure.distinct("unit")) > 1 and not any(figure.distinct("series"))


def data_table(figure: Figure) -> Table:
    """Return the figures behind a chart as a table.

    Parameters
    ----------
    figure : Figure
        The chart.

    Returns
    -------
    Table
        Rows are categories, grouped by panel or group; columns are series. With one unit per panel, panels are the
        columns.
    """
    units, beside = figure.distinct("unit"), _panels_beside(figure)
    rows: dict[Row, None] = {}
    columns: dict[Column, None] = {}
    cells: dict[tuple[Row, Column], Cell] = {}
    for point, (key, name) in zip(figure.points, point_keys(figure), strict=True):
        group = point.group if beside else point.panel or point.group
        row = Row(key, point.category, group)
        column = Column(name, name, point.unit if beside or len(units) == 1 else "", figure.decimals)
        rows[row] = columns[column] = None
        cells[row, column] = point.cell
    empty = Cell(symbol="not_applicable")
    return Table(
        columns=tuple(columns),
        rows=tuple(rows),
        cells=tuple(tuple(cells.get((row, column), empty) for column in columns) for row in rows),
        population=figure.population,
        source=figure.source,
        weight=figure.weight,
        notes=figure.notes,
        remarks=figure.remarks,
        n_place="column" if figure.n is not None else "none",
        context=figure.context,
    )
