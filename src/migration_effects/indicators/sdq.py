"""Strengths and Difficulties Questionnaire: five subscales, total, bands, impact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Answers, Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.arithmetic import Scored, added, prorated_sum, reverse
from migration_effects.indicators.bands import scheme_of
from migration_effects.indicators.score_frame import Facts, ScoreFrame

SUBSCALES = {
    "emotional": ("3", "8", "13", "16", "24"),
    "conduct": ("5", "7", "12", "18", "22"),
    "hyperactivity": ("2", "10", "15", "21", "25"),
    "peer": ("6", "11", "14", "19", "23"),
    "prosocial": ("1", "4", "9", "17", "20"),
}
REVERSED = ("7", "11", "14", "21", "25")
SUMS = {
    "total": ("emotional", "conduct", "hyperactivity", "peer"),
    "externalising": ("conduct", "hyperactivity"),
    "internalising": ("emotional", "peer"),
}
IMPACT = {
    "parent": ("distress", "home", "friends", "classroom", "leisure"),
    "teacher": ("distress", "friends", "classroom"),
    "self": ("distress", "home", "friends", "classroom", "leisure"),
}
PROBLEM = "problem"
IMPACT_ITEMS = (PROBLEM, *IMPACT["parent"])
VALID: dict[str, Coded | Between] = {
    **{str(i): Coded((0, 1, 2)) for i in range(1, 26)},
    **dict.fromkeys(IMPACT_ITEMS, Coded((0, 1, 2, 3))),
}
IMPACT_RULE = "impact supplement: answers count 0, 0, 1, 2; no difficulties means impact 0"


def sdq(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    informant: Literal["parent", "teacher", "self"],
    codes: Codes | None = None,
    missing: Missing | None = None,
    scheme: str = "3band-2001",
) -> pd.DataFrame:
    """Score the Strengths and Difficulties Questionnaire (25 items, and the impact supplement where asked).

    A subscale is the sum of its five items (0–10; items 7, 11, 14, 21, 25 reversed); with three or four answered
    it is ``floor(mean · 5 + 0.5)``, with fewer it is missing. Total difficulties = emotional + conduct +
    hyperactivity + peer (0–40).

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``"1"`` … ``"25"`` → column, numbers of the published questionnaire. Optional, all or none: ``problem`` (0 no
        difficulties … 3 severe), ``distress``, ``home``, ``friends``, ``classroom``, ``leisure`` (0 not at all … 3 a
        great deal; a teacher has distress, friends, classroom).
    informant : {"parent", "teacher", "self"}
        Who answered; bands depend on it. Parents and teachers answer for ages 4–17, children for themselves at 11–17.
    codes : mapping, optional
        Raw value → 0 not true, 1 somewhat true, 2 certainly true, for all items or per item.
    missing : mapping, optional
        Raw value → reason.
    scheme : {"3band-2001", "4band-2014"}
        Which published bands; never mix them in one table.

    Returns
    -------
    DataFrame
        Index of ``frame``. Per score ``sdq_<score>``, ``…_n_valid``, ``…_n_missing``, ``…_prorated``, ``…_band`` for
        ``emotional, conduct, hyperactivity, peer, prosocial, total, externalising, internalising`` (and
        ``impact``). Bands are UK-normed cut-offs, not validated in Uzbekistan. Facts in ``attrs["scores"]``.

    Raises
    ------
    SpecificationError
        For unknown items, columns, informant or scheme.
    CodebookError
        For values that are neither valid nor declared missing, each with column and count.

    Notes
    -----
    Scoring: official scoring sheet of 19 August 2014 (sdqinfo.org). © Youthinmind: the questionnaire may not be
    altered or put into software without permission; only item numbers stand here.

    Examples
    --------
    >>> answers = pd.DataFrame([[i % 3 for i in range(1, 26)]], columns=[f"q{i}" for i in range(1, 26)])
    >>> scores = sdq(answers, {str(i): f"q{i}" for i in range(1, 26)}, informant="parent")
    >>> float(scores.loc[0, "sdq_total"]), scores.loc[0, "sdq_total_band"]
    (17.0, 'abnormal')
    """
    if informant not in IMPACT:
        raise SpecificationError(f"sdq: informant is one of {', '.join(IMPACT)}, not {informant!r}.")
    wanted = _impact_items(items, informant)
    optional = [item for item in IMPACT_ITEMS if item not in wanted]
    answers = read_answers(
        frame, items, VALID, instrument="sdq", optional=optional, codes=codes, missing=missing
    )
    from_memory = (IMPACT_RULE,) if wanted else ()
    notes = ("UK-normed cut-off, not validated in Uzbekistan",)
    result = ScoreFrame(Facts("sdq", "25 items, 2-17", informant, from_memory, notes), answers)
    for name, scored in _scales(answers).items():
        bands = None
        if name not in ("externalising", "internalising"):
            bands = scheme_of("sdq", name, scheme=scheme, informant=informant)
        result.add(f"sdq_{name}", scored, bands)
    if wanted:
        bands = scheme_of("sdq", "impact", scheme=scheme, informant=informant)
        result.add("sdq_impact", _impact(answers, wanted[1:]), bands)
    return result.frame()


def _impact_items(items: Mapping[str, str], informant: str) -> tuple[str, ...]:
    """Return the items the impact score needs, or nothing when none is declared."""
    own = (PROBLEM, *IMPACT[informant])
    foreign = [item for item in items if item in IMPACT_ITEMS and item not in own]
    if foreign:
        raise SpecificationError(f"sdq: the {informant} form has no impact item {', '.join(foreign)}.")
    return own if any(item in items for item in own) else ()


def _scales(answers: Answers) -> dict[str, Scored]:
    """Return the subscales and the sums."""
    turned = reverse(answers.values, REVERSED, 2)
    scales = {
        name: prorated_sum(turned[list(items)], allow_missing=2, rounded=True)
        for name, items in SUBSCALES.items()
    }
    return scales | {name: added([scales[part] for part in parts]) for name, parts in SUMS.items()}


def _impact(answers: Answers, items: tuple[str, ...]) -> Scored:
    """Return the impact score: 0 without difficulties, otherwise complete cases only."""
    values = answers.values[list(items)]
    n_valid = values.notna().sum(axis=1)
    points = (values - 1).clip(lower=0).sum(axis=1)
    complete = n_valid.eq(len(items))
    value = points.where(complete).mask(answers.values[PROBLEM].eq(0), 0.0)
    return Scored(value, n_valid, len(items) - n_valid, pd.Series(False, index=values.index))
