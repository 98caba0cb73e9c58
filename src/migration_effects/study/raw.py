"""The raw files of a study: the twin written on demand, checksums compared, files read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from migration_effects.errors import DataFileError
from migration_effects.io.manifest import check_manifest
from migration_effects.io.read import file_sha256, read_surveys
from migration_effects.io.survey_file import SurveyFile
from migration_effects.study.code import twin_module
from migration_effects.study.definition import Definition
from migration_effects.study.hashing import PACKAGE, tree_hash
from migration_effects.study.locate import SYNTHETIC_FOLDER, project_root, shown
from migration_effects.study.mapping import MAPPING, has_mapping, mapped_files

# Beside the twin's files: hash of the code and tables that wrote them.
GENERATOR = ".generator"


def ensure_twin(folder: Path, definition: Definition, target: Path) -> bool:
    """Write the synthetic twin of a study unless the files there come from the same code and tables.

    Parameters
    ----------
    folder : Path
        The study folder.
    definition : Definition
        Names the files.
    target : Path
        Where the files belong.

    Returns
    -------
    bool
        True when the files were written.
    """
    tables = [folder / name for name in ("codebook.csv", "values.csv", "ranges.csv")]
    generator = [folder / SYNTHETIC_FOLDER, folder / f"{SYNTHETIC_FOLDER}.py"]
    members = [path for path in (*generator, *tables, PACKAGE / "io") if path.exists()]
    wanted = tree_hash(members)
    mark = target / GENERATOR
    complete = all((target / raw.name).is_file() for raw in definition.files.values())
    if complete and mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    # Written aside first: an interrupted run leaves no half-written set of files.
    aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=".twin-"))
    try:
        root = project_root()
        truth = root / "data" / "truth" if root else None
        twin_module(folder).write_twin(aside, truth=truth)
        target.mkdir(exist_ok=True)
        mark.unlink(missing_ok=True)
        for path in sorted(aside.iterdir()):
            path.replace(target / path.name)
        mark.write_text(wanted, encoding="utf-8")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return True


def checksums(definition: Definition, place: Path) -> dict[str, str]:
    """Return the SHA-256 of every raw file, after comparing it with what study.toml expects.

    Parameters
    ----------
    definition : Definition
        Names the files.
    place : Path
        Where they lie.

    Returns
    -------
    dict of str to str
        Checksum per unit; where a mapping reads other files, per file, the mapping included.

    Raises
    ------
    DataFileError
        ``changed`` when a file differs from the folder's manifest, or is not the one the study was written for.
    """
    check_manifest(place)
    if has_mapping(place):
        return _mapped_checksums(definition, place)
    units = present_units(definition, place)
    sums = {unit: file_sha256(place / definition.files[unit].name) for unit in units}
    changed = [
        f"  - {raw.name} has sha256 {sums[unit]}, expected {raw.sha256}"
        for unit, raw in definition.files.items()
        if unit in sums and raw.sha256 and raw.sha256 != sums[unit]
    ]
    if changed:
        raise DataFileError(
            f"Study {definition.id}: {len(changed)} raw files in {shown(place)} are not the ones expected:\n"
            + "\n".join(changed)
            + "\nGet the original file again, or change sha256 in study.toml if the new one is right.",
            reason="changed",
        )
    return sums


def _mapped_checksums(definition: Definition, place: Path) -> dict[str, str]:
    """Return the SHA-256 of a mapping and of the files it names."""
    names = [MAPPING, *mapped_files(place)]
    absent = [name for name in names if not (place / name).is_file()]
    if absent:
        raise DataFileError(
            f"Study {definition.id}: {MAPPING} names {len(absent)} files that are not in {shown(place)}: "
            f"{', '.join(absent)}. Put them there, or correct {MAPPING}.",
            reason="missing",
        )
    return {name: file_sha256(place / name) for name in names}


def raw_names(definition: Definition, place: Path) -> list[str]:
    """Return the files that are read from a raw folder, its mapping included.

    Parameters
    ----------
    definition : Definition
        Names the files.
    place : Path
        Where they lie.

    Returns
    -------
    list of str
        File names.
    """
    if has_mapping(place):
        return [MAPPING, *mapped_files(place)]
    return [definition.files[unit].name for unit in present_units(definition, place)]


def present_units(definition: Definition, place: Path) -> list[str]:
    """Return the units whose raw file is there; only optional files may be absent.

    Parameters
    ----------
    definition : Definition
        Names the files.
    place : Path
        Where they lie.

    Returns
    -------
    list of str
        In the order of study.toml.
    """
    return [
        unit for unit, raw in definition.files.items() if not raw.optional or (place / raw.name).is_file()
    ]


def read_raw(definition: Definition, place: Path) -> dict[str, SurveyFile]:
    """Read all raw files of a study.

    Parameters
    ----------
    definition : Definition
        Names the files.
    place : Path
        Where they lie.

    Returns
    -------
    dict of str to SurveyFile
        By unit.
    """
    units = present_units(definition, place)
    return dict(
        zip(units, read_surveys([place / definition.files[unit].name for unit in units]), strict=True)
    )


def raw_record(files: Mapping[str, SurveyFile]) -> list[dict[str, Any]]:
    """Return what a manifest says about the raw files.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        By unit.

    Returns
    -------
    list of dict
        ``unit, name, sha256, content_hash, rows, columns`` per file.
    """
    return [
        {
            "unit": unit,
            "name": survey.path_name,
            "sha256": survey.sha256,
            "content_hash": survey.content_hash,
            "rows": survey.frame.shape[0],
            "columns": survey.frame.shape[1],
        }
        for unit, survey in files.items()
    ]
