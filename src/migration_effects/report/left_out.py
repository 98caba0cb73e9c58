"""What of a notebook cannot run because variables are not available in the data: found out before it runs.

A statement that names such a variable is left out, and so is every later one that uses what it would have made. The
exhibits registered by these statements are lost; everything else runs as it stands, and fails as it stands.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from migration_effects.report.completeness import registered
from migration_effects.report.mentions import mentions

# Methods that change what they are called on.
CHANGING = frozenset({"append", "extend", "insert", "update", "setdefault", "add"})
# A statement that asks for this decides by itself what it does without a variable.
ASKS = "unavailable"


@dataclass(frozen=True)
class Lost:
    """An exhibit that cannot be made.

    Parameters
    ----------
    id : str
        Of the exhibit.
    kind : {"table", "figure"}
        As registered.
    needs : tuple of str
        Variables that are not available, as the notebook names them.
    population : str
        Population line, where it stands literally in the notebook.
    """

    id: str
    kind: str
    needs: tuple[str, ...]
    population: str = ""


@dataclass
class Reading:
    """What is known after the cells read so far.

    Parameters
    ----------
    tainted : dict of str to set of str
        Names of the notebook that cannot be made, with the variables they lack.
    texts : dict of str to str
        Names that are literal text.
    populations : dict of str to str
        Population line of tables and charts by name.
    lost : list of Lost
        Exhibits.
    """

    tainted: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    populations: dict[str, str] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)


def leave_out(
    cells: Sequence[str], names: Mapping[str, object], covariates: Mapping[str, Sequence[str]]
) -> tuple[list[str], list[Lost]]:
    """Return the code cells without the statements that cannot run, and the exhibits lost.

    Parameters
    ----------
    cells : sequence of str
        Code cells in order.
    names : mapping
        Variables that are not available, as keys.
    covariates : mapping of str to sequence of str
        Named covariate sets of the study.

    Returns
    -------
    cells : list of str
        As many; unchanged where nothing is left out.
    lost : list of Lost
        In order of registration.

    Examples
    --------
    >>> cells = ['a = me.mean("wealth", d)', 'report.table("T1.1", f(a, population="All"))', 'me.mean("dis", d)']
    >>> leave_out(cells, {"wealth": ""}, {})
    (['', '', 'me.mean("dis", d)'], [Lost(id='T1.1', kind='table', needs=('wealth',), population='All')])
    """
    reading = Reading()
    return [_cell(cell, names, covariates, reading) for cell in cells], reading.lost


def _cell(
    source: str, names: Mapping[str, object], covariates: Mapping[str, Sequence[str]], reading: Reading
) -> str:
    """Return one cell without the statements that cannot run."""
    statements = ast.parse(source).body
    kept = []
    for statement in statements:
        _note_texts(statement, reading)
        lacks = _lacks(statement, names, covariates, reading)
        for name in _assigned(statement):
            reading.tainted.pop(name, None)
        for name in _changed(statement) if lacks else ():
            reading.tainted[name] = reading.tainted.get(name, set()) | lacks
        if not lacks:
            kept.append(statement)
            continue
        reading.lost += [
            Lost(found.id, found.kind, tuple(sorted(lacks)), _population(statement, reading))
            for found in registered(statement)
        ]
    if len(kept) == len(statements):
        return source
    return "\n".join(ast.get_source_segment(source, statement) or "" for statement in kept)


def _lacks(
    statement: ast.stmt,
    names: Mapping[str, object],
    covariates: Mapping[str, Sequence[str]],
    reading: Reading,
) -> set[str]:
    """Return the variables without which a statement cannot run."""
    if any(isinstance(part, ast.Attribute) and part.attr == ASKS for part in ast.walk(statement)):
        return set()
    lacks = mentions(statement, names, covariates)
    for name in _used(statement) - _loop_names(statement) - _own_names(statement):
        lacks |= reading.tainted.get(name, set())
    return lacks


def _loop_names(statement: ast.stmt) -> set[str]:
    """Return the names that comprehensions of a statement give values to; nobody else sees them."""
    return {
        name.id
        for part in ast.walk(statement)
        if isinstance(part, ast.comprehension)
        for name in ast.walk(part.target)
        if isinstance(name, ast.Name)
    }


def _own_names(statement: ast.stmt) -> set[str]:
    """Return the names that a loop gives values to before it uses them."""
    if not isinstance(statement, ast.For):
        return set()
    own = {name.id for name in ast.walk(statement.target) if isinstance(name, ast.Name)}
    used = _used(statement.iter)
    for inner in statement.body:
        if isinstance(inner, ast.Assign):
            used |= _used(inner.value)
            own |= {target.id for target in inner.targets if isinstance(target, ast.Name)} - used
        else:
            own |= _own_names(inner) - used
            used |= _used(inner)
    return own


def _used(node: ast.AST) -> set[str]:
    """Return the names a piece of code reads; ``x += …`` reads before it writes."""
    parts = list(ast.walk(node))
    read = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return read | {
        n.target.id for n in parts if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)
    }


def _assigned(statement: ast.stmt) -> set[str]:
    """Return the names that a statement makes anew, whatever they were before."""
    if not isinstance(statement, ast.Assign):
        return _own_names(statement)
    return {
        name.id
        for target in statement.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }


def _changed(statement: ast.stmt) -> set[str]:
    """Return the names that a statement makes or whose content it changes."""
    made = {
        part.id
        for part in ast.walk(statement)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    } - _loop_names(statement)
    for part in ast.walk(statement):
        if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
            made |= _base(part)
        elif (
            isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in CHANGING
        ):
            made |= _base(part.func)
    return made


def _base(node: ast.expr) -> set[str]:
    """Return the name at the start of ``name.part[key]``."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _note_texts(statement: ast.stmt, reading: Reading) -> None:
    """Remember literal texts and population lines by the name they are given."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return
    target = statement.targets[0]
    if isinstance(target, ast.Name):
        if isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str):
            reading.texts[target.id] = statement.value.value
        line = _population(statement, reading)
        if line:
            reading.populations[target.id] = line


def _population(statement: ast.stmt, reading: Reading) -> str:
    """Return the population line a statement gives, or that of a table or chart it uses."""
    for part in ast.walk(statement):
        if isinstance(part, ast.keyword) and part.arg == "population":
            if isinstance(part.value, ast.Constant):
                return str(part.value.value)
            if isinstance(part.value, ast.Name):
                return reading.texts.get(part.value.id, "")
    return next(
        (reading.populations[name] for name in sorted(_used(statement)) if name in reading.populations), ""
    )
