"""The record of what cleaning found and did: counts, never identifiers or answers."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import pandas as pd

COLUMNS = ("check", "file", "variable", "count", "action", "detail")


@dataclass(frozen=True)
class Finding:
    """One line of an audit.

    Parameters
    ----------
    check : str
        What was looked for, for example ``"out of range"``.
    file, variable : str
        Where.
    count : int
        How many rows.
    action : str
        What was done with them.
    detail : str
        What helps to judge it; never an identifier or an answer.
    """

    check: str
    file: str
    variable: str
    count: int
    action: str
    detail: str = ""


@dataclass(frozen=True)
class Audit:
    """Findings in the order in which they were made.

    Parameters
    ----------
    findings : tuple of Finding
        The lines.

    Examples
    --------
    >>> audit = Audit().add("out of range", "children", "k_age", 3, "set missing", "allowed 11 to 17")
    >>> audit.count("out of range", "k_age"), len(audit.table)
    (3, 1)
    """

    findings: tuple[Finding, ...] = ()

    def add(self, check: str, file: str, variable: str, count: int, action: str, detail: str = "") -> Audit:
        """Return an audit with one more finding.

        Parameters
        ----------
        check, file, variable : str
            What was looked for, and where.
        count : int
            How many rows; a finding of none is left out.
        action, detail : str
            What was done, and what helps to judge it.

        Returns
        -------
        Audit
            The longer one; this one stays as it is.
        """
        if not count:
            return self
        return replace(
            self, findings=(*self.findings, Finding(check, file, variable, int(count), action, detail))
        )

    def __add__(self, other: Audit) -> Audit:
        return replace(self, findings=(*self.findings, *other.findings))

    def count(self, check: str, variable: str | None = None, file: str | None = None) -> int:
        """Return the number of rows a check found.

        Parameters
        ----------
        check : str
            As in the table.
        variable, file : str, optional
            Restrict to one variable or file.

        Returns
        -------
        int
            Sum of the counts.
        """
        chosen = (f for f in self.findings if f.check == check)
        return sum(f.count for f in chosen if variable in (None, f.variable) and file in (None, f.file))

    @property
    def table(self) -> pd.DataFrame:
        """Columns ``check, file, variable, count, action, detail``, one row per finding."""
        return pd.DataFrame([astuple(f) for f in self.findings], columns=list(COLUMNS))
