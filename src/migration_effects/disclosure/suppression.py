"""Hiding small cells of a table with totals, so that nobody can work them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.disclosure.intervals import limits
from migration_effects.disclosure.rounding import REDACT, require_counts
from migration_effects.errors import DisclosureError, SpecificationError

Counts = TypeVar("Counts", pd.Series, pd.DataFrame)
Mask = NDArray[np.bool_]
Values = NDArray[np.float64]


def suppress(table: Counts, *, threshold: int = REDACT) -> Counts:
    """Hide small counts, and as many others as it takes to keep them hidden beside published totals.

    Counts from 1 to ``threshold`` are hidden. While a row or column has exactly one hidden cell, its smallest other
    count is hidden too, preferring a line that already has a hidden cell. Then linear programs find what a reader
    could still work out: for every small count the possible values must reach from 1 to ``threshold``. More cells
    are hidden until they do. Two hidden cells in every row and column are not always enough.

    Parameters
    ----------
    table : Series or DataFrame
        Unweighted counts without totals; the totals of rows and columns are taken to be published.
    threshold : int
        Largest count that may not be shown.

    Returns
    -------
    Series or DataFrame
        Same shape, floats, hidden cells NaN. Rounding comes afterwards, if at all, and then totals change.

    Raises
    ------
    SpecificationError
        For values that are no counts, or a threshold below 1.
    DisclosureError
        When no hiding protects the small counts: categories have to be joined.

    Examples
    --------
    >>> suppress(pd.DataFrame([[3, 9, 14], [10, 2, 20], [30, 25, 40]]))
          0     1     2
    0   NaN   NaN  14.0
    1   NaN   NaN  20.0
    2  30.0  25.0  40.0
    """
    if threshold < 1:
        raise SpecificationError(f"threshold={threshold}: the largest count to hide is 1 or more.")
    require_counts(table)
    values = table.to_numpy(dtype=float)
    grid = values[:, None] if isinstance(table, pd.Series) else values
    shown = np.where(hidden_cells(grid, threshold), np.nan, grid)
    if isinstance(table, pd.Series):
        return pd.Series(shown[:, 0], index=table.index, name=table.name)
    return pd.DataFrame(shown, index=table.index, columns=table.columns)


def hidden_cells(values: Values, threshold: int = REDACT) -> Mask:
    """Return the cells to hide.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        Counts.
    threshold : int
        Largest count that may not be shown.

    Returns
    -------
    ndarray of bool, shape (rows, columns)
        True where hidden.

    Raises
    ------
    DisclosureError
        When even hiding every other count leaves a small one exposed.
    """
    primary = (values >= 1) & (values <= threshold)
    hidden = primary.copy()
    while True:
        hidden = _paired(values, hidden)
        exposed = exposed_cells(values, hidden, threshold)
        if not exposed.any():
            return hidden
        further = _widening(values, hidden, exposed)
        if further is None:
            raise DisclosureError(
                f"{int(exposed.sum())} small counts of the table can be worked out from its totals whatever else is "
                "hidden. Join categories, or publish no totals (round_counts recomputes them from what is shown)."
            )
        hidden[further] = True


def exposed_cells(values: Values, hidden: Mask, threshold: int = REDACT) -> Mask:
    """Return the small counts that hiding does not protect.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        Counts.
    hidden : ndarray of bool, shape (rows, columns)
        Cells that are not shown.
    threshold : int
        Largest count that may not be shown.

    Returns
    -------
    ndarray of bool, shape (rows, columns)
        True for a small count that is shown, or whose possible values do not reach from 1 to ``threshold``.
    """
    primary = (values >= 1) & (values <= threshold)
    low, high = limits(values, hidden, primary & hidden)
    return primary & ((low > 1) | (high < threshold))


def _paired(values: Values, hidden: Mask) -> Mask:
    """Hide a second cell in every line that has one hidden cell only, where there is another count."""
    hidden = hidden.copy()
    while True:
        single = next(
            (cells for cells in _lines(values) if hidden[cells].sum() == 1 and _free(values, hidden, cells)),
            None,
        )
        if single is None:
            return hidden
        hidden[min(_free(values, hidden, single), key=lambda c: (not _company(hidden, c), values[c], c))] = (
            True
        )


def _lines(values: Values) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the cells of each row and column that has a published total."""
    rows, columns = values.shape
    if columns > 1:
        yield from ((np.full(columns, i), np.arange(columns)) for i in range(rows))
    if rows > 1:
        yield from ((np.arange(rows), np.full(rows, j)) for j in range(columns))


def _free(
    values: Values, hidden: Mask, cells: tuple[NDArray[np.intp], NDArray[np.intp]]
) -> list[tuple[int, int]]:
    """Return the shown counts above zero of a line."""
    places = zip(cells[0].tolist(), cells[1].tolist(), strict=True)
    return [place for place in places if not hidden[place] and values[place] > 0]


def _company(hidden: Mask, place: tuple[int, int]) -> bool:
    """Whether both the row and the column of a cell have a hidden cell already."""
    i, j = place
    return bool(hidden[i].sum() and hidden[:, j].sum())


def _widening(values: Values, hidden: Mask, exposed: Mask) -> tuple[int, int] | None:
    """Return the next count to hide: the smallest beside an exposed cell, else the smallest of all."""
    shown = (values > 0) & ~hidden
    beside = np.logical_or.outer(np.any(exposed, axis=1), np.any(exposed, axis=0))
    for candidates in (shown & beside, shown):
        places = [(int(i), int(j)) for i, j in zip(*np.nonzero(candidates), strict=True)]
        if places:
            return min(places, key=lambda place: (values[place], place))
    return None
