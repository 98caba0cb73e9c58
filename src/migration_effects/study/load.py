"""Loading a study: definition checked, raw files found, frames prepared or reused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from migration_effects.errors import CodebookError, StudyError, nearest
from migration_effects.io.codebook import Codebook
from migration_effects.io.survey_file import SurveyFile
from migration_effects.study.code import has_twin, key_variables, prepare_module
from migration_effects.study.definition import Definition
from migration_effects.study.hashing import joint_hash, preparation_hash, tree_hash
from migration_effects.study.locate import RawPlace, processed_home, raw_place, study_folder
from migration_effects.study.mapped import mapping_error, read_mapped
from migration_effects.study.mapping import RawMapping
from migration_effects.study.mapping_file import read_mapping
from migration_effects.study.parse import cross_faults, read_definition
from migration_effects.study.prepared import Prepared
from migration_effects.study.raw import checksums, ensure_twin, raw_record, read_raw
from migration_effects.study.retention import require_retention
from migration_effects.study.screening import require_screened
from migration_effects.study.store import Store
from migration_effects.study.study import Study
from migration_effects.study.unavailable import emptied, read_derivations, with_derived

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


def study_mapping(study: Study, folder: Path) -> RawMapping:
    """Return the mapping of a raw folder for a study.

    Parameters
    ----------
    study : Study
        With codebook and code.
    folder : Path
        Holds ``mapping.csv``.

    Returns
    -------
    RawMapping
        Without faults.

    Raises
    ------
    CodebookError
        With every fault of the mapping.
    """
    mapping, faults = read_mapping(folder, study.codebook, study.definition.files, key_variables(study.code))
    if faults:
        raise mapping_error(faults)
    return mapping


def mapped_study(study: Study, mapping: RawMapping) -> Study:
    """Return a study that knows what its files do not hold.

    Parameters
    ----------
    study : Study
        With codebook.
    mapping : RawMapping
        Of its raw folder.

    Returns
    -------
    Study
        With ``unavailable``.
    """
    needs, _ = read_derivations(study.folder, study.codebook)
    lost = with_derived(mapping.unavailable, needs)
    return replace(study, mapping=mapping, unavailable=lost, derivations=needs)


def raw_files(study: Study, folder: Path) -> dict[str, SurveyFile]:
    """Read the raw files of a study, through its mapping where it has one.

    Parameters
    ----------
    study : Study
        With definition and mapping.
    folder : Path
        Where they lie.

    Returns
    -------
    dict of str to SurveyFile
        By unit.
    """
    if study.mapping is not None:
        return read_mapped(folder, study.mapping)
    return read_raw(study.definition, folder)


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
        raise StudyError(f"The study folder {folder.name} has {len(faults)} faults:\n{lines}")
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


def prepared_frames(study: Study, files: Mapping[str, SurveyFile]) -> Prepared:
    """Return what prepare.py makes of the files, with the columns empty that cannot be known.

    Parameters
    ----------
    study : Study
        With its code.
    files : mapping of str to SurveyFile
        By unit.

    Returns
    -------
    Prepared
        As declared.

    Raises
    ------
    StudyError
        When the study has no code, or its frames are not those it declares.
    """
    if study.code is None:
        raise StudyError(f"Study {study.id} has no prepare.py, so nothing can be prepared.")
    prepared = study.code.prepare(files, study)
    check_prepared(study, prepared)
    if not study.unavailable:
        return prepared
    return replace(prepared, frames=emptied(prepared.frames, study.unavailable, study.codebook))


def check_prepared(study: Study, prepared: object) -> None:
    """Raise when the prepared frames are not those the study declares.

    Parameters
    ----------
    study : Study
        With the declared units, counts and design columns.
    prepared : object
        What prepare.py returned.

    Raises
    ------
    StudyError
        Listing missing frames, missing design columns and unexpected row counts.
    """
    if not isinstance(prepared, Prepared):
        raise StudyError(
            f"{study.folder.name}/prepare.py returned {type(prepared).__name__}, not me.Prepared."
        )
    definition, frames = study.definition, prepared.frames
    wanted = {*definition.design, *definition.counts, *(o.frame for o in definition.outcomes.values())}
    faults = [f"there is no frame {unit!r}" for unit in sorted(wanted - set(frames))]
    faults += [
        f"frame {unit!r} has {len(frames[unit]):,} rows, study.toml expects {count:,}"
        for unit, count in definition.counts.items()
        if unit in frames and len(frames[unit]) != count
    ]
    faults += [
        f"frame {unit!r} lacks the design column {column!r}"
        for unit, design in definition.design.items()
        if unit in frames
        for column in design.columns
        if column not in frames[unit].columns
    ]
    faults += [
        f"frame {o.frame!r} lacks the outcome {o.name!r}"
        for o in definition.outcomes.values()
        if o.frame in frames and o.name not in frames[o.frame].columns
    ]
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise StudyError(f"Preparing {study.id} gave {len(faults)} surprises:\n{lines}\nNothing was written.")
