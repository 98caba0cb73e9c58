"""Declared exhibits = registered exhibits, found out by reading the notebooks and not by running them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migration_effects.study.definition import Exhibit as Declared

_VERBS = ("table", "figure")


@dataclass(frozen=True)
class Registration:
    """A call of ``report.table`` or ``report.figure`` in a notebook.

    Parameters
    ----------
    id : str
        Literal first argument.
    kind : {"table", "figure"}
        Which call.
    notebook : str
        Name of the notebook without suffix.
    """

    id: str
    kind: str
    notebook: str


def registrations(notebook: Path) -> list[Registration]:
    """Return the exhibits a notebook registers.

    Parameters
    ----------
    notebook : Path
        An ``.ipynb`` file.

    Returns
    -------
    list of Registration
        In the order of the cells; calls whose first argument is no literal are not seen, and so are missed.
    """
    return [
        found
        for source in code_cells(notebook)
        for found in registered(ast.parse(source), notebook=notebook.stem)
    ]


def code_cells(notebook: Path) -> list[str]:
    """Return the code cells of a notebook.

    Parameters
    ----------
    notebook : Path
        An ``.ipynb`` file.

    Returns
    -------
    list of str
        In order.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def registered(node: ast.AST, *, notebook: str = "") -> list[Registration]:
    """Return the exhibits a piece of code registers.

    Parameters
    ----------
    node : AST
        Module, statement or expression.
    notebook : str
        Where it stands.

    Returns
    -------
    list of Registration
        As they stand in the code.
    """
    found = []
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and _registers(part):
            first = part.args[0]
            assert isinstance(first, ast.Constant)
            assert isinstance(part.func, ast.Attribute)
            found.append(Registration(str(first.value), part.func.attr, notebook))
    return found


def programs(notebooks: Sequence[Path], folder: str) -> dict[str, str]:
    """Return which notebook makes each exhibit.

    Parameters
    ----------
    notebooks : sequence of Path
        All notebooks of the study.
    folder : str
        Where they stand in the project, as study.toml writes it.

    Returns
    -------
    dict of str to str
        ``<folder>/<notebook>.ipynb`` by id of the exhibit.
    """
    return {r.id: f"{folder}/{r.notebook}.ipynb" for path in notebooks for r in registrations(path)}


def _registers(node: ast.Call) -> bool:
    """Whether a call is ``report.table("…", …)`` or ``report.figure("…", …)``."""
    function = node.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in _VERBS
        and isinstance(function.value, ast.Name)
        and function.value.id == "report"
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    )


def completeness_faults(declared: Iterable[Declared], notebooks: Sequence[Path]) -> list[str]:
    """Compare declared and registered exhibits.

    Parameters
    ----------
    declared : iterable of Exhibit
        From study.toml.
    notebooks : sequence of Path
        All notebooks of the study; the number before ``_`` is the chapter.

    Returns
    -------
    list of str
        Exhibits that are missing, undeclared, registered twice, or in the wrong notebook; empty when all agree.
    """
    known = {exhibit.id: exhibit for exhibit in declared}
    found = [r for path in notebooks for r in registrations(path)]
    ids = [r.id for r in found]
    faults = [
        f"{name}: declared in study.toml, registered by no notebook" for name in known if name not in ids
    ]
    for r in found:
        if r.id not in known:
            faults.append(f"{r.id}: registered in {r.notebook}, not declared in study.toml")
            continue
        exhibit, number = known[r.id], r.notebook.partition("_")[0]
        if r.kind != exhibit.kind:
            faults.append(
                f"{r.id}: declared as a {exhibit.kind}, registered with report.{r.kind} in {r.notebook}"
            )
        if number.isdigit() and int(number) != exhibit.chapter:
            faults.append(f"{r.id}: declared for chapter {exhibit.chapter}, registered in {r.notebook}")
    for name in dict.fromkeys(ids):
        where = [r.notebook for r in found if r.id == name]
        if len(set(where)) > 1:
            faults.append(f"{name}: registered in more than one notebook: {', '.join(sorted(set(where)))}")
    return faults
