"""Identifiers with a check digit: recognised when damaged, repaired only when one neighbour fits."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from migration_effects.cleaning.audit import Audit


def luhn_digit(digits: str) -> str:
    """Return the Luhn check digit of a number.

    From the right, every second digit is doubled, 9 subtracted from two-digit results, and the digit returned
    fills the sum up to a multiple of ten.

    Parameters
    ----------
    digits : str
        The number without check digit.

    Returns
    -------
    str
        One digit.

    Examples
    --------
    >>> luhn_digit("7992739871")
    '3'
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn_valid(identifier: object) -> bool:
    """Return whether an identifier is all digits with the right check digit.

    Parameters
    ----------
    identifier : object
        Text; anything else is not valid.

    Returns
    -------
    bool
        True for a sound identifier.

    Examples
    --------
    >>> luhn_valid("79927398713"), luhn_valid("79927398710"), luhn_valid(None)
    (True, False, False)
    """
    if (
        not isinstance(identifier, str)
        or not (identifier.isascii() and identifier.isdigit())
        or len(identifier) < 2
    ):
        return False
    return luhn_digit(identifier[:-1]) == identifier[-1]


def repair_ids(
    ids: pd.Series, expected: Collection[str], *, file: str, unique: bool
) -> tuple[pd.Series, Audit]:
    """Repair identifiers with a wrong check digit when exactly one expected identifier is a neighbour.

    A neighbour differs in one digit or by two adjacent digits exchanged.

    Parameters
    ----------
    ids : Series of str
        As delivered.
    expected : collection of str
        Identifiers that belong into this file.
    file : str
        For the audit.
    unique : bool
        Whether an identifier occurs once in the file, so that those present are no candidates.

    Returns
    -------
    ids : Series of str
        Repaired where possible; the others stay as they are and will find no match.
    audit : Audit
        Repaired and not repaired.

    Examples
    --------
    >>> ids = pd.Series(["10010015", "10010032"], name="hh_id")
    >>> found, audit = repair_ids(ids, ["10010015", "10010023"], file="children", unique=True)
    >>> found.tolist()
    ['10010015', '10010023']
    """
    damaged = ~ids.map(luhn_valid).astype(bool)
    present = set(ids[~damaged]) if unique else set()
    candidates = sorted(set(expected) - present)
    repaired, fixed, left = ids.copy(), 0, 0
    for position in ids.index[damaged]:
        near = [c for c in candidates if are_neighbours(str(ids[position]), c)]
        if len(near) == 1:
            repaired[position] = near[0]
            fixed += 1
        else:
            left += 1
    name = str(ids.name)
    audit = Audit().add("wrong check digit", file, name, fixed, "repaired", "one neighbour fits")
    return repaired, audit.add(
        "wrong check digit", file, name, left, "left as it is", "no neighbour or several"
    )


def are_neighbours(a: str, b: str) -> bool:
    """Return whether two identifiers differ in one digit or by two adjacent digits exchanged.

    Parameters
    ----------
    a, b : str
        Identifiers.

    Returns
    -------
    bool
        False for equal identifiers and other lengths.

    Examples
    --------
    >>> are_neighbours("1234", "1294"), are_neighbours("1234", "1324"), are_neighbours("1234", "4321")
    (True, True, False)
    """
    if len(a) != len(b):
        return False
    differing = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(differing) == 2:
        i, j = differing
        return j == i + 1 and a[i] == b[j] and a[j] == b[i]
    return len(differing) == 1
