"""Small reference tables of a study."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def read_reference(path: Path) -> pd.DataFrame:
    """Read a reference table without guessing at single cells.

    Parameters
    ----------
    path : Path
        A CSV file.

    Returns
    -------
    DataFrame
        A column whose non-empty cells are all numbers becomes float; every other stays text, with blank
        cells missing.
    """
    cells = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False)
    return pd.DataFrame({name: _typed(cells[name]) for name in cells.columns})


def _typed(column: pd.Series) -> pd.Series:
    """Return a column as numbers when every filled cell is one."""
    filled = column != ""
    numbers = pd.to_numeric(column.where(filled), errors="coerce")
    if filled.any() and numbers[filled].notna().all():
        return numbers.astype(float)
    return column.where(filled, None)
