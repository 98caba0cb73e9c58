"""Published figures beside the figures of the exhibits that reproduce them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd

from migration_effects.errors import SpecificationError, StudyError, counted, nearest
from migration_effects.report.cells import Cell, clean
from migration_effects.report.exhibit import Exhibit, read_exhibit
from migration_effects.report.figure import Figure
from migration_effects.report.published import FILE, PublishedFigure, parse_published
from migration_effects.report.table import Column, Row

Part = TypeVar("Part", Row, Column)
# Units of the statistic "percent".
_SHARES = ("%", "percentage points")
# So many allowed keys are named for one that is not.
_NAMED = 5


@dataclass(frozen=True)
class Comparison:
    """A published figure and the one that reproduces it.

    Parameters
    ----------
    published : PublishedFigure
        As entered.
    row, column : Row and Column
        Where the reproduced figure stands.
    cell : Cell
        The reproduced figure; for the statistic ``n`` its value is the number of cases.
    """

    published: PublishedFigure
    row: Row
    column: Column
    cell: Cell

    @property
    def difference(self) -> float | None:
        """Reproduced minus published, in printed units; None where the reproduced figure may not be shown."""
        if not self.cell.shown or self.cell.value is None:
            return None
        return clean(self.cell.value - self.published.value)

    @property
    def inside(self) -> bool | None:
        """Whether the published value lies in the reproduced 95% interval, limits included; None without one."""
        low, high = self.cell.conf_low, self.cell.conf_high
        if not self.cell.shown or low is None or high is None:
            return None
        return low <= self.published.value <= high


def compare_published(
    path: Path, exhibits: Mapping[str, Exhibit], declared: Collection[str]
) -> tuple[Comparison, ...]:
    """Find the counterpart of every figure entered.

    Parameters
    ----------
    path : Path
        ``published.csv``.
    exhibits : mapping of str to Table or Figure
        Exhibits by id.
    declared : collection of str
        Ids of all exhibits of the study.

    Returns
    -------
    tuple of Comparison
        In the order of the file; empty when no figure is entered.

    Raises
    ------
    StudyError
        With every fault of the file and every key that no exhibit has, and the nearest allowed ones.
    """
    figures, faults = parse_published(path)
    comparisons = []
    for figure in figures:
        try:
            comparisons.append(_compared(figure, exhibits, declared))
        except SpecificationError as error:
            faults.append(f"line {figure.line} ({figure.exhibit_id}): {error}")
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise StudyError(f"{FILE.as_posix()} has {counted(len(faults), 'fault')}:\n{lines}")
    return tuple(comparisons)


def built_exhibits(path: Path, folder: Path) -> dict[str, Exhibit]:
    """Return those exhibits of a build for which figures are entered.

    Parameters
    ----------
    path : Path
        ``published.csv``.
    folder : Path
        Where the notebooks left the exhibits.

    Returns
    -------
    dict of str to Table or Figure
        By id; those that are not built are left out.
    """
    wanted = sorted({figure.exhibit_id for figure in parse_published(path)[0]})
    files = {name: folder / f"{name}.json" for name in wanted}
    found = {
        name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.is_file()
    }
    return {name: read_exhibit(json.dumps(content["spec"])) for name, content in found.items()}


def comparison_frame(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """Return comparisons as a frame, one row per published figure.

    Parameters
    ----------
    comparisons : sequence of Comparison
        From :func:`compare_published`.

    Returns
    -------
    DataFrame
        ``exhibit_id, row_key, col_key, statistic, unit, published, reproduced, conf_low, conf_high, difference,
        inside, published_n, reproduced_n, status, source_title, page, note``; numbers of a figure that may not be
        shown are missing.
    """
    rows = [
        (
            *c.published.place,
            c.published.unit or c.column.unit,
            c.published.value,
            *((c.cell.value, c.cell.conf_low, c.cell.conf_high) if c.cell.shown else (None, None, None)),
            c.difference,
            c.inside,
            c.published.base_n,
            c.cell.n,
            *(getattr(c.published, name) for name in ("status", "source_title", "page", "note")),
        )
        for c in comparisons
    ]
    names = (
        "exhibit_id row_key col_key statistic unit published reproduced conf_low conf_high difference inside"
    )
    names += " published_n reproduced_n status source_title page note"
    frame = pd.DataFrame(rows, columns=names.split())
    for name in ("published", "reproduced", "conf_low", "conf_high", "difference"):
        frame[name] = frame[name].astype(float)
    return frame


def _compared(
    figure: PublishedFigure, exhibits: Mapping[str, Exhibit], declared: Collection[str]
) -> Comparison:
    """Return one figure with its counterpart."""
    name = figure.exhibit_id
    if name not in declared:
        raise SpecificationError(f"study.toml declares no such exhibit.{nearest(name, declared)}")
    if name not in exhibits:
        raise SpecificationError("no notebook has produced it; run `make report`, or correct the id.")
    exhibit = exhibits[name]
    table = exhibit.data() if isinstance(exhibit, Figure) else exhibit
    row = _found("row", figure.row_key, {row.key: row for row in table.rows})
    column = _found("column", figure.col_key, {column.key: column for column in table.columns})
    cell, _ = table.cell(figure.row_key, figure.col_key)
    if figure.statistic == "n":
        if cell.n is None:
            raise SpecificationError(
                "the reproduced figure has no number of cases; it is no survey estimate."
            )
        return Comparison(figure, row, Column(column.key, column.label, "number", 0), Cell(float(cell.n)))
    _check_unit(figure, column.unit)
    return Comparison(figure, row, column, cell)


def _found(what: str, key: str, known: Mapping[str, Part]) -> Part:
    """Return the row or column of a key, or raise naming the nearest allowed keys."""
    if key in known:
        return known[key]
    close = difflib.get_close_matches(key, known, n=_NAMED, cutoff=0.3) or list(known)[:_NAMED]
    raise SpecificationError(
        f"it has no {what} {key!r}; nearest of {len(known)} allowed: {', '.join(map(repr, close))}."
    )


def _check_unit(figure: PublishedFigure, unit: str) -> None:
    """Raise when a figure is entered in another unit than the exhibit prints."""
    if figure.unit and unit and figure.unit != unit:
        raise SpecificationError(
            f"the figure is entered in {figure.unit!r}, the exhibit prints {unit!r}; enter it in {unit!r}."
        )
    shares = unit in _SHARES
    if unit and (figure.statistic == "percent") != shares:
        allowed = "percent" if shares else "mean or total"
        raise SpecificationError(
            f"statistic {figure.statistic!r} does not fit a figure in {unit!r}; write {allowed}."
        )
