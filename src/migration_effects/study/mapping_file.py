"""The whole of `mapping.csv`: read, compared with the codebook, and written as a template."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from migration_effects.io.codebook import Codebook
from migration_effects.io.tables import read_rows
from migration_effects.io.variable import Variable
from migration_effects.study.mapping import (
    COLUMNS,
    MAPPING,
    NO_CHECK_DIGIT,
    NOT_AVAILABLE,
    Entry,
    RawMapping,
)
from migration_effects.study.mapping_line import parse_line


def read_mapping(
    folder: Path, codebook: Codebook, units: Iterable[str], keys: Mapping[str, Iterable[str]]
) -> tuple[RawMapping, list[str]]:
    """Read ``mapping.csv`` of a raw folder and compare it with the codebook.

    Parameters
    ----------
    folder : Path
        The raw folder.
    codebook : Codebook
        Of the study.
    units : iterable of str
        Units that have a raw file.
    keys : mapping of str to iterable of str
        Per unit, the variables without which nothing can be prepared.

    Returns
    -------
    mapping : RawMapping
        What could be understood.
    faults : list of str
        Everything wrong, each with the line and the nearest valid name.
    """
    rows, faults = read_rows(folder / MAPPING, required=COLUMNS)
    known = {(unit, v.source): v for unit in units if unit in codebook.files for v in codebook.of(unit)}
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name != MAPPING)
    entries: list[Entry] = []
    for row in rows:
        entry, found = parse_line(row.cells, known, names)
        faults += [f"{MAPPING}, line {row.line}: {fault}" for fault in found]
        if entry is not None and (entry.unit, entry.variable.source) in {
            (e.unit, e.variable.source) for e in entries
        }:
            faults.append(
                f"{MAPPING}, line {row.line}: {entry.variable.source} of {entry.unit} stands there twice."
            )
        elif entry is not None:
            entries.append(entry)
    if rows:
        faults += _gaps(entries, known) + _file_faults(entries) + _key_faults(entries, known, keys)
    return RawMapping(tuple(entries)), faults


def _gaps(entries: list[Entry], known: Mapping[tuple[str, str], Variable]) -> list[str]:
    """Return the variables a mapping says nothing about, by unit."""
    said = {(e.unit, e.variable.source) for e in entries}
    gaps: dict[str, list[str]] = {}
    for unit, source in known:
        if (unit, source) not in said:
            gaps.setdefault(unit, []).append(source)
    return [
        f"{MAPPING}: {len(names)} variables of {unit} have no line: {', '.join(names)}. Give each its column, or "
        f"{NOT_AVAILABLE!r}."
        for unit, names in gaps.items()
    ]


def _file_faults(entries: list[Entry]) -> list[str]:
    """Return the units whose variables come from several files."""
    files: dict[str, list[str]] = {}
    for entry in entries:
        if entry.available and entry.file not in files.setdefault(entry.unit, []):
            files[entry.unit].append(entry.file)
    return [
        f"{MAPPING}: {unit} takes columns from {len(names)} files ({', '.join(names)}); the rows of a unit come from "
        "one. Merge them first."
        for unit, names in files.items()
        if len(names) > 1
    ]


def _key_faults(
    entries: list[Entry], known: Mapping[tuple[str, str], Variable], keys: Mapping[str, Iterable[str]]
) -> list[str]:
    """Return the key variables that are said to be not available."""
    wanted = {(unit, name) for unit, names in keys.items() for name in names}
    wanted |= {key for key, variable in known.items() if variable.kind == "id"}
    faults = [
        f"{MAPPING}: {e.variable.source} of {e.unit} links the files; nothing can be prepared where it is "
        f"{NOT_AVAILABLE}."
        for e in entries
        if not e.available and (e.unit, e.variable.source) in wanted
    ]
    said = {e.check_digit for e in entries if e.available and e.variable.kind == "id"}
    if len(said) > 1:
        faults.append(f"{MAPPING}: some identifiers have a check digit and some none; they are one scheme.")
    return faults


def mapping_template(codebook: Codebook, units: Iterable[str]) -> str:
    """Return a mapping to be filled in: one line per variable, its codes and missing reasons to the right of ``=``.

    Parameters
    ----------
    codebook : Codebook
        Of the study.
    units : iterable of str
        Units that have a raw file.

    Returns
    -------
    str
        CSV text; ``file`` and ``column`` are empty, ``note`` holds label and value labels.

    Examples
    --------
    >>> sex = Variable("sex", "roster", "p_sex", "categorical", {1: {"en": "male"}, 2: {"en": "female"}},
    ...                {9: "refused"}, label={"en": "Sex"})
    >>> print(mapping_template(Codebook((sex,)), ["roster"]), end="")
    unit,variable,file,column,codes,missing,note
    roster,p_sex,,,1=1;2=2,9=refused,Sex (1 male; 2 female)
    """
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    for variable in (v for unit in units for v in codebook.of(unit)):
        codes = ";".join(f"{code}={code}" for code in variable.values)
        missing = ";".join(f"{code}={reason}" for code, reason in variable.missing.items())
        labels = "; ".join(f"{code} {text.get('en', '')}" for code, text in variable.values.items())
        note = variable.label.get("en", "") + (f" ({labels})" if labels else "")
        first = NO_CHECK_DIGIT if variable.kind == "id" else codes
        table.writerow([variable.file, variable.source, "", "", first, missing, note])
    return written.getvalue()
