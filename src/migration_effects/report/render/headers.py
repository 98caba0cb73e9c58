"""Ids by which the first figures of a table name their headers, where a group heading stands above them.

A heading across all columns comes between these figures and the column headers. Every browser finds the headers all the
same; checkers of accessibility do not, so the first row says which they are. Later rows follow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migration_effects.report.layout import Head, PrintedTable


@dataclass(frozen=True)
class HeaderIds:
    """Ids of the header cells of one table, and the lists of those that belong to its first figures.

    Parameters
    ----------
    stub, group, row : str
        Header of the row labels, first group heading, label of the first row.
    spanners, heads, measures : tuple of str
        Header rows from the top, one id per cell.
    beside : str
        Headers of the first row's label.
    above : tuple of str
        Headers of each figure of the first row.
    """

    stub: str
    group: str
    row: str
    spanners: tuple[str, ...]
    heads: tuple[str, ...]
    measures: tuple[str, ...]
    beside: str
    above: tuple[str, ...]


def header_ids(printed: PrintedTable, exhibit_id: str) -> HeaderIds | None:
    """Return the ids of a table's headers.

    Parameters
    ----------
    printed : PrintedTable
        The table.
    exhibit_id : str
        Begins every id.

    Returns
    -------
    HeaderIds or None
        None where the first row has no group heading above it, or the exhibit has no id.

    Examples
    --------
    >>> from migration_effects.report.layout import Line, Printed
    >>> lines = (Line("group", "Region"), Line("row", "Bukhara", 1, (Printed("12.3"), Printed("420"))))
    >>> table = PrintedTable("", (), (Head("Hit"), Head("n")), (), lines, ())
    >>> header_ids(table, "T1.1").above
    ('T1.1-head0 T1.1-group T1.1-row', 'T1.1-head1 T1.1-group T1.1-row')
    """
    first = [line.kind for line in printed.lines[:2]]
    if not exhibit_id or len(first) < 2 or first[0] != "group" or first[1] == "group":
        return None
    rows = {"spanner": printed.spanners, "head": printed.heads, "measure": printed.measures}
    ids = {name: tuple(f"{exhibit_id}-{name}{i}" for i in range(len(heads))) for name, heads in rows.items()}
    columns = [_by_column(heads, ids[name]) for name, heads in rows.items() if heads]
    stub, group, row = (f"{exhibit_id}-{name}" for name in ("stub", "group", "row"))
    above, at = [], 0
    for cell in printed.lines[1].cells:
        over = [name for heads in columns for name in heads[at : at + cell.span] if name]
        above.append(" ".join(dict.fromkeys([*over, group, row])))
        at += cell.span
    beside = " ".join([stub] * bool(printed.stub) + [group])
    return HeaderIds(stub, group, row, ids["spanner"], ids["head"], ids["measure"], beside, tuple(above))


def _by_column(heads: Sequence[Head], ids: Sequence[str]) -> list[str]:
    """Return the id above each printed column; empty under a gap."""
    return [
        name if head.text else "" for head, name in zip(heads, ids, strict=True) for _ in range(head.span)
    ]
