"""Classes of records that share their identifying values; a missing value matches every value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.errors import SpecificationError, nearest

MISSING = -1


@dataclass(frozen=True)
class Classes:
    """The different combinations of key values and which of them cannot be told apart.

    Parameters
    ----------
    patterns : ndarray of int, shape (combinations, keys)
        Codes of the values; -1 where the value is missing.
    of_record : ndarray of int, shape (records,)
        The combination of each record.
    """

    patterns: NDArray[np.intp]
    of_record: NDArray[np.intp]

    def sums(self, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up an amount over all records that match a combination.

        Parameters
        ----------
        amounts : ndarray, shape (records,)
            Ones for a count, weights for a weight sum.

        Returns
        -------
        ndarray, shape (combinations,)
            One sum per combination.
        """
        own = np.bincount(self.of_record, weights=amounts, minlength=len(self.patterns)).astype(float)
        found = own.copy()
        holed = (self.patterns == MISSING).any(axis=1)
        # Two complete combinations never match, so only those with a gap are compared with all others.
        for i in np.flatnonzero(holed):
            like = self.matching(int(i))
            found[i] = own[like].sum()
            complete = like & ~holed
            found[complete] += own[i]
        return found

    def matching(self, pattern: int) -> NDArray[np.bool_]:
        """Return which combinations match one.

        Parameters
        ----------
        pattern : int
            Row of ``patterns``.

        Returns
        -------
        ndarray of bool, shape (combinations,)
            Itself included.
        """
        one = self.patterns[pattern]
        agree = (self.patterns == one) | (self.patterns == MISSING) | (one == MISSING)
        return agree.all(axis=1)


def classes_of(frame: pd.DataFrame, keys: Sequence[str]) -> Classes:
    """Sort records into combinations of key values.

    Parameters
    ----------
    frame : DataFrame
        Records.
    keys : sequence of str
        Identifying columns; numeric ones are taken value by value, so band ages before.

    Returns
    -------
    Classes
        Combinations in the order in which their values first occur.

    Raises
    ------
    SpecificationError
        When no key is given, one is named twice, or a column does not exist.
    """
    require_columns(frame, keys, "keys")
    codes = [pd.factorize(frame[key], use_na_sentinel=True)[0] for key in keys]
    table = np.column_stack(codes).astype(np.intp) if len(frame) else np.empty((0, len(keys)), dtype=np.intp)
    patterns, of_record = np.unique(table, axis=0, return_inverse=True)
    return Classes(patterns, of_record.reshape(-1))


def require_columns(frame: pd.DataFrame, names: Sequence[str], where: str) -> None:
    """Raise unless columns exist and are named once.

    Parameters
    ----------
    frame : DataFrame
        Records.
    names : sequence of str
        Columns wanted.
    where : str
        Name of the argument, for the message.

    Raises
    ------
    SpecificationError
        With every fault and the nearest valid names.
    """
    if isinstance(names, str):
        raise SpecificationError(f"{where}={names!r}: give a list of columns, such as [{names!r}].")
    if not names:
        raise SpecificationError(f"No column is named in {where}; name at least one.")
    faults = [
        f"there is no column {name!r}.{nearest(name, map(str, frame.columns))}"
        for name in names
        if name not in frame.columns
    ]
    faults += [
        f"{name!r} is named more than once" for name in dict.fromkeys(names) if list(names).count(name) > 1
    ]
    if faults:
        raise SpecificationError(f"{where}: " + "; ".join(faults))
