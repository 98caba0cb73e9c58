"""From the tables of study.toml to a Definition, with every fault at once."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from migration_effects.errors import nearest
from migration_effects.study.definition import (
    CALIBRATIONS,
    DIRECTIONS,
    ETHICS_FIELDS,
    LONELY_PSU,
    Definition,
    DesignColumns,
    Exhibit,
    Exposure,
    Outcome,
    RawFile,
    chapter_of,
)
from migration_effects.study.parse_publication import is_date, read_publication
from migration_effects.study.toml_file import Reader, read_toml

FILE_NAME = "study.toml"
STUDY_ID = re.compile(r"[a-z][a-z0-9_]*")
SHA256 = re.compile(r"[0-9a-f]{64}")


def read_definition(folder: Path) -> tuple[Definition | None, list[str]]:
    """Read study.toml of a study folder.

    Parameters
    ----------
    folder : Path
        The study folder.

    Returns
    -------
    definition : Definition or None
        What could be understood; None when the file cannot be read at all.
    faults : list of str
        Everything wrong, each with the nearest valid name where there is one.
    """
    table, faults = read_toml(folder / FILE_NAME)
    if not table:
        return None, faults or [f"{FILE_NAME} is empty."]
    inner: list[str] = []
    definition = parse_definition(table, inner)
    return definition, [*faults, *(f"{FILE_NAME}: {fault}" for fault in inner)]


def parse_definition(table: dict[str, Any], faults: list[str]) -> Definition:
    """Return the definition a TOML document stands for.

    Parameters
    ----------
    table : dict
        The document.
    faults : list of str
        Faults are appended here; where something is wrong the definition holds an empty value.

    Returns
    -------
    Definition
        Complete only when no fault was added.
    """
    top = Reader(table, "", faults)
    study_id = top.text("id")
    if study_id and not STUDY_ID.fullmatch(study_id):
        top.fault(f"id {study_id!r} must be small letters, digits and underscores, a letter first.")
    files = _files(top)
    exhibits = _exhibits(top)
    definition = Definition(
        id=study_id,
        title=top.labels("title"),
        seed=top.whole("seed"),
        notebooks=_relative(top, "notebooks"),
        files=files,
        counts=_counts(top),
        design={unit: _design(reader) for unit, reader in _tables(top, "design")},
        exposure=_exposure(top),
        outcomes={name: _outcome(name, reader) for name, reader in _tables(top, "outcomes")},
        covariates=_covariates(top),
        exhibits=exhibits,
        ethics=_ethics(top),
        screen_overrides=_texts(top, "screen_overrides"),
        release=read_publication(
            top.value("release", dict, "a table", required=False), [e.id for e in exhibits], top.faults
        ),
    )
    top.finish()
    return definition


def _tables(top: Reader, key: str) -> list[tuple[str, Reader]]:
    """Return the named tables below a key; each reader notes its own faults."""
    outer = top.value(key, dict, "a table of tables", required=False) or {}
    return [(name, Reader(inner, f"[{key}.{name}]", top.faults)) for name, inner in outer.items()]


def _relative(top: Reader, key: str) -> str:
    """Return a path below the project."""
    text = top.text(key)
    path = PurePosixPath(text)
    if text and (path.is_absolute() or ".." in path.parts):
        top.fault(f"{key} {text!r} must be a path inside the project.")
    return text


def _files(top: Reader) -> dict[str, RawFile]:
    """Return the raw file of each unit; an entry is a file name or a table."""
    outer = top.value("files", dict, "a table of unit = file name") or {}
    if not outer and "files" in top.table:
        top.fault("[files] names no file.")
    files = {}
    for unit, entry in outer.items():
        reader = Reader({"name": entry} if isinstance(entry, str) else entry, f"[files] {unit}", top.faults)
        raw = RawFile(
            unit,
            reader.text("name"),
            reader.text("sha256", required=False),
            reader.text("producer", required=False),
            reader.text("obtain", required=False),
            reader.flag("optional", default=False),
        )
        if PurePosixPath(raw.name).name != raw.name:
            reader.fault(f"name {raw.name!r} must be a file name without a folder.")
        if raw.sha256 and not SHA256.fullmatch(raw.sha256):
            reader.fault("sha256 must be 64 hexadecimal digits.")
        reader.finish()
        files[unit] = raw
    return files


def _counts(top: Reader) -> dict[str, int]:
    """Return the expected rows per unit."""
    outer = top.value("counts", dict, "a table of unit = rows", required=False) or {}
    reader = Reader(outer, "[counts]", top.faults)
    return {unit: reader.whole(unit, smallest=1) for unit in outer}


def _design(reader: Reader) -> DesignColumns:
    """Return the design columns of one unit."""
    lonely = reader.text("lonely_psu", required=False, choices=LONELY_PSU)
    columns = DesignColumns(
        reader.text("weights", required=False) or None,
        reader.names("psu", required=False),
        reader.text("strata", required=False) or None,
        reader.names("fpc", required=False),
        lonely if lonely in LONELY_PSU else "fail",  # type: ignore[arg-type]
    )
    if columns.fpc and len(columns.fpc) != max(1, len(columns.psu)):
        reader.fault(f"has {len(columns.fpc)} fpc columns for {len(columns.psu)} stages.")
    reader.finish()
    return columns


def _exposure(top: Reader) -> Exposure | None:
    """Return the exposure, if the study declares one."""
    table = top.value("exposure", dict, "a table", required=False)
    if table is None:
        return None
    reader = Reader(table, "[exposure]", top.faults)
    exposure = Exposure(
        reader.text("binary"), reader.text("groups"), reader.text("reference"), reader.labels("definition")
    )
    reader.finish()
    return exposure


def _outcome(name: str, reader: Reader) -> Outcome:
    """Return one outcome."""
    outcome = Outcome(
        name,
        reader.text("frame"),
        reader.labels("label"),
        reader.text("unit"),
        reader.text("direction", choices=DIRECTIONS),
        reader.text("family"),
        reader.text("domain"),
    )
    reader.finish()
    return outcome


def _covariates(top: Reader) -> dict[str, tuple[str, ...]]:
    """Return the named covariate sets."""
    outer = top.value("covariates", dict, "a table of name = list of variables", required=False) or {}
    reader = Reader(outer, "[covariates]", top.faults)
    return {name: reader.names(name) for name in outer}


def _exhibits(top: Reader) -> tuple[Exhibit, ...]:
    """Return the declared exhibits, ids unique and in their chapter."""
    entries = top.value("exhibit", list, "a list of [[exhibit]] tables", required=False) or []
    exhibits: list[Exhibit] = []
    for number, entry in enumerate(entries, start=1):
        name = entry.get("id") if isinstance(entry, dict) else None
        reader = Reader(entry, f"[[exhibit]] {name or f'number {number}'}", top.faults)
        exhibit = Exhibit(
            reader.text("id"),
            reader.whole("chapter"),
            reader.labels("title"),
            reader.flag("prespecified", default=True),
            reader.flag("core", default=False),
            reader.text("basis"),
            reader.text("calibration", required=False, choices=CALIBRATIONS) or "-",
        )
        _check_exhibit(exhibit, reader)
        if exhibit.id in [e.id for e in exhibits]:
            reader.fault("is declared twice.")
        reader.finish()
        exhibits.append(exhibit)
    return tuple(exhibits)


def _check_exhibit(exhibit: Exhibit, reader: Reader) -> None:
    """Note an id that is not written as ids are, or stands in another chapter."""
    chapter = chapter_of(exhibit.id)
    if not exhibit.id:
        return
    if chapter is None:
        reader.fault("has an id that is not T or F, chapter, number (T7.1) or a letter (TM1, FP1).")
    elif chapter != exhibit.chapter:
        reader.fault(f"has chapter {exhibit.chapter}, but its id belongs to chapter {chapter}.")


def _ethics(top: Reader) -> dict[str, str]:
    """Return the ethics block; what is not stated stays empty and prints as not declared."""
    reader = Reader(top.value("ethics", dict, "a table", required=False) or {}, "[ethics]", top.faults)
    block = {name: reader.text(name, required=False) for name in ETHICS_FIELDS}
    reader.finish()
    until = block["retention_until"]
    if until and not is_date(until):
        reader.fault(f"retention_until {until!r} must be a date such as 2027-12-31.")
    return block


def _texts(top: Reader, key: str) -> dict[str, str]:
    """Return a table of free names with texts."""
    outer = top.value(key, dict, "a table of name = text", required=False) or {}
    reader = Reader(outer, f"[{key}]", top.faults)
    return {name: reader.text(name) for name in outer}


def cross_faults(definition: Definition, names: set[str], units: set[str]) -> list[str]:
    """Return the names study.toml uses that the codebook does not know.

    Parameters
    ----------
    definition : Definition
        What study.toml says.
    names : set of str
        Variables of the codebook, raw and derived.
    units : set of str
        Frames the study makes.

    Returns
    -------
    list of str
        One fault per unknown variable or unit, with the nearest valid name.
    """
    used = [(f"[design.{unit}]", c) for unit, d in definition.design.items() for c in d.columns]
    used += [("[outcomes]", name) for name in definition.outcomes]
    used += [(f"[covariates] {s}", c) for s, columns in definition.covariates.items() for c in columns]
    if definition.exposure:
        used += [("[exposure]", definition.exposure.binary), ("[exposure]", definition.exposure.groups)]
    faults = [
        f"{FILE_NAME}: {where} names the variable {name!r}, which codebook.csv does not have."
        f"{nearest(name, names)}"
        for where, name in used
        if name and name not in names
    ]
    placed = [(f"[outcomes.{o.name}]", o.frame) for o in definition.outcomes.values() if o.frame]
    faults += [
        f"{FILE_NAME}: {where} names the frame {unit!r}; frames are {', '.join(sorted(units))}."
        f"{nearest(unit, units)}"
        for where, unit in placed
        if unit not in units
    ]
    return faults
