"""The children the screening would send to an assessment: for the local list, never for the report."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .preparation.risks import RISKS, referral


def referrals(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the interviewed adolescents with at least one risk, by the rules of the report's table TP2.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Analysis frames of the study.

    Returns
    -------
    DataFrame
        ``hh_id, line, region, mahalla`` (serial number), ``tier`` (1 without delay, 2 assessment, 3 information),
        ``flags`` (numbers of the risks found), ``flags_missing`` (how many could not be decided); the most urgent
        first. No name and no answer.
    """
    children = frames["children"]
    flags = children[list(RISKS)]
    found = referral(flags)
    table = pd.DataFrame(
        {
            "hh_id": children["hh_id"],
            "line": children["k_line"].astype("Int64"),
            "region": children["region"].astype(str),
            "mahalla": children["psu"].astype("Int64"),
            "tier": found["tier"].astype(int),
            "flags": [_numbers(row) for row in flags.eq(1).to_numpy()],
            "flags_missing": found["flags_missing"].astype(int),
        }
    )
    raised = table[table["tier"] > 0]
    return raised.sort_values(["tier", "mahalla", "hh_id", "line"]).reset_index(drop=True)


def _numbers(raised: list[bool]) -> str:
    """Return the numbers of the risks found, separated by blanks."""
    return " ".join(str(number) for number, found in enumerate(raised, 1) if found)
