"""Every fault of a study folder at once."""

from __future__ import annotations

import ast
import csv
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from migration_effects.errors import DisclosureError, MigrationEffectsError, nearest
from migration_effects.io.codebook import Codebook
from migration_effects.io.survey_file import SurveyFile
from migration_effects.report.absent import exhibits_lost
from migration_effects.report.completeness import completeness_faults
from migration_effects.report.published import FILE, parse_published
from migration_effects.report.render.placement import placement_faults
from migration_effects.study.code import has_twin, key_variables, prepare_module
from migration_effects.study.definition import Definition
from migration_effects.study.delivered import mapped_study
from migration_effects.study.load import read_folder
from migration_effects.study.locate import SHIPPED, project_root, raw_place, shipped_studies, study_folder
from migration_effects.study.mapped import read_delivered
from migration_effects.study.mapping import has_mapping
from migration_effects.study.mapping_file import read_mapping
from migration_effects.study.preparing import prepared_frames
from migration_effects.study.raw import checksums, read_raw
from migration_effects.study.retention import require_retention
from migration_effects.study.screening import require_screened
from migration_effects.study.store import Store
from migration_effects.study.study import Study


def check_study(id_or_folder: str | Path, *, data: str | Path | None = None) -> list[str]:
    """Check a study folder: definition, codebook, code, exhibits, and its data when their folder is given.

    Parameters
    ----------
    id_or_folder : str or Path
        Id of a shipped study, or a folder with a study.toml.
    data : str or Path, optional
        Folder of the raw files; without it no data are read.

    Returns
    -------
    list of str
        All faults; empty when the study is sound.

    Raises
    ------
    StudyError
        When there is no such study.
    """
    folder = study_folder(id_or_folder)
    definition, codebook, faults = read_folder(folder)
    try:
        code = prepare_module(folder)
    except MigrationEffectsError as error:
        faults.append(str(error))
        code = None
    if definition is not None:
        faults += _notebook_faults(folder, definition) + _published_faults(folder, definition)
        faults += placement_faults(folder, definition.exhibits)
        if folder.parent != SHIPPED and definition.id in shipped_studies():
            faults.append(
                f"study.toml: id {definition.id!r} is that of a study shipped. Choose another: data/raw/, build/ and "
                "reports/ are named after it."
            )
    if data is not None and definition is not None and codebook is not None:
        study = Study(folder, definition, codebook, synthetic=False, code=code)
        faults += _data_faults(study, data)
    return faults


def losses(id_or_folder: str | Path, *, data: str | Path) -> dict[str, tuple[str, ...]]:
    """Return the exhibits that raw files cannot fill, because they lack variables.

    Parameters
    ----------
    id_or_folder : str or Path
        Id of a shipped study, or a folder with a study.toml.
    data : str or Path
        Folder of the raw files, with a sound mapping where it has one.

    Returns
    -------
    dict of str to tuple of str
        Variables that are not available, by exhibit in the order of study.toml; empty where nothing is lacking.
    """
    folder = study_folder(id_or_folder)
    definition, codebook, _ = read_folder(folder)
    if definition is None or codebook is None or not has_mapping(Path(data)):
        return {}
    code = prepare_module(folder)
    mapping, _ = read_mapping(Path(data), codebook, definition.files, key_variables(code))
    study = mapped_study(Study(folder, definition, codebook, synthetic=False, code=code), mapping)
    home = _notebook_home(folder, definition)
    found = exhibits_lost(study, sorted(home.glob("*.ipynb")) if home else [])
    return {exhibit.id: found[exhibit.id] for exhibit in definition.exhibits if exhibit.id in found}


def _notebook_home(folder: Path, definition: Definition) -> Path | None:
    """Return the folder of the notebooks, in the project or beside the study."""
    roots = [root for root in (project_root(), project_root(folder), folder) if root]
    homes = [root / definition.notebooks for root in roots if definition.notebooks]
    return next((place for place in homes if place.is_dir()), None)


def _notebook_faults(folder: Path, definition: Definition) -> list[str]:
    """Return disagreements between declared exhibits and notebooks, wherever the notebooks lie."""
    home = _notebook_home(folder, definition)
    if home is not None:
        notebooks = sorted(home.glob("*.ipynb"))
        damaged = [fault for path in notebooks for fault in _unreadable(path)]
        return damaged or completeness_faults(definition.exhibits, notebooks)
    # A shipped study checked outside a project has no notebooks at hand.
    if not definition.exhibits or (folder.parent == SHIPPED and project_root() is None):
        return []
    return [f"study.toml: the folder of notebooks {definition.notebooks!r} does not exist in the project."]


