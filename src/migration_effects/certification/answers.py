"""Made-up answers as frames, and scores as plain answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from migration_effects.certification.vector import Answer, Vector

SIX_DIGITS = 1e-6
BY_HAND = "scoring rules of the instrument, by hand"


def numbered(answers: Sequence[float], *, without: Iterable[int] = ()) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the answers of one child to numbered items, with the map of items to columns.

    Parameters
    ----------
    answers : sequence of float
        To items 1, 2, ….
    without : iterable of int
        Items left unanswered.

    Returns
    -------
    frame : DataFrame
        One row.
    items : dict of str to str

    Examples
    --------
    >>> frame, items = numbered([3, 4], without=[2])
    >>> frame.iloc[0].tolist(), items
    ([3.0, nan], {'1': 'q1', '2': 'q2'})
    """
    items = {str(i): f"q{i}" for i in range(1, len(answers) + 1)}
    gaps = set(without)
    row = [math.nan if i in gaps else float(a) for i, a in enumerate(answers, 1)]
    return pd.DataFrame([row], columns=list(items.values())), items


def named(**answers: float | None) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the answers of one child to named items, with the map of items to columns.

    Parameters
    ----------
    **answers : float or None
        By item; None is unanswered.

    Returns
    -------
    frame : DataFrame
        One row.
    items : dict of str to str

    Examples
    --------
    >>> named(now=7, future=None)[0].iloc[0].tolist()
    [7.0, nan]
    """
    return pd.DataFrame([answers], dtype=float), {name: name for name in answers}


def first_row(scores: pd.DataFrame, columns: Iterable[str]) -> list[Answer]:
    """Return the first row of some columns: numbers, names of categories, NaN where missing.

    Parameters
    ----------
    scores : DataFrame
    columns : iterable of str

    Returns
    -------
    list of float or str

    Examples
    --------
    >>> first_row(pd.DataFrame({"a": [1], "b": pd.Categorical(["low"]), "c": [None]}), "abc")
    [1.0, 'low', nan]
    """
    values = [scores[column].iloc[0] for column in columns]
    return [math.nan if pd.isna(v) else v if isinstance(v, str) else float(v) for v in values]


def known(
    number: str,
    title: str,
    expected: Sequence[Answer],
    score: Callable[..., Sequence[Answer]],
    *arguments: Any,
) -> Vector:
    """Return the vector of an indicator: exact where whole numbers or categories come out, else to 1e-6.

    Parameters
    ----------
    number, title : str
    expected : sequence of float or str
    score : callable
        Calculates the answers.
    *arguments
        Its arguments.

    Returns
    -------
    Vector

    Examples
    --------
    >>> known("I-x", "sum", [3.0], lambda a, b: [a + b], 1, 2).compute()
    [3]
    """
    return Vector(number, title, partial(score, *arguments), tuple(expected), "error", SIX_DIGITS, BY_HAND)
