"""What must hold in released files: counted and reported, never corrected."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import migration_effects as me

PRODUCT = 1e-5
QUINTILE = 0.002
REPORTED = "reported"
WEIGHTS = {"hh": ("HH46", "hhweight"), "fs": ("FS17", "fsweight"), "ch": ("UF17", "chweight")}
# Asked only if: column, column of the question before, its code.
SKIPS = (
    ("HL13", "HL12", 1),
    ("HL14", "HL13", 1),
    ("HL15", "HL13", 2),
    ("HL17", "HL16", 1),
    ("HL18", "HL17", 1),
    ("HL19", "HL17", 2),
)
ABROAD_WORDS = (
    *("abroad", "another country", "other country", "overseas"),
    *("étranger", "exterior", "рубеж", "границ", "chet el"),
)


def weight_checks(frames: Mapping[str, pd.DataFrame]) -> me.cleaning.Audit:
    """Check that weights are zero exactly where the interview is not complete, and the selection is in the weight.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Raw codes per file.

    Returns
    -------
    Audit
        One line per check that fails.
    """
    audit = me.cleaning.Audit()
    for unit, (result, weight) in WEIGHTS.items():
        if unit in frames:
            frame = frames[unit]
            differ = frame[weight].fillna(0).gt(0) != frame[result].eq(1)
            audit = audit.add("weight and completion disagree", unit, weight, int(differ.sum()), REPORTED)
    fs, hh = frames["fs"], frames["hh"]
    if "fshweight" in fs and "HH52" in hh:
        sizes = hh.set_index("hh_id")["HH52"].reindex(fs["hh_id"]).to_numpy()
        differ = (fs["fsweight"] - fs["fshweight"] * sizes).abs() > PRODUCT
        detail = "fsweight is fshweight times HH52 in releases; it is used as it is"
        audit = audit.add(
            "child weight is not the product", "fs", "fsweight", int(differ.sum()), REPORTED, detail
        )
    return audit


def design_checks(hh: pd.DataFrame) -> me.cleaning.Audit:
    """Check that every cluster lies in one stratum and quintiles hold a fifth of the population.

    Parameters
    ----------
    hh : DataFrame
        File hh.

    Returns
    -------
    Audit
        One line per check that fails.
    """
    strata = hh.groupby("PSU")["stratum"].nunique()
    audit = me.cleaning.Audit().add(
        "cluster in several strata", "hh", "PSU", int(strata.gt(1).sum()), REPORTED
    )
    blank = hh[["PSU", "stratum"]].isna().any(axis=1)
    audit = audit.add(
        "cluster or stratum blank", "hh", "PSU, stratum", int(blank.sum()), "taken from the cluster"
    )
    if {"windex5", "HH48"} <= set(hh):
        people = (hh["hhweight"] * hh["HH48"]).groupby(hh["windex5"].where(hh["windex5"].ge(1))).sum()
        off = (people / people.sum() - 1 / 5).abs().gt(QUINTILE)
        detail = ", ".join(f"{100 * share:.1f}%" for share in people / people.sum())
        audit = audit.add("wealth quintile off one fifth", "hh", "windex5", int(off.sum()), REPORTED, detail)
    return audit


def list_checks(hl: pd.DataFrame) -> me.cleaning.Audit:
    """Check the questions about parents: who is asked, and the ages.

    Parameters
    ----------
    hl : DataFrame
        File hl.

    Returns
    -------
    Audit
        One line per check that fails.
    """
    audit = me.cleaning.Audit()
    for column, before, code in SKIPS:
        if column in hl:
            wrong = hl[column].notna() & hl[before].ne(code) & ~hl[before].eq(9)
            audit = audit.add("answer outside its skip pattern", "hl", column, int(wrong.sum()), REPORTED)
    if "HL11" in hl:
        differ = hl["HL11"].eq(1) != hl["HL6"].le(17)
        audit = audit.add("age 0-17 and HL11 disagree", "hl", "HL11", int(differ.sum()), "age used")
    return audit


def link_checks(children: pd.DataFrame) -> me.cleaning.Audit:
    """Check the selected child against the household list.

    Parameters
    ----------
    children : DataFrame
        File fs with ``HL6`` and ``HL20`` of the list.

    Returns
    -------
    Audit
        One line per check that fails.
    """
    audit = me.cleaning.Audit()
    done = children["FS17"].eq(1)
    ages = done & children["CB3"].notna() & children["HL6"].notna() & children["CB3"].ne(children["HL6"])
    audit = audit.add(
        "age of child and of list differ", "fs", "CB3", int(ages.sum()), "age of the child's interview"
    )
    if {"FS4", "HL20"} <= set(children):
        differ = children["FS4"].notna() & children["HL20"].notna() & children["FS4"].ne(children["HL20"])
        audit = audit.add("caretaker of child and of list differ", "fs", "FS4", int(differ.sum()), REPORTED)
    return audit


def functioning_check(children: pd.DataFrame, fs: pd.DataFrame) -> me.cleaning.Audit:
    """Compare functional difficulty with the producer's variable (1 difficulty, 2 none).

    Parameters
    ----------
    children : DataFrame
        With ``child_functioning_difficulty``.
    fs : DataFrame
        File fs.

    Returns
    -------
    Audit
        The rows that differ; empty without the producer's variable.
    """
    if "fsdisability" not in fs:
        return me.cleaning.Audit()
    producer = fs["fsdisability"].map({1.0: 1.0, 2.0: 0.0})
    both = producer.notna() & children["child_functioning_difficulty"].notna()
    differ = both & producer.ne(children["child_functioning_difficulty"])
    detail = f"of {int(both.sum())}; the producer may follow a national form"
    return me.cleaning.Audit().add(
        "functional difficulty differs from the producer's",
        "fs",
        "fsdisability",
        int(differ.sum()),
        REPORTED,
        detail,
    )


def label_checks(files: Mapping[str, me.SurveyFile]) -> me.cleaning.Audit:
    """Check that code 1 of the parents' whereabouts is labelled as abroad, in languages of common releases.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        The raw files.

    Returns
    -------
    Audit
        One line per variable whose label says something else.
    """
    audit = me.cleaning.Audit()
    for column, pairs in files["hl"].value_labels.items():
        if column.casefold() not in ("hl15", "hl19"):
            continue
        text = dict(pairs).get(1, "").casefold()
        strange = bool(text) and not any(word in text for word in ABROAD_WORDS)
        detail = "code 1 is taken as abroad, its label in the file does not say so: read it before using any result"
        audit = audit.add("label of abroad", "hl", column, int(strange), REPORTED, detail)
    return audit


def clean_number(values: pd.Series, missing: list[float]) -> pd.Series:
    """Return numbers without their missing codes."""
    return values.where(~values.isin(missing), np.nan)
