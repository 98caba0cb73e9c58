"""From the columns of a file to the canonical answers of an instrument; an unknown code is an error, never NaN."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from migration_effects.errors import CodebookError, SpecificationError, nearest

# Reasons for a missing answer; the words of a codebook (dont_know, no_answer) mean the same.
REASONS = ("dk", "refused", "no_response", "not_asked", "inconsistent")
CODEBOOK_WORDS = {"dont_know": "dk", "no_answer": "no_response"}
SYSTEM = "system"

Codes = Mapping[Any, float] | Mapping[str, Mapping[Any, float]]
Missing = Mapping[Any, str] | Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True)
class Coded:
    """Valid answers given as a list of codes.

    Parameters
    ----------
    codes : tuple of int
        The canonical codes.
    """

    codes: tuple[int, ...]

    def allows(self, numbers: np.ndarray) -> np.ndarray:
        """Return which numbers are codes of the list."""
        return np.isin(numbers, self.codes)

    def __str__(self) -> str:
        return ", ".join(map(str, self.codes))


@dataclass(frozen=True)
class Between:
    """Valid answers given as a range, both ends included.

    Parameters
    ----------
    low, high : float
        Smallest and largest answer.
    """

    low: float
    high: float

    def allows(self, numbers: np.ndarray) -> np.ndarray:
        """Return which numbers lie in the range."""
        return (numbers >= self.low) & (numbers <= self.high)

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Answers:
    """Canonical answers of one instrument.

    Parameters
    ----------
    values : DataFrame of float, shape (rows, items)
        One column per item present; missing answers are NaN.
    reasons : DataFrame of str, shape (rows, items)
        Why an answer is missing; empty where it is not.
    """

    values: pd.DataFrame
    reasons: pd.DataFrame

    def counts(self) -> dict[str, int]:
        """Return the number of missing answers by reason, over all items."""
        found = sum((Counter(dict(self.reasons[item].value_counts())) for item in self.reasons), Counter())
        return {reason: int(found[reason]) for reason in (*REASONS, SYSTEM) if reason in found}

    def reason(self, item: str, reason: str) -> pd.Series:
        """Return where an item is missing for one reason."""
        return self.reasons[item].eq(reason)


def read_answers(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    valid: Mapping[str, Coded | Between],
    *,
    instrument: str,
    optional: Sequence[str] = (),
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> Answers:
    """Return canonical answers, or one error that lists every fault.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    items : mapping of str to str
        Canonical item → column.
    valid : mapping of str to Coded or Between
        What each item of the instrument may hold, in canonical codes.
    instrument : str
        Its name, for messages.
    optional : sequence of str
        Items that may be left out of ``items``.
    codes : mapping, optional
        Raw value → canonical code, one map for all items or one per item; without it values are taken as canonical.
    missing : mapping, optional
        Raw value → reason, one map for all items or one per item. Reasons: ``dk``, ``refused``, ``no_response``,
        ``not_asked``, ``inconsistent`` (a codebook's ``dont_know`` and ``no_answer`` are understood).

    Returns
    -------
    Answers
        On the index of ``frame``, items in the order of ``valid``.

    Raises
    ------
    SpecificationError
        For items or columns that do not exist or are used twice, and for unknown reasons.
    CodebookError
        For values that are neither valid nor declared missing, each with column and count.

    Examples
    --------
    >>> frame = pd.DataFrame({"q1": [1, 3, 9], "q2": [2, None, 1]})
    >>> allowed = {"1": Coded((0, 1, 2)), "2": Coded((0, 1, 2))}
    >>> got = read_answers(frame, {"1": "q1", "2": "q2"}, allowed, instrument="demo",
    ...                    codes={1: 0, 2: 1, 3: 2}, missing={9: "refused"})
    >>> got.values.to_numpy().tolist(), got.counts()
    ([[0.0, 1.0], [2.0, nan], [nan, 0.0]], {'refused': 1, 'system': 1})
    """
    _check_items(frame, items, valid, optional, instrument)
    declared = {item: _missing_map(missing, item, items) for item in items}
    values, reasons, faults = {}, {}, []
    for item in (name for name in valid if name in items):
        column = frame[items[item]]
        numbers, why, unknown = _read_column(column, valid[item], _for_item(codes, item), declared[item])
        values[item], reasons[item] = numbers, why
        if unknown:
            listed = ", ".join(f"{value} ({count} times)" for value, count in unknown.items())
            faults.append(f"{items[item]} (item {item}): {listed}; allowed: {valid[item]}")
    if faults:
        raise CodebookError(
            f"{instrument}: values that are neither valid nor declared missing. {'; '.join(faults)}. "
            "Declare them in codes= or missing=, or correct the codebook."
        )
    return Answers(
        pd.DataFrame(values, index=frame.index, dtype=float),
        pd.DataFrame(reasons, index=frame.index, dtype=object),
    )


def _check_items(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    valid: Mapping[str, Coded | Between],
    optional: Sequence[str],
    instrument: str,
) -> None:
    """Raise with every item or column that does not exist, is not declared or is used twice."""
    if not isinstance(items, Mapping):
        raise SpecificationError(
            f"{instrument}: items is {type(items).__name__}; a map of items to columns is needed, such as "
            f"{{{next(iter(valid))!r}: 'column'}}. Its items are {', '.join(valid)}."
        )
    faults = [f"item {item!r} is unknown.{nearest(item, valid)}" for item in items if item not in valid]
    absent = [item for item in valid if item not in items and item not in optional]
    if absent:
        faults.append(f"no column is declared for item {', '.join(absent)}.")
    faults += [
        f"column {column!r} of item {item!r} is not in the frame.{nearest(column, frame.columns)}"
        for item, column in items.items()
        if column not in frame.columns
    ]
    used = list(items.values())
    twice = sorted({column for column in used if used.count(column) > 1})
    if twice:
        faults.append(f"column {', '.join(twice)} stands for more than one item.")
    if faults:
        raise SpecificationError(f"{instrument}: {' '.join(faults)}")


def _for_item(maps: Mapping | None, item: str) -> Mapping | None:
    """Return the map of one item: the shared one, or its own."""
    if maps and all(isinstance(inner, Mapping) for inner in maps.values()):
        return maps.get(item)
    return maps


def _missing_map(missing: Missing | None, item: str, items: Mapping[str, str]) -> dict[Any, str]:
    """Return raw value → canonical reason of one item."""
    own = _for_item(missing, item) or {}
    reasons = {value: CODEBOOK_WORDS.get(str(reason), str(reason)) for value, reason in own.items()}
    unknown = sorted(set(reasons.values()) - set(REASONS))
    if unknown:
        raise SpecificationError(
            f"{items[item]}: {', '.join(unknown)} is no reason for a missing answer; allowed: {', '.join(REASONS)}."
        )
    return reasons


def _read_column(
    column: pd.Series, valid: Coded | Between, codes: Mapping | None, missing: Mapping[Any, str]
) -> tuple[np.ndarray, np.ndarray, dict[Any, int]]:
    """Return canonical numbers, reasons, and the unknown values with their counts."""
    positions, raw = pd.factorize(column.astype(object), sort=False)
    numbers = np.full(len(raw) + 1, np.nan)  # position -1, the last, is the missing value
    why = np.full(len(raw) + 1, "", dtype=object)
    why[-1] = SYSTEM
    unknown = {}
    for i, value in enumerate(raw):
        reason, number = _lookup(missing, value), _canonical(codes, value)
        if reason is not None:
            why[i] = reason
        elif number is not None and valid.allows(np.array([number]))[0]:
            numbers[i] = number
        else:
            unknown[_shown(value)] = int((positions == i).sum())
    return numbers[positions], why[positions], unknown


def _canonical(codes: Mapping | None, value: Any) -> float | None:
    """Return the canonical number of a raw value, or None when there is none."""
    mapped = value if codes is None else _lookup(codes, value)
    try:
        number = float(mapped)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _lookup(codes: Mapping, value: Any) -> Any:
    """Return the entry of a value; 1 and 1.0 are the same, and so is the text '1' of an untyped file."""
    if value in codes:
        return codes[value]
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return next((to for key, to in codes.items() if isinstance(key, int | float) and key == number), None)


def _shown(value: Any) -> Any:
    """Return a value as it should stand in a message."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
