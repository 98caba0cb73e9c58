"""Comparing a raw frame with its codebook."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.errors import nearest
from migration_effects.io.codebook import Codebook
from migration_effects.io.variable import Code, Variable

SHOWN = 8
EXACT_INTEGERS = 2.0**53


def frame_faults(book: Codebook, frame: pd.DataFrame) -> list[str]:
    """Return every disagreement between a raw frame and its codebook; see ``Codebook.faults``."""
    sources = {v.source: v for v in book if v.source}
    faults = missing_columns(book, frame)
    faults += [
        f"column {str(c)!r} is not in the codebook.{nearest(str(c), sources)}"
        for c in frame.columns
        if c not in sources
    ]
    for source, variable in sources.items():
        if source in frame.columns:
            faults += column_faults(variable, frame[source])
    return faults


def missing_columns(book: Codebook, frame: pd.DataFrame) -> list[str]:
    """Return a fault for each column of the codebook that a raw frame lacks.

    Parameters
    ----------
    book : Codebook
        Of one file.
    frame : DataFrame
        Raw columns.

    Returns
    -------
    list of str
        With the nearest name that is there.
    """
    unclaimed = frame.columns.difference([v.source for v in book], sort=False)
    return [
        f"column {v.source!r} ({v.name}) is missing.{nearest(v.source, unclaimed)}"
        for v in book
        if v.source and v.source not in frame.columns
    ]


def column_faults(variable: Variable, column: pd.Series) -> list[str]:
    """Return what one raw column holds against its definition.

    Parameters
    ----------
    variable : Variable
        The definition.
    column : Series
        Raw values, codes kept.

    Returns
    -------
    list of str
        A wrong type, or undeclared codes with counts.
    """
    fault = _type_fault(variable, column)
    if fault:
        return [fault]
    if not variable.is_coded:
        return []
    unknown = undeclared(variable, column)
    if unknown.empty:
        return []
    shown = ", ".join(f"{_plain(code)} ({count})" for code, count in unknown.head(SHOWN).items())
    more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
    allowed = ", ".join(map(str, [*variable.values, *variable.missing]))
    where = f"{variable.file}: " if variable.file else ""
    return [
        f"{where}{variable.source} holds undeclared codes {shown}{more} (value, count); declared: {allowed}."
    ]


def _type_fault(variable: Variable, column: pd.Series) -> str:
    """Return whether a column holds text where numbers are needed, or the reverse."""
    if column.isna().all():
        return ""
    numeric = pd.api.types.is_numeric_dtype(column)
    if variable.kind == "id" and numeric:
        lossy = int((column.dropna().mod(1).ne(0) | column.dropna().abs().ge(EXACT_INTEGERS)).sum())
        return (
            f"{variable.source} is an id, but {lossy} values are not whole numbers below 2^53."
            if lossy
            else ""
        )
    text_wanted = variable.is_text or any(isinstance(code, str) for code in variable.values)
    if text_wanted == numeric:
        have, need = ("numbers", "text") if numeric else ("text", "numbers")
        return f"{variable.source} holds {have}, but kind {variable.kind} needs {need}."
    return ""


def undeclared(variable: Variable, column: pd.Series) -> pd.Series:
    """Return the values that are neither valid codes nor declared missing, with their counts.

    Parameters
    ----------
    variable : Variable
        A coded variable.
    column : Series
        Raw values, codes kept.

    Returns
    -------
    Series
        Count per undeclared value, sorted by value.
    """
    declared = holds(column, [*variable.values, *variable.missing])
    return column[column.notna() & ~declared].value_counts().sort_index()


def holds(column: pd.Series, codes: Iterable[Code]) -> NDArray[np.bool_]:
    """Return where a column holds one of a few codes.

    Parameters
    ----------
    column : Series
        Raw values.
    codes : iterable of code
        A handful; for numbers this is several times quicker than `Series.isin`.

    Returns
    -------
    ndarray of bool
        One value per row.
    """
    codes = list(codes)
    if not pd.api.types.is_numeric_dtype(column):
        return column.isin(codes).to_numpy()
    values, found = column.to_numpy(dtype=float), np.zeros(len(column), bool)
    for code in codes:
        if not isinstance(code, str):
            found |= values == code
    return found


def _plain(code: object) -> str:
    """Return a code as a reader writes it: 7, not 7.0."""
    return f"{code:g}" if isinstance(code, (int, float)) else repr(code)
