"""Read arithmetic in the keys of an estimate and differentiate it."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from migration_effects.errors import SpecificationError, nearest

Array = NDArray[np.float64]
Dual = tuple[float, Array]  # value and gradient

ALLOWED = "numbers, + - * / **, parentheses, log(), exp(), sqrt() and the keys of Estimate.terms"


def evaluate(
    expressions: Sequence[str], terms: Sequence[str], values: Array
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Evaluate expressions and their gradients.

    Parameters
    ----------
    expressions : sequence of str, length m
    terms : sequence of str, length k
    values : ndarray, shape (k,)

    Returns
    -------
    values : ndarray, shape (m,)
    jacobian : ndarray, shape (m, k)
    used : ndarray of bool, shape (m, k)
        Terms that the expression names.

    Raises
    ------
    SpecificationError
        Unknown keys or an expression that is not arithmetic.

    Examples
    --------
    >>> import numpy as np
    >>> points, jacobian, used = evaluate(["a / b"], ["a", "b"], np.array([1.0, 2.0]))
    >>> points.tolist(), jacobian.tolist()
    ([0.5], [[0.5, -0.25]])
    """
    k = len(terms)
    points, jacobian, used = np.empty(len(expressions)), np.zeros((len(expressions), k)), []
    pattern = _key_pattern(terms)
    for row, expression in enumerate(expressions):
        text, named = _with_placeholders(expression, terms, pattern)
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except SyntaxError as error:
            raise SpecificationError(f"{expression!r} is not an expression. Allowed: {ALLOWED}.") from error
        point, gradient = _walk(tree, expression, terms, values)
        points[row], jacobian[row] = point, gradient
        used.append(np.isin(np.arange(k), sorted(named)))
    return points, jacobian, np.array(used, dtype=bool).reshape(len(expressions), k)


def texts(expressions: object) -> list[str]:
    """Return one expression or several as a list.

    Parameters
    ----------
    expressions : str or sequence of str

    Returns
    -------
    list of str

    Raises
    ------
    SpecificationError
        Something other than text.
    """
    listed = [expressions] if isinstance(expressions, str) else expressions
    if not isinstance(listed, Sequence) or not all(isinstance(one, str) for one in listed):
        raise SpecificationError(
            f"An expression is a text such as 'a - b', or a list of them; got {expressions!r}."
        )
    return list(listed)


def hypotheses(hypothesis: str | Sequence[str], terms: Sequence[str]) -> list[str]:
    """Return the expressions that a hypothesis says are 0.

    Parameters
    ----------
    hypothesis : str or sequence of str
        ``"a = b = 0"`` gives ``a - (b)`` and ``b - (0)``.
    terms : sequence of str
        Keys, which may themselves hold an equals sign.

    Returns
    -------
    list of str
    """
    parts = texts(hypothesis)
    if not parts:
        raise SpecificationError("There is no hypothesis to test. Write for example 'a = b = 0'.")
    pattern = _key_pattern(terms)
    result = []
    for part in parts:
        sides = _split_at_equals(part, pattern)
        if len(sides) == 1:
            result.append(sides[0])
        result += [f"{left} - ({right})" for left, right in pairwise(sides)]
    return result


def _key_pattern(terms: Sequence[str]) -> re.Pattern[str]:
    """Match a key, longest first, in backticks or as it stands; the key of a contrast may hold backticks itself."""
    alternatives = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    return re.compile(rf"`({alternatives})`|(?<![\w.\]])({alternatives})(?![\w\[])|`([^`]+)`")


def _split_at_equals(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Split at equals signs outside keys."""
    sides, start, position = [], 0, 0
    while position < len(text):
        match = pattern.match(text, position)
        if match and match.end() > position:
            position = match.end()
        elif text[position] == "=":
            sides.append(text[start:position].strip())
            start = position = position + 1
        else:
            position += 1
    sides.append(text[start:].strip())
    if not all(sides):
        raise SpecificationError(f"{text!r} has an equals sign without an expression on both sides.")
    return sides


def _with_placeholders(
    expression: str, terms: Sequence[str], pattern: re.Pattern[str]
) -> tuple[str, set[int]]:
    """Replace keys by names that Python can parse."""
    index = {term: i for i, term in enumerate(terms)}
    named: set[int] = set()

    def placeholder(match: re.Match[str]) -> str:
        """Return the placeholder of one key."""
        key = next(group for group in match.groups() if group is not None)
        if key not in index:
            raise SpecificationError(f"{key!r} is not a term of this estimate.{nearest(key, terms)}")
        named.add(index[key])
        return f" _k{index[key]} "

    return pattern.sub(placeholder, expression), named


def _walk(node: ast.expr, expression: str, terms: Sequence[str], values: Array) -> Dual:
    """Evaluate one node with its gradient."""
    zero = np.zeros(len(terms))
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    ):
        return float(node.value), zero
    if isinstance(node, ast.Name) and re.fullmatch(r"_k\d+", node.id):
        position = int(node.id[2:])
        gradient = zero.copy()
        gradient[position] = 1.0
        return float(values[position]), gradient
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value, gradient = _walk(node.operand, expression, terms, values)
        return (-value, -gradient) if isinstance(node.op, ast.USub) else (value, gradient)
    if isinstance(node, ast.BinOp):
        left = _walk(node.left, expression, terms, values)
        return _operate(node.op, left, _walk(node.right, expression, terms, values), expression)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        value, gradient = _walk(node.args[0], expression, terms, values)
        if node.func.id == "exp":
            power = _finite(lambda: math.exp(value), expression)
            return power, power * gradient
        if node.func.id in ("log", "sqrt"):
            if value <= 0:
                raise SpecificationError(f"{node.func.id}() of {value:g} in {expression!r} is not defined.")
            return (
                (math.log(value), gradient / value)
                if node.func.id == "log"
                else (math.sqrt(value), gradient / (2 * math.sqrt(value)))
            )
    shown = re.sub(r"\b_k(\d+)\b", lambda match: terms[int(match.group(1))], ast.unparse(node))
    raise SpecificationError(
        f"{shown!r} in {expression!r} is neither arithmetic nor a term.{nearest(shown, terms)} Allowed: {ALLOWED}."
    )


def _finite(compute: Callable[[], float | complex], expression: str) -> float:
    """Return a number, or say that the expression has none here: too large, 0 to a negative power, a root of -1."""
    try:
        result = compute()
    except (OverflowError, ZeroDivisionError):
        result = math.inf
    if isinstance(result, complex) or math.isinf(result):
        raise SpecificationError(f"{expression!r} has no finite value at these estimates.")
    return result


def _operate(operator: ast.operator, left: Dual, right: Dual, expression: str) -> Dual:
    """Apply one arithmetic operator to two values with gradients."""
    (a, da), (b, db) = left, right
    if isinstance(operator, ast.Add):
        return a + b, da + db
    if isinstance(operator, ast.Sub):
        return a - b, da - db
    if isinstance(operator, ast.Mult):
        return a * b, a * db + b * da
    if isinstance(operator, ast.Div):
        if b == 0:
            raise SpecificationError(f"{expression!r} divides by an estimate of 0.")
        return a / b, (da - a / b * db) / b
    if isinstance(operator, ast.Pow) and not db.any():
        if not da.any():
            return _finite(lambda: a**b, expression), da
        return _finite(lambda: a**b, expression), _finite(lambda: b * a ** (b - 1), expression) * da
    raise SpecificationError(f"{expression!r} uses an operator that is not allowed. Allowed: {ALLOWED}.")
