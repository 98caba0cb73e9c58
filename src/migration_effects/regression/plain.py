"""Model matrices of plain formulas, whose terms are columns as they stand, without the toll of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from formulaic import Formula
from formulaic.parser.types import Factor, Term
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PlainMatrix:
    """Outcome and model matrix of a plain formula.

    Parameters
    ----------
    outcome : ndarray, shape (m,)
    matrix : ndarray, shape (m, k)
        A column of ones first.
    columns : tuple of str
    terms : dict of str to tuple of int
    example : dict of str to array-like, length 1
        The variables of the right-hand side with the levels in use; the formula engine makes its recipe from it.
    unused : dict of str to list of str
        Levels that no row in use has, by variable.
    """

    outcome: Array
    matrix: Array
    columns: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    example: dict[str, Any]
    unused: dict[str, list[str]]


def plain_matrix(parsed: Formula, data: pd.DataFrame, rows: NDArray[np.bool_]) -> PlainMatrix | None:
    """Build the matrix of ``y ~ a + b``, where each name is a column of numbers or of at least two levels.

    Parameters
    ----------
    parsed : formulaic.Formula
        A two-sided formula.
    data : DataFrame
    rows : ndarray of bool, shape (n,)
        Rows in use; every variable is known there.

    Returns
    -------
    PlainMatrix or None
        None when anything else stands in the formula or the columns: functions, interactions, no intercept, other
        kinds of columns. Levels are coded against the first one in use.
    """
    left = [_column(term) for term in parsed.lhs]
    right = [_column(term) for term in parsed.rhs if str(term) != "1"]
    if len(left) != 1 or None in (*left, *right) or len(right) == len(parsed.rhs):
        return None
    found = data[left[0]]
    if not _is_number(found):
        return None
    taken = slice(None) if rows.all() else rows
    outcome = found.to_numpy(np.float64, copy=True)[taken]
    blocks, columns = [np.ones(len(outcome))], ["Intercept"]
    terms: dict[str, tuple[int, ...]] = {"1": (0,)}
    example: dict[str, Any] = {}
    unused: dict[str, list[str]] = {}
    for name in map(str, right):
        found = data[name]
        if _is_number(found):
            added, labels = [found.to_numpy(np.float64)[taken]], [name]
            example[name] = np.zeros(1)
        elif isinstance(found.dtype, pd.CategoricalDtype):
            codes = found.cat.codes.to_numpy()[taken]
            present = np.bincount(codes, minlength=len(found.cat.categories)) > 0
            used = found.cat.categories[present]
            if len(used) < 2:
                return None
            unused[name] = [str(level) for level in found.cat.categories[~present]]
            added = [codes == code for code in np.flatnonzero(present)[1:]]
            labels = [f"{name}[T.{level}]" for level in used[1:]]
            example[name] = pd.Categorical.from_codes([0], categories=used, ordered=found.cat.ordered)
        else:
            return None
        terms[name] = tuple(range(len(columns), len(columns) + len(labels)))
        blocks += added
        columns += labels
    matrix = np.empty((len(outcome), len(columns)))
    for j, block in enumerate(blocks):
        matrix[:, j] = block
    return PlainMatrix(outcome, matrix, tuple(columns), terms, example, unused)


def _column(term: Term) -> str | None:
    """Return the column a term consists of, if it is nothing but a column."""
    factor, *others = term.factors
    return None if others or factor.eval_method is not Factor.EvalMethod.LOOKUP else str(factor.expr)


def _is_number(column: pd.Series) -> bool:
    """Say whether a column holds plain numbers."""
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu"
