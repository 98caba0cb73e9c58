"""From the public-use extract to two frames: all persons, and the children under 18 among them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

import migration_effects as me

CHILD = "under 18"
ABSENT = "no parent present"


def prepare(files: Mapping[str, me.SurveyFile], study: me.Study) -> me.Prepared:
    """Return the frames ``persons`` and ``children`` of the National Health Interview Survey 2003.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        With the unit ``persons``.
    study : Study
        Names and labels.

    Returns
    -------
    Prepared
        Names and labels of the codebook; yes/no variables 1 and 0; blanks missing and counted.

    Raises
    ------
    CodebookError
        For columns or codes the codebook does not have, all of them at once.
    DataFileError
        For rows of one number (ID) that differ.
    """
    raw, doubles = me.cleaning.drop_duplicates(files["persons"].frame, ["ID"], file="persons")
    persons, values = me.cleaning.apply_codebook(raw, study.codebook, file="persons")
    persons["no_parent"] = (persons["parents"] == ABSENT).astype(float).where(persons["parents"].notna())
    everybody = me.cleaning.Selection(persons, "children")
    children = everybody.require(CHILD, persons["age_group"] == CHILD)
    known = children.require("living arrangement known", children.frame["parents"].notna())
    # The frame keeps the child whose arrangement is unknown: estimates leave it out and say so.
    frames = {"persons": persons, "children": children.frame.drop(columns="activity").reset_index(drop=True)}
    return me.Prepared(frames, (doubles + values).table, known.flow)


def design(unit: str, frames: Mapping[str, pd.DataFrame], study: me.Study) -> me.SurveyDesign | None:
    """Return the children as a domain of all persons, so that every stratum and PSU stays in the variance.

    Parameters
    ----------
    unit : str
        ``persons`` or ``children``.
    frames : mapping of str to DataFrame
        The prepared frames.
    study : Study
        Whose columns serve all persons.

    Returns
    -------
    SurveyDesign or None
        None for ``persons``: their design columns say everything.
    """
    return study.design("persons").where(f"age_group == '{CHILD}'") if unit == "children" else None
