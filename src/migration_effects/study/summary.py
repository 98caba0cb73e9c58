"""A study's data in plain text, for the command line."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from migration_effects.study.locate import shown
from migration_effects.study.study import SYNTHETIC_MARK, Study


def data_summary(study: Study) -> str:
    """Return raw files, frames, sample flow and audit of a study as text.

    Parameters
    ----------
    study : Study
        With prepared frames.

    Returns
    -------
    str
        Several lines; counts only, never a record.
    """
    parts = [f"Study {study.id}: {study.title.get('en', '')}"]
    parts += [SYNTHETIC_MARK] if study.synthetic else []
    raw = study.raw[["unit", "name", "rows", "columns"]]
    parts += ["", "Raw files", _aligned(raw), "", "Sample flow", _aligned(study.flow)]
    parts += ["", "Audit (findings by check and file)", _aligned(audit_summary(study.audit))]
    if study.store is not None:
        home = study.store.folder
        parts += ["", f"Prepared frames, audit.csv and flow.csv: {shown(home)}"]
    return "\n".join(parts) + "\n"


def audit_summary(audit: pd.DataFrame) -> pd.DataFrame:
    """Return the audit in short: how many variables and values each check concerns.

    Parameters
    ----------
    audit : DataFrame
        ``check, file, variable, count, action, detail``.

    Returns
    -------
    DataFrame
        ``check, file, variables, values`` in the order of first appearance.

    Examples
    --------
    >>> audit = pd.DataFrame({"check": ["range", "range"], "file": "roster", "variable": ["a", "b"], "count": [2, 3]})
    >>> audit_summary(audit).values.tolist()
    [['range', 'roster', 2, 5]]
    """
    grouped = audit.groupby(["check", "file"], sort=False, dropna=False)
    table = grouped.agg(variables=("variable", "nunique"), values=("count", "sum")).reset_index()
    return table.astype({"values": int})


def _aligned(table: pd.DataFrame) -> str:
    """Return a table as aligned text, numbers to the right."""
    if table.empty:
        return "  none"
    texts = [[str(name) for name in table.columns]]
    texts += [[_text(value) for value in row] for row in table.itertuples(index=False)]
    widths = [max(len(row[i]) for row in texts) for i in range(len(texts[0]))]
    right = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    return "\n".join("  " + _line(row, widths, right) for row in texts)


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    """Return one row padded to the widths."""
    cells = [t.rjust(w) if r else t.ljust(w) for t, w, r in zip(row, widths, right, strict=True)]
    return "  ".join(cells).rstrip()


def _text(value: object) -> str:
    """Return a cell; whole numbers with separators, missing cells empty."""
    if isinstance(value, (int, float)) and value == value:
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"
    return "" if value is None or value != value else str(value)
