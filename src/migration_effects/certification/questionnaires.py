"""I: known answers of the questionnaires, from made-up answers to their items."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from migration_effects.certification.answers import first_row, known, named, numbered
from migration_effects.certification.vector import Answer, Vector
from migration_effects.indicators import cantril, ces_dc, gad7, kidscreen10, phq9, reliability, sdq, who5

NAN = math.nan
SDQ_SCALES = (
    *("sdq_emotional", "sdq_conduct", "sdq_hyperactivity", "sdq_peer", "sdq_prosocial"),
    *("sdq_total", "sdq_externalising", "sdq_internalising"),
)
EMOTIONAL = (3, 8, 13, 16, 24)
TURNS = tuple(i % 3 for i in range(1, 26))
# Answers to items 1…25, items left out, scores in the order of SDQ_SCALES.
SDQ = {
    "every answer 0": ((0,) * 25, (), (0, 2, 4, 4, 0, 10, 6, 4)),
    "every answer 1": ((1,) * 25, (), (5, 5, 5, 5, 5, 20, 10, 10)),
    "every answer 2": ((2,) * 25, (), (10, 8, 6, 6, 10, 30, 14, 16)),
    "item i answered i mod 3": (TURNS, (), (4, 4, 6, 3, 6, 17, 10, 7)),
    "two items of a scale missing": (TURNS, (3, 8), (3, 4, 6, 3, 6, 16, 10, 6)),
    "three items of a scale missing": (TURNS, (3, 8, 13), (NAN, 4, 6, 3, 6, NAN, 10, NAN)),
}
SDQ_BANDS = {
    ("parent", "3band-2001"): "abnormal",
    ("self", "3band-2001"): "borderline",
    ("teacher", "4band-2014"): "high",
}
# Answers to the emotional items, items left out, score.
SDQ_PRORATED = {"6.67 is 7": ((2, 2, 0, 0, 0), (16, 24), 7), "2.5 is 3": ((1, 1, 0, 0, 0), (24,), 3)}
SDQ_PRORATED |= {"7.5 is 8": ((2, 2, 1, 1, 0), (24,), 8)}
WHO5 = {(3, 3, 2, 4, 2): (14, 56, "not poor"), (2, 2, 3, 2, 3): (12, 48, "poor")}
KIDSCREEN = (4, 4, 1, 1, 4, 4, 4, 3, 4, 4)
KIDSCREEN_T = {1.2078: 50, 2.24157: 60}
PHQ = (1, 2, 2, 1, 0, 1, 2, 0, 1)
PHQ_PRORATED = (1, 2, 2, 1, 0, 1, 2, 0, 0)
CES_DC = {0: 12, 1: 24, 2: 36, 3: 48}
RELIABILITY = ((1, 2, 2), (2, 2, 3), (3, 3, 3), (4, 5, 4), (5, 4, 5))
LADDER = {(7, 8): "thriving", (7, 7): "struggling", (4, 4): "suffering"}


def vectors() -> Iterator[Vector]:
    """Yield the vectors of SDQ, WHO-5, KIDSCREEN-10, PHQ-9, GAD-7, CES-DC, reliability and the ladder.

    Yields
    ------
    Vector
    """
    for what, (answers, gaps, scores) in SDQ.items():
        yield known("I-sdq", f"SDQ, {what}", scores, _sdq_scores, answers, gaps)
    for (informant, scheme), band in SDQ_BANDS.items():
        title = f"SDQ, band of total 17, {informant}, {scheme}"
        yield known("I-sdq", title, [band], _sdq_band, informant, scheme)
    for what, (ticks, gaps, score) in SDQ_PRORATED.items():
        yield known("I-sdq", f"SDQ, prorated: {what}", [score], _sdq_emotional, ticks, gaps)
    for moods, wellbeing in WHO5.items():
        yield known("I-who5", f"WHO-5, {' '.join(map(str, moods))}", wellbeing, _who5_scores, moods)
    yield known("I-kidscreen", "KIDSCREEN-10, sum and percent", [41, 77.5], _kidscreen_scores)
    for parameter, t in KIDSCREEN_T.items():
        yield known("I-kidscreen", f"KIDSCREEN-10, T of {parameter}", [t], _kidscreen_t, parameter)
    yield from _mood()
    expected = (0.942568, 0.961524, 0.823213, 0.916602)
    yield known("I-reliability", "alpha and item-rest correlations", expected, _alpha_and_item_rest)
    for (now, future), group in LADDER.items():
        yield known("I-cantril", f"ladder, now {now}, later {future}", [group], _ladder_group, now, future)


def _mood() -> Iterator[Vector]:
    """Yield the vectors of PHQ-9, GAD-7 and CES-DC."""
    yield known("I-phq9", "PHQ-9, total, band, algorithms", (10, "moderate", 0, 1), _phq_scores, PHQ, ())
    two_missing = (11.571428571428571, "moderate", NAN, NAN)
    yield known("I-phq9", "PHQ-9, two items missing", two_missing, _phq_scores, PHQ_PRORATED, (8, 9))
    yield known("I-phq9", "PHQ-9, three items missing", (NAN,) * 4, _phq_scores, PHQ_PRORATED, (7, 8, 9))
    yield known("I-gad7", "GAD-7, total", [10], _gad_total, (2, 2, 1, 1, 0, 1, 3))
    for answer, score in CES_DC.items():
        yield known("I-ces_dc", f"CES-DC, every answer {answer}", [score], _ces_dc_total, answer)


def _sdq_scores(answers: Sequence[float], gaps: Sequence[int]) -> list[Answer]:
    """Return the eight scores of the SDQ."""
    return first_row(sdq(*numbered(answers, without=gaps), informant="self"), SDQ_SCALES)


def _sdq_band(informant: str, scheme: str) -> list[Answer]:
    """Return the band of the SDQ's total of 17."""
    scores = sdq(*numbered(TURNS), informant=informant, scheme=scheme)  # type: ignore[arg-type]
    return first_row(scores, ["sdq_total_band"])


