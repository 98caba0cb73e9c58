"""Household members: who they are, who is head, and where everybody is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .settings import Settings

# Order of the lines of one household; the head comes first whoever it is.
ROLES = ("grandfather", "grandmother", "father", "mother", "sibling", "relative", "child")
CARER_ROLE = ("mother", "father", "grandmother", "grandfather", "relative", "sibling")
PRESENT, AWAY, ABROAD = 1, 2, 3
OLDEST = 95


def build_members(house: pd.DataFrame, children: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """List the members of the selected households, absent labour migrants included.

    Parameters
    ----------
    house, children : pandas.DataFrame
        Selected households with ``structure, type, carer`` and their children.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        One row per person: ``hh``, ``role``, ``child`` (row in `children`, −1 for adults), ``p_line, p_sex, p_age,
        p_rel, p_where, migrant`` (0 never, 1 abroad now, 2 returned) and ``carer`` (main carer of the children).
    """
    parents, ages = _parents(house, children, settings)
    elders = _grandparents(house, ages, settings)
    others = _other_adults(house, ages, settings)
    young = pd.DataFrame(
        {
            "hh": children["hh"],
            "role": "child",
            "p_sex": 1 + children["girl"],
            "p_age": children["age"],
            "child": np.arange(len(children)),
        }
    )
    people = pd.concat([elders, parents, others, young], ignore_index=True)
    people["child"] = people["child"].fillna(-1).astype(int)
    people["role"] = pd.Categorical(people["role"], ROLES, ordered=True)
    people["p_age"] = _heap(people, settings)
    _mark_migrants(people, house, settings)
    _mark_carer(people, house)
    return _relations(people, house, settings)


def _parents(
    house: pd.DataFrame, children: pd.DataFrame, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the parents who are members, and both parents' recorded ages."""
    p = settings.params["father"]
    # An adult sibling who is the main carer is older than every child.
    oldest = np.maximum(children.groupby("hh")["age"].max().to_numpy(), 20 * (house["carer"] == 5).to_numpy())
    father_age = np.maximum(house["father_age"].to_numpy(), oldest + p["age_above_child"])
    gap = settings.rng("members.mother_age").normal(
        p["mother_younger_mean"], p["mother_younger_sd"], len(house)
    )
    mother_age = np.maximum(np.rint(father_age - gap), oldest + p["mother_above_child"]).astype(int)
    ages = pd.DataFrame({"father": father_age, "mother": mother_age})
    member = {"father": house["structure"].isin([0, 4]), "mother": house["structure"].isin([0, 1, 2, 3])}
    parts = [
        pd.DataFrame(
            {
                "hh": np.flatnonzero(member[role]),
                "role": role,
                "p_sex": sex,
                "p_age": ages[role][member[role]],
            }
        )
        for role, sex in (("father", 1), ("mother", 2))
    ]
    return pd.concat(parts), ages


