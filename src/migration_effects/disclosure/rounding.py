"""Counts that may be published: small ones redacted, the others rounded, totals from what is shown."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.errors import SpecificationError

REDACT, BASE = 7, 5
Counts = TypeVar("Counts", pd.Series, pd.DataFrame)


def round_counts(
    counts: Counts, *, redact: int = REDACT, base: int = BASE, total: str | None = None
) -> Counts:
    """Redact small counts, round the others, and add totals of what is shown.

    Counts from 1 to ``redact`` become NaN, **then** the others are rounded to multiples of ``base``, halves up.
    Totals are sums of the rounded cells that are shown: no other total of the same people may be published beside
    them, or the redacted counts could be worked out.

    Parameters
    ----------
    counts : Series or DataFrame
        Unweighted counts of people, without totals.
    redact : int
        Largest count that is not shown; 0 always is.
    base : int
        Rounding base.
    total : str, optional
        Name of a total to append: to a Series, or to rows and columns of a frame.

    Returns
    -------
    Series or DataFrame
        Floats; NaN where a count is redacted.

    Raises
    ------
    SpecificationError
        For counts that are missing, negative or no whole numbers.

    Notes
    -----
    The rule and its numbers are those of the OpenSAFELY output-checking documentation.

    Examples
    --------
    >>> round_counts(pd.Series({"a": 3, "b": 8, "c": 16, "d": 23}), total="Total").to_dict()
    {'a': nan, 'b': 10.0, 'c': 15.0, 'd': 25.0, 'Total': 50.0}
    """
    require_counts(counts)
    values = counts.to_numpy(dtype=float)
    rounded = np.floor(values / base + 0.5) * base
    shown = np.where((values >= 1) & (values <= redact), np.nan, rounded)
    if isinstance(counts, pd.Series):
        series = pd.Series(shown, index=counts.index, name=counts.name)
        return series if total is None else pd.concat([series, pd.Series({total: series.sum()})])
    frame = pd.DataFrame(shown, index=counts.index, columns=counts.columns)
    if total is not None:
        frame[total] = frame.sum(axis=1)
        frame.loc[total] = frame.sum(axis=0)
    return frame


def midpoint_six(counts: Counts) -> Counts:
    """Round counts to the middle of groups of six: ceil(x/6)·6 − 3, zero stays zero.

    Parameters
    ----------
    counts : Series or DataFrame
        Unweighted counts of people.

    Returns
    -------
    Series or DataFrame
        Floats: 0, 3, 9, 15, 21, …

    Raises
    ------
    SpecificationError
        For counts that are missing, negative or no whole numbers.

    Examples
    --------
    >>> midpoint_six(pd.Series([0, 1, 6, 7, 18, 24])).tolist()
    [0.0, 3.0, 3.0, 9.0, 15.0, 21.0]
    """
    require_counts(counts)
    values = counts.to_numpy(dtype=float)
    rounded = np.where(values > 0, np.ceil(values / 6) * 6 - 3, 0.0)
    if isinstance(counts, pd.Series):
        return pd.Series(rounded, index=counts.index, name=counts.name)
    return pd.DataFrame(rounded, index=counts.index, columns=counts.columns)


def require_counts(counts: pd.Series | pd.DataFrame) -> None:
    """Raise unless everything is a whole number, zero or more.

    Parameters
    ----------
    counts : Series or DataFrame
        Counts.

    Raises
    ------
    SpecificationError
        With how many are not, by fault.
    """
    if not isinstance(counts, (pd.Series, pd.DataFrame)):
        raise SpecificationError(f"Counts come as a Series or a DataFrame, not as {type(counts).__name__}.")
    try:
        values: NDArray[np.float64] = counts.to_numpy(dtype=float)
    except (TypeError, ValueError):
        raise SpecificationError("The table holds text; give counts only, labels as its index.") from None
    known = values[np.isfinite(values)]
    faults = {
        "missing or infinite": int(values.size - known.size),
        "negative": int((known < 0).sum()),
        "no whole numbers": int((known != np.floor(known)).sum()),
    }
    found = [f"{count} {what}" for what, count in faults.items() if count]
    if found:
        raise SpecificationError(f"The table holds values that are no counts: {', '.join(found)}.")
