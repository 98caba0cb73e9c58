"""From a frame of counts, margins or reference numbers to the layout of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from migration_effects.errors import SpecificationError, nearest
from migration_effects.report.cells import cell_of, unit_decimals
from migration_effects.report.labels import TIMES, TOTAL, value_id
from migration_effects.report.table import Choice, Column, Row, Table


def table_from_frame(
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
    """Lay out a frame as a table; parameters and errors are those of :meth:`Table.from_frame`.

    Returns
    -------
    Table
        Ready to be registered.
    """
    names = [rows] if isinstance(rows, str) else list(rows)
    wanted = [*names, *columns, *([n] if n else [])]
    need(wanted, frame.columns, "The frame")
    units = {c: unit if isinstance(unit, str) else unit.get(c, "number") for c in columns}
    digits = {c: _digits(decimals, c, units[c]) for c in columns}
    cells = [
        tuple(cell_of({"estimate": line[c], **({"n": line[n]} if n else {})}, units[c]) for c in columns)
        for _, line in frame.iterrows()
    ]
    return Table(
        columns=tuple(
            Column(c, columns[c], units[c], digits[c], (spanners or {}).get(c, "")) for c in columns
        ),
        rows=tuple(_frame_row(line, names) for _, line in frame.iterrows()),
        cells=tuple(cells),
        population=population,
        row_header=row_header or names[-1],
        source=source,
        weight=weight,
        notes=tuple(notes),
        n_place="column" if n else "none",
    )


def need(wanted: Sequence[str], have: Sequence[str], where: str) -> None:
    """Raise for names that are not there.

    Parameters
    ----------
    wanted, have : sequence of str
        Names asked for, names there are.
    where : str
        Who should have them.

    Raises
    ------
    SpecificationError
        With the nearest valid name.
    """
    lacking = [name for name in wanted if name not in list(have)]
    if lacking:
        raise SpecificationError(
            f"{where} has no {', '.join(map(repr, lacking))}; it has {', '.join(map(str, have))}."
            f"{nearest(lacking[0], list(have))}"
        )


def _digits(decimals: int | Mapping[str, int] | None, name: str, unit: str) -> int:
    """Return the decimals of a column."""
    if isinstance(decimals, Mapping):
        return decimals.get(name, unit_decimals(unit))
    return unit_decimals(unit) if decimals is None else decimals


def _frame_row(line: pd.Series, names: Sequence[str]) -> Row:
    """Return the row of one line of a frame."""
    ids = [TOTAL if line[name] == TOTAL else value_id(name, line[name]) for name in names]
    if set(ids) == {TOTAL}:
        return Row(TOTAL, TOTAL)
    return Row(TIMES.join(ids), ids[-1], ids[0] if len(ids) > 1 else "")
