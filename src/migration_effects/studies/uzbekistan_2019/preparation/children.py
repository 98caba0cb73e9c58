"""Outcomes of children and adults that are one answer of a question, as 1/0."""

from __future__ import annotations

import pandas as pd

from .context import ABROAD_NOW, FATHER, MOTHER
from .scores import flag

YES, NO = 1, 2
HIGHER_EDUCATION = 3
VERBAL_ONLY = 3
CARD_SEEN = 1
# Age bands of the discipline module, as MICS prints them.
DISCIPLINE_AGES = [0, 2, 4, 9, 14]
SCHOOL_AGES = [6, 10, 14, 17]
MONTHLY = 4
CHORE_HOURS = [-1, 4, 9, 14, 20, 168]
MONTHS_AWAY = [-1, 5, 11, 23, 1200]


def child_answers(codes: pd.DataFrame) -> pd.DataFrame:
    """Return 1/0 outcomes of adolescents.

    Parameters
    ----------
    codes : DataFrame
        Codes of file 04 with missing ones blank.

    Returns
    -------
    DataFrame
        ``wants_higher``, ``any_club``, ``any_work``, ``breakfast_daily``; codes of ``contact_group`` and
        ``chore_band``.
    """
    return pd.DataFrame(
        {
            "wants_higher": flag(codes["k_asp"].eq(HIGHER_EDUCATION), codes["k_asp"]),
            "any_club": flag(codes["k_club"].gt(0), codes["k_club"]),
            "any_work": flag(codes["wk_hours"].gt(0), codes["wk_hours"]),
            "breakfast_daily": flag(codes["k_bfast"].eq(1), codes["k_bfast"]),
            "contact_group": codes["k_freq"].clip(upper=MONTHLY),
            "chore_band": pd.cut(codes["ch_hours"], CHORE_HOURS, labels=False) + 1.0,
        }
    )


def person_answers(codes: pd.DataFrame) -> pd.DataFrame:
    """Return 1/0 outcomes of children in the roster, missing for who was not asked.

    Parameters
    ----------
    codes : DataFrame
        Codes of file 01 with missing ones blank.

    Returns
    -------
    DataFrame
        ``care_on_paper`` (carer is no parent), ``card_seen``, ``sought_care`` (ill or injured), ``out_of_school``
        (7–17), and the code of ``ageband_school``.
    """
    school_age = codes["p_age"].between(7, 17)
    return pd.DataFrame(
        {
            "care_on_paper": flag(codes["p_paper"].lt(VERBAL_ONLY), codes["p_paper"]),
            "card_seen": flag(codes["p_vcard"].eq(CARD_SEEN), codes["p_vcard"]),
            "sought_care": flag(codes["p_care"].gt(0), codes["p_care"]),
            "out_of_school": flag(codes["p_attend"].eq(NO), codes["p_attend"]).where(school_age),
            "ageband_school": pd.cut(codes["p_age"], SCHOOL_AGES, labels=False) + 1.0,
        }
    )


def caregiver_answers(codes: pd.DataFrame) -> pd.DataFrame:
    """Return 1/0 outcomes of caregivers.

    Parameters
    ----------
    codes : DataFrame
        Codes of file 02 with missing ones blank.

    Returns
    -------
    DataFrame
        ``any_benefit`` (child allowance or material assistance), ``carer_changed_12`` (in 12 months).
    """
    benefits = codes[["ben_child", "ben_mat"]]
    return pd.DataFrame(
        {
            "any_benefit": flag(benefits.eq(YES).any(axis=1), codes["ben_child"], codes["ben_mat"]),
            "carer_changed_12": flag(codes["cg_n12"].gt(0), codes["cg_n12"]),
        }
    )


def discipline_band(age: pd.Series) -> pd.Series:
    """Return the age band of a child 1–14 as a code."""
    return pd.cut(age, DISCIPLINE_AGES, labels=False) + 1.0


def months_away(homes: pd.Series, migrants: pd.DataFrame) -> pd.Series:
    """Return the band of the longest absence of a parent abroad now as a code.

    Parameters
    ----------
    homes : Series
        ``hh_id`` of each row.
    migrants : DataFrame
        Codes of file 03 with missing ones blank.

    Returns
    -------
    Series
        1 under 6 months, 2 6–11, 3 12–23, 4 two years or more; missing without a parent abroad or its months.
    """
    parents = migrants[migrants["m_status"].eq(ABROAD_NOW) & migrants["m_rel"].isin([FATHER, MOTHER])]
    longest = parents.groupby("hh_id")["m_months"].max()
    months = homes.map(longest)
    return pd.cut(months, MONTHS_AWAY, labels=False) + 1.0
