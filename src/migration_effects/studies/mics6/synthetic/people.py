"""Households and their members, with the questions about parents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Person = dict[str, Any]
# mother alive, here, where | father alive, here, where: the patterns of the household list with their shares.
PATTERNS = (
    ((1, 1, None), (1, 1, None), 0.60),
    ((1, 1, None), (1, 2, 1), 0.17),
    ((1, 2, 1), (1, 1, None), 0.03),
    ((1, 2, 1), (1, 2, 1), 0.04),
    ((1, 1, None), (1, 2, 3), 0.06),
    ((1, 1, None), (2, None, None), 0.03),
    ((2, None, None), (1, 2, 1), 0.01),
    ((1, 1, None), (1, 2, 8), 0.02),
    ((1, 1, None), (8, None, None), 0.01),
    ((1, 2, 1), (9, None, None), 0.01),
    ((2, None, None), (2, None, None), 0.02),
)
HEAD_GRANDPARENT = 0.3
LAST_CLUSTER_FIRST_HOUSEHOLD = 98  # numbers of three digits occur


@dataclass(frozen=True)
class Sizes:
    """How many clusters, households and strata are generated."""

    clusters: int = 24
    households: int = 25
    strata: int = 4
    seed: int = 6


def households(sizes: Sizes, rng: np.random.Generator) -> pd.DataFrame:
    """Return the households visited.

    Parameters
    ----------
    sizes : Sizes
        Numbers.
    rng : Generator
        Random numbers.

    Returns
    -------
    DataFrame
        File hh, without what follows from the members.
    """
    number = np.tile(np.arange(1, sizes.households + 1), sizes.clusters)
    cluster = np.repeat(np.arange(1, sizes.clusters + 1), sizes.households)
    number = np.where(cluster == sizes.clusters, number + LAST_CLUSTER_FIRST_HOUSEHOLD, number)
    stratum = (cluster - 1) * sizes.strata // sizes.clusters
    return pd.DataFrame(
        {
            "HH1": cluster,
            "HH2": number,
            "HH6": 1 + stratum % 2,
            "HH7": 1 + stratum // 2,
            "HH46": np.where(rng.random(len(cluster)) < 0.94, 1, rng.choice([2, 4], len(cluster))),
            "HH33X$01": np.where(rng.random(len(cluster)) < 0.1, "?", "A"),
            "PSU": cluster,
            # Strata with decimals occur: region, then area.
            "stratum": (10 * (1 + stratum // 2) + 1 + stratum % 2) / 10,
        }
    )


def members(hh: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the household list.

    Parameters
    ----------
    hh : DataFrame
        File hh.
    rng : Generator
        Random numbers.

    Returns
    -------
    DataFrame
        File hl: members of completed households.
    """
    completed = hh[hh["HH46"] == 1]
    rows = []
    for position, home in enumerate(completed.itertuples(index=False)):
        # The first households take each pattern in turn, so that all of them occur.
        shares = [share for *_, share in PATTERNS]
        chosen = position if position < len(PATTERNS) else int(rng.choice(len(PATTERNS), p=shares))
        mother, father, _ = PATTERNS[chosen]
        rows += _household(home, mother, father, rng)
    return pd.DataFrame(rows)


def _household(home: tuple, mother: tuple, father: tuple, rng: np.random.Generator) -> list[Person]:
    """Return the members of one household."""
    parents_here = [parent for parent in (mother, father) if parent[1] == 1]
    grandparent = not parents_here or rng.random() < HEAD_GRANDPARENT
    people: list[Person] = []
    if grandparent:
        people.append({"HL3": 1, "HL4": 2, "HL6": int(rng.integers(52, 75))})
    lines = {}
    for name, parent, sex in (("mother", mother, 2), ("father", father, 1)):
        if parent[1] == 1:
            relation = (3 if sex == 1 else 4) if grandparent else (1 if not people else 2)
            lines[name] = len(people) + 1
            people.append({"HL3": relation, "HL4": sex, "HL6": int(rng.integers(24, 46))})
    carer = lines.get("mother", lines.get("father", 1))
    for _ in range(int(rng.integers(1, 5))):
        child: Person = {
            "HL3": 5 if grandparent else 3,
            "HL4": int(rng.integers(1, 3)),
            "HL6": int(rng.integers(0, 18)),
        }
        child |= {"HL12": mother[0], "HL13": mother[1], "HL14": lines.get("mother"), "HL15": mother[2]}
        child |= {"HL16": father[0], "HL17": father[1], "HL18": lines.get("father"), "HL19": father[2]}
        people.append(child | {"HL20": carer})
    for line, person in enumerate(people, 1):
        person |= {"HH1": home[0], "HH2": home[1], "HL1": line, "HL11": 1 if person["HL6"] <= 17 else 2}
    return people
