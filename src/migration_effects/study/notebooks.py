"""Which exhibits the notebooks of a study register, found without running them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from migration_effects.errors import nearest
from migration_effects.study.definition import Exhibit

REGISTERS = ("table", "figure")
NUMBER = re.compile(r"(\d+)_")


@dataclass(frozen=True)
class Registration:
    """One call of ``report.table`` or ``report.figure`` in a notebook.

    Parameters
    ----------
    id : str
        Exhibit id, the literal first argument.
    kind : str
        ``table`` or ``figure``.
    notebook : str
        File name.
    chapter : int or None
        Number the file name starts with.
    """

    id: str
    kind: str
    notebook: str
    chapter: int | None


def registrations(notebooks: Iterable[Path]) -> tuple[list[Registration], list[str]]:
    """Return the exhibits that notebooks register.

    Parameters
    ----------
    notebooks : iterable of Path
        ``.ipynb`` files.

    Returns
    -------
    found : list of Registration
        In the order of files and cells.
    faults : list of str
        Notebooks or cells that cannot be parsed.
    """
    found: list[Registration] = []
    faults: list[str] = []
    for path in notebooks:
        number = NUMBER.match(path.name)
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
        except (ValueError, KeyError, TypeError):
            faults.append(f"{path.name} is not a notebook that can be read.")
            continue
        for position, source in enumerate(sources, start=1):
            try:
                calls = _calls(source)
            except SyntaxError as error:
                faults.append(f"{path.name}, code cell {position}, line {error.lineno}: {error.msg}.")
                continue
            found += [Registration(i, k, path.name, int(number[1]) if number else None) for i, k in calls]
    return found, faults


def _calls(source: str) -> list[tuple[str, str]]:
    """Return (id, kind) of every registration in a cell."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        (call.args[0].value, call.func.attr)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in REGISTERS
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "report"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


def exhibit_faults(exhibits: Sequence[Exhibit], notebooks: Iterable[Path]) -> list[str]:
    """Compare declared with registered exhibits.

    Parameters
    ----------
    exhibits : sequence of Exhibit
        As declared in study.toml.
    notebooks : iterable of Path
        The study's notebooks.

    Returns
    -------
    list of str
        Exhibits declared and not made, made and not declared, made twice, of the wrong kind, or in the
        notebook of another chapter.
    """
    found, faults = registrations(notebooks)
    declared = {exhibit.id: exhibit for exhibit in exhibits}
    made = [registration.id for registration in found]
    faults += [
        f"exhibit {i} is declared in study.toml, but no notebook registers it."
        for i in declared
        if i not in made
    ]
    for registration in found:
        name, where = registration.id, registration.notebook
        if name not in declared:
            faults.append(
                f"{where} registers {name}, which study.toml does not declare.{nearest(name, declared)}"
            )
            continue
        if registration.kind != declared[name].kind:
            faults.append(
                f"{where} registers {name} with report.{registration.kind}, but it is a {declared[name].kind}."
            )
        if registration.chapter != declared[name].chapter:
            faults.append(f"{where} registers {name}, which belongs to chapter {declared[name].chapter}.")
    twice = sorted({name for name in made if made.count(name) > 1})
    return [*faults, *(f"exhibit {name} is registered {made.count(name)} times." for name in twice)]
