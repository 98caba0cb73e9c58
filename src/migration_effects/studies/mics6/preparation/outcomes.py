"""Official indicators of children; NaN throughout where the files lack the module."""

from __future__ import annotations

import pandas as pd

import migration_effects as me

from .exposure import declared

LETTERS = "ABCDEFGHIJK"
COMPLETED = 1
LAST_DISCIPLINE_AGE = 14
FUNCTIONING = [f"FCF{i}" for i in (6, 8, 10, 11, *range(14, 27))]
WORK = ["CL1A", "CL1B", "CL1C", "CL1X"]
CHORES = ["CL7", "CL9", *(f"CL11{x}" for x in "ABCDEFX")]
CHORE_HOURS = ["CL8", "CL10", "CL13"]
HAZARDS = ["CL4", "CL5", *(f"CL6{x}" for x in "ABCDEX")]


def child_outcomes(fs: pd.DataFrame, codebook: me.Codebook) -> pd.DataFrame:
    """Return the indicators of children 5–17.

    Parameters
    ----------
    fs : DataFrame
        Raw codes of file fs under the names of the codebook.
    codebook : Codebook
        Of file fs.

    Returns
    -------
    DataFrame
        ``child_functioning_difficulty, child_labour, child_labour_hazard, discipline_violent, discipline_severe,
        attendance_out_of_school``; missing where the interview is not complete.
    """
    parts = [
        _functioning(fs, codebook),
        _labour(fs, codebook),
        discipline(fs, codebook, "FCD2", "CB3"),
        _attendance(fs, codebook),
    ]
    return pd.concat(parts, axis=1).where(fs["FS17"].eq(COMPLETED))


def _nothing(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return columns of missing values."""
    return pd.DataFrame(float("nan"), index=frame.index, columns=list(names))


def _functioning(fs: pd.DataFrame, codebook: me.Codebook) -> pd.DataFrame:
    """Return functional difficulty by the official rule."""
    name = "child_functioning_difficulty"
    items = {item: item for item in FUNCTIONING if item in fs}
    if not items:
        return _nothing(fs, name)
    dropped = [item for item in FUNCTIONING if item not in fs]
    found = me.indicators.child_functioning(fs, items, dropped=dropped, missing=declared(codebook, items))
    return found[[name]]


def _labour(fs: pd.DataFrame, codebook: me.Codebook) -> pd.DataFrame:
    """Return child labour by the definition of MICS6; both kinds of hours are needed."""
    wanted = [*WORK, "CL3", *CHORES, *CHORE_HOURS, *HAZARDS]
    if "CL3" not in fs or "CL13" not in fs:
        return _nothing(fs, "child_labour", "child_labour_hazard")
    items = {"age": "CB3"} | {item: item for item in wanted if item in fs}
    dropped = [item for item in wanted if item not in fs]
    found = me.indicators.child_labour(fs, items, dropped=dropped, missing=declared(codebook, items))
    return found.reindex(columns=["child_labour", "child_labour_hazard"])


def discipline(frame: pd.DataFrame, codebook: me.Codebook, stem: str, age: str) -> pd.DataFrame:
    """Return violent and severe discipline at ages 1–14; missing at other ages.

    Parameters
    ----------
    frame : DataFrame
        Raw codes of file fs or ch.
    codebook : Codebook
        Of that file.
    stem : str
        ``FCD2`` or ``UCD2``.
    age : str
        Column of the age.

    Returns
    -------
    DataFrame
        ``discipline_violent, discipline_severe``.
    """
    names = ["discipline_violent", "discipline_severe"]
    items = {letter: f"{stem}{letter}" for letter in LETTERS}
    if any(column not in frame for column in items.values()):
        return _nothing(frame, *names)
    found = me.indicators.violent_discipline(frame, items, missing=declared(codebook, items))
    return found[names].where(frame[age].between(1, LAST_DISCIPLINE_AGE))


def _attendance(fs: pd.DataFrame, codebook: me.Codebook) -> pd.DataFrame:
    """Return whether the child is out of school."""
    items = {"ever": "CB4", "now": "CB7"}
    if any(column not in fs for column in items.values()):
        return _nothing(fs, "attendance_out_of_school")
    found = me.indicators.school_attendance(fs, items, missing=declared(codebook, items))
    return found[["attendance_out_of_school"]]
