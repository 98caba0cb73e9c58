"""The six analysis frames: codes become labelled values, derived variables and household facts are added."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

import migration_effects as me

from .child_frames import children_frame, discipline_frame
from .children import caregiver_answers, person_answers
from .columns import CONFOUNDERS, HOUSEHOLD, PERSON, Frames, labelled
from .composition import composition
from .context import carer_types, household_facts
from .migration import child_groups, household_groups, wide_definition
from .scores import caregiver_scores
from .wealth import ASSETS, wealth_index, weighted_quintiles

RAW_UNITS = ("sample", "roster", "caregivers", "migrants", "children")
PLACE = ["region", "resid", "psu", "stratum"]


def analysis_frames(raw: Mapping[str, pd.DataFrame], book: me.Codebook) -> tuple[Frames, me.cleaning.Audit]:
    """Build the analysis frames from cleaned files.

    Parameters
    ----------
    raw : mapping of str to DataFrame
        The five files in raw codes, cleaned.
    book : Codebook
        Of the study.

    Returns
    -------
    frames : dict of str to DataFrame
        ``sample, roster, caregivers, migrants, children, discipline``.
    audit : Audit
        Missing values by reason, and matches of the links.
    """
    audit, values, codes = me.cleaning.Audit(), {}, {}
    for unit in RAW_UNITS:
        values[unit], found = me.cleaning.apply_codebook(raw[unit], book, file=unit)
        codes[unit] = me.cleaning.blank_missing(raw[unit], book, file=unit)
        audit += found
    homes = _homes(raw, codes, values, book)
    sample = values["sample"].assign(stratum=_stratum(codes["sample"], book))
    roster = _roster(raw, codes, values["roster"], homes, book)
    caregivers, found = _caregivers(codes, values["caregivers"], homes, roster, book)
    audit += found
    migrants, found = _migrants(values["migrants"], homes, roster)
    audit += found
    children, found = children_frame(codes, values["children"], caregivers, roster, book)
    frames = {
        "sample": sample,
        "roster": _with_place(roster, sample),
        "caregivers": _with_place(caregivers, sample),
        "migrants": _with_place(migrants, sample),
        "children": _with_place(children, sample),
    }
    frames["discipline"] = discipline_frame(codes["caregivers"], frames["caregivers"], roster, book)
    return frames, audit + found


def _stratum(sample: pd.DataFrame, book: me.Codebook) -> pd.Series:
    """Return the stratum, region × residence."""
    return me.cleaning.as_categories(
        sample["region"] * 10 + sample["resid"], book.variable("stratum", "derived")
    )


def _homes(raw: Mapping[str, pd.DataFrame], codes: Frames, values: Frames, book: me.Codebook) -> pd.DataFrame:
    """Return one row per interviewed household: type, groups, composition, weight."""
    facts, roster = household_facts(raw), codes["roster"]
    homes = facts[["hhtype"]].join(composition(facts.index, roster))
    found = household_groups(homes, roster)
    homes[list(found)] = found
    homes["clb_wide"] = wide_definition(homes.index, homes["clb"], codes["migrants"])
    return labelled(homes, book).join(values["caregivers"].set_index("hh_id")[[*CONFOUNDERS, "w_hh"]])


def _roster(
    raw: Mapping[str, pd.DataFrame],
    codes: Frames,
    roster: pd.DataFrame,
    homes: pd.DataFrame,
    book: me.Codebook,
) -> pd.DataFrame:
    """Return persons with the groups of children, carers and the roster weight."""
    people = codes["roster"]
    hhtype = household_facts(raw)["hhtype"].reindex(people["hh_id"]).set_axis(people.index)
    derived = child_groups(people, hhtype)
    derived["clb_wide"] = wide_definition(pd.Index(people["hh_id"]), derived["clb"], codes["migrants"])
    derived["ageband_roster"] = pd.cut(people["p_age"], [-1, 2, 6, 10, 17], labels=False) + 1.0
    derived["carer_type"] = carer_types(people, codes["caregivers"])
    derived = derived.join(person_answers(people))
    household = homes[[*HOUSEHOLD, *CONFOUNDERS, "w_hh"]].reindex(roster["hh_id"]).set_index(roster.index)
    household = household.rename(columns={"w_hh": "w_roster"})
    return pd.concat([roster, labelled(derived, book), household], axis=1)


def _caregivers(
    codes: Frames, caregivers: pd.DataFrame, homes: pd.DataFrame, roster: pd.DataFrame, book: me.Codebook
) -> tuple[pd.DataFrame, me.cleaning.Audit]:
    """Return caregivers with household facts, wealth, scores and their own roster record."""
    raw = codes["caregivers"]
    wealth = wealth_index(caregivers[list(ASSETS)], raw["w_hh"])
    derived = (
        caregiver_scores(raw)
        .join(caregiver_answers(raw))
        .assign(wealth=wealth, wealth_q=weighted_quintiles(wealth, raw["w_hh"]))
    )
    household = (
        homes.drop(columns=[*CONFOUNDERS, "w_hh"]).reindex(caregivers["hh_id"]).set_index(caregivers.index)
    )
    joined = pd.concat([caregivers, labelled(derived, book), household], axis=1)
    people = roster[["hh_id", "p_line", *PERSON]].rename(columns={"p_line": "c_line"})
    incomplete = int(caregivers[list(ASSETS)].isna().any(axis=1).sum())
    linked, audit = me.cleaning.link(joined, people, ["hh_id", "c_line"], files=("caregivers", "roster"))
    action = "unanswered assets counted as not owned"
    return linked, audit.add("incomplete assets", "caregivers", "wealth", incomplete, action)


def _migrants(
    migrants: pd.DataFrame, homes: pd.DataFrame, roster: pd.DataFrame
) -> tuple[pd.DataFrame, me.cleaning.Audit]:
    """Return migrants with their own roster record and household facts."""
    people = roster[["hh_id", "p_line", *PERSON]].rename(columns={"p_line": "m_line"})
    linked, audit = me.cleaning.link(migrants, people, ["hh_id", "m_line"], files=("migrants", "roster"))
    household = homes.reindex(migrants["hh_id"]).set_index(migrants.index)
    return pd.concat([linked, household], axis=1), audit


def _with_place(frame: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with region, residence, PSU and stratum of the household."""
    linked, _ = me.cleaning.link(frame, sample[["hh_id", *PLACE]], ["hh_id"], files=("file", "sample"))
    return linked
