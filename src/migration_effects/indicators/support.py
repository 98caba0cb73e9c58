"""Support of children: a trusted adult, a known helpline; don't know and refused are shown apart, never as no."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from migration_effects.indicators.answers import (
    REASONS,
    SYSTEM,
    Between,
    Coded,
    Codes,
    Missing,
    read_answers,
)
from migration_effects.indicators.score_frame import Facts, ScoreFrame

QUESTIONS: dict[str, Coded | Between] = {"trusted_adult": Coded((1, 2)), "helpline": Coded((1, 2))}
WORDS = {
    "dk": "don't know",
    "refused": "refused",
    "no_response": "no response",
    "not_asked": "not asked",
    "inconsistent": "inconsistent",
    SYSTEM: "blank",
}


def support(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Return who has a trusted adult and who knows a helpline, with every kind of missing answer shown apart.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``trusted_adult``, ``helpline`` (1 yes, 2 no) → column; one of them may be left out.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.

    Returns
    -------
    DataFrame
        ``support_<question>`` (1.0, 0.0; NaN without an answer) with counts, and ``support_<question>_answer``: ordered
        category yes, no, don't know, refused, no response, not asked, inconsistent, blank, without missing values.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> got = support(pd.DataFrame({"q": [1, 2, 98, 97]}), {"helpline": "q"}, missing={98: "dk", 97: "refused"})
    >>> got["support_helpline_answer"].tolist(), got["support_helpline"].tolist()
    (['yes', 'no', "don't know", 'refused'], [1.0, 0.0, nan, nan])
    """
    left_out = [question for question in QUESTIONS if question not in items]
    optional = left_out if len(left_out) < len(QUESTIONS) else []
    answers = read_answers(
        frame, items, QUESTIONS, instrument="support", optional=optional, codes=codes, missing=missing
    )
    result = ScoreFrame(Facts("support", "", "self"), answers)
    order = ["yes", "no", *(WORDS[reason] for reason in (*REASONS, SYSTEM))]
    for question in answers.values:
        value = answers.values[question]
        result.add_indicator(f"support_{question}", 2 - value, answers.values[[question]])
        shown = value.map({1.0: "yes", 2.0: "no"}).astype(object)
        shown = shown.where(value.notna(), answers.reasons[question].map(WORDS))
        category = pd.Categorical(shown, order, ordered=True)
        result.add_column(f"support_{question}_answer", pd.Series(category, index=frame.index))
    return result.frame()
