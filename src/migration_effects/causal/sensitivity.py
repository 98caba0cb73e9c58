"""What an unmeasured confounder would have to be to explain an effect away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.causal.companion import Companion
from migration_effects.causal.effects import Effect
from migration_effects.causal.fit import propensity_fit
from migration_effects.causal.matching import match_rows
from migration_effects.causal.measures import (
    ALPHA,
    Answer,
    Row,
    least_squares_rows,
    limits,
    ratio_rows,
    spread_of,
    standardised_rows,
)
from migration_effects.causal.strength import rosenbaum_gamma
from migration_effects.design.columns import numeric
from migration_effects.errors import SpecificationError, nearest
from migration_effects.regression.marginal import predictive_means
from migration_effects.regression.regress import Regression

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class Sensitivity:
    """Answers about unmeasured confounding.

    Parameters
    ----------
    table : DataFrame
        ``term, measure, benchmark, value``.
    notes : tuple of str
        How each number was made.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        shown = self.table.to_string(index=False, float_format=lambda value: f"{value:.4g}")
        return "\n".join(
            ["Sensitivity to unmeasured confounding", shown, *(f"Note: {n}" for n in self.notes)]
        )

    def _repr_html_(self) -> str:
        from html import escape

        notes = "".join(f"<p>Note: {escape(note)}</p>" for note in self.notes)
        table = self.table.to_html(index=False, float_format=lambda value: f"{value:.4g}", border=0)
        return f"{table}{notes}"


def sensitivity(
    effect_or_fit: Effect | Regression,
    *,
    benchmark: str | Sequence[str] | None = None,
    exposure: str | None = None,
) -> Sensitivity:
    """Say how strong an unmeasured confounder would have to be.

    =========================  ====================================================================================
    measure                    meaning
    =========================  ====================================================================================
    e_value, e_value_limit     risk ratio it needs with exposure and outcome to explain the estimate, the limit
                               (VanderWeele and Ding 2017)
    partial_r2                 share of the outcome's residual variance that the exposure explains
    robustness_value           share of the residual variance of exposure and of outcome that it must explain to
                               bring the estimate to 0 (Cinelli and Hazlett 2020)
    robustness_value_alpha     ... to make the least-squares estimate insignificant at 5 %
    robustness_value_design    ... to bring the estimate to where its design-based interval touches 0
    benchmark_exposure,        shares that a confounder as strong as the benchmark covariate would explain
    benchmark_outcome
    benchmark_estimate         what such a confounder would leave of the least-squares estimate
    oster_delta                selection on unmeasured over measured covariates that brings the effect to 0, with
                               the largest R squared 1.3 times that of the model (Oster 2019)
    gamma                      matching only: odds ratio of exposure within pairs up to which the signed-rank test
                               stays significant at 5 % (Rosenbaum 2002), pairs counted without survey weights
    =========================  ====================================================================================

    All but E-values and gamma are algebra of the survey-weighted least-squares fit of the outcome on exposure and
    covariates: for an Effect its companion, not its balancing weights, under which no covariate could serve as a
    benchmark.

    Parameters
    ----------
    effect_or_fit : Effect or Regression
    benchmark : str or list of str, optional
        Covariates to compare with; all unless said.
    exposure : str, optional
        Term of the exposure in a Regression.

    Returns
    -------
    Sensitivity

    Raises
    ------
    SpecificationError
        Neither an Effect nor a Regression, an unknown covariate or exposure, or a family that has no such measures.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"x": rng.normal(size=200), "away": np.tile([1, 0], 100)})
    >>> data["y"] = data["away"] + data["x"] + rng.normal(size=200)
    >>> found = me.sensitivity(me.regress("y ~ away + x", me.SurveyDesign(data)), exposure="away")
    >>> found.table["measure"].tolist()[:3]
    ['e_value', 'e_value_limit', 'partial_r2']
    """
    if isinstance(effect_or_fit, Effect) and effect_or_fit.balancing is not None:
        rows, notes = _of_effect(effect_or_fit, benchmark)
    elif isinstance(effect_or_fit, Regression):
        rows, notes = _of_regression(effect_or_fit, benchmark, exposure)
    else:
        raise SpecificationError(
            f"me.sensitivity takes the result of me.effect or me.regress, not {type(effect_or_fit).__name__}."
        )
    table = pd.DataFrame(rows, columns=["term", "measure", "benchmark", "value"])
    return Sensitivity(table, tuple(dict.fromkeys(notes)))


