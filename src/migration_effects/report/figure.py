"""The specification of a chart: what is drawn, not how. One drawing function per kind does the rest at render time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from migration_effects.errors import SpecificationError, nearest
from migration_effects.report.cells import Cell, unit_decimals
from migration_effects.report.context import Context
from migration_effects.report.rendered import NOT_AVAILABLE, Rendered
from migration_effects.report.table import Choice, Column, Table

Kind = Literal["bars", "ranked", "stacked", "diverging", "dots", "lines", "heat"]
ALT_TEXT: dict[str, str] = {
    "bars": "Horizontal bar chart with 95% confidence intervals.",
    "ranked": "Horizontal bar chart, longest bar first, with 95% confidence intervals.",
    "stacked": "Stacked horizontal bar chart.",
    "diverging": "Stacked horizontal bar chart centred on the middle category.",
    "dots": "Dot plot with 95% confidence intervals where they are known.",
    "lines": "Line chart with 95% confidence bands.",
    "heat": "Grid of figures, shaded by their value.",
}


@dataclass(frozen=True)
class Point:
    """One figure of a chart and what it is about.

    Parameters
    ----------
    category, series, panel, group : str
        Label ids; empty where the chart has no such dimension. ``group`` gathers categories.
    unit : str
        Unit of the figure.
    cell : Cell
        The figure.
    """

    category: str
    series: str
    panel: str
    group: str
    unit: str
    cell: Cell


@dataclass(frozen=True)
class Figure(Rendered):
    """A chart of the report.

    Compose one with :meth:`from_estimates` and register it with ``report.figure("F1.1", figure)``.

    Parameters
    ----------
    chart : {"bars", "ranked", "stacked", "diverging", "dots", "lines", "heat"}
        Kind of chart.
    points : tuple of Point
        In drawing order.
    population : str
        Whom the chart is about and what it measures, in one line.
    source, weight : str
        Where the figures come from, and the weight variable; no weight means not a survey estimate.
    notes : tuple of str
        Printed under the chart.
    remarks : tuple of str
        What the estimates say about themselves: missing rows, dropped levels, warnings.
    decimals : int
        Digits of printed figures.
    reference : float, optional
        Value of a reference line, in printed units.
    alt : str
        First sentence of the alternative text; the values follow.
    context : Context, optional
        Declared facts, added by ``report.figure``.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"region": ["Bukhara", "Khorezm"], "estimate": [0.12, 0.31],
    ...                       "conf_low": [0.1, 0.26], "conf_high": [0.14, 0.36], "n": [420, 31]})
    >>> figure = Figure.from_estimates(frame, kind="bars", category="region", population="Children", weight="w")
    >>> figure.points[1].cell.mark
    'few'
    >>> figure.to_svg()[:5], "Khorezm (31.0%)" in figure.alt_text()
    ('<?xml', True)
    """

    chart: Kind
    points: tuple[Point, ...]
    population: str
    source: str = ""
    weight: str = ""
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    decimals: int = 1
    reference: float | None = None
    alt: str = ""
    context: Context = field(default_factory=Context, repr=False, compare=False)

    kind = "figure"

    def __post_init__(self) -> None:
        if self.chart not in get_args(Kind):
            raise SpecificationError(
                f"Unknown kind of chart {self.chart!r}; allowed: {', '.join(get_args(Kind))}."
                f"{nearest(self.chart, get_args(Kind))}"
            )
        if not self.points:
            raise SpecificationError("A chart needs at least one point.")

    @classmethod
    def from_estimates(
        cls,
        estimates: Any,
        *,
        kind: Kind,
        population: str,
        weight: str,
        category: str = "",
        series: str = "",
        panel: str = "",
        unit: Choice = "%",
        decimals: int | None = None,
        reference: float | None = None,
        source: str = "",
        notes: Sequence[str] = (),
        alt: str = "",
    ) -> Figure:
        """Lay out estimates as a chart.

        Parameters
        ----------
        estimates : Estimate, DataFrame, sequence of these, or mapping of str to these
            As for :meth:`Table.from_estimates`; frames need a column ``estimate``.
        kind : {"bars", "ranked", "stacked", "diverging", "dots", "lines", "heat"}
            ``ranked`` sorts by value; ``stacked`` and ``diverging`` divide each category among the series; ``heat``
            is a grid of categories by series, shaded from zero or, with ``reference``, to both sides of it.
        population : str
            Whom the chart is about and what it measures.
        weight : str
            Weight variable of the design; empty for figures that are no survey estimates.
        category, series, panel : str
            Dimensions: ``"by"``, ``"outcome"``, ``"level"``, ``"model"`` (the names in a mapping), ``"term"`` (of
            regressions: levels under their variable, other terms by themselves), or the name of a ``by`` variable.
            Categories are, unless said, domains where there are several, else levels, else outcomes; the series of
            ``stacked`` and ``diverging`` are the levels.
        unit : str or mapping of str to str
            Unit, or unit of each model or outcome by name. ``"%"`` prints shares times 100.
        decimals : int, optional
            Digits; by default those usual for the unit.
        reference : float, optional
            Reference line in printed units, for example 0.
        source : str
            Source line; ``report.figure`` fills in the study's when empty.
        notes : sequence of str
            Notes.
        alt : str
            First sentence of the alternative text; by default the kind of chart.

        Returns
        -------
        Figure
            Ready to be registered.

        Raises
        ------
        SpecificationError
            For an unknown dimension, or when two figures fall on one place.
        """
        from migration_effects.report.compose_figure import chart_points
        from migration_effects.report.long import estimate_notes

        points = chart_points(estimates, kind, category, series, panel, unit)
        usual = max(unit_decimals(point.unit) for point in points)
        return cls(
            chart=kind,
            points=points,
            population=population,
            source=source,
            weight=weight,
            notes=tuple(notes),
            remarks=estimate_notes(estimates),
            decimals=usual if decimals is None else decimals,
            reference=reference,
            alt=alt or ALT_TEXT.get(kind, ""),
        )

    @property
    def n(self) -> int | None:
        """Largest number of unweighted cases behind a figure; None without survey estimates."""
        cases = [point.cell.n for point in self.points if point.cell.n is not None]
        return max(cases) if cases else None

    def distinct(self, dimension: str) -> list[str]:
        """Return the label ids of a dimension in drawing order.

        Parameters
        ----------
        dimension : {"category", "series", "panel", "group", "unit"}
            Which one.

        Returns
        -------
        list of str
            Without repeats.
        """
        return list(dict.fromkeys(getattr(point, dimension) for point in self.points))

    def data(self) -> Table:
        """Return the figures behind the chart as a table: its long description.

        Returns
        -------
        Table
            Rows are categories (in panels), columns series.
        """
        from migration_effects.report.compose_figure import data_table

        return data_table(self)

    def cell(self, row: str, column: str) -> tuple[Cell, Column]:
        """Return a figure by the keys of :meth:`data`.

        Parameters
        ----------
        row, column : str
            Keys.

        Returns
        -------
        tuple of Cell and Column
            The figure and how it is printed.
        """
        if self.points[0].category == NOT_AVAILABLE:
            return self.points[0].cell, Column("estimate", "Estimate")
        return self.data().cell(row, column)

    def alt_text(self, language: str = "en") -> str:
        """Return the alternative text: kind of chart, measure and the figures in words.

        Parameters
        ----------
        language : str
            ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

        Returns
        -------
        str
            One paragraph.
        """
        from migration_effects.report.alt_text import alt_text

        return alt_text(self, language)

    def to_svg(self, language: str = "en") -> str:
        """Draw the chart.

        Parameters
        ----------
        language : str
            As for :meth:`alt_text`.

        Returns
        -------
        str
            SVG, the same text on every run.
        """
        from migration_effects.report.charts.draw import draw_svg

        return draw_svg(self, language)

    def to_json(self) -> str:
        """Return the language-neutral specification.

        Returns
        -------
        str
            JSON with sorted keys, without context.
        """
        content = {k: getattr(self, k) for k in self.__dataclass_fields__ if k not in ("context", "points")}
        points = [asdict(point) for point in self.points]
        return json.dumps(
            {"kind": self.kind, "points": points, **content},
            sort_keys=True,
            allow_nan=False,
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Figure:
        """Read a specification written by :meth:`to_json`.

        Parameters
        ----------
        text : str
            JSON.

        Returns
        -------
        Figure
            Equal to the one written.
        """
        content = json.loads(text)
        content.pop("kind")
        points = tuple(Point(**{**p, "cell": Cell(**p["cell"])}) for p in content.pop("points"))
        notes, remarks = tuple(content.pop("notes")), tuple(content.pop("remarks"))
        return cls(points=points, notes=notes, remarks=remarks, **content)

    def to_markdown(self, language: str = "en") -> str:
        """Return the figures behind the chart as Markdown.

        Parameters
        ----------
        language : str
            As for :meth:`alt_text`.

        Returns
        -------
        str
            The data table.
        """
        return self.data().to_markdown(language)

    def to_csv(self, language: str | None = None) -> str:
        """Return the figures behind the chart as tidy CSV, unrounded.

        Parameters
        ----------
        language : str, optional
            Language of the labels; without it keys stand in their place.

        Returns
        -------
        str
            One line per point.
        """
        from migration_effects.report.render.csv_text import figure_csv

        return figure_csv(self, language)
