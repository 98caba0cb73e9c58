"""Duplicate records: exact ones dropped and counted, contradictory ones only by a stated rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from migration_effects.cleaning.audit import Audit
from migration_effects.errors import DataFileError, SpecificationError

SHOWN = 5


def drop_duplicates(
    frame: pd.DataFrame, key: Sequence[str], *, file: str, conflict: Literal["stop", "latest"] = "stop"
) -> tuple[pd.DataFrame, Audit]:
    """Leave one row per key.

    Parameters
    ----------
    frame : DataFrame
        Raw rows in the order of the file.
    key : sequence of str
        Columns that identify a row.
    file : str
        For the audit.
    conflict : {"stop", "latest"}
        What to do with rows of one key that differ: an error that lists them, or keep the last one.

    Returns
    -------
    frame : DataFrame
        One row per key, in file order, with a new index.
    audit : Audit
        Counts of both kinds, and the columns in which rows of one key differ.

    Raises
    ------
    DataFileError
        When rows of one key differ and no rule is given.
    SpecificationError
        For a rule that does not exist.

    Examples
    --------
    >>> rows = pd.DataFrame({"hh": ["1", "1", "2"], "x": [5.0, 5.0, 6.0]})
    >>> kept, audit = drop_duplicates(rows, ["hh"], file="caregivers")
    >>> len(kept), audit.count("exact duplicate")
    (2, 1)
    """
    if conflict not in ("stop", "latest"):
        raise SpecificationError(f"conflict={conflict!r}; allowed: 'stop', 'latest'.")
    keys = list(key)
    exact = frame.duplicated(keep="first")
    audit = Audit().add("exact duplicate", file, ", ".join(keys), int(exact.sum()), "dropped")
    frame = frame[~exact]
    later = frame.duplicated(keys, keep="last")
    if later.any():
        groups = frame[frame.duplicated(keys, keep=False)].groupby(keys, sort=False)
        differing = groups.nunique(dropna=False).gt(1).sum()
        listed = ", ".join(f"{name} ({count})" for name, count in differing[differing > 0].items())
        if conflict == "stop":
            raise _conflict_error(frame, keys, file, listed)
        detail = f"the latest row is kept; differing: {listed}"
        audit = audit.add(
            "near duplicate", file, ", ".join(keys), int(later.sum()), "earlier row dropped", detail
        )
    return frame[~later].reset_index(drop=True), audit


def _conflict_error(frame: pd.DataFrame, keys: list[str], file: str, listed: str) -> DataFileError:
    """Return the error that lists contradictory rows by their place in the file."""
    doubled = frame[frame.duplicated(keys, keep=False)]
    places = [", ".join(str(i + 1) for i in rows.index) for _, rows in doubled.groupby(keys, sort=False)]
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return DataFileError(
        f"{file}: {len(places)} keys ({', '.join(keys)}) have rows that differ, in {listed}. "
        f'Rows {"; ".join(places[:SHOWN])}{more}. Correct the file, or decide by a rule: conflict="latest".',
        reason="corrupt",
    )
