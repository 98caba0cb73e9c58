"""Scores and indicators of section 3.14, from codes with missing ones blank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

YES = 1
PSYCHOLOGICAL = ("d_d", "d_h")
PHYSICAL = ("d_c", "d_f", "d_g", "d_i", "d_j", "d_k")
SEVERE = ("d_i", "d_k")
CALM = ("d_a", "d_b", "d_e")
# MICS hours rule: first age, economic hours from which work is child labour.
ECONOMIC_HOURS = ((15, 43), (12, 14), (5, 1))
CHORE_HOURS, LAST_CHORE_AGE = 21, 14


def flag(condition: pd.Series, *known: pd.Series) -> pd.Series:
    """Return a condition as 1/0, missing where a value it rests on is missing.

    Parameters
    ----------
    condition : Series of bool
        The indicator.
    *known : Series
        What it rests on.

    Returns
    -------
    Series of float
        1.0, 0.0 or missing.
    """
    complete = pd.concat(known, axis=1).notna().all(axis=1)
    return condition.astype(float).where(complete)


def prorated_sum(items: pd.DataFrame, valid: int) -> pd.Series:
    """Return the sum of items; with few missing, ``floor(mean × number + 0.5)``.

    Parameters
    ----------
    items : DataFrame
        One column per item.
    valid : int
        Fewest answered items for a score.

    Returns
    -------
    Series
        Missing with fewer answers.
    """
    number = items.shape[1]
    score = np.floor(items.mean(axis=1) * number + 0.5)
    return score.where(items.notna().sum(axis=1) >= valid)


def yes_sum(items: pd.DataFrame) -> pd.Series:
    """Return the number of yes answers, missing unless all items are answered."""
    return items.eq(YES).sum(axis=1).astype(float).where(items.notna().all(axis=1))


def named(codes: pd.DataFrame, stem: str, count: int) -> pd.DataFrame:
    """Return the items ``stem_1`` … ``stem_count``."""
    return codes[[f"{stem}_{i}" for i in range(1, count + 1)]]


def child_scores(codes: pd.DataFrame) -> pd.DataFrame:
    """Return the derived variables of adolescents.

    Parameters
    ----------
    codes : DataFrame
        Codes of file 04 with missing ones blank.

    Returns
    -------
    DataFrame
        One column per derived variable.
    """
    age, work, chores = codes["k_age"], codes["wk_hours"], codes["ch_hours"]
    emotional = prorated_sum(named(codes, "emo", 5), valid=4)
    groups = yes_sum(named(codes, "fg", 7))
    economic = flag(work.ge(economic_limit(age)), work, age)
    chore = flag(chores.ge(CHORE_HOURS) & age.le(LAST_CHORE_AGE), age).mask(
        age.le(LAST_CHORE_AGE) & chores.isna()
    )
    return pd.DataFrame(
        {
            "ageband": pd.cut(age, [10, 13, 15, 17], labels=False) + 1.0,
            "absent_last_month": flag(codes["k_missed"].gt(0), codes["k_missed"]),
            "emotional_score": emotional,
            "emo_hi": flag(emotional.ge(6), emotional),
            "conduct_score": prorated_sum(named(codes, "cnd", 4), valid=3),
            "fg_n": groups,
            "fg_5plus": flag(groups.ge(5), groups),
            "lab_econ": economic,
            "lab_chore": chore,
            "child_lab": either(economic, chore),
            "fairpoor": flag(codes["k_health"].ge(3), codes["k_health"]),
            "nobody": flag(codes["k_trust"].eq(9), codes["k_trust"]),
            "rare": flag(codes["k_freq"].ge(4), codes["k_freq"]),
            "apart": codes["k_sepyrs"] / age,
        }
    )


def economic_limit(age: pd.Series) -> pd.Series:
    """Return the weekly hours of economic work from which work is child labour at an age."""
    first_ages = [first for first, _ in ECONOMIC_HOURS]
    hours = np.select([age.ge(first) for first in first_ages], [float(h) for _, h in ECONOMIC_HOURS], np.nan)
    return pd.Series(hours, index=age.index)


def either(a: pd.Series, b: pd.Series) -> pd.Series:
    """Return 1 where one of two indicators is 1, 0 where both are 0, missing elsewhere."""
    one, none = a.eq(1) | b.eq(1), a.eq(0) & b.eq(0)
    return one.astype(float).where(one | none)


def caregiver_scores(codes: pd.DataFrame) -> pd.DataFrame:
    """Return the derived variables of caregivers and households.

    Parameters
    ----------
    codes : DataFrame
        Codes of file 02 with missing ones blank.

    Returns
    -------
    DataFrame
        One column per derived variable.
    """
    distress, insecurity = yes_sum(named(codes, "dis", 5)), yes_sum(named(codes, "fies", 8))
    return pd.DataFrame(
        {
            "fies_raw": insecurity,
            "fies_mod": flag(insecurity.ge(4), insecurity),
            "dis": distress,
            "dis_hi": flag(distress.ge(4), distress),
            "remote": flag(codes["ac_km"].ge(5), codes["ac_km"]),
        }
    )


def discipline_scores(codes: pd.DataFrame) -> pd.DataFrame:
    """Return the discipline indicators; a missing item counts as no (MICS rule).

    Parameters
    ----------
    codes : DataFrame
        Codes of file 02 with missing ones blank, households with a selected child.

    Returns
    -------
    DataFrame
        ``psych, phys, severe, viol, nonviol`` as 1/0.
    """
    found = {
        name: any_yes(codes, items)
        for name, items in (("psych", PSYCHOLOGICAL), ("phys", PHYSICAL), ("severe", SEVERE), ("calm", CALM))
    }
    violent = found["psych"] | found["phys"]
    columns = {name: found[name] for name in ("psych", "phys", "severe")}
    columns |= {"viol": violent, "nonviol": found["calm"] & ~violent}
    return pd.DataFrame(columns).astype(float)


def any_yes(codes: pd.DataFrame, items: Sequence[str]) -> pd.Series:
    """Return whether any of some items was answered yes."""
    return codes[list(items)].eq(YES).any(axis=1)
