"""Conditions such as ``p_age >= 3 & p_attend == 1`` with a third answer: not known."""

from __future__ import annotations

import ast
import io
import operator
import tokenize
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from migration_effects.errors import CodebookError, nearest

WORDS = {"&": "and", "|": "or", "~": "not"}
COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
Mask = np.ndarray


class Answer(NamedTuple):
    """Where a condition is surely true and where surely false; elsewhere it is not known.

    Parameters
    ----------
    true, false : ndarray of bool
        One value per row.
    """

    true: Mask
    false: Mask


def evaluate(expression: str, columns: Mapping[str, pd.Series], rows: int) -> Answer:
    """Evaluate a condition by Kleene's three-valued logic.

    A comparison with a missing value is not known; ``false and unknown`` is false, ``true or unknown`` is true.

    Parameters
    ----------
    expression : str
        Comparisons of columns with numbers or text, joined by ``&``, ``|``, ``~`` (or ``and``, ``or``, ``not``),
        where comparisons bind closer, as in `pandas.eval`. A bare column is a truth value.
    columns : mapping of str to Series
        Columns by name.
    rows : int
        Number of rows.

    Returns
    -------
    Answer
        The rows where it is true, and where it is false.

    Raises
    ------
    CodebookError
        For unknown columns and for anything that is not such a condition.

    Examples
    --------
    >>> age = pd.Series([2.0, 9.0, np.nan])
    >>> answer = evaluate("age >= 3 & age <= 17", {"age": age}, 3)
    >>> answer.true.tolist(), answer.false.tolist()
    ([False, True, False], [True, False, False])
    """
    try:
        tree = ast.parse(_with_words(expression), mode="eval").body
    except (SyntaxError, tokenize.TokenError):
        raise CodebookError(f"{expression!r} is not a condition.") from None
    return _answer(tree, expression, columns, rows)


def _with_words(expression: str) -> str:
    """Return the condition with words for signs, so that comparisons bind closer than they."""
    tokens = tokenize.generate_tokens(io.StringIO(expression).readline)
    return " ".join(WORDS.get(token.string, token.string) for token in tokens).strip()


def _answer(node: ast.expr, expression: str, columns: Mapping[str, pd.Series], rows: int) -> Answer:
    """Return the answer of one node."""
    if isinstance(node, ast.BoolOp):
        parts = [_answer(part, expression, columns, rows) for part in node.values]
        true, false = [p.true for p in parts], [p.false for p in parts]
        if isinstance(node.op, ast.And):
            return Answer(np.logical_and.reduce(true), np.logical_or.reduce(false))
        return Answer(np.logical_or.reduce(true), np.logical_and.reduce(false))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _answer(node.operand, expression, columns, rows)
        return Answer(inner.false, inner.true)
    if isinstance(node, ast.Compare):
        return _comparison(node, expression, columns, rows)
    if isinstance(node, ast.Name):
        column = _column(node.id, expression, columns)
        known, value = column.notna().to_numpy(), column.fillna(0).astype(bool).to_numpy()
        return Answer(known & value, known & ~value)
    raise CodebookError(f"{expression!r} holds more than comparisons joined by &, | and ~.")


def _comparison(node: ast.Compare, expression: str, columns: Mapping[str, pd.Series], rows: int) -> Answer:
    """Return the answer of ``a <= b`` or a chain of such."""
    true, false = np.ones(rows, bool), np.zeros(rows, bool)
    sides = [node.left, *node.comparators]
    for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
        compare = COMPARE.get(type(sign))
        if compare is None:
            raise CodebookError(f"{expression!r} holds a comparison other than ==, !=, <, <=, > and >=.")
        a, b = _value(left, expression, columns), _value(right, expression, columns)
        known = np.ones(rows, bool)
        for side in (a, b):
            if isinstance(side, pd.Series):
                known &= side.notna().to_numpy()
        found = np.broadcast_to(np.asarray(compare(a, b), dtype=bool), (rows,))
        true, false = true & known & found, false | (known & ~found)
    return Answer(true, false)


def _value(node: ast.expr, expression: str, columns: Mapping[str, pd.Series]) -> Any:
    """Return a column or a constant."""
    if isinstance(node, ast.Name):
        return _column(node.id, expression, columns)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise CodebookError(f"{expression!r} compares something else than columns and constants.") from None


def _column(name: str, expression: str, columns: Mapping[str, pd.Series]) -> pd.Series:
    """Return a column, or the error that names the nearest."""
    if name not in columns:
        raise CodebookError(f"{expression!r} uses an unknown column {name!r}.{nearest(name, columns)}")
    return columns[name]
