"""Effects of an exposure by weighting, with the estimation of the weights in the standard error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.causal.arms import estimate_arms
from migration_effects.causal.arms_estimate import arms_estimate
from migration_effects.causal.covariates import CovariateMatrix, Covariates, covariate_matrix, right_side
from migration_effects.causal.factors import Factors
from migration_effects.causal.refit import Variance, refitted, replicated_design
from migration_effects.causal.weights import BalancingWeights
from migration_effects.design import SurveyDesign
from migration_effects.design.columns import numeric, some_names
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.warn import few_psus
from migration_effects.regression.families import check_outcome

Array = NDArray[np.float64]
FAMILIES = ("gaussian", "binomial", "poisson")


@dataclass(frozen=True, repr=False, eq=False)
class Effect(Estimate):
    """Differences between the two arms, one per outcome.

    Parameters
    ----------
    arms : Estimate or None
        Means of both arms, terms ``outcome[exposed]`` and ``outcome[comparison]``, with their joint covariance.
    balancing : BalancingWeights or None
    adjust : CovariateMatrix or None
        Covariates of the outcome models.
    """

    arms: Estimate | None = None
    balancing: BalancingWeights | None = None
    adjust: CovariateMatrix | None = None


def effect(
    outcome: str | Sequence[str],
    weights: BalancingWeights,
    *,
    adjust: Covariates | None = None,
    family: str = "gaussian",
    variance: Variance = "auto",
    replicates: int = 200,
    seed: int = 0,
) -> Effect:
    """Estimate the effect of the exposure: the difference of the weighted means of both groups.

    Without `adjust` the difference of weighted (Hájek) means. With it AIPW: outcome models fitted with the survey
    weights in the comparison group (for ATE and ATO in both), whose residuals are averaged with the balancing
    weights; right when either the propensity or the outcome model is. The influence function includes the
    estimation of weights and outcome models; taking the weights as known is 5 % to 50 % wrong.

    Parameters
    ----------
    outcome : str or list of str
        Numeric or True/False columns; several give one joint Estimate. Rows without a value leave that outcome
        only; the weights are not refitted.
    weights : BalancingWeights
        From `balance_weights`.
    adjust : list of str, or str, optional
        Covariates of the outcome models: columns or the right side of a formula.
    family : {"gaussian", "binomial", "poisson"}
        Of the outcome models. The effect is a difference of means whatever the family.
    variance : {"auto", "linearised", "jackknife", "bootstrap"}
        "auto": a jackknife that refits every step with fewer than 30 PSUs or weak overlap, linearised elsewhere,
        the bootstrap for matching. The result says which.
    replicates : int
        Of the bootstrap.
    seed : int
        Of the bootstrap; that of the weights unless said.

    Returns
    -------
    Effect
        Terms are the outcomes; ``.arms`` the means. df = the design's, of the rows with a value.

    Raises
    ------
    SpecificationError
        Unknown or unusable columns, an outcome that one group lacks.
    ConvergenceError
        Some replicates have no solution.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"away": [1, 1, 0, 0, 0] * 20, "rural": [1, 0, 1, 0, 0] * 20})
    >>> data["score"] = 2.0 * data["away"] + data["rural"]
    >>> weights = me.balance_weights("away", ["rural"], me.SurveyDesign(data), method="entropy")
    >>> me.effect("score", weights).values.round(6).tolist()
    [2.0]
    """
    if family not in FAMILIES:
        raise SpecificationError(f"family={family!r} is unknown. Allowed: {', '.join(FAMILIES)}.")
    if not isinstance(weights, BalancingWeights):
        raise SpecificationError(
            f"me.effect takes the weights that me.balance_weights returns; got {type(weights).__name__}."
        )
    listed = some_names(outcome, purpose="an effect")
    outcomes = tuple(_outcome(weights, name, family, adjusted=adjust is not None) for name in listed)
    matrix = None if adjust is None else _adjustment(adjust, weights)
    design, why = replicated_design(weights, variance, replicates, seed or weights.seed)
    question = _Question(outcomes, weights.exposed, matrix, family)
    values, influence = question.arms(weights.factors, weights.survey_weights, design.replicates is None)
    everywhere, thetas = None, None
    if influence is not None:
        everywhere = np.zeros((len(weights.exposure.rows), influence.shape[1]))
        everywhere[weights.exposure.rows] = influence
    else:
        thetas = refitted(design, weights, lambda factors, survey: question.arms(factors, survey, False)[0])
    notes = [*weights.notes, *_missing_notes(listed, outcomes), *why, *(matrix.notes if matrix else ())]
    means = arms_estimate(
        listed, outcomes, weights, design, values=values, influence=everywhere, thetas=thetas
    )
    notes += few_psus(means.df[::2], listed)
    means = replace(means, notes=tuple(dict.fromkeys(notes)), method=_method(weights, matrix, design))
    return _differences(listed, means, weights, matrix)


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """What is estimated whatever the survey weights: outcomes (m,) each, exposure, outcome models."""

    outcomes: tuple[Array, ...]
    exposed: Array
    matrix: CovariateMatrix | None
    family: str

    def arms(self, factors: Factors, survey: Array, with_influence: bool) -> tuple[Array, Array | None]:
        """Return the means of both arms, outcomes outermost, and their influence (m, 2 x outcomes)."""
        adjust = None if self.matrix is None else self.matrix.matrix
        found = [
            estimate_arms(
                y,
                self.exposed,
                survey,
                factors,
                adjust=adjust,
                family=self.family,
                with_influence=with_influence,
            )
            for y in self.outcomes
        ]
        values = np.concatenate([one.values for one in found])
        columns = [one.influence for one in found if one.influence is not None]
        return values, np.hstack(columns) if with_influence else None


def _adjustment(adjust: Covariates, weights: BalancingWeights) -> CovariateMatrix:
    """Return the covariates of the outcome models; those of the weights need not be built again."""
    data, exposure = weights.design.data, weights.exposure
    if right_side(adjust, data) == weights.covariates.right:
        return weights.covariates
    return covariate_matrix(adjust, data, exposure.rows, exposure=exposure.name)


def _outcome(weights: BalancingWeights, name: str, family: str, *, adjusted: bool) -> Array:
    """Return an outcome of the rows compared; both groups must have values."""
    y = numeric(weights.design.data, name, purpose="an effect")[weights.exposure.rows]
    for value, group in ((1, "exposed"), (0, "comparison")):
        if np.isnan(y[weights.exposed == value]).all():
            raise SpecificationError(f"Outcome {name!r} is missing in every row of the {group} group.")
    if adjusted:
        check_outcome(y[~np.isnan(y)], family, name)
    return y


def _missing_notes(listed: Sequence[str], outcomes: Sequence[Array]) -> tuple[str, ...]:
    """Count the rows without an outcome."""
    counts = {name: int(np.isnan(y).sum()) for name, y in zip(listed, outcomes, strict=True)}
    return tuple(
        f"{n} rows without a value of {name} are left out; weights not refitted."
        for name, n in counts.items()
        if n
    )


def _differences(
    listed: Sequence[str], means: Estimate, weights: BalancingWeights, matrix: CovariateMatrix | None
) -> Effect:
    """Return exposed less comparison for every outcome."""
    contrast = np.kron(np.eye(len(listed)), [[1.0, -1.0]])
    thetas = means.replicate_values
    assert means.design is not None
    return Effect(
        terms=tuple(listed),
        values=contrast @ means.values,
        labels=pd.DataFrame({"term": list(listed)}),
        df=means.df[::2],
        n=means.n[::2] + means.n[1::2],
        n_psu=_psus(listed, weights),
        method=means.method,
        design=means.design,
        linearised=None if means.linearised is None else means.linearised @ contrast.T,
        replicate_values=None if thetas is None else thetas @ contrast.T,
        notes=means.notes,
        arms=replace(means, method=f"Means of both arms: {means.method}"),
        balancing=weights,
        adjust=matrix,
    )


def _psus(listed: Sequence[str], weights: BalancingWeights) -> NDArray[np.int64]:
    """Return the PSUs with a row in use of each outcome."""
    counts = []
    for name in listed:
        known = weights.design.data[name].notna().to_numpy()
        counts.append(weights.design.psus_used(weights.exposure.rows & known))
    return np.array(counts, dtype=np.int64)


def _method(weights: BalancingWeights, matrix: CovariateMatrix | None, design: SurveyDesign) -> str:
    """Say in one line what was estimated and how."""
    how = f"AIPW on {weights.method}" if matrix is not None else weights.method
    if design.replicates is None:
        error = "linearised variance with estimated weights"
    else:
        error = f"{design.replicates.count} {design.replicates.method} replicates, every step refitted"
    groups = f"{weights.exposure.name} = {weights.exposure.level} against {weights.exposure.reference}"
    return f"{weights.estimand} of {groups} by {how}, {error}"
