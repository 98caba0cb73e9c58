"""Migration groups of households and children (definitions of the study, section 2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .context import (
    ABROAD_FOR_WORK,
    BACK_HOME,
    COMPARISON,
    FATHER,
    MOTHER,
    OTHER_ABROAD,
    PARENT_ABROAD,
    RETURNED,
)

NONE, FATHER_AWAY, MOTHER_AWAY, BOTH_AWAY, OTHER_MIGRANT = 0, 1, 2, 3, 4
LONG_ABSENCE = 3  # months


def groups(hhtype: pd.Series, mother_away: pd.Series, father_away: pd.Series) -> pd.DataFrame:
    """Return the codes of the migration groups.

    Parameters
    ----------
    hhtype : Series
        1 parent abroad, 2 other member abroad, 3 returned, 4 comparison.
    mother_away, father_away : Series of bool
        Whether that parent is abroad for work now.

    Returns
    -------
    DataFrame
        ``parent_away`` (0 none, 1 father, 2 mother, 3 both; missing outside migrant and comparison households),
        ``mig5`` (4 = other or returned migrant household), ``any_parent_away`` (1/0, missing as above) and ``mig2``
        (the same as a category), ``clb``.
    """
    away = np.select(
        [mother_away & father_away, mother_away, father_away], [BOTH_AWAY, MOTHER_AWAY, FATHER_AWAY], NONE
    )
    away = pd.Series(away.astype(float), index=hhtype.index)
    main = (hhtype.eq(PARENT_ABROAD) & away.gt(NONE)) | (hhtype.eq(COMPARISON) & away.eq(NONE))
    parent_away = away.where(main)
    mig5 = parent_away.mask(hhtype.isin([OTHER_ABROAD, RETURNED]), OTHER_MIGRANT)
    return pd.DataFrame(
        {
            "parent_away": parent_away,
            "mig5": mig5,
            "any_parent_away": parent_away.gt(NONE).astype(float).where(main),
            "mig2": parent_away.gt(NONE).astype(float).where(main),
            "clb": away.gt(NONE).astype(float).where(hhtype.notna()),
        }
    )


def child_groups(roster: pd.DataFrame, hhtype: pd.Series) -> pd.DataFrame:
    """Return the migration groups of persons 0–17 of the roster; missing for adults."""
    found = groups(hhtype, roster["p_mwhere"].eq(ABROAD_FOR_WORK), roster["p_fwhere"].eq(ABROAD_FOR_WORK))
    return found.where(roster["p_age"].le(17))


def household_groups(homes: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Return the migration groups of households: a parent of any child counts.

    Parameters
    ----------
    homes : DataFrame
        Index ``hh_id``, column ``hhtype``.
    roster : DataFrame
        Raw codes.

    Returns
    -------
    DataFrame
        On the index of ``homes``.
    """
    children = roster[roster["p_age"].le(17)]
    places = children[["p_mwhere", "p_fwhere"]].eq(ABROAD_FOR_WORK).groupby(children["hh_id"]).any()
    places = places.reindex(homes.index, fill_value=False)
    return groups(homes["hhtype"], places["p_mwhere"], places["p_fwhere"])


def wide_definition(homes: pd.Index, clb: pd.Series, migrants: pd.DataFrame) -> pd.Series:
    """Return the wide definition: left behind, or a parent is back from an absence of three months or more.

    Parameters
    ----------
    homes : Index
        ``hh_id`` of each row.
    clb : Series
        The narrow definition, 1/0.
    migrants : DataFrame
        Codes with missing ones blank; returned migrants came back within 24 months, no later date is recorded.

    Returns
    -------
    Series
        1/0; missing where a parent is back and the length of the absence is not known.
    """
    back = migrants[migrants["m_status"].eq(BACK_HOME) & migrants["m_rel"].isin([FATHER, MOTHER])]
    long = set(back.loc[back["m_months"].ge(LONG_ABSENCE), "hh_id"])
    unknown = set(back.loc[back["m_months"].isna(), "hh_id"]) - long
    wide = clb.mask(clb.eq(0) & homes.isin(list(long)), 1.0)
    return wide.mask(clb.eq(0) & homes.isin(list(unknown)), np.nan)
