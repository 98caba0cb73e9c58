"""Variables that real files do not hold: which derived ones rest on them, and frames where both are empty."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.errors import nearest
from migration_effects.io.codebook import Codebook
from migration_effects.io.tables import read_rows
from migration_effects.study.prepared import AUDIT_COLUMNS

DERIVATIONS = "derivations.csv"
COLUMNS = ("variable", "needs")


def read_derivations(folder: Path, codebook: Codebook) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Read which raw variables the derived ones of a study rest on.

    Parameters
    ----------
    folder : Path
        The study folder; its ``derivations.csv`` may be absent.
    codebook : Codebook
        Of the study.

    Returns
    -------
    needs : dict of str to tuple of str
        Raw variables by derived one.
    faults : list of str
        Names the codebook does not have.
    """
    if not (folder / DERIVATIONS).is_file():
        return {}, []
    rows, faults = read_rows(folder / DERIVATIONS, required=COLUMNS)
    raw = {v.source for v in codebook if v.source}
    needs = {row.cells["variable"].strip(): tuple(row.cells["needs"].split()) for row in rows}
    faults += [
        f"{DERIVATIONS}: {name} rests on {source!r}, which codebook.csv does not have.{nearest(source, raw)}"
        for name, sources in needs.items()
        for source in sources
        if source not in raw
    ]
    return needs, faults


def with_derived(missing: Mapping[str, str], needs: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Add to the variables that are not available the derived ones that rest on them.

    Parameters
    ----------
    missing : mapping of str to str
        Raw variables that are not available, with the reason.
    needs : mapping of str to sequence of str
        Raw variables by derived one.

    Returns
    -------
    dict of str to str
        Reason by variable; that of a derived one names what it needs.

    Examples
    --------
    >>> with_derived({"as_car": "not asked"}, {"wealth": ("as_car", "as_wash"), "dis": ("dis_1",)})
    {'as_car': 'not asked', 'wealth': 'needs as_car'}
    """
    derived = {name: [s for s in sources if s in missing] for name, sources in needs.items()}
    reasons = {name: f"needs {', '.join(sources)}" for name, sources in derived.items() if sources}
    return {**missing, **reasons}


def emptied(
    frames: Mapping[str, pd.DataFrame], names: Collection[str], codebook: Codebook
) -> dict[str, pd.DataFrame]:
    """Empty the columns that are not available; weights stay, since they then count every record once.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Analysis frames.
    names : collection of str
        Variables that are not available.
    codebook : Codebook
        Of the study.

    Returns
    -------
    dict of str to DataFrame
        Same rows and columns; categorical columns keep their categories.
    """
    weights = {v.name for v in codebook if v.kind == "weight"}
    return {
        unit: frame.assign(
            **{name: _empty(frame[name]) for name in frame if name in names and name not in weights}
        )
        for unit, frame in frames.items()
    }


def audit_lines(
    reasons: Mapping[str, str],
    needs: Mapping[str, Sequence[str]],
    codebook: Codebook,
    rows: Mapping[str, int],
) -> pd.DataFrame:
    """Return what an audit says about variables that are not available.

    Parameters
    ----------
    reasons : mapping of str to str
        Variables that are not available, with the reason.
    needs : mapping of str to sequence of str
        Raw variables by derived one.
    codebook : Codebook
        Of the study.
    rows : mapping of str to int
        Rows of each file.

    Returns
    -------
    DataFrame
        ``check, file, variable, count, action, detail``, one line per raw variable.
    """
    lines = []
    for v in codebook:
        if v.source and v.name in reasons and v.file in rows:
            derived = [name for name, sources in needs.items() if v.name in sources and name in codebook]
            told = [reasons[v.name], f"and with it {', '.join(derived)}" if derived else ""]
            detail = "; ".join(part for part in told if part)
            action = "every record counts once" if v.kind == "weight" else "left empty"
            lines.append(("not available", v.file, v.name, rows[v.file], action, detail))
    return pd.DataFrame(lines, columns=list(AUDIT_COLUMNS))


def _empty(column: pd.Series) -> pd.Series:
    """Return a column without any value."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Series(
            pd.Categorical.from_codes(np.full(len(column), -1), dtype=column.dtype), column.index
        )
    if is_numeric_dtype(column):
        return pd.Series(np.nan, index=column.index)
    return pd.Series([None] * len(column), index=column.index, dtype=object)
