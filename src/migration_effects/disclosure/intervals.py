"""What a reader can work out about hidden cells of a table from the shown ones and the totals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.errors import ConvergenceError

# Solutions of these programs are whole numbers; the solver's are nearly so.
_DIGITS = 6


def cell_intervals(table: pd.DataFrame, hidden: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the smallest and largest value that each hidden cell can have for a reader of the table.

    The reader knows every shown cell, every row and column total and that no count is negative. Each limit is the
    solution of a linear program. The totals of a table with one row (column) are that row's total alone: its column
    totals would be the cells themselves.

    Parameters
    ----------
    table : DataFrame
        Counts, without totals.
    hidden : DataFrame of bool
        Same shape: True where the cell is not shown.

    Returns
    -------
    low, high : DataFrame
        Same shape; a shown cell is its own interval.

    Raises
    ------
    ConvergenceError
        When the solver fails.

    Examples
    --------
    >>> table = pd.DataFrame([[3, 20], [15, 12]])
    >>> low, high = cell_intervals(table, table > 0)
    >>> low.to_numpy().tolist(), high.to_numpy().tolist()
    ([[0.0, 5.0], [0.0, 9.0]], [[18.0, 23.0], [18.0, 27.0]])
    """
    values, mask = table.to_numpy(dtype=float), hidden.to_numpy(dtype=bool)
    low, high = limits(values, mask, mask)
    return (
        pd.DataFrame(low, index=table.index, columns=table.columns),
        pd.DataFrame(high, index=table.index, columns=table.columns),
    )


def limits(
    values: NDArray[np.float64], hidden: NDArray[np.bool_], wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the limits of some hidden cells.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        Counts.
    hidden : ndarray of bool, shape (rows, columns)
        Cells not shown.
    wanted : ndarray of bool, shape (rows, columns)
        Cells whose limits are asked for; others keep their value.

    Returns
    -------
    low, high : ndarray, shape (rows, columns)
        Whole numbers.
    """
    low, high = values.copy(), values.copy()
    places = list(zip(*np.nonzero(hidden), strict=True))
    left, right = _totals(values, hidden, places)
    for position, (i, j) in enumerate(places):
        if not wanted[i, j]:
            continue
        goal = np.zeros(len(places))
        goal[position] = 1.0
        low[i, j] = _solve(goal, left, right)
        high[i, j] = -_solve(-goal, left, right)
    return low, high


def _totals(
    values: NDArray[np.float64], hidden: NDArray[np.bool_], places: list[tuple[int, int]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the equations that the totals give: coefficients of the hidden cells, what they add up to."""
    rows, columns = values.shape
    # A single column's row totals, and a single row's column totals, are its cells and are not published.
    lines = [[k for k, (i, _) in enumerate(places) if i == row] for row in range(rows) if columns > 1]
    lines += [[k for k, (_, j) in enumerate(places) if j == column] for column in range(columns) if rows > 1]
    used = [line for line in lines if line]
    left = np.zeros((len(used), len(places)))
    for equation, line in enumerate(used):
        left[equation, line] = 1.0
    known = np.array([values[place] for place in places])
    return left, left @ known


def _solve(goal: NDArray[np.float64], left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the least value of a goal over all tables that fit."""
    # The package's other users, among them the renderers, do without the half second that this import takes.
    from scipy.optimize import linprog

    equations = {"A_eq": left, "b_eq": right} if len(left) else {}
    found = linprog(goal, bounds=(0, None), method="highs", **equations)
    if found.status == 3:  # unbounded: nothing is published about the cell
        return float("-inf")
    if not found.success:
        raise ConvergenceError(f"The limits of a hidden cell were not found: {found.message}")
    return round(float(found.fun), _DIGITS) + 0.0
