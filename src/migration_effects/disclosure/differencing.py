"""Figures of nearly the same people: what two releases, or two tables, tell by their difference."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

from migration_effects.disclosure.rounding import REDACT
from migration_effects.errors import DataFileError


@dataclass(frozen=True, order=True)
class Released:
    """The base of one figure that has left the project, or is about to. Internal: the base is not rounded.

    Parameters
    ----------
    release : int
        Number of the release.
    origin : str
        ``survey`` or ``synthetic``.
    study, exhibit : str
        Ids.
    measure, population : str
        What is measured, and whom it describes, in normalised words.
    dimensions : str
        Row and column.
    n : int
        Unweighted cases.
    """

    release: int
    origin: str
    study: str
    exhibit: str
    measure: str
    population: str
    dimensions: str
    n: int


COLUMNS = tuple(field.name for field in fields(Released))


def normalised(text: str) -> str:
    """Return words without differences of case and spacing.

    Parameters
    ----------
    text : str
        For example a population line.

    Returns
    -------
    str
        Small letters, single spaces.

    Examples
    --------
    >>> normalised("Children  11–17 ")
    'children 11–17'
    """
    return " ".join(text.casefold().split())


def too_near(first: int, second: int) -> bool:
    """Whether two bases differ by so few people that their difference is about them.

    Parameters
    ----------
    first, second : int
        Unweighted cases.

    Returns
    -------
    bool
        True for a difference from 1 to 7.

    Examples
    --------
    >>> too_near(702, 698), too_near(702, 690), too_near(702, 702)
    (True, False, False)
    """
    return 1 <= abs(first - second) <= REDACT


def differencing_faults(new: Sequence[Released], earlier: Iterable[Released]) -> dict[str, set[str]]:
    """Find exhibits whose figures, subtracted from others, are about one to seven people.

    Two figures are compared when they stand in the same row and column of one exhibit in two releases, or measure
    the same of two different populations. Populations of one study always count as nested in one another: words do
    not tell which are not, and overlapping age bands or all groups but one are as good as nested.

    Parameters
    ----------
    new : sequence of Released
        Figures about to be released.
    earlier : iterable of Released
        Those of earlier releases.

    Returns
    -------
    dict of str to set of str
        Exhibit to the exhibits it is too near to, ``F1.1 of release 2`` for an earlier one. No numbers.
    """
    known: dict[tuple[str, ...], list[Released]] = {}
    for row in (*earlier, *new):
        known.setdefault(_question(row), []).append(row)
    faults: dict[str, set[str]] = {}
    for row in new:
        for other in known[_question(row)]:
            if _comparable(row, other) and too_near(row.n, other.n):
                faults.setdefault(row.exhibit, set()).add(_named(other, row.release))
    return faults


def _question(row: Released) -> tuple[str, ...]:
    """Return what a figure answers, whomever it describes."""
    return row.study, row.origin, row.measure, row.dimensions


def _comparable(row: Released, other: Released) -> bool:
    """Whether two answers to one question can be subtracted: another release, or another population."""
    if row.exhibit == other.exhibit:
        return row.release != other.release
    return row.population != other.population


def _named(row: Released, release: int) -> str:
    """Return an exhibit in words."""
    return row.exhibit if row.release == release else f"{row.exhibit} of release {row.release}"


def read_registry(text: str) -> list[Released]:
    """Read the registry of releases.

    Parameters
    ----------
    text : str
        CSV written by :func:`registry_csv`; empty before the first release.

    Returns
    -------
    list of Released
        In order.

    Raises
    ------
    DataFileError
        When it is not what this program wrote: releases cannot be compared then.
    """
    if not text:
        return []
    rows = csv.DictReader(io.StringIO(text))
    try:
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ValueError
        return [
            Released(**{**row, "release": int(row["release"]), "n": int(row["n"])})  # type: ignore[arg-type]
            for row in rows
        ]
    except (ValueError, TypeError, KeyError):
        raise DataFileError(
            "release_registry.csv is damaged: its columns or numbers are not those written by a release. Restore it; "
            "without it a release cannot be compared with earlier ones.",
            reason="corrupt",
        ) from None


def registry_csv(rows: Iterable[Released]) -> str:
    """Write the registry of releases.

    Parameters
    ----------
    rows : iterable of Released
        Figures of all releases.

    Returns
    -------
    str
        CSV, sorted.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in sorted(rows))
    return stream.getvalue()
