"""One line of `mapping.csv`: what it says, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath

from migration_effects.errors import nearest
from migration_effects.io.codebook_files import parse_code
from migration_effects.io.variable import Code, Variable
from migration_effects.study.mapping import (
    BLANK,
    CHECK_DIGIT,
    MAPPING,
    NO_CHECK_DIGIT,
    NOT_AVAILABLE,
    Entry,
)


def parse_line(
    cells: Mapping[str, str], known: Mapping[tuple[str, str], Variable], names: list[str]
) -> tuple[Entry | None, list[str]]:
    """Return what one line says.

    Parameters
    ----------
    cells : mapping of str to str
        The cells of the line by column.
    known : mapping of (str, str) to Variable
        Raw variables of the codebook by unit and column.
    names : list of str
        Files in the raw folder.

    Returns
    -------
    entry : Entry or None
        None where unit or variable is unknown.
    faults : list of str
        Everything wrong with the line.
    """
    cells = {name: cell.strip() for name, cell in cells.items()}
    unit, name = cells["unit"], cells["variable"]
    units = list(dict.fromkeys(u for u, _ in known))
    if unit not in units:
        return None, [f"unknown unit {unit!r}; units are {', '.join(units)}.{nearest(unit, units)}"]
    if (unit, name) not in known:
        have = [source for u, source in known if u == unit]
        return None, [f"{unit} has no variable {name!r}.{nearest(name, have)}"]
    variable = known[unit, name]
    if cells["column"].casefold() == NOT_AVAILABLE:
        filled = [part for part in ("file", "codes", "missing") if cells[part]]
        faults = [f"{name} is not available, so {', '.join(filled)} must be empty."] if filled else []
        return Entry(unit, variable, "", "", note=cells["note"]), faults
    faults = _place_faults(cells, names)
    codes, check_digit, found = _codes(cells["codes"], variable)
    missing, more = _missing(cells["missing"], variable)
    both = sorted(str(code) for code in missing if code in codes)
    if both:
        more.append(f"{name}: code {', '.join(both)} stands under codes and under missing.")
    entry = Entry(unit, variable, cells["file"], cells["column"], codes, missing, check_digit, cells["note"])
    return entry, [*faults, *found, *more]


def _place_faults(cells: Mapping[str, str], names: list[str]) -> list[str]:
    """Return faults of the file and column of a line."""
    name, file, column = cells["variable"], cells["file"], cells["column"]
    if not column:
        return [f"{name} has no column; write the column, or {NOT_AVAILABLE!r}."]
    if not file:
        return [f"{name} has a column but no file."]
    if PurePath(file).name != file:
        return [f"{file!r} must be a file name without a folder."]
    if file not in names:
        return [f"there is no file {file!r} beside {MAPPING}.{nearest(file, names)}"]
    return []


def _codes(text: str, variable: Variable) -> tuple[dict[Code, Code], bool, list[str]]:
    """Parse ``1=2;2=1``, or what an identifier says about check digits."""
    name = variable.source
    if variable.kind == "id":
        if text in (CHECK_DIGIT, NO_CHECK_DIGIT):
            return {}, text == CHECK_DIGIT, []
        fault = (
            f"{name} is an identifier; write {CHECK_DIGIT!r} or {NO_CHECK_DIGIT!r} under codes, not {text!r}."
        )
        return {}, False, [fault]
    if text and not variable.is_coded:
        return {}, False, [f"{name} holds {variable.kind} values and has no codes; leave codes empty."]
    codes: dict[Code, Code] = {}
    faults: list[str] = []
    for real, twin in _pairs(text, faults, "codes are written 1=2;2=1 (delivered=codebook)"):
        target = parse_code(twin)
        if target not in variable.values:
            allowed = ", ".join(f"{code} {labels.get('en', '')}" for code, labels in variable.values.items())
            faults.append(f"{name}: the codebook has no code {twin!r}; its codes are {allowed}.")
        if parse_code(real) in codes:
            faults.append(f"{name}: delivered code {real} stands there twice.")
        codes[parse_code(real)] = target
    return codes, False, faults


def _missing(text: str, variable: Variable) -> tuple[dict[Code, str], list[str]]:
    """Parse ``-8=dont_know;-9=no_answer``."""
    reasons = [*dict.fromkeys(variable.missing.values()), BLANK]
    codes: dict[Code, str] = {}
    faults: list[str] = []
    for real, reason in _pairs(text, faults, "missing codes are written -8=dont_know (delivered=reason)"):
        if reason not in reasons:
            faults.append(
                f"{variable.source} has no missing reason {reason!r}; it has {', '.join(reasons)}."
                f"{nearest(reason, reasons)}"
            )
        if parse_code(real) in codes:
            faults.append(f"{variable.source}: missing code {real} stands there twice.")
        codes[parse_code(real)] = reason
    return codes, faults


def _pairs(text: str, faults: list[str], how: str) -> list[tuple[str, str]]:
    """Split ``a=b;c=d``, the last equals sign of a part counting; faults are appended."""
    pairs = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        match = re.fullmatch(r"(.+)=([^=]+)", part)
        if match is None:
            faults.append(f"{how}, not {part!r}.")
        else:
            pairs.append((match[1].strip(), match[2].strip()))
    return pairs
