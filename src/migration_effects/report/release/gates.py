"""The gates between exhibits and their public version, checked on the finished specification and not on its making."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from migration_effects.disclosure.publication import (
    line_is_exposed,
    line_members,
    own_reason,
    round_base,
)
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure, Kind
from migration_effects.report.grid import P_DECIMALS
from migration_effects.report.release.entries import cells_of, entries_of, is_extreme
from migration_effects.report.release.public import CASES, COUNTING, whole_only
from migration_effects.report.table import Table

MIN_DF = 10
DF = "Degrees of freedom"


def exhibit_faults(
    exact: Mapping[str, Exhibit], public: Mapping[str, Exhibit], overrides: Mapping[str, str]
) -> list[str]:
    """Compare public exhibits with what may be published of the exact ones.

    Parameters
    ----------
    exact, public : mapping of str to Table or Figure
        By id.
    overrides : mapping of str to str
        Exhibits outside the rules for small numbers.

    Returns
    -------
    list of str
        One per exhibit and gate, with the number of figures concerned and no figure.
    """
    faults = []
    if list(exact) != list(public):
        faults.append("the public exhibits are not those of the report")
    for name in public:
        gates = (_precision,) if name in overrides else (_precision, _small, _secondary, _model)
        for gate in gates:
            faults += [f"{name}: {fault}" for fault in gate(exact[name], public[name])]
    return faults


def _small(exact: Exhibit, public: Exhibit) -> Iterator[str]:
    """Yield figures that are too small to be shown, cases that are not rounded, smallest and largest values."""
    pairs = list(zip(entries_of(exact), cells_of(public), strict=True))
    small = sum(bool(own_reason(entry)) and cell.shown for entry, cell in pairs)
    if small:
        yield f"{small} figures are shown that rest on, or describe, too few people"
    unrounded = sum(cell.n is not None and cell.n != round_base(cell.n) for _, cell in pairs)
    if unrounded:
        yield f"{unrounded} numbers of cases are not rounded"
    told = sum(own_reason(entry) == "base" and cell.n is not None for entry, cell in pairs)
    if told:
        yield f"{told} numbers of cases below the smallest base are told"
    if isinstance(public, Table):
        width = len(public.columns)
        shown = sum(cell.shown and is_extreme(public, k % width) for k, (_, cell) in enumerate(pairs))
        if shown:
            yield f"{shown} smallest or largest values are shown"


def _secondary(exact: Exhibit, public: Exhibit) -> Iterator[str]:
    """Yield lines in which a hidden figure can be worked out from the shown ones."""
    entries = entries_of(exact)
    hidden = ["" if cell.shown else "hidden" for cell in cells_of(public)]
    exposed = sum(line_is_exposed(entries, hidden, line, i) for line, i in line_members(entries).items())
    if exposed:
        yield f"{exposed} rows or columns let a hidden figure be worked out"


def _precision(exact: Exhibit, public: Exhibit) -> Iterator[str]:
    """Yield numbers finer than printed, standard errors of shares, remarks that count people, unknown charts."""
    if isinstance(public, Figure) and public.chart not in get_args(Kind):
        yield f"a chart of the kind {public.chart} may show single persons"
    width = len(public.columns) if isinstance(public, Table) else 1
    digits = (
        [column.decimals for column in public.columns] if isinstance(public, Table) else [public.decimals]
    )
    fine = 0
    for k, (entry, cell) in enumerate(zip(entries_of(exact), cells_of(public), strict=True)):
        printed = digits[k % width]
        numbers = [(v, printed) for v in (cell.value, cell.conf_low, cell.conf_high)]
        numbers += [(cell.std_error, printed + 1), (cell.p_value, P_DECIMALS)]
        fine += any(v is not None and abs(v - round(v, d)) > 1e-9 * max(1.0, abs(v)) for v, d in numbers)
        fine += entry.measure == "share" and (cell.std_error is not None or cell.p_value is not None)
        fine += not cell.shown and any(v is not None for v, _ in numbers)
    if fine:
        yield f"{fine} figures hold more than is printed"
    if any(COUNTING.search(remark) for remark in public.remarks):
        yield "its remarks count people"


def _model(exact: Exhibit, public: Exhibit) -> Iterator[str]:
    """Yield models with few degrees of freedom, shares of few cases with decimals, and cases under them not rounded."""
    fractions = sum(
        cell.shown and whole_only(entry) and cell.value is not None and cell.value != int(cell.value)
        for entry, cell in zip(entries_of(exact), cells_of(public), strict=True)
    )
    if fractions:
        yield f"{fractions} percentages of fewer than 100 cases have decimals"
    for foot in public.foot if isinstance(public, Table) else ():
        values = [value for value in foot.values if value is not None]
        if foot.label == DF and any(value < MIN_DF for value in values):
            yield f"a model has fewer than {MIN_DF} degrees of freedom"
        if foot.label == CASES and any(value != round_base(int(value)) for value in values):
            yield "numbers of cases under a model are not rounded"
