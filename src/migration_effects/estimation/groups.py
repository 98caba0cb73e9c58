"""Rows in use and the groups that ``by`` makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.columns import Levels, levels, names
from migration_effects.errors import SpecificationError

By = str | Sequence[str] | None
RESULT_COLUMNS = (
    "term", "estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high", "n", "n_psu",
)  # fmt: skip
LARGEST_TABLE = 50_000_000  # entries of a table of units by groups that is kept in memory


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of rows, in the order of their levels.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Group of each row in use; -1 for the others.
    labels : DataFrame
        One row per group, one column per ``by`` variable.
    keys : tuple of str
        The part of a term's key in brackets, without them: ``"girl, Khorezm"``; one empty text without ``by``.
    dropped : tuple of str
        Notes on levels and rows that are not in use.
    """

    codes: NDArray[np.intp]
    labels: pd.DataFrame
    keys: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.keys)


def make_groups(design: SurveyDesign, by: By) -> Groups:
    """Return the groups of the rows in the domain.

    Parameters
    ----------
    design : SurveyDesign
    by : str or list of str, optional

    Returns
    -------
    Groups
        Combinations without a row in use are left out and noted; rows with a missing ``by`` value too.

    Raises
    ------
    SpecificationError
        Unknown column, or no row with known values.
    """
    require_design(design)
    columns = names(by)  # type: ignore[arg-type]
    rows = design.in_use
    everyone = bool(rows.all())
    if not columns:
        codes = np.zeros(len(rows), dtype=np.intp) if everyone else np.where(rows, 0, -1)
        return Groups(codes, pd.DataFrame(index=range(1)), ("",), ())
    taken = [column for column in columns if column in RESULT_COLUMNS]
    if taken:
        raise SpecificationError(
            f"by={columns}: a result has a column {taken[0]!r} of its own. Rename yours, for example to '{taken[0]}_'."
        )
    if len(set(columns)) != len(columns):
        raise SpecificationError(f"by={columns} names a column twice.")
    found = [levels(design.data, column) for column in columns]
    combined = found[0].codes
    for part in found[1:]:
        combined = combined * len(part.levels) + part.codes
    if not everyone or any(part.codes.min(initial=0) < 0 for part in found):
        known = rows.copy()
        for part in found:
            known &= part.codes >= 0
        if not known.any():
            raise SpecificationError(f"No row of the domain has a value of {columns}.")
        combined = np.where(known, combined, -1)
    else:
        known = rows
    size = int(np.prod([len(part.levels) for part in found]))
    present = np.flatnonzero(np.bincount(combined + 1, minlength=size + 1)[1:])
    if len(present) < size:
        renumber = np.full(size + 1, -1, dtype=np.intp)
        renumber[present] = np.arange(len(present))
        combined = renumber[combined]
    labels, texts = _labels(present, columns, [part.levels for part in found])
    return Groups(combined, labels, texts, _notes(rows, known, columns, found, present))


def _labels(
    present: NDArray[np.intp], columns: list[str], sets: list[tuple[object, ...]]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return label columns and keys of the combinations present."""
    parts: dict[str, list[object]] = {}
    remaining = present
    for column, options in zip(reversed(columns), reversed(sets), strict=True):
        parts[column] = [options[i] for i in remaining % len(options)]
        remaining = remaining // len(options)
    frame = pd.DataFrame({column: parts[column] for column in columns})
    keys = tuple(", ".join(str(parts[column][i]) for column in columns) for i in range(len(present)))
    return frame, keys


def _notes(
    rows: NDArray[np.bool_],
    known: NDArray[np.bool_],
    columns: list[str],
    found: Sequence[Levels],
    present: NDArray[np.intp],
) -> tuple[str, ...]:
    """Count the rows and levels that are left out."""
    notes = []
    missing = int(rows.sum() - known.sum())
    if missing:
        notes.append(f"{missing} rows without a value of {' or '.join(columns)} are left out.")
    remaining = present
    for column, part in zip(reversed(columns), reversed(found), strict=True):
        remaining, here = np.divmod(remaining, len(part.levels))
        used = np.bincount(here, minlength=len(part.levels)) > 0
        empty = [str(level) for level, here in zip(part.levels, used, strict=True) if not here]
        if empty:
            notes.append(f"No row in use has {column} = {', '.join(empty)}.")
    return tuple(notes)


def keyed(term: str, group: str) -> str:
    """Return the key of a term within a group.

    Parameters
    ----------
    term : str
        May end in its own brackets: ``who[both]`` within ``girl`` is ``who[both, girl]``.
    group : str
        Empty without ``by``.

    Returns
    -------
    str
    """
    if not group:
        return term
    return f"{term[:-1]}, {group}]" if term.endswith("]") and "[" in term else f"{term}[{group}]"


def counts(design: SurveyDesign, codes: NDArray[np.intp], size: int) -> tuple[NDArray[np.int64], ...]:
    """Return rows, PSUs and strata in use of each group.

    Parameters
    ----------
    design : SurveyDesign
    codes : ndarray of int, shape (n,)
        Group of each row; -1 for rows not in use.
    size : int
        Number of groups.

    Returns
    -------
    n, n_psu, n_strata : ndarray of int, each of shape (size,)
    """
    first = design.stages[0]
    rows = codes >= 0
    everyone = bool(rows.all())
    if everyone and size == 1:
        return tuple(np.array([count], dtype=np.int64) for count in (len(codes), first.units, first.groups))
    group, unit = (codes, first.unit) if everyone else (codes[rows], first.unit[rows])
    n = np.bincount(group, minlength=size).astype(np.int64)
    if first.units * size <= LARGEST_TABLE:
        present = np.zeros(first.units * size, dtype=bool)
        present[unit * size + group] = True
        units, owners = np.divmod(np.flatnonzero(present), size)
    else:
        units, owners = np.divmod(np.unique(unit.astype(np.int64) * size + group), size)
    n_psu = np.bincount(owners, minlength=size)
    strata = np.unique(first.group_of_unit[units].astype(np.int64) * size + owners)
    n_strata = np.bincount(strata % size, minlength=size)
    return n, n_psu.astype(np.int64), n_strata.astype(np.int64)


def degrees(
    design: SurveyDesign, codes: NDArray[np.intp], n_psu: NDArray[np.int64], n_strata: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the degrees of freedom of each group: PSUs less strata with rows in use.

    Parameters
    ----------
    design : SurveyDesign
    codes : ndarray of int, shape (n,)
    n_psu, n_strata : ndarray of int, shape (groups,)

    Returns
    -------
    ndarray, shape (groups,)
    """
    if design.fixed_df:
        return np.array([design.df_of(codes == group) for group in range(len(n_psu))], dtype=np.float64)
    return (n_psu - n_strata).astype(np.float64)