def _unreadable(path: Path) -> list[str]:
    """Return why a notebook cannot be parsed."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return [f"{path.name} is not a notebook that can be read."]
    faults = []
    for position, source in enumerate(sources, start=1):
        try:
            ast.parse(source)
        except SyntaxError as error:
            faults.append(f"{path.name}, code cell {position}, line {error.lineno}: {error.msg}.")
    return faults


def _published_faults(folder: Path, definition: Definition) -> list[str]:
    """Return faults of entered figures, exhibits without a slot in published.csv, and slots without an exhibit."""
    path = folder / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        slots = {row.get("exhibit_id", "") for row in csv.DictReader(stream)}
    declared = {exhibit.id for exhibit in definition.exhibits}
    faults = [
        f"reference/published.csv has the exhibit {name!r}, which study.toml does not declare.{nearest(name, declared)}"
        for name in sorted(slots - declared)
    ]
    faults += [
        f"reference/published.csv has no line for exhibit {name}. Add one: its id, and status none."
        for name in sorted(declared - slots)
    ]
    return faults + [f"reference/published.csv, {fault}" for fault in parse_published(path)[1]]


def _data_faults(study: Study, data: str | Path) -> list[str]:
    """Return what is wrong with the raw files, and what preparing them runs into."""
    try:
        place = raw_place(study.definition, data=data, has_twin=has_twin(study.folder))
        require_retention(study.definition, synthetic=place.synthetic)
        if place.mapped:
            mapping, faults = read_mapping(
                place.folder, study.codebook, study.definition.files, key_variables(study.code)
            )
            files, more = read_delivered(place.folder, mapping)
            if faults or more:
                return [*faults, *more]
            study = mapped_study(study, mapping)
        checksums(study.definition, place.folder)
        if not place.mapped:
            files = read_raw(study.definition, place.folder)
    except MigrationEffectsError as error:
        return [str(error)]
    return [*_screen_faults(study, files), *_preparation_faults(study, files)]


def _screen_faults(study: Study, files: Mapping[str, SurveyFile]) -> list[str]:
    """Return the columns that look like personal data."""
    try:
        require_screened(files, study.codebook, study.definition.screen_overrides)
    except DisclosureError as error:
        return [str(error)]
    except MigrationEffectsError:
        # A file without codebook is found, and said, by the next check.
        return []
    return []


def _preparation_faults(study: Study, files: Mapping[str, SurveyFile]) -> list[str]:
    """Return what preparing the raw files runs into."""
    if study.code is None:
        return _codebook_faults(study.codebook, files)
    try:
        failure = _failure(study, files)
        # A study that reads files of many forms says itself what they lack.
        own = getattr(study.code, "check", None)
        if own is not None:
            return [*own(files, study), *failure]
    except Exception as error:
        # A study's code may fail in any way; the reader needs the rest of the list all the same.
        failure = [f"prepare.py fails: {type(error).__name__}: {error}"]
    return [*_codebook_faults(study.codebook, files), *failure] if failure else []


def _failure(study: Study, files: Mapping[str, SurveyFile]) -> list[str]:
    """Return why the raw files cannot be prepared; empty when they can."""
    assert study.code is not None
    try:
        prepared = prepared_frames(study, files)
        # Writing to a folder that is thrown away finds columns no processed file can hold.
        with tempfile.TemporaryDirectory() as aside:
            Store.write(Path(aside), prepared, key="", raw=[], private=True)
    except MigrationEffectsError as error:
        return [str(error)]
    return []


def _codebook_faults(codebook: Codebook, files: Mapping[str, SurveyFile]) -> list[str]:
    """Return columns and codes of the raw files that the codebook does not know."""
    faults = []
    for unit, survey in files.items():
        if unit not in codebook.files:
            faults.append(
                f"{unit}: codebook.csv has no variable of this file.{nearest(unit, codebook.files)}"
            )
            continue
        faults += [f"{unit}: {fault}" for fault in codebook.faults(survey.frame, file=unit)]
    return faults
