"""Filter questions: answers of people who were not asked, and gaps of people who were."""

from __future__ import annotations

import pandas as pd

from migration_effects.cleaning.audit import Audit
from migration_effects.cleaning.conditions import evaluate
from migration_effects.io.codebook import Codebook, Variable

NO_ANSWER = "no_answer"


def check_skips(
    frame: pd.DataFrame,
    codebook: Codebook,
    context: pd.DataFrame,
    *,
    file: str,
    blanked: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, Audit]:
    """Blank answers of people who were not asked; code gaps of people who were.

    A condition that rests on a missing value is not known: then nothing is changed.

    Parameters
    ----------
    frame : DataFrame
        Raw codes.
    codebook : Codebook
        With ``asked_of``.
    context : DataFrame
        Further columns the conditions use, on the index of ``frame``.
    file : str
        Unit of the frame.
    blanked : DataFrame of bool, optional
        Cells emptied before by another check; they are no gaps of the interview.

    Returns
    -------
    frame : DataFrame
        A copy: superfluous answers missing, gaps coded as no answer where the variable declares such a code.
    audit : Audit
        One finding per variable and kind.
    """
    frame, audit = frame.copy(), Audit()
    book = codebook.of(file)
    known = {
        v.source: frame[v.source].mask(frame[v.source].isin(list(v.missing)))
        for v in book
        if v.source in frame
    }
    for variable in book:
        if variable.source not in frame:
            continue
        source = variable.source
        columns = {**known, **{str(name): context[name] for name in context}}
        asked = evaluate(variable.asked_of or "1 == 1", columns, len(frame))
        column = frame[source]
        superfluous = column.notna() & asked.false
        gap = column.isna() & asked.true
        if blanked is not None and source in blanked:
            gap &= ~blanked[source]
        audit = audit.add(
            "answered though not asked", file, source, int(superfluous.sum()), "blanked", variable.asked_of
        )
        audit = _report_gaps(audit, variable, int(gap.sum()), file)
        frame[source] = (
            column.mask(superfluous).mask(gap, no_answer_code(variable))
            if gap.any()
            else column.mask(superfluous)
        )
        known[source] = known[source].mask(superfluous)
    return frame, audit


def no_answer_code(variable: Variable) -> float | None:
    """Return the code for no answer, or None when the variable declares none.

    Parameters
    ----------
    variable : Variable
        The definition.

    Returns
    -------
    float or None
        For example 99.
    """
    codes = (code for code, reason in variable.missing.items() if reason == NO_ANSWER)
    return next((float(code) for code in codes if not isinstance(code, str)), None)


def _report_gaps(audit: Audit, variable: Variable, count: int, file: str) -> Audit:
    """Add the finding on gaps of one variable."""
    code = no_answer_code(variable)
    action = "left missing" if code is None else f"coded {code:g} (no answer)"
    return audit.add(
        "asked but empty", file, variable.source, count, action, variable.asked_of or "everybody"
    )
