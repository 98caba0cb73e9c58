"""Which variables a statement of a notebook names, found out by reading it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

# Words for readers, and names of weights in footers: no column is looked up by these arguments.
PROSE = frozenset({"population", "notes", "source", "row_header", "weight", "alt", "unit", "decimals"})
# Designs that know their primary sampling units, which serve as communities.
COMMUNITIES = "communities"
# Names that stand for variables without being strings: what a verb or attribute cannot do without.
VERBS = {"steps": "weight_steps", "weight_summary": "weight_steps", "compare_effects": COMMUNITIES}
_LITERALS = (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict)
# Stands for the parts of an f-string that are known only when it runs.
_OPEN = "\N{GREEK CAPITAL LETTER OMEGA}"


def mentions(node: ast.AST, names: Mapping[str, object], covariates: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the variables among some that a piece of code names.

    Parameters
    ----------
    node : AST
        Statement or expression.
    names : mapping
        Variables looked for, as keys.
    covariates : mapping of str to sequence of str
        Named covariate sets of the study.

    Returns
    -------
    set of str
        Names in strings that are a name or an expression (formula, condition), in f-strings with a part left open
        (``f"emo_{i}"`` names every ``emo_…``), in covariate sets, and behind verbs that need them.

    Examples
    --------
    >>> code = ast.parse('me.regress(f"dis ~ {x} + as_{i}", d.where("age > 5"), population="Children: sex")')
    >>> sorted(mentions(code, dict.fromkeys(["dis", "age", "as_car", "sex"]), {}))
    ['age', 'as_car', 'dis']
    """
    found: set[str] = set()
    for part in _walk(node):
        if isinstance(part, ast.Attribute) and VERBS.get(part.attr) in names:
            found.add(VERBS[part.attr])
        if isinstance(part, ast.Call) and _is_covariates(part):
            chosen = part.args[0].value if part.args and isinstance(part.args[0], ast.Constant) else "core"
            found |= set(covariates.get(str(chosen), ())) & set(names)
        text = _text(part)
        if text is not None:
            found |= _named(text, names)
    return found


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node, without arguments that are prose and without the parts of f-strings."""
    yield node
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                yield from _walk(value.value)
        return
    for child in ast.iter_child_nodes(node):
        # A computed argument may be a new column of that name: only literal ones are prose.
        if isinstance(child, ast.keyword) and child.arg in PROSE and isinstance(child.value, _LITERALS):
            continue
        yield from _walk(child)


def _is_covariates(call: ast.Call) -> bool:
    """Whether a call is ``study.covariates(…)``."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "covariates"


def _text(node: ast.AST) -> str | None:
    """Return the text of a string, open parts of an f-string marked."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else _OPEN for v in node.values)
    return None


def _named(text: str, names: Mapping[str, object]) -> set[str]:
    """Return the names in a text that is an expression; prose does not parse as one."""
    if text in names:
        return {text}
    try:
        tree = ast.parse(text.strip().replace("~", "-"), mode="eval")
    except (SyntaxError, ValueError):
        return set()
    found = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.Name) and part.id.strip(_OPEN):
            pattern = re.compile(re.escape(part.id).replace(_OPEN, r"\w+"))
            found |= {name for name in names if pattern.fullmatch(name)}
    return found
