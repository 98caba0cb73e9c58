"""The ten risks of the screening, their number and the tier of referral.

The limits are the study's own choice: not clinical, not validated in Uzbekistan. A missing answer never raises a
risk; the number of risks that could not be decided is kept beside.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .scores import either, flag

AT_HOME, VERBAL, NO_CARE = "in household", "verbal only", "none"
UNSAFE = ("rarely", "never")
POOREST = "poorest"
FOOD_SCORE, DAYS_MISSED = 4, 5
MANY = 4
RISKS = tuple(f"flag_{i}" for i in range(1, 11))


def both(a: pd.Series, b: pd.Series) -> pd.Series:
    """Return 1 where two indicators are 1, 0 where one is 0, missing elsewhere."""
    one, none = a.eq(1) & b.eq(1), a.eq(0) | b.eq(0)
    return one.astype(float).where(one | none)


def risks(children: pd.DataFrame, severe: pd.Series) -> pd.DataFrame:
    """Return the ten risks of each adolescent as 1/0, missing where the answers do not decide.

    Parameters
    ----------
    children : DataFrame
        Adolescents with scores, roster record and the answers of their caregiver.
    severe : Series
        Severe physical punishment of the child of the household selected for the discipline questions, 1/0.

    Returns
    -------
    DataFrame
        ``flag_1`` poverty, ``flag_2`` no formal care, ``flag_3`` nobody to talk to, ``flag_4`` schooling, ``flag_5``
        violence, ``flag_6`` health, ``flag_7`` emotional, ``flag_8`` work, ``flag_9`` lost contact, ``flag_10``
        carer's strain.
    """
    c = children
    mother, father = c["p_mwhere"].ne(AT_HOME), c["p_fwhere"].ne(AT_HOME)
    apart = flag(mother & father, c["p_mwhere"], c["p_fwhere"])
    missed = flag(c["k_missed"].ge(DAYS_MISSED), c["k_missed"])
    selected = c["d_line"].eq(c["k_line"]).astype(float)
    unsafe = flag(c["sf_home"].isin(UNSAFE), c["sf_home"])
    untreated = both(c["p_ill30"], flag(c["p_care"].eq(NO_CARE), c["p_care"]))
    poor = flag(c["wealth_q"].eq(POOREST), c["wealth_q"])
    found = [
        both(poor, flag(c["fies_raw"].ge(FOOD_SCORE), c["fies_raw"])),
        both(apart, flag(c["p_paper"].eq(VERBAL), c["p_paper"])),
        c["nobody"],
        either(1.0 - c["attends"], missed.mask(c["attends"].eq(0), 0.0)),
        either(both(selected, severe), both(c["kd_hit"], unsafe)),
        either(c["ac_unmet"], both(c["p_diff"], untreated)),
        c["emo_hi"],
        c["child_lab"],
        both(c["clb"], c["rare"]),
        c["dis_hi"],
    ]
    return pd.DataFrame(dict(zip(RISKS, found, strict=True)))


def referral(flags: pd.DataFrame) -> pd.DataFrame:
    """Return number of risks, undecided risks, and codes of the risk group and the tier.

    Parameters
    ----------
    flags : DataFrame
        Of `risks`.

    Returns
    -------
    DataFrame
        ``nflags``; ``flags_missing``; ``risk_group`` 0–3 (3 = three or more); ``tier``: 1 violence or four and more
        risks, 2 two or three, 3 one, 0 none.
    """
    number = flags.eq(1).sum(axis=1).astype(float)
    urgent = flags["flag_5"].eq(1) | number.ge(MANY)
    tier = np.select([urgent, number.ge(2), number.ge(1)], [1.0, 2.0, 3.0], 0.0)
    return pd.DataFrame(
        {
            "nflags": number,
            "flags_missing": flags.isna().sum(axis=1).astype(float),
            "risk_group": number.clip(upper=3.0),
            "tier": pd.Series(tier, index=flags.index),
        }
    )
