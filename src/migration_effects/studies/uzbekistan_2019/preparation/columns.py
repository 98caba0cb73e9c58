"""Columns that several frames share, and labels for derived columns."""

from __future__ import annotations

import pandas as pd

import migration_effects as me

Frames = dict[str, pd.DataFrame]

HOUSEHOLD = [
    *["hhtype", "n_child", "n_1117", "n_0114", "hh_size", "dep_ratio"],
    *["head_age", "head_female", "generations3"],
]
# Recorded with the caregiver; children of the roster need them too.
CONFOUNDERS = ["h_ladder5", "h_edu"]
GROUPS = ["parent_away", "mig5", "any_parent_away", "mig2", "clb", "clb_wide"]
# Names of section 3.14 for the variables everybody uses.
CHILD_NAMES = {"k_sex": "sex", "k_age": "age"}
PERSON = ["p_sex", "p_age", "p_edu"]


def labelled(codes: pd.DataFrame, book: me.Codebook) -> pd.DataFrame:
    """Return derived columns with categories as labels.

    Parameters
    ----------
    codes : DataFrame
        Derived variables of the codebook.
    book : Codebook
        Of the study.

    Returns
    -------
    DataFrame
        Same rows and columns.
    """
    derived = book.of("derived")
    return codes.apply(
        lambda c: (
            me.cleaning.as_categories(c, derived[c.name]) if derived[c.name].kind == "categorical" else c
        )
    )
