"""Depressive and anxiety symptoms: PHQ family, GAD family, CES-DC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Answers, Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.arithmetic import prorated_sum, reverse
from migration_effects.indicators.bands import scheme_of
from migration_effects.indicators.score_frame import Facts, ScoreFrame

FOUR_POINTS = Coded((0, 1, 2, 3))
PHQ_ITEMS = {"phq9": 9, "phqa": 9, "phq8": 8, "phq2": 2}
GAD_ITEMS = {"gad7": 7, "gad2": 2}
CES_DC_REVERSED = ("4", "8", "12", "16")
SAFEGUARDING = "safeguarding item present: item 9 is not given per record"


def _numbered(count: int) -> dict[str, Coded | Between]:
    """Return items ``"1"`` … of a four-point instrument."""
    return {str(i): FOUR_POINTS for i in range(1, count + 1)}


def _checked(form: str, forms: Mapping[str, int]) -> int:
    """Return the number of items of a form."""
    if form not in forms:
        raise SpecificationError(f"form is one of {', '.join(forms)}, not {form!r}.")
    return forms[form]


def _missing_rule(allow_missing: int) -> tuple[str, ...]:
    """Return the missing rule in words; it stands in no manual that was seen."""
    return (f"up to {allow_missing} missing items are prorated",) if allow_missing else ()


def phq9(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    form: Literal["phq9", "phqa", "phq8", "phq2"] = "phq9",
    codes: Codes | None = None,
    missing: Missing | None = None,
    allow_missing: int | None = None,
    scheme: str | None = None,
) -> pd.DataFrame:
    """Score the Patient Health Questionnaire (depressive symptoms, last two weeks).

    The total is the sum of the items (0 not at all … 3 nearly every day), unrounded when prorated; bands are taken
    on ``floor(total + 0.5)``. The algorithm counts s = number of items 1–8 with 2 or 3, plus item 9 with 1 or more;
    with item 1 or 2 among them, s ≥ 5 is a major and 2 ≤ s ≤ 4 another depressive syndrome.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    items : mapping of str to str
        ``"1"`` … ``"9"`` → column (to 8 or 2 for the short forms).
    form : {"phq9", "phqa", "phq8", "phq2"}
        ``phqa`` is the form for ages 11–17; ``phq8`` leaves out item 9.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.
    allow_missing : int, optional
        Missing items that are prorated; default 2 (0 for ``phq2``). From memory, named in ``attrs["scores"]``.
    scheme : {"severity", "screen"}, optional
        Bands; default severity (``phq2``: screen).

    Returns
    -------
    DataFrame
        ``<form>_total`` with counts and band; for nine items also ``<form>_major`` and ``<form>_other_depressive``
        (1.0, 0.0; complete cases only). Item 9 and sums from which it follows are never given per record.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> answers = pd.DataFrame([[1, 2, 2, 1, 0, 1, 2, 0, 1]], columns=list("abcdefghi"))
    >>> scores = phq9(answers, {str(i + 1): c for i, c in enumerate("abcdefghi")})
    >>> float(scores.loc[0, "phq9_total"]), scores.loc[0, "phq9_total_band"]
    (10.0, 'moderate')
    """
    count = _checked(form, PHQ_ITEMS)
    allowed = (0 if form == "phq2" else 2) if allow_missing is None else allow_missing
    bands = scheme_of(
        form, "total", scheme=scheme or ("screen" if form == "phq2" else "severity"), informant="self"
    )
    answers = read_answers(frame, items, _numbered(count), instrument=form, codes=codes, missing=missing)
    nine = count == 9
    from_memory = _missing_rule(allowed) + (("other depressive: 2 to 4 symptoms",) if nine else ())
    facts = Facts(form, "1999", "self", from_memory, (SAFEGUARDING,) if nine else ())
    result = ScoreFrame(facts, answers)
    result.add(f"{form}_total", prorated_sum(answers.values, allow_missing=allowed, rounded=False), bands)
    if nine:
        for name, value in _algorithm(answers).items():
            result.add_indicator(f"{form}_{name}", value, answers.values)
    return result.frame()


def _algorithm(answers: Answers) -> dict[str, pd.Series]:
    """Return the two syndromes of the diagnostic algorithm, missing unless all items are answered."""
    values = answers.values
    first = values[[str(i) for i in range(1, 9)]].ge(2)
    symptoms = first.sum(axis=1) + values["9"].ge(1)
    core, complete = first["1"] | first["2"], values.notna().all(axis=1)
    found = {"major": core & symptoms.ge(5), "other_depressive": core & symptoms.between(2, 4)}
    return {name: value.astype(float).where(complete) for name, value in found.items()}


def gad7(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    form: Literal["gad7", "gad2"] = "gad7",
    codes: Codes | None = None,
    missing: Missing | None = None,
    allow_missing: int | None = None,
    scheme: str | None = None,
) -> pd.DataFrame:
    """Score the Generalised Anxiety Disorder scale (last two weeks).

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    items : mapping of str to str
        ``"1"`` … ``"7"`` → column (``"2"`` for the short form); 0 not at all … 3 nearly every day.
    form : {"gad7", "gad2"}
        Seven items, or the first two.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.
    allow_missing : int, optional
        Missing items that are prorated; default 2 (0 for ``gad2``). From memory, named in ``attrs["scores"]``.
    scheme : {"severity", "screen"}, optional
        Bands; default severity (``gad2``: screen).

    Returns
    -------
    DataFrame
        ``<form>_total`` with counts and band.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> answers = pd.DataFrame([[2, 2, 1, 1, 0, 1, 3]], columns=list("abcdefg"))
    >>> scores = gad7(answers, {str(i + 1): c for i, c in enumerate("abcdefg")})
    >>> float(scores.loc[0, "gad7_total"]), scores.loc[0, "gad7_total_band"]
    (10.0, 'moderate')
    """
    count = _checked(form, GAD_ITEMS)
    allowed = (0 if form == "gad2" else 2) if allow_missing is None else allow_missing
    bands = scheme_of(form, "total", scheme=scheme or ("screen" if form == "gad2" else "severity"))
    answers = read_answers(frame, items, _numbered(count), instrument=form, codes=codes, missing=missing)
    result = ScoreFrame(Facts(form, "2006", "self", _missing_rule(allowed)), answers)
    result.add(f"{form}_total", prorated_sum(answers.values, allow_missing=allowed, rounded=False), bands)
    return result.frame()


def ces_dc(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    codes: Codes | None = None,
    missing: Missing | None = None,
    allow_missing: int = 4,
) -> pd.DataFrame:
    """Score the Center for Epidemiological Studies depression scale for children (last week).

    Twenty items 0 (not at all) to 3 (a lot), items 4, 8, 12, 16 reversed; sum 0–60, 15 or more is a positive screen.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``"1"`` … ``"20"`` → column.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.
    allow_missing : int
        Missing items that are prorated. From memory, named in ``attrs["scores"]``.

    Returns
    -------
    DataFrame
        ``ces_dc_total`` with counts and band.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> answers = pd.DataFrame([[0] * 20, [3] * 20], columns=[f"c{i}" for i in range(1, 21)])
    >>> ces_dc(answers, {str(i): f"c{i}" for i in range(1, 21)})["ces_dc_total"].tolist()
    [12.0, 48.0]
    """
    answers = read_answers(frame, items, _numbered(20), instrument="ces_dc", codes=codes, missing=missing)
    turned = reverse(answers.values, CES_DC_REVERSED, 3)
    result = ScoreFrame(Facts("ces_dc", "1980", "self", _missing_rule(allow_missing)), answers)
    scored = prorated_sum(turned, allow_missing=allow_missing, rounded=False)
    result.add("ces_dc_total", scored, scheme_of("ces_dc", "total", scheme="screen", informant="self"))
    return result.frame()
