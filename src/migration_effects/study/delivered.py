"""Raw files as delivered: read as they are, or through the mapping beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from migration_effects.io.survey_file import SurveyFile
from migration_effects.study.code import key_variables
from migration_effects.study.mapped import mapping_error, read_mapped
from migration_effects.study.mapping import RawMapping
from migration_effects.study.mapping_file import read_mapping
from migration_effects.study.raw import read_raw
from migration_effects.study.study import Study
from migration_effects.study.unavailable import read_derivations, with_derived


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
