"""Linking files: keys checked, matches counted on both sides, rows never multiplied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.cleaning.audit import Audit
from migration_effects.errors import DataFileError, SpecificationError

Relation = Literal["one_to_one", "many_to_one"]


def link(
    left: pd.DataFrame,
    right: pd.DataFrame,
    on: Sequence[str],
    *,
    files: tuple[str, str],
    relation: Relation = "many_to_one",
) -> tuple[pd.DataFrame, Audit]:
    """Add the columns of another file to each row.

    Parameters
    ----------
    left : DataFrame
        Every row stays.
    right : DataFrame
        At most one row per key; rows without key are left out and counted.
    on : sequence of str
        Key columns of both.
    files : tuple of str
        Names of the two files.
    relation : {"many_to_one", "one_to_one"}
        Whether keys may repeat on the left.

    Returns
    -------
    frame : DataFrame
        Rows and order of ``left``; missing where nothing matches.
    audit : Audit
        Matched, only left, only right.

    Raises
    ------
    DataFileError
        When a key repeats where it must not, with the count.
    SpecificationError
        When keys are text on one side and numbers on the other, or columns collide.

    Examples
    --------
    >>> children = pd.DataFrame({"hh": ["1", "2", None]})
    >>> homes = pd.DataFrame({"hh": ["1", "3"], "region": ["Bukhara", "Khorezm"]})
    >>> linked, audit = link(children, homes, ["hh"], files=("children", "sample"))
    >>> linked["region"].tolist(), audit.count("link matched"), audit.count("link unmatched")
    (['Bukhara', nan, nan], 1, 3)
    """
    keys = list(on)
    _check_keys(left, right, keys, files)
    usable = right.dropna(subset=keys)
    for frame, name in ((usable, files[1]), *(((left, files[0]),) if relation == "one_to_one" else ())):
        repeated = int(frame.dropna(subset=keys).duplicated(keys).sum())
        if repeated:
            message = f"{name}: {repeated} rows repeat a key ({', '.join(keys)}). Remove duplicates first."
            raise DataFileError(message, reason="corrupt")
    # Rows without key must not meet each other: pandas matches missing keys.
    matchable = left.dropna(subset=keys)
    joined = matchable[keys].merge(usable, on=keys, how="left", validate="many_to_one", indicator="_side")
    joined.index = matchable.index
    matched = int((joined["_side"] == "both").sum())
    added = joined.drop(columns=[*keys, "_side"]).reindex(left.index)
    result = pd.concat([left, added], axis=1)
    left_keys = pd.MultiIndex.from_frame(matchable[keys])
    only_right = (
        int((~pd.MultiIndex.from_frame(usable[keys]).isin(left_keys)).sum()) + len(right) - len(usable)
    )
    return result, _report(keys, files, matched, len(left) - matched, only_right)


def _report(keys: list[str], files: tuple[str, str], matched: int, only_left: int, only_right: int) -> Audit:
    """Return the match counts of both sides."""
    variable, pair = ", ".join(keys), f"{files[0]} to {files[1]}"
    audit = Audit().add("link matched", files[0], variable, matched, "linked", pair)
    audit = audit.add("link unmatched", files[0], variable, only_left, "kept without match", pair)
    return audit.add("link unmatched", files[1], variable, only_right, "not used", pair)


def _check_keys(left: pd.DataFrame, right: pd.DataFrame, keys: list[str], files: tuple[str, str]) -> None:
    """Raise for keys of different types and for columns of one name on both sides."""
    mixed = [key for key in keys if is_numeric_dtype(left[key]) != is_numeric_dtype(right[key])]
    if mixed:
        raise SpecificationError(
            f"{', '.join(mixed)}: text in one of {files[0]} and {files[1]}, numbers in the other. Identifiers are text."
        )
    shared = sorted(set(map(str, left.columns)) & set(map(str, right.columns)) - set(keys))
    if shared:
        raise SpecificationError(
            f"{files[0]} and {files[1]} both have {', '.join(shared)}: choose or rename first."
        )


def drop_orphans(
    frame: pd.DataFrame,
    parents: pd.DataFrame,
    on: dict[str, str],
    *,
    files: tuple[str, str],
    at_most: int | None = None,
) -> tuple[pd.DataFrame, Audit]:
    """Leave out rows whose parent record does not exist.

    Parameters
    ----------
    frame, parents : DataFrame
        Rows, and the records they must belong to.
    on : dict of str to str
        Key column of ``frame`` → key column of ``parents``.
    files : tuple of str
        Names of the two files.
    at_most : int, optional
        More orphans than this are an error.

    Returns
    -------
    frame : DataFrame
        With a new index.
    audit : Audit
        The number left out.

    Raises
    ------
    DataFileError
        When there are more orphans than allowed.

    Examples
    --------
    >>> children = pd.DataFrame({"hh": ["1", "2", "7"]})
    >>> households = pd.DataFrame({"id": ["1", "2"]})
    >>> found, audit = drop_orphans(children, households, {"hh": "id"}, files=("children", "households"))
    >>> found["hh"].tolist(), audit.table["count"].tolist()
    (['1', '2'], [1])
    """
    wanted = pd.MultiIndex.from_frame(parents[list(on.values())].dropna())
    found = (
        pd.MultiIndex.from_frame(frame[list(on)]).isin(wanted)
        & frame[list(on)].notna().all(axis=1).to_numpy()
    )
    orphans = int((~found).sum())
    if at_most is not None and orphans > at_most:
        raise DataFileError(
            f"{files[0]}: {orphans} rows have no record in {files[1]} ({', '.join(on)}); "
            f"at most {at_most} are expected. "
            "Check that both files are of one delivery.",
            reason="corrupt",
        )
    audit = Audit().add("orphan", files[0], ", ".join(on), orphans, "excluded", f"no record in {files[1]}")
    return frame[found].reset_index(drop=True), audit
