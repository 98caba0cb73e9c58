"""Yes/no indicators from items with missing answers: as the official tables count them, or undecided."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

from migration_effects.errors import SpecificationError

# mics: a missing item counts as no and the child stays in the denominator; exclude: undecided is missing.
Rule = Literal["mics", "exclude"]


def check_rule(rule: str) -> None:
    """Raise unless a rule is known."""
    if rule not in get_args(Rule):
        raise SpecificationError(f"rule is one of {', '.join(get_args(Rule))}, not {rule!r}.")


def any_of(parts: pd.DataFrame, rule: Rule) -> pd.Series:
    """Return 1.0 where any part is 1, else 0.0.

    Parameters
    ----------
    parts : DataFrame of float
        1, 0 or NaN.
    rule : {"mics", "exclude"}
        Whether a missing part counts as no or leaves the answer open.

    Returns
    -------
    Series of float
        With ``exclude`` NaN where no part is 1 and one is missing.

    Examples
    --------
    >>> parts = pd.DataFrame({"a": [1.0, 0.0, 0.0], "b": [None, None, 0.0]})
    >>> any_of(parts, "mics").tolist(), any_of(parts, "exclude").tolist()
    ([1.0, 0.0, 0.0], [1.0, nan, 0.0])
    """
    found = parts.eq(1).any(axis=1).astype(float)
    return found if rule == "mics" else found.where(found.eq(1) | parts.notna().all(axis=1))


def but_not(wanted: pd.Series, barred: pd.Series) -> pd.Series:
    """Return 1.0 where the first holds and the second does not; NaN where that is open.

    Parameters
    ----------
    wanted, barred : Series of float
        1, 0 or NaN.

    Returns
    -------
    Series of float
        0.0 as soon as one of them decides it.
    """
    value = (wanted.eq(1) & barred.eq(0)).astype(float)
    return value.where(wanted.eq(0) | barred.eq(1) | (wanted.notna() & barred.notna()))


def present(names: tuple[str, ...], values: pd.DataFrame) -> list[str]:
    """Return the names a questionnaire has."""
    return [name for name in names if name in values]
