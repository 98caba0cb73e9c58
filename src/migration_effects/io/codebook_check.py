"""Comparing a raw frame with its codebook."""

from __future__ import annotations

import pandas as pd

from migration_effects.errors import nearest
from migration_effects.io.codebook import Codebook, Variable

SHOWN = 8


def frame_faults(book: Codebook, frame: pd.DataFrame) -> list[str]:
    """Return every disagreement between a raw frame and its codebook; see ``Codebook.faults``."""
    sources = {v.source: v for v in book if v.source}
    faults = [
        f"column {source!r} ({v.name}) is missing.{nearest(source, frame.columns)}"
        for source, v in sources.items()
        if source not in frame.columns
    ]
    faults += [
        f"column {str(c)!r} is not in the codebook.{nearest(str(c), sources)}"
        for c in frame.columns
        if c not in sources
    ]
    for source, variable in sources.items():
        if source in frame.columns:
            faults += column_faults(variable, frame[source])
    return faults


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
    text_wanted = variable.is_text or any(isinstance(code, str) for code in variable.values)
    if text_wanted == pd.api.types.is_numeric_dtype(column):
        have = "numbers" if text_wanted else "text"
        need = "text" if text_wanted else "numbers"
        return [f"{variable.source} holds {have}, but kind {variable.kind} needs {need}."]
    if not variable.is_coded:
        return []
    unknown = undeclared(variable, column)
    if unknown.empty:
        return []
    shown = ", ".join(f"{_plain(code)} ({count})" for code, count in unknown.head(SHOWN).items())
    more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
    allowed = ", ".join(map(str, [*variable.values, *variable.missing]))
    return [f"{variable.source} holds undeclared codes {shown}{more} (value, count); declared: {allowed}."]


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
    present = column.dropna()
    declared = [*variable.values, *variable.missing]
    return present[~present.isin(declared)].value_counts().sort_index()


def _plain(code: object) -> str:
    """Return a code as a reader writes it: 7, not 7.0."""
    return f"{code:g}" if isinstance(code, (int, float)) else repr(code)
