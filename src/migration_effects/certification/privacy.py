"""D: known answers about being recognised, and about hiding and rounding counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from migration_effects.certification.vector import Answer, Vector
from migration_effects.disclosure import (
    cell_intervals,
    individual_risk,
    k_anonymity,
    l_diversity,
    midpoint_six,
    round_counts,
    suda,
)

NAN = math.nan
SDCMICRO = "sdcMicro, tests of the package"
BY_HAND = "by hand"
RULES = "OpenSAFELY output checking"
KEYS: dict[str, dict[str, list[float]]] = {
    "first": {
        "a": [2, 3, 2, 2, 3, 3, 1, 2],
        "b": [3, 3, 3, 3, 3, 3, 4, 3],
        "c": [1, 3, 1, 2, 1, 1, 1, 1],
    },
    "first, two values missing": {
        "a": [2, 3, 2, 2, 3, 3, 1, 2],
        "b": [3, 3, 3, 3, 3, 3, 4, 3],
        "c": [1, 3, NAN, 2, 1, 1, NAN, 1],
    },
    "second": {
        "a": [1, 1, 1, 3, 4, 4, 6, 1],
        "b": [2, 2, 2, 3, 3, 3, 2, 2],
        "c": [5, 1, 1, 1, 1, 1, 1, 5],
        "d": [1, 1, 1, 5, 4, 1, 5, 1],
    },
}
WEIGHTS = {"first": (18, 45.5, 39, 17, 92, 8, 123.5, 51), "second": (18, 45.5, 39, 17, 541, 8, 5, 92)}
WEIGHTS["first, two values missing"] = WEIGHTS["first"]
# Sample size of each record's class, then its weight sum.
CLASSES = {
    "first": (3, 1, 3, 1, 2, 2, 1, 3, 108, 45.5, 108, 17, 100, 100, 123.5, 108),
    "first, two values missing": (3, 1, 4, 2, 2, 2, 1, 3, 108, 45.5, 125, 56, 100, 100, 123.5, 108),
    "second": (2, 2, 2, 1, 1, 1, 1, 2, 110, 84.5, 84.5, 17, 541, 8, 5, 110),
}
RISKS = {
    "first": (
        *(0.01369863, 0.08579129, 0.01369863, 0.17707583),
        *(0.01877883, 0.01877883, 0.03931625, 0.01369863),
    ),
    "second": (
        *(0.01714426, 0.02204233, 0.02204233, 0.17707583),
        *(0.01165448, 0.29706308, 0.40235948, 0.01714426),
    ),
}
UNIQUES = {"a": [2, 1, 1], "b": [0, 3, 0], "c": [0, 6, 0]}
BLOCK = ((0, 0), (0, 1), (1, 0), (1, 1))
# Table with published totals, hidden cells, smallest and largest value of each.
INTERVALS = (
    (((3, 20), (15, 12)), ((0, 0),), (3, 3)),
    (((3, 20), (15, 12)), ((0, 0), (0, 1)), (3, 3, 20, 20)),
    (((3, 20), (15, 12)), BLOCK, (0, 18, 5, 23, 0, 18, 9, 27)),
    (((3, 9, 14), (10, 2, 20), (30, 25, 40)), BLOCK, (1, 12, 0, 11, 1, 12, 0, 11)),
    (((3, 0, 14), (0, 2, 20), (30, 25, 40)), BLOCK, (1, 3, 0, 2, 0, 2, 0, 2)),
)
COUNTS = (0, 1, 7, 8, 12, 13, 17, 18, 22, 23, 31, 44)
ROUNDED = (0, NAN, NAN, 10, 10, 15, 15, 20, 20, 25, 30, 45)
# Cells, cells shown, their total.
TOTALS = {(3, 8, 16, 23): (NAN, 10, 15, 25, 50), (18, 23, 31, 44): (20, 25, 30, 45, 120)}
MIDPOINTS = {0: 0, 1: 3, 6: 3, 7: 9, 12: 9, 13: 15, 18: 15, 19: 21, 24: 21}


def vectors() -> Iterator[Vector]:
    """Yield the vectors D1–D7.

    Yields
    ------
    Vector
    """
    for name, classes in CLASSES.items():
        yield _vector("D1", f"k-anonymity, {name} set", classes, SDCMICRO, _classes, name)
    for name, risks in RISKS.items():
        yield _vector("D2", f"individual risk, {name} set", risks, SDCMICRO, _risks, name)
    diversity = (3, 2.586409, 1.5)
    yield _vector("D3", "l-diversity of counts 3, 1, 1", diversity, BY_HAND, _diversity)
    yield _vector("D4", "SUDA scores and contributions", (2, 4, 2, 50, 37.5, 37.5), SDCMICRO, _suda)
    for table, hidden, limits in INTERVALS:
        title = f"limits of {len(hidden)} hidden cells, {len(table)} x {len(table[0])} table, {limits[:2]}"
        yield _vector("D5", title, limits, BY_HAND, _limits, table, hidden)
    yield _vector("D6", "counts redacted and rounded", ROUNDED, RULES, _rounded)
    for row, shown in TOTALS.items():
        yield _vector("D6", f"total of rounded {row}", shown, RULES, _total, row)
    yield _vector("D7", "midpoint-6", tuple(MIDPOINTS.values()), RULES, _midpoints)


def keyed(name: str) -> pd.DataFrame:
    """Return a set of records with their weights ``w``.

    Parameters
    ----------
    name : str
        A key of `KEYS`.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> keyed("second").shape
    (8, 5)
    """
    return pd.DataFrame(KEYS[name]).assign(w=WEIGHTS[name])


def _vector(
    number: str,
    title: str,
    expected: Sequence[Answer],
    source: str,
    compute: Callable[..., Sequence[Answer]],
    *arguments: Any,
) -> Vector:
    """Return a vector of disclosure control."""
    return Vector(number, title, partial(compute, *arguments), tuple(expected), "error", 1e-6, source)


def _classes(name: str) -> list[Answer]:
    """Return sizes and weight sums of the classes."""
    found = k_anonymity(keyed(name), list(KEYS[name]), weights="w")
    return [*found["f"], *found["F"]]


def _risks(name: str) -> list[Answer]:
    """Return the individual risks."""
    return individual_risk(keyed(name), list(KEYS[name]), weights="w")["risk"].tolist()


def _diversity() -> list[Answer]:
    """Return distinct, entropy and recursive diversity of a class of five."""
    frame = pd.DataFrame({"k": ["x"] * 5, "s": list("aaabc")})
    found = l_diversity(frame, ["k"], "s").iloc[0]
    return [float(found[column]) for column in ("distinct", "entropy", "recursive")]


def _suda() -> list[Answer]:
    """Return the scores of three records and the contributions of the keys."""
    found = suda(pd.DataFrame(UNIQUES), list(UNIQUES))
    return [*found.records["score"], *found.contributions[list(UNIQUES)]]


def _limits(table: tuple[tuple[int, ...], ...], hidden: tuple[tuple[int, int], ...]) -> list[Answer]:
    """Return the smallest and largest value of each hidden cell."""
    mask = np.zeros(np.shape(table), dtype=bool)
    mask[tuple(zip(*hidden, strict=True))] = True
    low, high = cell_intervals(pd.DataFrame(table), pd.DataFrame(mask))
    return [float(side.iloc[cell]) for cell in hidden for side in (low, high)]


def _rounded() -> list[Answer]:
    """Return the counts as published."""
    return round_counts(pd.Series(COUNTS)).tolist()


def _total(row: tuple[int, ...]) -> list[Answer]:
    """Return the cells of a row as published, and their total."""
    return round_counts(pd.Series(row), total="Total").tolist()


def _midpoints() -> list[Answer]:
    """Return counts rounded to the middle of groups of six."""
    return midpoint_six(pd.Series(list(MIDPOINTS))).tolist()
