"""Facts of household and person that decide who is asked, and on which derived variables rest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import migration_effects as me

ABROAD_FOR_WORK = 3
LAST_CHILD_AGE = 17
MALE, FEMALE = 1, 2
YES = 1
# hhtype
PARENT_ABROAD, OTHER_ABROAD, RETURNED, COMPARISON = 1, 2, 3, 4
ABROAD_NOW, BACK_HOME = 1, 2
FATHER, MOTHER = 1, 2
# p_rel
HEAD, SPOUSE, SON_DAUGHTER, CHILD_IN_LAW, GRANDCHILD, PARENT, PARENT_IN_LAW = 1, 2, 3, 4, 5, 6, 7
# carer_type
TYPE_MOTHER, TYPE_FATHER, TYPE_GRANDPARENT, TYPE_OTHER = 1, 2, 3, 4
TYPE_OF_RELATION = {1: TYPE_MOTHER, 2: TYPE_FATHER, 3: TYPE_GRANDPARENT, 4: TYPE_GRANDPARENT}


def is_child(roster: pd.DataFrame) -> pd.Series:
    """Return who is 0–17; nobody whose age is not known."""
    return roster["p_age"].le(LAST_CHILD_AGE)


def parent_abroad(roster: pd.DataFrame) -> pd.Series:
    """Return the children with a parent abroad for work."""
    away = roster["p_mwhere"].eq(ABROAD_FOR_WORK) | roster["p_fwhere"].eq(ABROAD_FOR_WORK)
    return is_child(roster) & away


def household_facts(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row per household of the roster with its type and the presence of children.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Raw codes of the five files.

    Returns
    -------
    DataFrame
        Index ``hh_id``; ``hhtype`` (1 parent abroad, 2 other member abroad, 3 parent returned within 24 months,
        4 comparison), ``has_adolescent`` (an adolescent was interviewed), ``has_1_14``.
    """
    roster, migrants = frames["roster"], frames["migrants"]
    homes = pd.Index(sorted(roster["hh_id"].unique()), name="hh_id")
    member = set(roster.loc[roster["p_where"].eq(ABROAD_FOR_WORK), "hh_id"])
    member |= set(migrants.loc[migrants["m_status"].eq(ABROAD_NOW), "hh_id"])
    parents = migrants["m_rel"].isin([FATHER, MOTHER])
    returned = set(migrants.loc[parents & migrants["m_status"].eq(BACK_HOME), "hh_id"])
    left = set(roster.loc[parent_abroad(roster), "hh_id"])
    conditions = [homes.isin(list(group)) for group in (left, member, returned)]
    young = set(roster.loc[roster["p_age"].between(1, 14), "hh_id"])
    return pd.DataFrame(
        {
            "hhtype": np.select(conditions, [PARENT_ABROAD, OTHER_ABROAD, RETURNED], COMPARISON).astype(
                float
            ),
            "has_adolescent": homes.isin(frames["children"]["hh_id"]),
            "has_1_14": homes.isin(list(young)),
        },
        index=homes,
    )


def with_context(unit: str, frames: Mapping[str, pd.DataFrame], facts: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that the conditions of a file may name beside its own.

    Parameters
    ----------
    unit : str
        File.
    frames : mapping of str to DataFrame
        Raw codes of the five files.
    facts : DataFrame
        Of `household_facts`.

    Returns
    -------
    DataFrame
        On the index of the file.
    """
    frame = frames[unit]
    context = facts.reindex(frame["hh_id"]).set_index(frame.index)
    if unit == "roster":
        kind = carer_types(frame, frames["caregivers"])
        context["parent_abroad"] = parent_abroad(frame)
        context["carer_not_parent"] = kind.isin([TYPE_GRANDPARENT, TYPE_OTHER]).where(kind.notna())
    elif unit == "children":
        roster = frames["roster"].assign(child_abroad=parent_abroad(frames["roster"]))
        columns = ["p_age", "p_attend", "child_abroad"]
        keys = frame[["hh_id", "k_line"]].rename(columns={"k_line": "p_line"})
        people = roster[["hh_id", "p_line", *columns]]
        own, _ = me.cleaning.link(keys, people, ["hh_id", "p_line"], files=("children", "roster"))
        context[["p_age", "p_attend"]] = own[["p_age", "p_attend"]]
        context["parent_abroad"] = own["child_abroad"].astype(bool)
        context["attends"] = own["p_attend"].eq(YES).where(own["p_attend"].isin([YES, 2]))
        context["parent_ever_abroad"] = context["parent_abroad"] | context["hhtype"].eq(RETURNED)
    elif unit == "caregivers":
        context["parent_abroad"] = context["hhtype"].eq(PARENT_ABROAD)
    return context


def carer_types(roster: pd.DataFrame, caregivers: pd.DataFrame) -> pd.Series:
    """Return who cares for each child: 1 mother, 2 father, 3 grandparent, 4 other.

    Where the main carer is the caregiver interviewed, the relation stated there counts. Elsewhere it follows
    from both relations to the head: for a son or daughter of the head, the head or spouse is a parent and their
    parents are grandparents; for a grandchild, the head or spouse is a grandparent and a son, daughter or
    child-in-law of the head is a parent if the roster says that this parent lives there.

    Parameters
    ----------
    roster : DataFrame
        Raw codes.
    caregivers : DataFrame
        Raw codes; ``c_line`` and ``c_rel``.

    Returns
    -------
    Series
        Missing for adults, and where no main carer is known.
    """
    child = roster[["hh_id", "p_rel", "p_carer", "p_mwhere", "p_fwhere"]].where(is_child(roster))
    lines = roster[["hh_id", "p_line", "p_rel", "p_sex"]]
    lines = lines.rename(columns={"p_line": "p_carer", "p_rel": "carer_rel", "p_sex": "carer_sex"})
    linked, _ = me.cleaning.link(child, lines, ["hh_id", "p_carer"], files=("roster", "roster"))
    stated = caregivers[["hh_id", "c_line", "c_rel"]].rename(columns={"c_line": "p_carer"})
    linked, _ = me.cleaning.link(linked, stated, ["hh_id", "p_carer"], files=("roster", "caregivers"))
    relation = linked["c_rel"].where(linked["c_rel"].between(1, 7))
    known = relation.map(TYPE_OF_RELATION).fillna(TYPE_OTHER).where(relation.notna())
    return known.fillna(_from_relations(linked)).where(linked["p_carer"].notna())


def _from_relations(linked: pd.DataFrame) -> pd.Series:
    """Return the carer type that the relations of child and carer to the head imply."""
    child, carer = linked["p_rel"], linked["carer_rel"]
    at_home = linked["p_mwhere"].eq(1).where(linked["carer_sex"].eq(FEMALE), linked["p_fwhere"].eq(1))
    parent = (child.eq(SON_DAUGHTER) & carer.isin([HEAD, SPOUSE])) | (
        child.eq(GRANDCHILD) & carer.isin([SON_DAUGHTER, CHILD_IN_LAW]) & at_home
    )
    elder = (child.eq(SON_DAUGHTER) & carer.isin([PARENT, PARENT_IN_LAW])) | (
        child.eq(GRANDCHILD) & carer.isin([HEAD, SPOUSE])
    )
    mother = parent & linked["carer_sex"].eq(FEMALE)
    kind = np.select([mother, parent, elder], [TYPE_MOTHER, TYPE_FATHER, TYPE_GRANDPARENT], TYPE_OTHER)
    return pd.Series(kind.astype(float), index=linked.index)
