"""Arithmetic of scores: reverse, prorate, round half up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
Numbers = TypeVar("Numbers", pd.Series, np.ndarray)


def round_half_up(x: Numbers) -> Numbers:
    """Return floor(x + 1/2): 2.5 becomes 3, as scoring sheets round (NumPy gives 2).

    Parameters
    ----------
    x : Series or ndarray
        Numbers; missing stay missing.

    Returns
    -------
    Series or ndarray
        Whole numbers as float. A tolerance of 1e-9 absorbs the error of sums of fractions.

    Examples
    --------
    >>> round_half_up(np.array([2.5, 7.5, 2.49])).tolist()
    [3.0, 8.0, 2.0]
    """
    return np.floor(x + (0.5 + TOLERANCE))


def reverse(values: pd.DataFrame, items: tuple[str, ...], total: int) -> pd.DataFrame:
    """Return answers with some items turned round.

    Parameters
    ----------
    values : DataFrame of float
        Canonical answers.
    items : tuple of str
        Items to reverse; those absent are left.
    total : int
        Smallest plus largest code: x becomes ``total - x``.

    Returns
    -------
    DataFrame
        A copy.

    Examples
    --------
    >>> reverse(pd.DataFrame({"1": [0.0], "2": [0.0]}), ("2",), 2).to_numpy().tolist()
    [[0.0, 2.0]]
    """
    return values.assign(**{item: total - values[item] for item in items if item in values})


@dataclass(frozen=True)
class Scored:
    """A score with what it rests on.

    Parameters
    ----------
    value : Series of float
        NaN where too few items are answered.
    n_valid, n_missing : Series of int
        Items answered and not.
    prorated : Series of bool
        Whether missing items were filled with the mean of the others.
    """

    value: pd.Series
    n_valid: pd.Series
    n_missing: pd.Series
    prorated: pd.Series


def prorated_sum(values: pd.DataFrame, *, allow_missing: int, rounded: bool) -> Scored:
    """Return the sum of items, missing ones replaced by the mean of the answered ones.

    Parameters
    ----------
    values : DataFrame of float, shape (rows, items)
        Answers, already reversed.
    allow_missing : int
        With more missing items the score is NaN.
    rounded : bool
        Round half up.

    Returns
    -------
    Scored
        ``sum · items / answered``.

    Examples
    --------
    >>> answers = pd.DataFrame([[2, 2, 0, None, None], [1, 1, 0, 0, None], [None, None, None, 1, 1]], dtype=float)
    >>> prorated_sum(answers, allow_missing=2, rounded=True).value.tolist()
    [7.0, 3.0, nan]
    """
    items = values.shape[1]
    n_valid = values.notna().sum(axis=1)
    enough = n_valid.ge(max(items - allow_missing, 1))
    raw = values.sum(axis=1) * (items / n_valid.where(enough, 1))
    value = (round_half_up(raw) if rounded else raw).where(enough)
    return Scored(value, n_valid, items - n_valid, enough & n_valid.lt(items))


def added(parts: list[Scored]) -> Scored:
    """Return the sum of scores: NaN if one is NaN, prorated if one is.

    Parameters
    ----------
    parts : list of Scored
        For example the subscales of a total.

    Returns
    -------
    Scored
        Item counts are added up.
    """
    value, n_valid, n_missing, prorated = (
        parts[0].value,
        parts[0].n_valid,
        parts[0].n_missing,
        parts[0].prorated,
    )
    for part in parts[1:]:
        value, n_valid, n_missing = value + part.value, n_valid + part.n_valid, n_missing + part.n_missing
        prorated = prorated | part.prorated
    return Scored(value, n_valid, n_missing, prorated & value.notna())
