"""From the five files as delivered to five files without contradictions, still in raw codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

import migration_effects as me

from .context import household_facts, with_context

Frames = dict[str, pd.DataFrame]

KEYS = {
    "sample": ["hh_id"],
    "roster": ["hh_id", "p_line"],
    "caregivers": ["hh_id"],
    "migrants": ["hh_id", "m_line"],
    "children": ["hh_id"],
}
# Rows of one key that differ: the later one is the corrected one (rule of the field office).
CONFLICT = "latest"
# Codes interviewers used although no list has them.
EXTRA_MISSING = {-1: "no_answer", 9: "no_answer"}
# Link of each file to the record it belongs to, and the number of orphans the field report explains.
PARENTS = {
    "roster": ("sample", {"hh_id": "hh_id"}, 0),
    "caregivers": ("roster", {"hh_id": "hh_id", "c_line": "p_line"}, 0),
    "migrants": ("roster", {"hh_id": "hh_id", "m_line": "p_line"}, 3),
    "children": ("roster", {"hh_id": "hh_id", "k_line": "p_line"}, 0),
}
# Nothing can be linked without these, and nobody told from an adult without the ages.
REQUIRED = {
    unit: list(dict.fromkeys([*keys, *PARENTS.get(unit, ("", {}, 0))[1]])) for unit, keys in KEYS.items()
}
REQUIRED["roster"].append("p_age")
AGE_TOLERANCE = 1
MALE, FEMALE = 1, 2
# Relations that tell the sex: mother and grandmother, father and grandfather.
FEMALE_RELATIONS, MALE_RELATIONS = (1, 3), (2, 4)
COMPLETE = 1


@dataclass(frozen=True)
class Cleaned:
    """Files in raw codes with the record of their cleaning.

    Parameters
    ----------
    frames : dict of str to DataFrame
        By unit.
    audit : Audit
        What was found and done.
    flow : list of (str, str, int, int)
        Unit, criterion, rows kept, rows dropped.
    """

    frames: Frames
    audit: me.cleaning.Audit
    flow: list[tuple[str, str, int, int]]


def clean_files(
    files: Mapping[str, me.SurveyFile],
    codebook: me.Codebook,
    *,
    check_digit: bool = True,
    unavailable: Collection[str] = (),
) -> Cleaned:
    """Clean the five files in raw codes.

    Labels are compared with the catalogue, identifiers repaired, duplicates and orphans removed, missing codes
    declared, ranges checked, contradictions between files settled and skips audited, in this order.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        ``sample, roster, caregivers, migrants, children``.
    codebook : Codebook
        Of the study.
    check_digit : bool
        Whether the last digit of identifiers checks the others; without it none is repaired.
    unavailable : collection of str
        Variables and facts that cannot be known: no filter question is judged by them.

    Returns
    -------
    Cleaned
        Files, audit and flow.
    """
    frames, audit = me.cleaning.allowed_columns({unit: files[unit].frame for unit in KEYS}, codebook)
    for unit in KEYS:
        audit += me.cleaning.compare_labels(files[unit], codebook, file=unit)
    if check_digit:
        frames, found = _repair_ids(frames)
        audit += found
    frames, found, flow = _unique_rows(frames)
    audit += found
    frames, blanked, found = _valid_values(frames, codebook)
    audit += found
    for step in (_link_rows, _settle_conflicts):
        frames, found, more = step(frames, codebook)
        audit += found
        flow += more
    frames, found = _skips(frames, blanked, codebook, unavailable)
    text, more_text = me.cleaning.repair_text(frames["migrants"]["m_desttxt"], file="migrants")
    frames["migrants"] = frames["migrants"].assign(m_desttxt=text)
    return Cleaned(frames, audit + found + more_text, flow)


def _repair_ids(frames: Frames) -> tuple[Frames, me.cleaning.Audit]:
    """Repair household identifiers with a wrong check digit against the list of selected households."""
    sample, audit = frames["sample"], me.cleaning.Audit()
    expected = dict.fromkeys(KEYS, _complete(sample, "result"))
    expected["sample"] = sample["hh_id"].iloc[:0]
    expected["children"] = _complete(sample, "k_result")
    repaired = {}
    for unit, frame in frames.items():
        unique = KEYS[unit] == ["hh_id"]
        ids, found = me.cleaning.repair_ids(frame["hh_id"], expected[unit], file=unit, unique=unique)
        repaired[unit], audit = frame.assign(hh_id=ids), audit + found
    return repaired, audit


def _complete(sample: pd.DataFrame, result: str) -> pd.Series:
    """Return the households with a complete interview; all of them where results are not available."""
    known = sample[result].notna().any()
    return sample.loc[sample[result] == COMPLETE, "hh_id"] if known else sample["hh_id"]


def _unique_rows(frames: Frames) -> tuple[Frames, me.cleaning.Audit, list[tuple[str, str, int, int]]]:
    """Leave one row per key."""
    audit, flow, unique = me.cleaning.Audit(), [], {}
    for unit, frame in frames.items():
        unique[unit], found = me.cleaning.drop_duplicates(frame, KEYS[unit], file=unit, conflict=CONFLICT)
        audit += found
        kept = len(unique[unit])
        flow += [
            (unit, "records delivered", len(frame), 0),
            (unit, "one record per key", kept, len(frame) - kept),
        ]
    return unique, audit, flow


def _valid_values(frames: Frames, codebook: me.Codebook) -> tuple[Frames, Frames, me.cleaning.Audit]:
    """Declare stray missing codes and blank values out of range; also return which cells were blanked."""
    audit, valid, blanked = me.cleaning.Audit(), {}, {}
    for unit, frame in frames.items():
        declared, found = me.cleaning.declare_missing(frame, codebook, EXTRA_MISSING, file=unit)
        valid[unit], more = me.cleaning.blank_out_of_range(declared, codebook, file=unit)
        blanked[unit] = declared.notna() & valid[unit].isna()
        audit += found + more
    return valid, blanked, audit


def _link_rows(frames: Frames, codebook: me.Codebook) -> tuple[Frames, me.cleaning.Audit, list]:
    """Exclude rows without household or roster record; index labels are kept for the cells blanked before."""
    audit, flow, linked = me.cleaning.Audit(), [], dict(frames)
    for unit, (parent, on, at_most) in PARENTS.items():
        frame = linked[unit].reset_index(names="_row")
        kept, found = me.cleaning.drop_orphans(
            frame, linked[parent], on, files=(unit, parent), at_most=at_most
        )
        linked[unit] = kept.set_index("_row")
        audit += found
        flow.append((unit, f"record in {parent}", len(kept), len(frame) - len(kept)))
    return linked, audit, flow


def _settle_conflicts(frames: Frames, codebook: me.Codebook) -> tuple[Frames, me.cleaning.Audit, list]:
    """Settle sex and age of the child and the relation of the caregiver against the roster."""
    people = frames["roster"][["hh_id", "p_line", "p_sex", "p_age"]]
    children, caregivers = frames["children"], frames["caregivers"]
    own = _persons(children, "k_line", people)
    sex, found = me.cleaning.follow(children["k_sex"], own["p_sex"], file="children", other_file="roster")
    age, more = me.cleaning.keep_within(
        children["k_age"], own["p_age"], AGE_TOLERANCE, file="children", other_file="roster"
    )
    carer = _persons(caregivers, "c_line", people)
    impossible = (caregivers["c_rel"].isin(FEMALE_RELATIONS) & carer["p_sex"].eq(MALE)) | (
        caregivers["c_rel"].isin(MALE_RELATIONS) & carer["p_sex"].eq(FEMALE)
    )
    code = me.cleaning.no_answer_code(codebook.variable("c_rel", "caregivers"))
    relation, last = me.cleaning.contradiction(
        caregivers["c_rel"], impossible, code, file="caregivers", detail="sex of the caregiver in roster"
    )
    settled = {
        **frames,
        "children": children.assign(k_sex=sex, k_age=age),
        "caregivers": caregivers.assign(c_rel=relation),
    }
    return settled, found + more + last, []


def _persons(frame: pd.DataFrame, line: str, people: pd.DataFrame) -> pd.DataFrame:
    """Return the roster record of the person a row is about, on the index of the frame."""
    keys = frame[["hh_id", line]].rename(columns={line: "p_line"})
    linked, _ = me.cleaning.link(keys, people, ["hh_id", "p_line"], files=("file", "roster"))
    return linked


def _skips(
    frames: Frames, blanked: Frames, codebook: me.Codebook, unavailable: Collection[str]
) -> tuple[Frames, me.cleaning.Audit]:
    """Audit the filter questions of every file; what is not available was not asked of anybody."""
    audit, checked = me.cleaning.Audit(), {}
    facts = household_facts(frames)
    codebook = me.Codebook(tuple(v for v in codebook if v.source not in unavailable))
    for unit in KEYS:
        context = with_context(unit, frames, facts)
        lost = [name for name in (*context, *frames[unit]) if name in unavailable]
        context = context.assign(**dict.fromkeys(lost, np.nan))
        cells = blanked[unit].loc[frames[unit].index]
        checked[unit], found = me.cleaning.check_skips(
            frames[unit], codebook, context, file=unit, blanked=cells
        )
        checked[unit] = checked[unit].reset_index(drop=True)
        audit += found
    return checked, audit