def _of_effect(found: Effect, benchmark: str | Sequence[str] | None) -> tuple[list[Row], list[str]]:
    """Return the measures of every outcome of an effect."""
    weights = found.balancing
    assert weights is not None
    rows: list[Row] = []
    notes = [
        "Partial R squared, robustness values, benchmarks and delta: companion regression, survey weights."
    ]
    for position, term in enumerate(found.terms):
        y = numeric(weights.design.data, term, purpose="an effect")[weights.exposure.rows]
        known = ~np.isnan(y)
        companion = Companion(
            y[known],
            weights.exposed[known],
            weights.covariates.matrix[known],
            weights.covariates.terms,
            weights.survey_weights[known],
        )
        one = Answer(term, found.values[position], *limits(found, position))
        binary = bool(np.isin(y[known], (0.0, 1.0)).all())
        if binary:
            assert found.arms is not None
            rows += ratio_rows(term, found.arms, f"{term}[exposed]", f"{term}[comparison]", notes)
        else:
            rows += standardised_rows(one, spread_of(companion), notes)
        rows += least_squares_rows(one, companion, benchmark)
        if weights.method == "matching":
            rows.append((term, "gamma", "", _gamma(found, y)))
            notes.append("gamma: signed ranks of matched differences, without survey weights.")
    return rows, notes


def _of_regression(
    fit: Regression, benchmark: str | Sequence[str] | None, exposure: str | None
) -> tuple[list[Row], list[str]]:
    """Return the measures of one coefficient."""
    model, design = fit.model, fit.design
    assert model is not None
    assert design is not None
    slopes = [name for name in model.columns if name != "Intercept"]
    if exposure is None and len(slopes) != 1:
        raise SpecificationError(
            f"Say which term is the exposure, for example exposure={slopes[0]!r}: {slopes}."
        )
    term = slopes[0] if exposure is None else exposure
    if term not in slopes or term not in fit.terms:
        raise SpecificationError(
            f"{term!r} is not a term of {fit.formula!r}: {slopes}.{nearest(term, slopes)}"
        )
    position, column = fit.terms.index(term), model.columns.index(term)
    notes: list[str] = []
    one = Answer(term, fit.values[position], *limits(fit, position))
    weights = design.final_weights[model.rows]
    binary = bool(np.isin(model.outcome, (0.0, 1.0)).all()) and fit.fixed_effects is None
    rows: list[Row] = []
    if fit.family in ("binomial", "poisson") or binary:
        rows += _ratio_of_fit(fit, term, notes)
    elif fit.family != "gaussian":
        raise SpecificationError(
            f"family={fit.family!r} has no sensitivity measures; use me.effect or a linear model."
        )
    others = np.delete(model.matrix, column, axis=1)
    place = {j: j - (j > column) for j in range(len(model.columns)) if j != column}
    terms = {
        name: tuple(place[j] for j in columns if j != column)
        for name, columns in model.terms.items()
        if columns != (column,) and model.columns[columns[0]] != "Intercept"
    }
    groups = 0 if fit.fixed_effects is None else design.data.loc[model.rows, fit.fixed_effects].nunique()
    companion = Companion(model.outcome, model.matrix[:, column], others, terms, weights, groups)
    if fit.family == "gaussian":
        if not rows:
            rows += standardised_rows(one, spread_of(companion), notes)
        rows += least_squares_rows(one, companion, benchmark)
    return rows, notes


def _ratio_of_fit(fit: Regression, term: str, notes: list[str]) -> list[Row]:
    """Return E-values of the ratio of mean predictions with and without exposure."""
    assert fit.model is not None
    assert fit.design is not None
    if term not in fit.model.variables or not fit.design.data.loc[fit.model.rows, term].isin([0, 1]).all():
        raise SpecificationError(
            f"The E-value of a {fit.family} model needs a 0/1 exposure that is a column of the data; {term!r} is not."
        )
    means = predictive_means(fit, term)
    comparison, exposed = means.terms
    return ratio_rows(term, means, exposed, comparison, notes)


def _gamma(found: Effect, y: Array) -> float:
    """Return Rosenbaum's gamma of matched differences."""
    weights = found.balancing
    assert weights is not None
    fit = propensity_fit(weights.covariates.matrix, weights.exposed, weights.survey_weights)
    known = np.where(np.isnan(y), 0.0, weights.survey_weights)
    matches, ones, zeros = match_rows(fit, weights.exposed, known)
    differences = y[ones] - matches.averaged(y[zeros])
    return rosenbaum_gamma(np.sign(differences.sum() or 1.0) * differences, alpha=ALPHA / 2)
