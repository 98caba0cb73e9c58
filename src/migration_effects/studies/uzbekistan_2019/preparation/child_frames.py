"""The frames of adolescents and of the children selected for the discipline questions."""

from __future__ import annotations

import pandas as pd

import migration_effects as me

from .children import child_answers, discipline_band, months_away
from .columns import CHILD_NAMES, CONFOUNDERS, GROUPS, HOUSEHOLD, PERSON, Frames, labelled
from .domains import domains
from .risks import referral, risks
from .scores import child_scores, discipline_scores


def children_frame(
    codes: Frames, children: pd.DataFrame, caregivers: pd.DataFrame, roster: pd.DataFrame, book: me.Codebook
) -> tuple[pd.DataFrame, me.cleaning.Audit]:
    """Return adolescents with scores, their roster record, and the answers of their caregiver."""
    scores = child_scores(codes["children"]).join(child_answers(codes["children"]))
    joined = pd.concat([children, labelled(scores, book)], axis=1)
    joined = joined.rename(columns=CHILD_NAMES)
    people = roster.drop(columns=[*HOUSEHOLD, *CONFOUNDERS, "w_roster"]).rename(columns={"p_line": "k_line"})
    joined, audit = me.cleaning.link(joined, people, ["hh_id", "k_line"], files=("children", "roster"))
    joined["attends"] = joined["p_attend"]
    household = caregivers.drop(columns=[*PERSON, *GROUPS])
    linked, found = me.cleaning.link(
        joined, household, ["hh_id"], files=("children", "caregivers"), relation="one_to_one"
    )
    return _assessed(linked, codes, book), audit + found


def _assessed(children: pd.DataFrame, codes: Frames, book: me.Codebook) -> pd.DataFrame:
    """Return adolescents with risks, tiers, domains and months away, which rest on several files."""
    harsh = discipline_scores(codes["caregivers"])["severe"].set_axis(codes["caregivers"]["hh_id"])
    severe = harsh.reindex(children["hh_id"]).set_axis(children.index)
    flags = risks(children, severe)
    months = months_away(children["hh_id"], codes["migrants"]).where(children["clb"].eq(1))
    bands = labelled(months.to_frame("months_band"), book)
    found = [bands, flags, labelled(referral(flags), book), domains(children, codes["children"])]
    return pd.concat([children, *found], axis=1)


def discipline_frame(
    codes: pd.DataFrame, caregivers: pd.DataFrame, roster: pd.DataFrame, book: me.Codebook
) -> pd.DataFrame:
    """Return the children selected for the discipline questions, one per household."""
    chosen = codes["d_line"].notna()
    joined = caregivers.drop(columns=[*PERSON, *GROUPS]).join(labelled(discipline_scores(codes), book))
    joined = joined.assign(w_disc=joined["w_hh"] * joined["n_0114"])[chosen].reset_index(drop=True)
    people = roster.drop(columns=[*HOUSEHOLD, *CONFOUNDERS, "w_roster"]).rename(columns={"p_line": "d_line"})
    linked, _ = me.cleaning.link(joined, people, ["hh_id", "d_line"], files=("discipline", "roster"))
    sex = linked["p_sex"].cat.rename_categories(book.variable("sex", "derived").categories())
    bands = labelled(discipline_band(linked["p_age"]).to_frame("ageband_discipline"), book)
    return linked.assign(age=linked["p_age"], sex=sex, **bands)
