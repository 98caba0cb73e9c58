"""Filter questions: answers of people who were not asked, and gaps of people who were."""

from __future__ import annotations

import pandas as pd

from migration_effects.cleaning.audit import Audit
from migration_effects.cleaning.conditions import evaluate
from migration_effects.io.codebook import Codebook
from migration_effects.io.codebook_check import holds
from migration_effects.io.variable import Variable

NO_ANSWER = "no_answer"
EVERYBODY = "1 == 1"


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

    Examples
    --------
    >>> missed = Variable("missed", "children", "missed", "count", missing={99: "no_answer"}, asked_of="attends == 1")
    >>> raw, context = pd.DataFrame({"missed": [3.0, 2.0, None]}), pd.DataFrame({"attends": [1, 2, 1]})
    >>> found, audit = check_skips(raw, Codebook((missed,)), context, file="children")
    >>> found["missed"].tolist()
    [3.0, nan, 99.0]
    """
    audit = Audit()
    book = [v for v in codebook.of(file) if v.source in frame]
    checked = {v.source: frame[v.source] for v in book}
    known: dict[str, pd.Series] = {str(name): context[name] for name in context}
    known |= {v.source: frame[v.source].mask(holds(frame[v.source], v.missing)) for v in book}
    for variable in book:
        source, column = variable.source, checked[variable.source]
        asked = evaluate(variable.asked_of or EVERYBODY, known, len(frame))
        empty = column.isna().to_numpy()
        superfluous, gap = ~empty & asked.false, empty & asked.true
        if blanked is not None and source in blanked:
            gap = gap & ~blanked[source].to_numpy()
        detail = variable.asked_of
        audit = audit.add(
            "answered though not asked", file, source, int(superfluous.sum()), "blanked", detail
        )
        audit = _report_gaps(audit, variable, int(gap.sum()), file)
        if superfluous.any():
            column, known[source] = column.mask(superfluous), known[source].mask(superfluous)
        code = no_answer_code(variable)
        checked[source] = column if code is None or not gap.any() else column.mask(gap, code)
    return frame.assign(**checked), audit


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

    Examples
    --------
    >>> days = Variable("days", "children", "k_missed", "count", missing={98: "dont_know", 99: "no_answer"})
    >>> no_answer_code(days)
    99.0
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
