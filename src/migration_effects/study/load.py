"""Loading a study: definition checked, raw files found, frames prepared or reused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from migration_effects.errors import CodebookError, StudyError, counted, nearest
from migration_effects.io.codebook import Codebook
from migration_effects.study.code import has_twin, prepare_module
from migration_effects.study.definition import Definition
from migration_effects.study.delivered import mapped_study, raw_files, study_mapping
from migration_effects.study.hashing import joint_hash, preparation_hash, tree_hash
from migration_effects.study.locate import RawPlace, processed_home, raw_place, study_folder
from migration_effects.study.parse import cross_faults, read_definition
from migration_effects.study.preparing import prepared_frames
from migration_effects.study.raw import checksums, ensure_twin, raw_record
from migration_effects.study.retention import require_retention
from migration_effects.study.screening import require_screened
from migration_effects.study.store import Store
from migration_effects.study.study import Study
from migration_effects.study.unavailable import read_derivations

# Raised by one when the files below data/processed change their form.
FORMAT = "1"
# `preparation`: modules prepare.py may be split into.
STUDY_FILES = (
    "study.toml",
    "codebook.csv",
    "values.csv",
    "ranges.csv",
    "derivations.csv",
    "prepare.py",
    "preparation",
    "reference",
)


def load_study(id_or_folder: str | Path, *, data: str | Path | None = None) -> Study:
    """Load a study: its protocol, codebook and cleaned data.

    The raw files are read from ``data``, else from ``data/raw/<study>`` of the project around the working
    directory, else the study's synthetic twin is used, and written first where needed. Prepared frames are
    kept in ``data/processed/<study>`` and reused while raw files, study and code are unchanged.

    Parameters
    ----------
    id_or_folder : str or Path
        ``"uzbekistan_2019"``, ``"nhis_2003"``, or a folder with a study.toml.
    data : str or Path, optional
        Folder of the raw files.

    Returns
    -------
    Study
        Ready for ``.frame`` and ``.design``; its representation says when the data are synthetic.

    Raises
    ------
    StudyError
        With every fault of the study folder at once.
    DataFileError
        When raw files are missing, changed or damaged, or were to be deleted by now.
    """
    folder = study_folder(id_or_folder)
    definition, codebook = read_study(folder)
    place = raw_place(definition, data=data, has_twin=has_twin(folder))
    require_retention(definition, synthetic=place.synthetic)
    if place.synthetic and not place.chosen:
        ensure_twin(folder, definition, place.folder)
    code = prepare_module(folder)
    study = Study(folder, definition, codebook, place.synthetic, code=code)
    if place.mapped:
        study = mapped_study(study, study_mapping(study, place.folder))
    return replace(study, store=prepared_store(study, place))


def read_study(id_or_folder: str | Path) -> tuple[Definition, Codebook]:
    """Read the definition and the codebook of a study, without its data.

    Parameters
    ----------
    id_or_folder : str or Path
        Id of a shipped study, or a folder with a study.toml.

    Returns
    -------
    definition : Definition
        What study.toml says.
    codebook : Codebook
        Names, kinds and labels.

    Raises
    ------
    StudyError
        With every fault of the folder at once.
    """
    folder = study_folder(id_or_folder)
    definition, codebook, faults = read_folder(folder)
    if faults or definition is None or codebook is None:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise StudyError(f"The study folder {folder.name} has {counted(len(faults), 'fault')}:\n{lines}")
    return definition, codebook


def read_folder(folder: Path) -> tuple[Definition | None, Codebook | None, list[str]]:
    """Read study.toml and the codebook of a study folder, and compare them.

    Parameters
    ----------
    folder : Path
        The study folder.

    Returns
    -------
    definition : Definition or None
        None when study.toml cannot be read.
    codebook : Codebook or None
        None when it has faults.
    faults : list of str
        All of them.
    """
    definition, faults = read_definition(folder)
    try:
        codebook = Codebook.read(folder)
    except CodebookError as error:
        _, *lines = str(error).splitlines()
        return definition, None, [*faults, *(line.removeprefix("  - ") for line in lines)]
    if definition is not None:
        units = {*definition.files, *definition.design, *definition.counts}
        faults += cross_faults(definition, {v.name for v in codebook}, units)
        faults += _file_faults(codebook, [*definition.files, "derived"])
        faults += read_derivations(folder, codebook)[1]
    return definition, codebook, faults


def _file_faults(codebook: Codebook, units: list[str]) -> list[str]:
    """Return the files of the codebook that the study does not have, with the number of variables concerned."""
    strange = Counter(v.file for v in codebook if v.file not in units)
    return [
        f"codebook.csv: {count} variables belong to file {name!r}, which [files] does not have.{nearest(name, units)}"
        for name, count in sorted(strange.items())
    ]


def prepared_store(study: Study, place: RawPlace) -> Store:
    """Return the prepared frames, made anew when anything they depend on has changed.

    Parameters
    ----------
    study : Study
        Without frames.
    place : RawPlace
        Where the raw files lie.

    Returns
    -------
    Store
        Its key matches raw files, study files and code.
    """
    sums = checksums(study.definition, place.folder)
    members = [study.folder / name for name in STUDY_FILES if (study.folder / name).exists()]
    parts = [FORMAT, *(f"{unit}={value}" for unit, value in sorted(sums.items()))]
    key = joint_hash([*parts, tree_hash(members), preparation_hash(), str(place.synthetic)])
    home = processed_home(study.id, synthetic=place.synthetic)
    store = Store.open(home)
    if store is not None and store.key == key:
        return store
    files = raw_files(study, place.folder)
    require_screened(files, study.codebook, study.definition.screen_overrides)
    prepared = prepared_frames(study, files)
    return Store.write(home, prepared, key=key, raw=raw_record(files), private=not place.synthetic)
