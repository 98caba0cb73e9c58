"""I: known answers of growth, food security and diet."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from migration_effects.certification.answers import first_row, known, named
from migration_effects.certification.vector import Answer, Vector
from migration_effects.indicators import food_consumption, who_growth
from migration_effects.indicators.fies import STANDARD, score_table
from migration_effects.indicators.lms import restricted_z, z_score
from migration_effects.indicators.rasch import equate, item_severities

NAN = math.nan
BOY, GIRL = 1, 2
# Sex, measures, scores.
GROWTH = (
    (GIRL, {"age_months": 60.32, "height": 113.8, "weight": 18.7}, {"haz": 0.96, "waz": 0.21, "baz": -0.58}),
    (BOY, {"age_months": 144, "height": 149.1, "weight": 40}, {"haz": 0.00, "baz": 0.22}),
    (GIRL, {"age_months": 156, "height": 156, "weight": 46}, {"haz": -0.05, "baz": 0.04}),
    (BOY, {"age_months": 144.5, "height": 130, "weight": 60}, {"haz": -2.73, "baz": 3.85}),
    (GIRL, {"age_months": 200, "height": 150, "weight": 35}, {"haz": -1.90, "baz": -2.43}),
    (GIRL, {"age_days": 1522, "height": None, "weight": 17}, {"waz": 0.24}),
    (
        BOY,
        {"age_days": 987, "height": 72.86, "weight": None, "measured": 1},
        {"haz_computed": -6.09, "haz": NAN, "haz_flag": 1},
    ),
    (BOY, {"age_days": 987, "height": 72.86, "weight": None, "measured": 2}, {"haz": -5.89, "haz_flag": 0}),
)
# Measurement and power, median 20, coefficient of variation 0.1: restricted and plain z.
TAILS = {
    (24, 1): (2, 2),
    (28, 1): (4, 4),
    (30, -1): (3.4, 10 / 3),
    (40, -1): (6.2, 5),
    (14, -1): (-4.08, -30 / 7),
}
RASCH = (
    ({"10": 30, "01": 10, "11": 7, "00": 100}, (-math.log(3) / 2, math.log(3) / 2)),
    (
        {"100": 20, "010": 10, "001": 5, "110": 12, "101": 8, "011": 4, "111": 6, "000": 15},
        (-0.652116, 0.067743, 0.584373),
    ),
)
# Slope and intercept of local on standard severities: scale, shift, local thresholds moderate and severe.
EQUATING = {
    (1.0, 0.0): (1, 0, -0.3117999, 1.8755353),
    (1.2, 0.5): (0.8333333, -0.4166667, 0.1258401, 2.7506424),
}
RAW_SCORES = {
    "parameter": (-2.274768, -1.336385, -0.647471, -0.026480, 0.603182, 1.320322, 2.311458, 3.151569),
    "standard_error": (1.108463, 0.873453, 0.799467, 0.783852, 0.810483, 0.895862, 1.137958, 1.514201),
    "moderate": (0.038289, 0.120392, 0.337291, 0.642070, 0.870537, 0.965761, 0.989423, 0.988910),
    "severe": (0.000090, 0.000118, 0.000800, 0.007623, 0.058223, 0.267710, 0.649168, 0.800305),
}
RAW_SHARES = (0.50, 0.10, 0.08, 0.08, 0.06, 0.06, 0.05, 0.04, 0.03)
DIET = {
    "staples": 7, "pulses": 2, "vegetables": 5, "fruit": 1, "meat": 2, "dairy": 3, "sugar": 7, "oil": 7,
}  # fmt: skip


def vectors() -> Iterator[Vector]:
    """Yield the vectors of growth, FIES and food consumption.

    Yields
    ------
    Vector
    """
    for sex, measures, scores in GROWTH:
        words = ", ".join(f"{name} {value}" for name, value in measures.items() if value is not None)
        title = f"growth, {'boy' if sex == BOY else 'girl'}, {words}"
        yield known("I-growth", title, list(scores.values()), _growth, sex, measures, list(scores))
    for (y, power), tail in TAILS.items():
        yield known("I-growth", f"growth, tail of {y}, power {power}", tail, _tail, y, power)
    yield from _fies()
    yield known("I-diet", "food consumption score", [53], _food_consumption)


def _fies() -> Iterator[Vector]:
    """Yield the vectors of the food insecurity experience scale."""
    for counts, severities in RASCH:
        title = f"FIES, severities of {len(severities)} items"
        yield known("I-fies", title, severities, _severities, counts)
    title = "FIES, whole weights are repeated rows, doubled ones change nothing"
    yield known(
        "I-fies", title, (0.0,) * 6, _repeated_cases, {"100": 2, "010": 3, "001": 1, "110": 2, "011": 1}
    )
    for (slope, intercept), equated in EQUATING.items():
        title = f"FIES, equating of {slope} x standard + {intercept}"
        yield known("I-fies", title, equated, _equating, slope, intercept)
    for column, values in RAW_SCORES.items():
        yield known("I-fies", f"FIES, raw scores 1-8, {column}", values, _raw_scores, column)
    yield known("I-fies", "FIES, prevalence moderate and severe", (0.248732, 0.067395), _prevalence)


def _growth(sex: int, measures: dict[str, float | None], columns: list[str]) -> list[Answer]:
    """Return the growth scores of a child."""
    return first_row(who_growth(*named(sex=sex, **measures)), columns)


def _tail(y: float, power: float) -> list[Answer]:
    """Return the restricted and the plain z-score."""
    arrays = [np.array([float(v)]) for v in (y, power, 20, 0.1)]
    return [float(restricted_z(*arrays)[0]), float(z_score(*arrays)[0])]


def _severities(counts: dict[str, int]) -> list[Answer]:
    """Return the severities estimated from patterns of answers and their counts."""
    patterns = np.array([[float(c) for c in pattern] for pattern, n in counts.items() for _ in range(n)])
    return item_severities(patterns, np.ones(len(patterns)))[0].tolist()


def _repeated_cases(counts: dict[str, int]) -> list[Answer]:
    """Return severities under weights less those of repeated rows, and less those of doubled weights."""
    patterns = np.array([[float(c) for c in pattern] for pattern in counts])
    weights = np.array(list(counts.values()), dtype=float)
    weighted = item_severities(patterns, weights)[0]
    repeated = item_severities(
        np.repeat(patterns, list(counts.values()), axis=0), np.ones(int(weights.sum()))
    )[0]
    doubled = item_severities(patterns, 2 * weights)[0]
    return np.r_[weighted - repeated, weighted - doubled].tolist()


def _equating(slope: float, intercept: float) -> list[Answer]:
    """Return scale, shift and local thresholds."""
    found = equate(slope * STANDARD + intercept, STANDARD)
    return [found.scale, found.shift, found.to_local(STANDARD[4]), found.to_local(STANDARD[7])]


def _raw_scores(column: str) -> list[Answer]:
    """Return a column of the table of raw scores under the standard severities."""
    return score_table(STANDARD, equate(STANDARD, STANDARD)).loc[1:, column].tolist()


def _prevalence() -> list[Answer]:
    """Return the prevalence for a known distribution of raw scores."""
    table = score_table(STANDARD, equate(STANDARD, STANDARD))
    return [float(np.dot(RAW_SHARES, table[column])) for column in ("moderate", "severe")]


def _food_consumption() -> list[Answer]:
    """Return the score of one household's week."""
    return first_row(food_consumption(*named(**DIET)), ["food_consumption_score"])
