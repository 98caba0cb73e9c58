"""Child discipline in the past month (MICS module; indicator PR.2, SDG 16.2.1)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.logic import Rule, any_of, but_not, check_rule
from migration_effects.indicators.score_frame import Facts, ScoreFrame

PSYCHOLOGICAL = ("D", "H")
PHYSICAL = ("C", "F", "G", "I", "J", "K")
SEVERE = ("I", "K")
NONVIOLENT = ("A", "B", "E")
VALID: dict[str, Coded | Between] = {
    **dict.fromkeys("ABCDEFGHIJK", Coded((1, 2))),
    "age": Between(0, 95),
}


def violent_discipline(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    rule: Rule = "mics",
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Score the child discipline module.

    Items: A took away privileges, B explained, C shook, D shouted, E gave another activity, F spanked with hand, G hit
    with an object, H called names, I hit on face, head or ears, J hit on hand, arm or leg, K beat up.
    Psychological: D or H. Physical: C, F, G, I, J or K. Severe: I or K. Violent: psychological or physical. Only
    non-violent: A, B or E and nothing violent.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``"A"`` … ``"K"`` → column; optional ``"age"``.
    rule : {"mics", "exclude"}
        The official tables count a missing item as no (default); ``exclude`` leaves the indicator missing where the
        answered items do not decide it.
    codes, missing : mapping, optional
        Raw value → 1 yes, 2 no; raw value → reason.

    Returns
    -------
    DataFrame
        ``discipline_psychological, _physical, _severe, _violent, _only_nonviolent`` (1.0, 0.0) with item counts. With
        an age also ``discipline_pr2``: whether the child belongs to the ages 1–14 of indicator PR.2; label the others
        "not PR.2".

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> letters = "ABCDEFGHIJK"
    >>> answers = pd.DataFrame([[1, 2, 2, 1] + [2] * 7], columns=list(letters))
    >>> got = violent_discipline(answers, {letter: letter for letter in letters})
    >>> got[["discipline_violent", "discipline_physical", "discipline_only_nonviolent"]].to_numpy().tolist()
    [[1.0, 0.0, 0.0]]
    """
    check_rule(rule)
    answers = read_answers(
        frame, items, VALID, instrument="violent_discipline", optional=["age"], codes=codes, missing=missing
    )
    yes = (2 - answers.values.drop(columns="age", errors="ignore")).astype(float)
    found = {
        "psychological": any_of(yes[list(PSYCHOLOGICAL)], rule),
        "physical": any_of(yes[list(PHYSICAL)], rule),
        "severe": any_of(yes[list(SEVERE)], rule),
    }
    found["violent"] = any_of(
        pd.DataFrame({name: found[name] for name in ("psychological", "physical")}), rule
    )
    found["only_nonviolent"] = but_not(any_of(yes[list(NONVIOLENT)], rule), found["violent"])
    facts = Facts("violent_discipline", "MICS6", "respondent", notes=(f"missing items: rule {rule}",))
    result = ScoreFrame(facts, answers)
    for name, value in found.items():
        result.add_indicator(f"discipline_{name}", value, yes)
    if "age" in answers.values:
        age = np.floor(answers.values["age"])  # completed years
        result.add_column("discipline_pr2", age.between(1, 14).astype(float).where(age.notna()))
    return result.frame()
