"""From estimates or a frame to the layout of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.report.cells import Cell, cell_of, clean, unit_decimals
from migration_effects.report.compose_frame import need
from migration_effects.report.labels import TOTAL, value_id
from migration_effects.report.long import entries, estimate_notes, long_frame, units_of
from migration_effects.report.table import Choice, Column, FootRow, Row, Table


def table_from_estimates(
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
    """Lay out estimates as a table; parameters and errors are those of :meth:`Table.from_estimates`.

    Returns
    -------
    Table
        Ready to be registered.
    """
    frame = long_frame(estimates)
    row_of, column_of = (_domain_row, _outcome_column) if rows == "by" else (_term_row, _domain_column)
    units = units_of(frame, unit)
    keys = pd.DataFrame({"row": [row_of(r) for _, r in frame.iterrows()], "unit": units})
    keys["column"] = [
        column_of(r, u, unit_decimals(u) if decimals is None else decimals, frame)
        for (_, r), u in zip(frame.iterrows(), units, strict=True)
    ]
    row_list, column_list = list(dict.fromkeys(keys["row"])), list(dict.fromkeys(keys["column"]))
    cells = _grid(frame, keys, row_list, column_list)
    place = n or _n_place(rows, cells)
    foot = _foot(frame, keys, column_list) if place == "foot" else ()
    foot += _fit(estimates, frame, keys, column_list) if rows == "term" else ()
    row_list, cells = _with_references(row_list, cells, references or {}, len(column_list))
    return Table(
        columns=tuple(column_list),
        rows=tuple(row_list),
        cells=tuple(tuple(line) for line in cells),
        population=population,
        row_header=row_header,
        source=source,
        weight=weight,
        notes=tuple(notes),
        remarks=estimate_notes(estimates),
        foot=foot,
        n_place=place,
    )


def _domain_row(row: pd.Series) -> Row:
    """Return the row of a domain."""
    return Row(row["by"], row["by"], row["by_group"])


def _term_row(row: pd.Series) -> Row:
    """Return the row of an outcome, grouped when it has levels."""
    if row["level"]:
        return Row(row["level"], row["level"], row["outcome"])
    return Row(row["outcome"], row["outcome"])


def _outcome_column(row: pd.Series, unit: str, decimals: int, frame: pd.DataFrame) -> Column:
    """Return the column of an outcome, under its model or its variable."""
    own = row["level"] or row["outcome"] or row["model"]
    spanner = row["model"] or (row["outcome"] if row["level"] else "")
    if spanner == own or (row["model"] and frame[["outcome", "level"]].drop_duplicates().shape[0] == 1):
        own, spanner = row["model"], ""
    key = f"{row['model']}: {own}" if row["model"] and own != row["model"] else own
    return Column(key, own, unit, decimals, spanner)


def _domain_column(row: pd.Series, unit: str, decimals: int, frame: pd.DataFrame) -> Column:
    """Return the column of a domain, under its model."""
    single = row["by"] == TOTAL
    label = (row["model"] or TOTAL) if single else row["by"]
    key = f"{row['model']}: {label}" if row["model"] and label != row["model"] else label
    return Column(key, label, unit, decimals, "" if label == row["model"] else row["model"])


def _grid(
    frame: pd.DataFrame, keys: pd.DataFrame, rows: list[Row], columns: list[Column]
) -> list[list[Cell]]:
    """Return the cells; a combination that no estimate fills is not applicable."""
    empty = Cell(symbol="not_applicable")
    cells = [[empty] * len(columns) for _ in rows]
    for i, record in enumerate(frame.to_dict("records")):
        r, c = rows.index(keys["row"][i]), columns.index(keys["column"][i])
        if cells[r][c] is not empty:
            raise SpecificationError(
                f"Two estimates claim row {rows[r].key!r}, column {columns[c].key!r}. Give the estimates as a "
                "mapping, so that each has a name."
            )
        cells[r][c] = cell_of({str(k): v for k, v in record.items()}, keys["unit"][i])
    return cells


def _n_place(rows: str, cells: list[list[Cell]]) -> Literal["column", "foot", "none"]:
    """Return where the unweighted cases stand."""
    cases = [{cell.n for cell in column if cell.n is not None} for column in zip(*cells, strict=True)]
    if not any(cases):
        return "none"
    return "foot" if rows == "term" and all(len(found) == 1 for found in cases) else "column"


def _foot(frame: pd.DataFrame, keys: pd.DataFrame, columns: list[Column]) -> tuple[FootRow, ...]:
    """Return cases, PSUs and degrees of freedom per column, where each has one value."""
    foot = []
    for name, label in (("n", "Unweighted n"), ("n_psu", "PSUs"), ("df", "Degrees of freedom")):
        if name not in frame.columns:
            continue
        found = [
            frame.loc[(keys["column"] == column).to_numpy(), name].dropna().unique() for column in columns
        ]
        if all(len(values) == 1 for values in found):
            foot.append(FootRow(label, tuple(clean(values[0]) for values in found)))
    return tuple(foot)


def _fit(
    estimates: Any, frame: pd.DataFrame, keys: pd.DataFrame, columns: list[Column]
) -> tuple[FootRow, ...]:
    """Return the share of the deviance that each model explains, where all columns are regressions with one."""
    shares = {}
    for model, entry in entries(estimates):
        if not hasattr(entry, "family"):
            return ()
        # Imported already where there is a regression; other tables are spared the libraries behind it.
        from migration_effects.regression.likelihoods import LIKELIHOODS

        if entry.family in LIKELIHOODS:
            return ()
        shares[model] = clean(entry.fit["r_squared"])
    models = [frame.loc[(keys["column"] == column).to_numpy(), "model"].iloc[0] for column in columns]
    return (FootRow("R²", tuple(shares[model] for model in models), 2),)


def _with_references(
    rows: list[Row], cells: list[list[Cell]], references: Mapping[str, str], width: int
) -> tuple[list[Row], list[list[Cell]]]:
    """Insert a ``ref.`` row at the head of each categorical term."""
    need(list(references), [row.group for row in rows if row.group], "The table")
    rows, cells = list(rows), list(cells)
    for variable, level in references.items():
        at = next(i for i, row in enumerate(rows) if row.group == variable)
        inside = [i for i, row in enumerate(rows) if row.group == variable]
        used = [any(cells[i][j].symbol == "" for i in inside) for j in range(width)]
        rows.insert(at, Row(value_id(variable, level), value_id(variable, level), variable))
        cells.insert(at, [Cell(symbol="reference" if hit else "not_applicable") for hit in used])
    return rows, cells
