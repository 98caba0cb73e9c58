"""Who lives in the household: numbers of children, size, dependants, its head and generations."""

from __future__ import annotations

import pandas as pd

from .context import FEMALE, GRANDCHILD, HEAD, PARENT, PARENT_IN_LAW, SON_DAUGHTER


def composition(homes: pd.Index, roster: pd.DataFrame) -> pd.DataFrame:
    """Return the composition of each household.

    Parameters
    ----------
    homes : Index
        ``hh_id`` of the households.
    roster : DataFrame
        Codes of file 01 with missing ones blank.

    Returns
    -------
    DataFrame
        ``n_child, n_1117, n_0114, hh_size, dep_ratio`` (0–14 and 65+ per 100 aged 15–64), ``head_age``,
        ``head_female`` (1/0), ``generations3`` (1/0: a grandchild of the head, or a parent and a child of the head).
    """
    group, age, relation = roster["hh_id"], roster["p_age"], roster["p_rel"]
    found = pd.DataFrame(index=homes)
    for name, low, high in (("n_child", 0, 17), ("n_1117", 11, 17), ("n_0114", 1, 14)):
        found[name] = age.between(low, high).groupby(group).sum().astype(float)
    found["hh_size"] = group.groupby(group).size().astype(float)
    workers = age.between(15, 64).groupby(group).sum()
    dependants = (age.le(14) | age.ge(65)).groupby(group).sum()
    found["dep_ratio"] = (100.0 * dependants / workers.where(workers > 0)).astype(float)
    heads = roster[relation.eq(HEAD)].drop_duplicates("hh_id").set_index("hh_id")
    found["head_age"] = heads["p_age"].astype(float)
    found["head_female"] = heads["p_sex"].eq(FEMALE).astype(float)
    young, old = relation.eq(SON_DAUGHTER), relation.isin([PARENT, PARENT_IN_LAW])
    lineal = relation.eq(GRANDCHILD).groupby(group).any() | (
        young.groupby(group).any() & old.groupby(group).any()
    )
    found["generations3"] = lineal.astype(float)
    return found
