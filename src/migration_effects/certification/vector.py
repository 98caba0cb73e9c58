"""A vector: a calculation with its known answer, and what came out on this installation."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from migration_effects.errors import MigrationEffectsWarning

Answer = float | str
Rule = Literal["digits", "error", "printed"]
# More correct digits than a float holds; exact equality counts as this many.
EXACT = 15.0


@dataclass(frozen=True)
class Vector:
    """A calculation with its known answer.

    Parameters
    ----------
    id : str
        As in the list of vectors: ``N1``, ``S5``, ``I-sdq``.
    title : str
        What is calculated.
    compute : callable
        Returns the answers of this installation, numbers or names of categories.
    expected : tuple of float or str
        The known answers; NaN where none must come out.
    rule : {"digits", "error", "printed"}
        ``digits``: at least ``limit`` correct digits (LRE). ``error``: no further than ``limit`` from the answer.
        ``printed``: equal in every digit of ``expected``, which is then given as text. Categories are always
        compared exactly.
    limit : float
        For ``digits`` and ``error``.
    source : str
        Where the known answer comes from.
    """

    id: str
    title: str
    compute: Callable[[], Sequence[Answer]]
    expected: tuple[Answer, ...]
    rule: Rule = "error"
    limit: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a vector gave on this installation.

    Parameters
    ----------
    vector : Vector
    found : tuple of float or str
        Empty when the calculation failed.
    lre : float
        Correct digits of the worst answer, at most 15.
    error : float
        Largest distance from the answer.
    passed : bool
    fault : str
        What stopped the calculation, or empty.
    """

    vector: Vector
    found: tuple[Answer, ...]
    lre: float
    error: float
    passed: bool
    fault: str = ""


def correct_digits(found: float, certified: float) -> float:
    """Return the log relative error ``-log10(|found - certified| / |certified|)``, at most 15.

    Where the certified value is 0 the error itself is taken, as NIST does; two missing values agree.

    Parameters
    ----------
    found, certified : float

    Returns
    -------
    float
        Number of correct digits; negative when not even the order of magnitude is right.

    Examples
    --------
    >>> round(correct_digits(1.001, 1.0), 6), correct_digits(2.0, 2.0), correct_digits(float("nan"), 2.0)
    (3.0, 15.0, -inf)
    """
    if found == certified or (math.isnan(found) and math.isnan(certified)):
        return EXACT
    if not math.isfinite(found) or not math.isfinite(certified):
        return -math.inf
    size = abs(certified) if certified != 0 else 1.0
    return min(EXACT, -math.log10(abs(found - certified) / size))


def tried(vector: Vector) -> Outcome:
    """Return what a vector gives on this installation.

    Parameters
    ----------
    vector : Vector

    Returns
    -------
    Outcome
        Failed, with the reason, also when the calculation raises: a damaged installation is a finding here.

    Examples
    --------
    >>> tried(Vector("X1", "a half", lambda: [0.5], ("0.5",), rule="printed")).passed
    True
    >>> tried(Vector("X2", "a third", lambda: [0.3], (1 / 3,), rule="digits", limit=9)).passed
    False
    """
    try:
        with warnings.catch_warnings():
            # The vectors are small samples on purpose.
            warnings.simplefilter("ignore", MigrationEffectsWarning)
            found = tuple(vector.compute())
    except Exception as error:
        return Outcome(vector, (), -math.inf, math.inf, False, f"{type(error).__name__}: {error}")
    if len(found) != len(vector.expected):
        what = f"{len(found)} answers, {len(vector.expected)} expected"
        return Outcome(vector, found, -math.inf, math.inf, False, what)
    pairs = list(zip(found, vector.expected, strict=True))
    return Outcome(
        vector,
        found,
        min(_digits(f, e) for f, e in pairs),
        max(_error(f, e) for f, e in pairs),
        all(_agrees(f, e, vector) for f, e in pairs),
    )


def _number(answer: Answer) -> float | None:
    """Return an answer as a number, or None for the name of a category."""
    try:
        return float(answer)
    except ValueError:
        return None


def _digits(found: Answer, expected: Answer) -> float:
    """Return the correct digits of one answer."""
    a, b = _number(found), _number(expected)
    if a is None or b is None:
        return EXACT if found == expected else -math.inf
    return correct_digits(a, b)


def _error(found: Answer, expected: Answer) -> float:
    """Return the distance of one answer; infinite where there is none."""
    a, b = _number(found), _number(expected)
    if a is None or b is None or math.isnan(a) or math.isnan(b):
        return 0.0 if _digits(found, expected) == EXACT else math.inf
    return abs(a - b)


def _agrees(found: Answer, expected: Answer, vector: Vector) -> bool:
    """Return whether one answer keeps the vector's rule."""
    if vector.rule == "digits":
        return _digits(found, expected) >= vector.limit
    limit = vector.limit if vector.rule == "error" else half_unit(str(expected))
    return _error(found, expected) <= limit


def half_unit(printed: str) -> float:
    """Return half a unit of the last printed digit; 0 for a category and for no value.

    Parameters
    ----------
    printed : str
        A number as printed.

    Returns
    -------
    float

    Examples
    --------
    >>> half_unit("23.542"), half_unit("932235"), half_unit("normal")
    (0.0005, 0.5, 0.0)
    """
    number = _number(printed)
    if number is None or math.isnan(number):
        return 0.0
    return 0.5 / 10 ** len(printed.partition(".")[2])