def _grandparents(house: pd.DataFrame, ages: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return grandmothers and grandfathers; one who is the main carer is there for certain."""
    p, rng = settings.params["members"], settings.rng("members.grandparents")
    carer = house["carer"].to_numpy()
    grandmother = (rng.uniform(size=len(house)) < p["grandmother_otherwise"]) | (carer == 2)
    chance = np.where(grandmother, p["grandfather_with_grandmother"], p["grandfather_alone"])
    grandfather = (rng.uniform(size=len(house)) < chance) | (carer == 3)
    mother_age = np.rint(ages["father"] + rng.normal(23, 3.5, len(house))).clip(40, 90)
    father_age = np.rint(mother_age + rng.normal(3, 3, len(house))).clip(42, 92)
    rows = [("grandmother", 2, grandmother, mother_age), ("grandfather", 1, grandfather, father_age)]
    return pd.concat(
        [
            pd.DataFrame({"hh": np.flatnonzero(there), "role": role, "p_sex": sex, "p_age": age[there]})
            for role, sex, there, age in rows
        ]
    )


def _other_adults(house: pd.DataFrame, ages: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return adult siblings and other relatives.

    The first lines are those who have to exist: a carer who is neither parent nor grandparent, and the migrant of
    a household where another member is abroad.
    """
    p, rng = settings.params["members"], settings.rng("members.other_adults")
    mean = np.array(settings.params["regions"]["other_adults"])[house["region"] - 1]
    carer, kind = house["carer"].to_numpy(), house["type"].to_numpy()
    carer_needed, migrant_needed = np.isin(carer, [4, 5]).astype(int), (kind == 4).astype(int)
    number = np.minimum(rng.poisson(mean), p["other_adults_max"])
    number = np.maximum(number, carer_needed + migrant_needed)
    hh = np.repeat(np.arange(len(house)), number)
    place = np.arange(len(hh)) - np.repeat(np.cumsum(number) - number, number)
    is_carer = (place == 0) & (carer_needed[hh] == 1)
    migrates = (place == carer_needed[hh]) & (migrant_needed[hh] == 1)
    father = ages["father"].to_numpy()[hh]
    u = rng.uniform(size=(4, len(hh)))
    sibling = (father >= p["father_of_adults"]) & (migrates | (u[0] < p["sibling_share"]))
    sibling = np.where(is_carer, carer[hh] == 5, sibling)
    female = u[1] < np.where(migrates, p["migrant_women"], 0.5)
    youth = 18 + np.floor(u[2] * np.clip(father - 37, 1, 10))
    adult = np.clip(np.rint(rng.normal(34, 11, len(hh))), 19, 75)
    return pd.DataFrame(
        {
            "hh": hh,
            "role": np.where(sibling, "sibling", "relative"),
            "p_sex": np.where(female | (is_carer & ~sibling), 2, 1),
            "p_age": np.where(sibling, youth, adult),
            "migrates": migrates,
            "elsewhere": (u[3] < p["elsewhere"]) & ~migrates & ~is_carer,
        }
    )


def _heap(people: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Return ages; some adults round theirs to 0 or 5."""
    age = people["p_age"].to_numpy(float)
    share = settings.params["members"]["adult_age_heaping"]
    heaps = (age >= 20) & (settings.rng("members.age_heaping").uniform(size=len(people)) < share)
    return np.minimum(np.where(heaps, 5 * np.rint(age / 5), age), OLDEST).astype(int)


def _mark_migrants(people: pd.DataFrame, house: pd.DataFrame, settings: Settings) -> None:
    """Add `migrant` (0, 1 abroad now, 2 returned) and `p_where`."""
    kind, role = house["type"].to_numpy()[people["hh"]], people["role"].to_numpy()
    migrates, elsewhere = (
        people.pop(c).fillna(value=False).to_numpy(bool) for c in ("migrates", "elsewhere")
    )
    abroad = (
        migrates | (role == "father") & np.isin(kind, [1, 3]) | (role == "mother") & np.isin(kind, [2, 3])
    )
    mother_returned = settings.rng("members.returned").uniform(size=len(house)) < 0.10
    mother_returned &= (house["structure"] == 0).to_numpy()
    parent = np.where(mother_returned, "mother", "father")[people["hh"]]
    people["migrant"] = np.select([abroad, (kind == 5) & (role == parent)], [1, 2], 0)
    people["p_where"] = np.select([abroad, elsewhere], [ABROAD, AWAY], PRESENT)


def _mark_carer(people: pd.DataFrame, house: pd.DataFrame) -> None:
    """Add `carer`: the first member at home who has the carer's role."""
    wanted = np.array(CARER_ROLE, dtype=object)[house["carer"].to_numpy()[people["hh"]]]
    fits = (people["role"].to_numpy() == wanted) & (people["p_where"] == PRESENT).to_numpy()
    key = pd.Series(np.where(fits, 0, len(people)) + np.arange(len(people)))
    people["carer"] = fits & (key.groupby(people["hh"].to_numpy()).transform("min") == key).to_numpy()


def _relations(people: pd.DataFrame, house: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Choose the head, order the lines and write relations to the head."""
    head = _head_role(people, house)[people["hh"]]
    role = people["role"].astype(str).to_numpy()
    child = role == "child"
    by_head = {
        "grandfather": {"grandmother": 2, "father": 3, "mother": 4, "sibling": 5, "relative": 3, "child": 5},
        "grandmother": {"grandfather": 2, "father": 3, "mother": 4, "sibling": 5, "relative": 3, "child": 5},
        "father": {"grandfather": 6, "grandmother": 6, "mother": 2, "sibling": 3, "relative": 8, "child": 3},
        "mother": {"grandfather": 7, "grandmother": 7, "father": 2, "sibling": 3, "relative": 9, "child": 3},
        "sibling": {"relative": 9, "sibling": 8, "child": 8},
        "relative": {"sibling": 9, "relative": 9, "child": 9},
    }
    relation = np.array([by_head[h].get(r, 1) for h, r in zip(head, role, strict=True)])
    is_head_role = (role == head) & ~child
    order = np.lexsort(
        (-people["p_age"], people["role"].cat.codes, ~people["carer"], ~is_head_role, people["hh"])
    )
    people = people.assign(p_rel=relation).iloc[order].reset_index(drop=True)
    people["p_line"] = people.groupby("hh").cumcount() + 1
    people.loc[people["p_line"] == 1, "p_rel"] = 1
    return people


def _head_role(people: pd.DataFrame, house: pd.DataFrame) -> np.ndarray:
    """Return the role of the head: a father of 48 or more, else the eldest generation that is there."""
    have = {
        role: np.bincount(people["hh"][people["role"] == role], minlength=len(house)) > 0 for role in ROLES
    }
    ages = np.zeros(len(house))
    fathers = people[people["role"] == "father"]
    ages[fathers["hh"]] = fathers["p_age"]
    conditions = [ages >= 48, *(have[role] for role in ("grandfather", "grandmother", "father", "mother"))]
    roles = ["father", "grandfather", "grandmother", "father", "mother"]
    carer_role = np.array(["relative", "relative", "relative", "relative", "relative", "sibling"])[
        house["carer"]
    ]
    return np.select(conditions, roles, carer_role)
