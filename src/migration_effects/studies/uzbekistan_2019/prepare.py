"""From the five survey files to six analysis frames, with audit and sample flow; and the weight chains."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

import migration_effects as me

from .preparation.cleaning import REQUIRED, clean_files
from .preparation.frames import analysis_frames
from .preparation.weights import child_design, household_design

__all__ = ["REQUIRED", "design", "prepare"]

# What the steps of the weight chains rest on.
HOUSEHOLD_CHAIN = {"w_base", "psu", "region", "resid", "list_str", "result"}
CHILD_CHAIN = {"k_result", "k_sex", "p_sex", "p_age"}
FLOW_COLUMNS = ["unit", "criterion", "kept", "dropped"]


def prepare(files: Mapping[str, me.SurveyFile], study: me.Study) -> me.Prepared:
    """Return the analysis frames of the study.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        ``sample, roster, caregivers, migrants, children``.
    study : Study
        With the codebook.

    Returns
    -------
    Prepared
        Frames ``sample, roster, caregivers, migrants, children, discipline``; audit; sample flow.

    Raises
    ------
    CodebookError
        For columns or codes the codebook does not have, all of them at once.
    DataFileError
        When more records lack their household or person than the field report explains.
    """
    cleaned = clean_files(
        files, study.codebook, check_digit=study.check_digit, unavailable=set(study.unavailable)
    )
    frames, found = analysis_frames(cleaned.frames, study.codebook)
    audit = cleaned.audit + found
    flow = pd.DataFrame([*cleaned.flow, *_response_flow(frames)], columns=FLOW_COLUMNS)
    return me.Prepared(frames, audit.table, flow)


def _response_flow(frames: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, int, int]]:
    """Return how households selected became interviews."""
    sample = frames["sample"]
    homes = me.cleaning.Selection(sample, "households")
    homes = homes.require("household interviewed", homes.frame["result"].eq("complete"))
    young = homes.require("has a child 11-17", ~homes.frame["k_result"].eq("no child 11-17"))
    young = young.require("adolescent interviewed", young.frame["k_result"].eq("complete"))
    homes_with = me.cleaning.Selection(frames["caregivers"], "discipline")
    homes_with = homes_with.require("has a child 1-14", homes_with.frame["d_line"].notna())
    tables = [young.flow, homes_with.flow]
    return [tuple(row) for table in tables for row in table.itertuples(index=False, name=None)]


def design(unit: str, frames: Mapping[str, pd.DataFrame], study: me.Study) -> me.SurveyDesign | None:
    """Return the design of caregivers or children with their weight chain.

    Parameters
    ----------
    unit : str
        A unit of the study.
    frames : mapping of str to DataFrame
        Of `prepare`.
    study : Study
        With the margins.

    Returns
    -------
    SurveyDesign or None
        None for units whose design columns stand in study.toml, and where the data lack what a step rests on: the
        final weights delivered then count as given.
    """
    if HOUSEHOLD_CHAIN & set(study.unavailable):
        return None
    if unit == "caregivers":
        return household_design(frames, study)
    if unit == "children" and not CHILD_CHAIN & set(study.unavailable):
        return child_design(frames, household_design(frames, study), study)
    return None
