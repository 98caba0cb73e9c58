"""Plants faults into the files and writes down each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .files import Files
from .settings import Settings

COLUMNS = ["id", "file", "key", "variable", "clean", "raw", "rule", "action", "resolved"]
LINES = {"roster": "p_line", "migrants": "m_line", "children": "k_line"}


@dataclass
class Planter:
    """Files being damaged, and the log of what was done.

    Parameters
    ----------
    files : dict of pandas.DataFrame
        Copies of the clean files.
    settings : Settings
        For the random streams.
    log : list of dict
        One entry per planted case.
    used : dict of set
        Households already damaged, by file: one fault per household and file, so that each can be resolved alone.
    """

    files: Files
    settings: Settings
    log: list[dict[str, Any]] = field(default_factory=list)
    used: dict[str, set[str]] = field(default_factory=dict)

    def pick(self, file: str, rows: pd.Series | np.ndarray, count: int, block: str) -> np.ndarray:
        """Return the labels of up to `count` eligible rows in households not used before, in random order.

        Parameters
        ----------
        file : str
            Unit.
        rows : boolean array
            Which rows are eligible.
        count : int
            How many; fewer where fewer are eligible.
        block : str
            Name of the random stream.

        Returns
        -------
        ndarray
            Index labels.
        """
        frame, used = self.files[file], self.used.setdefault(file, set())
        ids = frame["hh_id"]
        eligible = frame.index[np.asarray(rows, dtype=bool) & ~ids.isin(used).to_numpy()]
        order = self.settings.rng(f"dirt.{block}").permutation(len(eligible))
        shuffled = eligible[order]
        first = shuffled[~ids[shuffled].duplicated().to_numpy()][:count]
        used.update(ids[first])
        return first.to_numpy()

    def key(self, file: str, row: Any) -> str:
        """Return the identifier of a row: the household, with the line where the file has one."""
        record = self.files[file].loc[row]
        line = LINES.get(file)
        return f"{record['hh_id']}:{int(record[line])}" if line else str(record["hh_id"])

    def note(
        self, fault: str, file: str, key: str, variable: str, values: tuple[Any, Any, Any], action: str
    ) -> None:
        """Log one case.

        Parameters
        ----------
        fault : str
            ``D1`` … ``D11``.
        file, key, variable : str
            Where.
        values : tuple
            Clean value, raw value, and the value after cleaning.
        action : str
            What cleaning is expected to do.
        """
        clean, raw, resolved = (_text(value) for value in values)
        rule = RULES[fault]
        entries = (fault, file, key, variable, clean, raw, rule, action, resolved)
        self.log.append(dict(zip(COLUMNS, entries, strict=True)))

    def change(
        self, fault: str, file: str, row: Any, variable: str, raw: Any, action: str, resolved: Any = np.nan
    ) -> None:
        """Change one value and log it."""
        clean = self.files[file].loc[row, variable]
        self.note(fault, file, self.key(file, row), variable, (clean, raw, resolved), action)
        self.files[file].loc[row, variable] = raw

    def insert(self, file: str, row: Any, changes: dict[str, float], *, after: bool) -> None:
        """Insert a copy of a row, with some values changed, beside the original."""
        frame = self.files[file]
        copy = frame.loc[[row]].assign(**changes)
        at = frame.index.get_loc(row) + after
        # Labels of the other rows stay: picked rows are found again after an insertion.
        copy.index = [max(frame.index) + 1]
        self.files[file] = pd.concat([frame.iloc[:at], copy, frame.iloc[at:]])

    def table(self) -> pd.DataFrame:
        """Return the log, ordered by fault, file and key."""
        log = pd.DataFrame(self.log, columns=COLUMNS)
        order = log["id"].str[1:].astype(int)
        return (
            log.assign(n=order)
            .sort_values(["n", "file", "key", "variable"])
            .drop(columns="n")
            .reset_index(drop=True)
        )


def _text(value: Any) -> str:
    """Return a value as it stands in the log; missing is blank."""
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else f"{float(value):.10g}"


RULES = {
    "D1": "exact duplicate row",
    "D2": "near duplicate row: same key, one answer differs",
    "D3": "out of range",
    "D4": "answered though not asked",
    "D5": "asked but empty",
    "D6": "files contradict each other",
    "D7": "orphan or damaged identifier",
    "D8": "missing code that is not declared",
    "D9": "damaged text",
    "D10": "label trap",
    "D11": "damaged variable label",
}
