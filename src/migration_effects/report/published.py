"""Figures of a published report, entered by hand in ``reference/published.csv`` of a study."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from migration_effects.errors import nearest

FILE = Path("reference") / "published.csv"
STATISTICS = ("percent", "mean", "n", "total")
STATUSES = ("none", "entered", "checked")
# Footer of an exhibit, by the least checked of its figures.
STATUS_WORDS = {
    "none": "Published figures: not entered",
    "entered": "Published figures: entered, not checked",
    "checked": "Published figures: checked",
}
_KEYS = ("row_key", "col_key", "statistic", "value", "source_title")


@dataclass(frozen=True)
class PublishedFigure:
    """One figure of a published report and the place of its counterpart in this one.

    Parameters
    ----------
    line : int
        Line of published.csv.
    exhibit_id, row_key, col_key : str
        Exhibit, and keys of its row and column as :meth:`Table.cell` takes them.
    statistic : {"percent", "mean", "n", "total"}
        What the figure is; ``n`` is the number of unweighted cases.
    value : float
        In the unit in which the exhibit prints: 12.3 for 12.3 %.
    unit : str
        Unit, compared with that of the exhibit; empty for the same.
    base_n : int or None
        Unweighted cases behind the published figure; None where the source does not say.
    source_title, page : str
        Where it stands.
    status : {"entered", "checked"}
        Checked figures were compared with the source by a second reader.
    note : str
        Remark of whoever entered it.
    """

    line: int
    exhibit_id: str
    row_key: str
    col_key: str
    statistic: str
    value: float
    unit: str
    base_n: int | None
    source_title: str
    page: str
    status: str
    note: str

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Exhibit, row, column and statistic."""
        return self.exhibit_id, self.row_key, self.col_key, self.statistic


def parse_published(path: Path) -> tuple[list[PublishedFigure], list[str]]:
    """Return the figures entered in a file, and what is wrong with its lines.

    Parameters
    ----------
    path : Path
        ``published.csv``; a missing file holds no figure.

    Returns
    -------
    figures : list of PublishedFigure
        Lines with status entered or checked and without a fault, in the order of the file.
    faults : list of str
        Every fault, with its line; empty when the file is sound.
    """
    if not path.is_file():
        return [], []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(stream)]
    figures, faults = [], []
    for line, row in enumerate(rows, start=2):
        wrong = _line_faults(row)
        faults += [f"line {line} ({row.get('exhibit_id') or 'no exhibit'}): {fault}" for fault in wrong]
        if not wrong and row["status"] != "none":
            figures.append(_figure(line, row))
    counts = Counter(figure.place for figure in figures)
    faults += [
        f"{' / '.join(place)} is entered {count} times; keep one line."
        for place, count in counts.items()
        if count > 1
    ]
    return figures, faults


def published_status(figures: Sequence[PublishedFigure]) -> str:
    """Return how far an exhibit is compared with published figures.

    Parameters
    ----------
    figures : sequence of PublishedFigure
        Those entered for it.

    Returns
    -------
    {"none", "entered", "checked"}
        ``checked`` only where every figure is.
    """
    if not figures:
        return "none"
    return "checked" if all(figure.status == "checked" for figure in figures) else "entered"


def _line_faults(row: Mapping[str, str]) -> list[str]:
    """Return what is wrong with one line."""
    status = row.get("status", "")
    if status not in STATUSES:
        return [f"status {status!r} is unknown; allowed: {', '.join(STATUSES)}.{nearest(status, STATUSES)}"]
    if status == "none":
        return ["it has a value but status none; write entered or checked."] if row.get("value") else []
    lacking = [name for name in _KEYS if not row.get(name)]
    faults = [f"{', '.join(lacking)} must be filled in."] if lacking else []
    statistic = row.get("statistic", "")
    if statistic and statistic not in STATISTICS:
        allowed = f"allowed: {', '.join(STATISTICS)}.{nearest(statistic, STATISTICS)}"
        faults.append(f"statistic {statistic!r} is unknown; {allowed}")
    if row.get("value") and _number(row["value"]) is None:
        faults.append(
            f"value {row['value']!r} is no number; write digits with a decimal point, without a unit."
        )
    if row.get("base_n") and not (row["base_n"].isascii() and row["base_n"].isdigit()):
        faults.append(f"base_n {row['base_n']!r} is no whole number; write digits only, or leave it empty.")
    return faults


def _number(text: str) -> float | None:
    """Return a finite number, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _figure(line: int, row: Mapping[str, str]) -> PublishedFigure:
    """Return the figure of a sound line."""
    value, base = _number(row["value"]), row.get("base_n")
    assert value is not None
    words = {name: row.get(name, "") for name in ("unit", "page", "note")}
    keys = {
        name: row[name]
        for name in ("exhibit_id", "row_key", "col_key", "statistic", "source_title", "status")
    }
    return PublishedFigure(line=line, value=value, base_n=int(base) if base else None, **keys, **words)
