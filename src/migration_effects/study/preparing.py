"""Frames made by a study's prepare.py: those it declares, empty where nothing can be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from migration_effects.errors import StudyError, counted
from migration_effects.io.survey_file import SurveyFile
from migration_effects.study.prepared import Prepared
from migration_effects.study.study import Study
from migration_effects.study.unavailable import audit_lines, emptied


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
    rows = {unit: len(survey.frame) for unit, survey in files.items()}
    lines = audit_lines(study.unavailable, study.derivations, study.codebook, rows)
    return replace(
        prepared,
        frames=emptied(prepared.frames, study.unavailable, study.codebook),
        audit=pd.concat([prepared.audit, lines], ignore_index=True),
    )


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
        raise StudyError(
            f"Preparing {study.id} gave {counted(len(faults), 'surprise')}:\n{lines}\nNothing was written."
        )
