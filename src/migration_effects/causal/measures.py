"""The rows of a sensitivity table: E-values, and what is algebra of the least-squares fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from migration_effects.causal.balance import weighted_moments
from migration_effects.causal.companion import Companion
from migration_effects.causal.strength import e_value, e_value_of_limit, partial_r2, robustness_value
from migration_effects.design.columns import names
from migration_effects.errors import SpecificationError, nearest
from migration_effects.estimation.estimate import Estimate

ALPHA = 0.05
LARGEST_R2 = 1.3  # times the controlled R squared, Oster's rule
LOG_RATIO = (
    0.91  # log risk ratio of a standardised mean difference of 1 (VanderWeele 2017, Epidemiology 28:e37)
)
Row = tuple[str, str, str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """An estimate with its design-based limits.

    Parameters
    ----------
    term : str
    value, low, high : float
    """

    term: str
    value: float
    low: float
    high: float


def limits(found: Estimate, position: int) -> tuple[float, float]:
    """Return the 95 percent limits of one term.

    Parameters
    ----------
    found : Estimate
    position : int

    Returns
    -------
    low, high : float
    """
    row = found.table.iloc[position]
    return float(row["conf_low"]), float(row["conf_high"])


def least_squares_rows(one: Answer, companion: Companion, benchmark: str | Sequence[str] | None) -> list[Row]:
    """Return the measures that are algebra of the least-squares fit.

    Parameters
    ----------
    one : Answer
    companion : Companion
    benchmark : str or list of str, optional
        All covariates unless said.

    Returns
    -------
    list of (term, measure, benchmark, value)

    Raises
    ------
    SpecificationError
        A benchmark that is not a covariate.
    """
    estimate, error = companion.coefficient()
    t, df = estimate / error, float(companion.df)
    nearest_limit = one.low if one.value > 0 else one.high
    # The estimate may lose as much as lies between 0 and its nearer limit before the interval touches 0.
    to_limit = 0.0 if one.low <= 0 <= one.high else nearest_limit / one.value
    rows: list[Row] = [
        (one.term, "partial_r2", "", partial_r2(t, df)),
        (one.term, "robustness_value", "", robustness_value(t, df)),
        (one.term, "robustness_value_alpha", "", robustness_value(t, df, alpha=ALPHA)),
        (one.term, "robustness_value_design", "", robustness_value(t, df, q=to_limit)),
    ]
    wanted = list(companion.terms) if benchmark is None else names(benchmark)  # type: ignore[arg-type]
    for name in wanted:
        if name not in companion.terms:
            raise SpecificationError(
                f"Benchmark {name!r} is not a covariate: {list(companion.terms)}.{nearest(name, companion.terms)}"
            )
        bound = companion.bound(name)
        rows += [
            (one.term, "benchmark_exposure", name, bound.exposure),
            (one.term, "benchmark_outcome", name, bound.outcome),
            (one.term, "benchmark_estimate", name, bound.estimate),
        ]
    if companion.terms:
        rows.append((one.term, "oster_delta", "", companion.oster(LARGEST_R2)))
    return rows


def spread_of(companion: Companion) -> float:
    """Return the outcome's SD: root mean variance of both groups of a 0/1 exposure, else of all rows.

    Parameters
    ----------
    companion : Companion

    Returns
    -------
    float
    """
    y, d, w = companion.y, companion.exposure, companion.weights
    if not np.isin(d, (0.0, 1.0)).all():
        return float(np.sqrt(weighted_moments(y, w)[1]))
    return float(np.sqrt(np.mean([weighted_moments(y[d == g], w[d == g])[1] for g in (0, 1)])))


def standardised_rows(one: Answer, spread: float, notes: list[str]) -> list[Row]:
    """Return E-values of a difference of means by way of ``exp(0.91 d)``.

    Parameters
    ----------
    one : Answer
    spread : float
        Standard deviation of the outcome.
    notes : list of str
        Gets the explanation.

    Returns
    -------
    list of (term, measure, benchmark, value)
    """
    ratios = np.exp(LOG_RATIO * np.array([one.value, one.low, one.high]) / spread)
    notes.append(
        "E-value of a continuous outcome: risk ratio exp(0.91 d), d = effect over the survey-weighted SD within groups "
        f"({one.term}: {spread:.4g}), which is taken as known."
    )
    return [
        (one.term, "e_value", "", e_value(float(ratios[0]))),
        (one.term, "e_value_limit", "", e_value_of_limit(float(ratios[1]), float(ratios[2]))),
    ]


def ratio_rows(term: str, means: Estimate, above: str, below: str, notes: list[str]) -> list[Row]:
    """Return E-values of the ratio of two estimated risks.

    Parameters
    ----------
    term : str
    means : Estimate
        Holds both risks.
    above, below : str
        Their terms.
    notes : list of str
        Gets the reason where there is no ratio.

    Returns
    -------
    list of (term, measure, benchmark, value)
    """
    values = dict(zip(means.terms, means.values, strict=True))
    if not (values[above] > 0 and values[below] > 0):
        notes.append(f"{term}: an arm's mean is not positive, so there is no risk ratio and no E-value.")
        return [(term, "e_value", "", float("nan")), (term, "e_value_limit", "", float("nan"))]
    row = means.contrast(f"log(`{above}` / `{below}`)").exp().table.iloc[0]
    return [
        (term, "e_value", "", e_value(float(row["estimate"]))),
        (term, "e_value_limit", "", e_value_of_limit(float(row["conf_low"]), float(row["conf_high"]))),
    ]
