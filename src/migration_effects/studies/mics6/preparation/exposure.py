"""Where the parents of listed children live, who cares for them, and the exposure."""

from __future__ import annotations

import numpy as np
import pandas as pd

import migration_effects as me

CHILD_AGE = 17
ITEMS = {
    "mother_alive": "HL12",
    "mother_here": "HL13",
    "mother_where": "HL15",
    "father_alive": "HL16",
    "father_here": "HL17",
    "father_where": "HL19",
}
OFFICIAL = [f"HL{i}" for i in range(12, 20)]
PLACES = ["mother_place", "father_place", "any_abroad", "parent_abroad", "migration_status"]
NOBODY = 90
AGE_BANDS = [-1, 4, 9, 14, CHILD_AGE]
# HL3: relation to the head.
HEAD, SPOUSE, GRANDCHILD, SIBLINGS, NIECE = 1, 2, 5, (8, 9), 11
CHILDREN, HEADS_PARENTS = (3, 13), (6, 7)


def declared(codebook: me.Codebook, items: dict[str, str]) -> dict[str, dict]:
    """Return the declared missing codes of each item.

    Parameters
    ----------
    codebook : Codebook
        Of one file.
    items : dict of str to str
        Item → column.

    Returns
    -------
    dict
        Item → code → reason.
    """
    by_source = {variable.source: variable for variable in codebook}
    return {item: dict(by_source[column].missing) for item, column in items.items()}


def parents(hl: pd.DataFrame, codebook: me.Codebook) -> pd.DataFrame:
    """Return the whereabouts of the parents of listed children 0–17.

    Parameters
    ----------
    hl : DataFrame
        File hl with keys.
    codebook : Codebook
        Of file hl.

    Returns
    -------
    DataFrame
        On the index of the children: `PLACES`, ``parent_lives_abroad`` (1, 0; NaN unknown), ``parent_abroad_mics``,
        ``parent_dead``, ``living_with`` (missing without line numbers).
    """
    children = hl[hl["HL6"].le(CHILD_AGE)]
    found = me.indicators.parental_migration(children, ITEMS, missing=declared(codebook, ITEMS))[PLACES]
    places = found["any_abroad"]
    found["parent_lives_abroad"] = places.map({"yes": 1.0, "no": 0.0, "unknown": np.nan}).astype(float)
    lines = [name for name in ("HL14", "HL18") if name not in children]
    complete = children.assign(**dict.fromkeys(lines, np.nan))
    items = {name: name for name in OFFICIAL}
    official = me.indicators.living_arrangements(complete, items, missing=declared(codebook, items))
    found[["parent_abroad_mics", "parent_dead"]] = official[["parent_abroad_mics", "parent_dead"]]
    found["living_with"] = official["living_with"].where(pd.Series(not lines, index=children.index))
    return found


def roster(
    hl: pd.DataFrame, homes: pd.DataFrame, codebook: me.Codebook
) -> tuple[pd.DataFrame, me.cleaning.Audit]:
    """Return all listed members with household facts; the exposure of those 0–17.

    Parameters
    ----------
    hl : DataFrame
        File hl with keys.
    homes : DataFrame
        As `household_facts` gives them.
    codebook : Codebook
        Of file hl.

    Returns
    -------
    frame : DataFrame
        One row per member.
    audit : Audit
        Matched and unmatched households.
    """
    age = hl["HL6"].where(~hl["HL6"].isin([98, 99]))
    frame = hl[["hh_id", "line"]].assign(
        age=age,
        age_group=age_groups(age),
        sex=me.cleaning.as_categories(hl["HL4"].where(hl["HL4"].isin([1, 2])), codebook["HL4"]),
    )
    linked, audit = me.cleaning.link(frame, homes, ["hh_id"], files=("hl", "hh"))
    return linked.join(parents(hl, codebook)), audit


def age_groups(age: pd.Series) -> pd.Series:
    """Return the age groups of children; missing for adults."""
    labels = ["0-4", "5-9", "10-14", "15-17"]
    return pd.cut(age, AGE_BANDS, labels=labels, ordered=True)


def caretakers(children: pd.DataFrame) -> pd.Series:
    """Return who the mother or primary caretaker is to the child.

    Parameters
    ----------
    children : DataFrame
        ``FS4``; ``HL14``, ``HL18``, ``HL3`` of the child and ``caretaker_HL3``, where the files have them.

    Returns
    -------
    Series
        Ordered category. Mother and father by line number; others are derived from relations to the head, which are
        no relations to the child.
    """
    columns = ["FS4", "HL14", "HL18", "HL3", "caretaker_HL3"]
    c = children.reindex(columns=columns).astype(float)
    carer, child = c["caretaker_HL3"], c["HL3"]
    of_head = carer.isin([HEAD, SPOUSE])
    grand = (child.eq(GRANDCHILD) & of_head) | (child.isin(CHILDREN) & carer.isin(HEADS_PARENTS))
    side = (child.eq(NIECE) | child.eq(SIBLINGS[0])) & of_head
    side |= child.isin(CHILDREN) & carer.isin(SIBLINGS)
    cases = {
        "no one": c["FS4"].eq(NOBODY),
        "mother": c["FS4"].eq(c["HL14"]),
        "father": c["FS4"].eq(c["HL18"]),
        "grandparent": grand,
        "sibling or aunt or uncle": side,
        "other": carer.notna() & child.notna(),
    }
    found = np.select(list(cases.values()), list(cases), "unknown")
    order = ["mother", "father", "grandparent", "sibling or aunt or uncle", "other", "no one", "unknown"]
    return pd.Series(pd.Categorical(found, order, ordered=True), index=children.index)
