"""Evaluation of the conditions and expressions of the tables."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

NAME = re.compile(r"[A-Za-z_]\w*")


@cache
def _names(expression: str) -> frozenset[str]:
    """Return every name in an expression."""
    return frozenset(NAME.findall(expression))


def evaluate(expression: str, frame: pd.DataFrame) -> pd.Series | float:
    """Return the value of a pandas ``eval`` expression; only the columns it names are handed over.

    Parameters
    ----------
    expression : str
        A number, or arithmetic and comparisons of columns.
    frame : pandas.DataFrame
        Where the columns are.

    Returns
    -------
    Series or float
        One value per row, or a number.

    Examples
    --------
    >>> evaluate("age >= 11 & girl == 1", pd.DataFrame({"age": [10, 12], "girl": [1, 1]})).tolist()
    [False, True]
    """
    columns = [c for c in frame.columns if c in _names(expression)]
    return frame[columns].eval(expression, engine="python")


def holds(condition: str, frame: pd.DataFrame) -> np.ndarray:
    """Return where a condition holds; an empty one holds everywhere.

    Parameters
    ----------
    condition : str
        pandas ``eval`` expression.
    frame : pandas.DataFrame
        Columns it names.

    Returns
    -------
    ndarray of bool
        One value per row.
    """
    if not condition:
        return np.ones(len(frame), dtype=bool)
    return np.array(evaluate(condition, frame), dtype=bool)


def numbers(expression: str, frame: pd.DataFrame) -> np.ndarray | float:
    """Return the numeric value of an expression, one per row, or one number for all.

    Parameters
    ----------
    expression : str
        A number or an expression of columns.
    frame : pandas.DataFrame
        Columns it names.

    Returns
    -------
    ndarray or float
        The values.
    """
    return (
        np.array(evaluate(expression, frame), dtype=float) if NAME.search(expression) else float(expression)
    )
