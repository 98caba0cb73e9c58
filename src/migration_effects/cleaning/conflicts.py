"""Two files that say different things about one person: settled by a stated rule, counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from migration_effects.cleaning.audit import Audit


def follow(own: pd.Series, other: pd.Series, *, file: str, other_file: str) -> tuple[pd.Series, Audit]:
    """Let the other file win where both know and disagree.

    Parameters
    ----------
    own, other : Series
        Raw codes of the same persons, one index.
    file, other_file : str
        Names of the two files.

    Returns
    -------
    values : Series
        ``own``, replaced where the other disagrees.
    audit : Audit
        The number replaced.

    Examples
    --------
    >>> settled, audit = follow(pd.Series([1.0, 2.0], name="k_sex"), pd.Series([1.0, 1.0]),
    ...                         file="children", other_file="roster")
    >>> settled.tolist(), audit.count("conflict between files")
    ([1.0, 1.0], 1)
    """
    differs = own.notna() & other.notna() & own.ne(other)
    audit = Audit().add(
        "conflict between files",
        file,
        str(own.name),
        int(differs.sum()),
        f"{other_file} wins",
        f"against {other_file}",
    )
    return own.where(~differs, other), audit


def keep_within(
    own: pd.Series, other: pd.Series, tolerance: float, *, file: str, other_file: str
) -> tuple[pd.Series, Audit]:
    """Keep the own value when the other is near; a larger difference leaves the value missing.

    Parameters
    ----------
    own, other : Series
        Numbers about the same persons, one index.
    tolerance : float
        Largest difference at which the own value stands.
    file, other_file : str
        Names of the two files.

    Returns
    -------
    values : Series
        ``own``, missing where the two are too far apart.
    audit : Audit
        Counts of both kinds of difference.

    Examples
    --------
    >>> own, other = pd.Series([12.0, 14.0, 16.0], name="age"), pd.Series([12.0, 15.0, 11.0])
    >>> found, audit = keep_within(own, other, 1, file="children", other_file="roster")
    >>> found.tolist(), audit.table["count"].tolist()
    ([12.0, 14.0, nan], [1, 1])
    """
    distance = (own - other).abs()
    near, far = distance.gt(0) & distance.le(tolerance), distance.gt(tolerance)
    name, detail = str(own.name), f"against {other_file}, tolerance {tolerance:g}"
    audit = Audit().add("conflict between files", file, name, int(near.sum()), f"{file} wins", detail)
    audit = audit.add("conflict between files", file, name, int(far.sum()), "set missing", detail)
    return own.mask(far, np.nan), audit


def contradiction(
    values: pd.Series, impossible: pd.Series, code: float | None, *, file: str, detail: str
) -> tuple[pd.Series, Audit]:
    """Replace answers that cannot be true by a missing code, since the truth is not known.

    Parameters
    ----------
    values : Series
        Raw codes.
    impossible : Series of bool
        Where the answer contradicts another file.
    code : float or None
        Declared missing code to set; None leaves the cell empty.
    file, detail : str
        For the audit.

    Returns
    -------
    values : Series
        With the code where impossible.
    audit : Audit
        The number replaced.

    Examples
    --------
    >>> answers = pd.Series([1.0, 2.0], name="p_mother")
    >>> dead = pd.Series([False, True])
    >>> found, audit = contradiction(answers, dead, 99, file="roster", detail="the mother died")
    >>> found.tolist(), audit.table["count"].tolist()
    ([1.0, 99.0], [1])
    """
    where = impossible & values.notna()
    action = "set missing" if code is None else f"coded {code:g}"
    audit = Audit().add("conflict between files", file, str(values.name), int(where.sum()), action, detail)
    return values.mask(where, np.nan if code is None else code), audit
