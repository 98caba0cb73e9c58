"""The specification of a table: numbers, keys and label ids; words and number formats come when it is rendered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from migration_effects.errors import SpecificationError, nearest
from migration_effects.report.cells import Cell
from migration_effects.report.context import Context
from migration_effects.report.rendered import NOT_AVAILABLE, Rendered

if TYPE_CHECKING:
    import pandas as pd

# One text for all, or one per name.
Choice = str | Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """A column of figures.

    Parameters
    ----------
    key, label : str
        Key used by prose and tests, and label id.
    unit : str
        ``"%"``, ``"thousand"``, ``"score"``, …; empty for none.
    decimals : int
        Digits after the decimal sign, the same in the whole column.
    spanner : str
        Label id of the header above this and neighbouring columns.
    """

    key: str
    label: str
    unit: str = ""
    decimals: int = 1
    spanner: str = ""


@dataclass(frozen=True)
class Row:
    """A row of figures.

    Parameters
    ----------
    key, label : str
        Key used by prose and tests, and label id.
    group : str
        Label id of the group it stands in; empty for none.
    """

    key: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class FootRow:
    """A row of plain numbers under the estimates: cases, PSUs, degrees of freedom, fit.

    Parameters
    ----------
    label : str
        Label id.
    values : tuple of float or None
        One per column.
    decimals : int
        Digits after the decimal sign; 0 for counts.
    """

    label: str
    values: tuple[float | None, ...]
    decimals: int = 0


@dataclass(frozen=True)
class Table(Rendered):
    """A table of the report.

    Compose one with :meth:`from_estimates` or :meth:`from_frame` and register it with
    ``report.table("T1.1", table)``.

    Parameters
    ----------
    columns, rows : tuple
        :class:`Column` and :class:`Row`.
    cells : tuple of tuple of Cell
        One tuple per row, one cell per column.
    population : str
        Whom the table is about and what it measures, in one line.
    row_header : str
        Label id above the row labels.
    source, weight : str
        Where the figures come from, and the weight variable; no weight means not a survey estimate.
    notes : tuple of str
        Printed under the table with letters.
    remarks : tuple of str
        What the estimates say about themselves: missing rows, dropped levels, warnings.
    foot : tuple of FootRow
        Plain numbers under the estimates.
    n_place : {"column", "foot", "none"}
        Where the unweighted cases stand.
    context : Context, optional
        Declared facts, added by ``report.table``.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"region": ["Bukhara", "Khorezm"], "households": [412, 388]})
    >>> table = Table.from_frame(frame, rows="region", columns={"households": "Households"},
    ...                          unit="number", population="Households interviewed", source="Invented figures")
    >>> print(table.to_markdown())
    *Households interviewed*
    <BLANKLINE>
    | Region | Households |
    | :-- | --: |
    | Bukhara | 412 |
    | Khorezm | 388 |
    <BLANKLINE>
    Source: Invented figures
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cells: tuple[tuple[Cell, ...], ...]
    population: str
    row_header: str = ""
    source: str = ""
    weight: str = ""
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    foot: tuple[FootRow, ...] = ()
    n_place: str = "column"
    context: Context = field(default_factory=Context, repr=False, compare=False)

    kind = "table"

    def __post_init__(self) -> None:
        if not self.rows or not self.columns:
            raise SpecificationError("A table needs at least one row and one column.")
        if len(self.cells) != len(self.rows) or any(len(line) != len(self.columns) for line in self.cells):
            raise SpecificationError(
                f"A table of {len(self.rows)} rows and {len(self.columns)} columns needs that many cells."
            )
        for what, keys in (("row", [r.key for r in self.rows]), ("column", [c.key for c in self.columns])):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise SpecificationError(
                    f"The table has the same {what} more than once: {', '.join(twice)}. Name the estimates apart "
                    "by giving them as a mapping."
                )

    @classmethod
    def from_estimates(
        cls,
        estimates: Any,
        *,
        population: str,
        weight: str,
        rows: Literal["by", "term"] = "by",
        unit: Choice = "%",
        decimals: int | None = None,
        references: Mapping[str, str] | None = None,
        n: Literal["column", "foot", "none"] | None = None,
        row_header: str = "",
        source: str = "",
        notes: Sequence[str] = (),
    ) -> Table:
        """Lay out estimates as a table.

        Parameters
        ----------
        estimates : Estimate, sequence of Estimate, or mapping of str to these
            A sequence stacks rows: ``[me.mean(y, d), me.mean(y, d, by="sex")]`` gives Total, then the sexes. A mapping
            puts its entries side by side, each under its name.
        population : str
            Whom the table is about and what it measures.
        weight : str
            Weight variable of the design.
        rows : {"by", "term"}
            Rows are domains and columns outcomes, or the other way round (regressions: ``"term"``).
        unit : str or mapping of str to str
            Unit of the estimates, or of each outcome or model by name. ``"%"`` prints shares times 100.
        decimals : int, optional
            Digits; by default those usual for the unit.
        references : mapping of str to str, optional
            Reference level of each categorical term, printed as ``ref.``.
        n : {"column", "foot", "none"}, optional
            Where the unweighted cases stand; by default under the columns when one number serves each column of a table
            of terms, else beside the figures.
        row_header : str
            Label id above the row labels.
        source : str
            Source line; ``report.table`` fills in the study's when empty.
        notes : sequence of str
            Notes.

        Returns
        -------
        Table
            Ready to be registered.

        Raises
        ------
        SpecificationError
            For an unknown name in ``unit``, or two estimates that claim the same cell.
        """
        from migration_effects.report.compose import table_from_estimates

        return table_from_estimates(
            estimates,
            population=population,
            weight=weight,
            rows=rows,
            unit=unit,
            decimals=decimals,
            references=references,
            n=n,
            row_header=row_header,
            source=source,
            notes=notes,
        )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        rows: str | Sequence[str],
        columns: Mapping[str, str],
        population: str,
        unit: Choice = "number",
        decimals: int | Mapping[str, int] | None = None,
        n: str | None = None,
        spanners: Mapping[str, str] | None = None,
        row_header: str = "",
        source: str = "",
        weight: str = "",
        notes: Sequence[str] = (),
    ) -> Table:
        """Lay out a frame as a table: counts, official margins, reference numbers.

        Parameters
        ----------
        frame : DataFrame
            One row per row of the table.
        rows : str or sequence of str
            Column with the row's name; with two, the first groups the rows.
        columns : mapping of str to str
            Column of the frame to label id, in print order.
        population : str
            Whom the table is about and what it measures.
        unit : str or mapping of str to str
            Unit, or unit per column. ``"%"`` prints shares times 100.
        decimals : int or mapping of str to int, optional
            Digits; by default those usual for the unit.
        n : str, optional
            Column with the unweighted cases behind each row; its small-base marks then apply.
        spanners : mapping of str to str, optional
            Header above a column, by column.
        row_header : str
            Label id above the row labels; by default the name of the row column.
        source : str
            Source line; ``report.table`` fills in the study's when empty.
        weight : str
            Weight variable, if the figures are weighted.
        notes : sequence of str
            Notes.

        Returns
        -------
        Table
            Ready to be registered.

        Raises
        ------
        SpecificationError
            For a column the frame does not have, with the nearest valid name.
        """
        from migration_effects.report.compose_frame import table_from_frame

        return table_from_frame(
            frame,
            rows=rows,
            columns=columns,
            population=population,
            unit=unit,
            decimals=decimals,
            n=n,
            spanners=spanners,
            row_header=row_header,
            source=source,
            weight=weight,
            notes=notes,
        )

    @property
    def n(self) -> int | None:
        """Largest number of unweighted cases behind a figure; None without survey estimates."""
        cases = [cell.n for line in self.cells for cell in line if cell.n is not None]
        return max(cases) if cases else None

    def cell(self, row: str, column: str) -> tuple[Cell, Column]:
        """Return a figure by its keys.

        Parameters
        ----------
        row, column : str
            Keys, as in the neutral CSV.

        Returns
        -------
        tuple of Cell and Column
            The figure and how its column prints it. Of an exhibit that the data cannot fill, no figure is available.

        Raises
        ------
        SpecificationError
            For an unknown key, with the nearest valid one.
        """
        rows, columns = [r.key for r in self.rows], [c.key for c in self.columns]
        if rows == [NOT_AVAILABLE]:
            return self.cells[0][0], self.columns[0]
        for what, key, keys in (("row", row, rows), ("column", column, columns)):
            if key not in keys:
                raise SpecificationError(
                    f"The exhibit has no {what} {key!r}; it has {', '.join(keys)}.{nearest(key, keys)}"
                )
        i, j = rows.index(row), columns.index(column)
        return self.cells[i][j], self.columns[j]

    def to_json(self) -> str:
        """Return the language-neutral specification.

        Returns
        -------
        str
            JSON with sorted keys, without context and without numbers of hidden figures' neighbours in language.
        """
        content = {k: v for k, v in asdict(_without_context(self)).items() if k != "context"}
        return json.dumps({"kind": self.kind, **content}, sort_keys=True, allow_nan=False, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Table:
        """Read a specification written by :meth:`to_json`.

        Parameters
        ----------
        text : str
            JSON.

        Returns
        -------
        Table
            Equal to the one written.
        """
        content = json.loads(text)
        content.pop("kind")
        return cls(
            columns=tuple(Column(**c) for c in content.pop("columns")),
            rows=tuple(Row(**r) for r in content.pop("rows")),
            cells=tuple(tuple(Cell(**c) for c in line) for line in content.pop("cells")),
            foot=tuple(FootRow(f["label"], tuple(f["values"]), f["decimals"]) for f in content.pop("foot")),
            notes=tuple(content.pop("notes")),
            remarks=tuple(content.pop("remarks")),
            **content,
        )

    def to_markdown(self, language: str = "en") -> str:
        """Return the table as Markdown.

        Parameters
        ----------
        language : str
            As for :meth:`to_html`.

        Returns
        -------
        str
            A pipe table with title, notes and source.
        """
        from migration_effects.report.render.markdown import table_markdown

        return table_markdown(self, language)

    def to_csv(self, language: str | None = None) -> str:
        """Return the figures as tidy CSV, unrounded; hidden figures have a flag and no value.

        Parameters
        ----------
        language : str, optional
            Language of the labels; without it keys stand in their place.

        Returns
        -------
        str
            One line per figure.
        """
        from migration_effects.report.render.csv_text import table_csv

        return table_csv(self, language)


def _without_context(table: Table) -> Table:
    """Return the table with an empty context, which is not part of the specification."""
    from dataclasses import replace

    return replace(table, context=Context())
