"""An exhibit as it may be published: small figures hidden, cases rounded, nothing finer than what is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from migration_effects.disclosure.publication import (
    REASONS,
    WHOLE_BELOW,
    Entry,
    reasons_to_hide,
    round_base,
)
from migration_effects.report.cells import Cell, clean
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure
from migration_effects.report.formatting import FEW_BELOW
from migration_effects.report.grid import P_DECIMALS
from migration_effects.report.labels import TOTAL
from migration_effects.report.release.entries import cells_of, entries_of, is_extreme, sums_up
from migration_effects.report.table import FootRow, Table

EXTREME = "smallest or largest value"
# Remarks that count people: "3 rows without a value …", "No row in use has …".
COUNTING = re.compile(r"^\d|^No row in use")
CASES = "Unweighted n"


@dataclass(frozen=True)
class PublicExhibit:
    """An exhibit and what became of its figures.

    Parameters
    ----------
    exhibit : Table or Figure
        To be rendered.
    hidden : tuple of str
        Why each figure is hidden, in the order of its cells; empty where it is shown.
    """

    exhibit: Exhibit
    hidden: tuple[str, ...]


def public_exhibit(exhibit: Exhibit, *, override: bool = False) -> PublicExhibit:
    """Return the public version of an exhibit.

    Parameters
    ----------
    exhibit : Table or Figure
        With exact figures and context.
    override : bool
        Whether the study declares that the rules for small numbers do not apply; figures are then only rounded to what
        is printed.

    Returns
    -------
    PublicExhibit
        Every number is the printed one.
    """
    entries = entries_of(exhibit)
    hidden: list[str] = [""] * len(entries) if override else [*reasons_to_hide(entries)]
    if isinstance(exhibit, Table) and not override:
        width = len(exhibit.columns)
        hidden = [
            EXTREME if is_extreme(exhibit, k % width) and entries[k].value is not None else reason
            for k, reason in enumerate(hidden)
        ]
    kept = tuple(remark for remark in exhibit.remarks if not COUNTING.search(remark))
    public = replace(exhibit, remarks=kept, context=replace(exhibit.context, public=True))
    make = _public_figure if isinstance(public, Figure) else _public_table
    return PublicExhibit(make(public, entries, hidden, override), tuple(hidden))  # type: ignore[arg-type]


def _public_figure(figure: Figure, entries: Sequence[Entry], hidden: Sequence[str], override: bool) -> Figure:
    """Return a chart with public figures."""
    coarse = any(whole_only(e) and not h for e, h in zip(entries, hidden, strict=True)) and not override
    decimals = 0 if coarse and figure.distinct("unit") == ["%"] else figure.decimals
    points = tuple(
        replace(point, cell=public_cell(point.cell, entry, reason, decimals, override=override))
        for point, entry, reason in zip(figure.points, entries, hidden, strict=True)
    )
    return replace(figure, points=points, decimals=decimals)


def _public_table(table: Table, entries: Sequence[Entry], hidden: Sequence[str], override: bool) -> Table:
    """Return a table with public figures."""
    width = len(table.columns)
    decimals = []
    for j, column in enumerate(table.columns):
        coarse = any(whole_only(entries[k]) and not hidden[k] for k in range(j, len(entries), width))
        decimals.append(0 if coarse and column.unit == "%" and not override else column.decimals)
    flat = [
        public_cell(cell, entries[k], hidden[k], decimals[k % width], override=override)
        for k, cell in enumerate(cells_of(table))
    ]
    lines = [flat[i : i + width] for i in range(0, len(flat), width)]
    if not override:
        lines = _with_totals(table, entries, lines)
    return replace(
        table,
        columns=tuple(replace(c, decimals=d) for c, d in zip(table.columns, decimals, strict=True)),
        cells=tuple(tuple(line) for line in lines),
        foot=tuple(_public_foot(foot, override) for foot in table.foot),
    )


def whole_only(entry: Entry) -> bool:
    """Whether a share may be printed as a whole number only, because few stand behind it.

    Parameters
    ----------
    entry : Entry
        The figure.

    Returns
    -------
    bool
        True for a share of fewer than 100 cases.
    """
    return entry.measure == "share" and entry.value is not None and (entry.n or 0) < WHOLE_BELOW


def public_cell(cell: Cell, entry: Entry, reason: str, decimals: int, *, override: bool) -> Cell:
    """Return a figure as it may be published.

    Parameters
    ----------
    cell : Cell
        Exact.
    entry : Entry
        The same for the rules.
    reason : str
        Why it is hidden; empty where it is shown.
    decimals : int
        Printed digits.
    override : bool
        Whether only printed digits matter.

    Returns
    -------
    Cell
        Hidden, or with rounded numbers; shares come without standard errors, from which cases could be worked out.
    """
    n = None if cell.n is None else cell.n if override else round_base(cell.n)
    if reason:
        # A base of fewer than 25 is not told either.
        return Cell(symbol="hidden", n=None if reason == "base" else n)
    if cell.symbol or cell.value is None:
        return replace(cell, value=None, std_error=None, conf_low=None, conf_high=None, p_value=None, n=n)
    if entry.measure == "count" and not override:
        return Cell(float(round_base(int(cell.value))))
    digits = 0 if whole_only(entry) and not override else decimals
    share = entry.measure == "share"
    return Cell(
        _rounded(cell.value, digits),
        None if share else _rounded(cell.std_error, digits + 1),
        _rounded(cell.conf_low, digits),
        _rounded(cell.conf_high, digits),
        None if share else _rounded(cell.p_value, P_DECIMALS),
        n,
        "few" if cell.n is not None and cell.n < FEW_BELOW else "",
    )


def _rounded(value: float | None, digits: int) -> float | None:
    """Return a number as it is printed."""
    return None if value is None else clean(round(value, digits))


def _with_totals(table: Table, entries: Sequence[Entry], lines: list[list[Cell]]) -> list[list[Cell]]:
    """Recompute the totals of counts from the rounded counts that are shown."""
    width = len(table.columns)
    total = next((i for i, row in enumerate(table.rows) if row.key == TOTAL), None)
    for j in range(width):
        if total is not None and entries[total * width + j].measure == "count" and sums_up(table, j):
            others = (line[j].value or 0.0 for i, line in enumerate(lines) if i != total)
            lines[total][j] = Cell(float(sum(others)))
    return lines


def _public_foot(foot: FootRow, override: bool) -> FootRow:
    """Return a row under the estimates with cases rounded and everything else as printed."""
    cases = foot.label == CASES and not override
    values = (
        None if v is None else float(round_base(int(v))) if cases else _rounded(v, foot.decimals)
        for v in foot.values
    )
    return replace(foot, values=tuple(values))


def reason_text(reason: str) -> str:
    """Return a reason in words.

    Parameters
    ----------
    reason : str
        As in :class:`PublicExhibit`.

    Returns
    -------
    str
        For the statement.
    """
    return REASONS.get(reason, reason)