def _sdq_emotional(emotional: Sequence[float], gaps: Sequence[int]) -> list[Answer]:
    """Return the emotional score of its five answers, some of them missing."""
    given = dict(zip(EMOTIONAL, emotional, strict=True))
    answers = [given.get(i, 0) for i in range(1, 26)]
    return first_row(sdq(*numbered(answers, without=gaps), informant="self"), ["sdq_emotional"])


def _who5_scores(answers: Sequence[float]) -> list[Answer]:
    """Return raw score, percent and band of the WHO-5."""
    return first_row(who5(*numbered(answers)), ["who5_raw", "who5_percent", "who5_percent_band"])


def _kidscreen_scores() -> list[Answer]:
    """Return sum and percent of the KIDSCREEN-10."""
    return first_row(kidscreen10(*numbered(KIDSCREEN)), ["kidscreen10_sum", "kidscreen10_percent"])


def _kidscreen_t(parameter: float) -> list[Answer]:
    """Return the T score where the user's table gives this person parameter."""
    table = pd.DataFrame({"sum": [41], "pp": [parameter]})
    return first_row(kidscreen10(*numbered(KIDSCREEN), table=table), ["kidscreen10_t"])


def _phq_scores(answers: Sequence[float], gaps: Sequence[int]) -> list[Answer]:
    """Return total, band and the two algorithms of the PHQ-9."""
    columns = ["phq9_total", "phq9_total_band", "phq9_major", "phq9_other_depressive"]
    return first_row(phq9(*numbered(answers, without=gaps)), columns)


def _gad_total(answers: Sequence[float]) -> list[Answer]:
    """Return the total of the GAD-7."""
    return first_row(gad7(*numbered(answers)), ["gad7_total"])


def _ces_dc_total(answer: float) -> list[Answer]:
    """Return the total of the CES-DC where every answer is the same."""
    return first_row(ces_dc(*numbered((answer,) * 20)), ["ces_dc_total"])


def _alpha_and_item_rest() -> list[Answer]:
    """Return alpha and the item-rest correlations of five rows of three items."""
    found = reliability(pd.DataFrame(RELIABILITY, columns=list("abc"), dtype=float), list("abc"))
    return [found.alpha, *found.items["item_rest"]]


def _ladder_group(now: float, future: float) -> list[Answer]:
    """Return the group of two answers to the ladder."""
    return first_row(cantril(*named(now=now, future=future)), ["cantril_group"])
