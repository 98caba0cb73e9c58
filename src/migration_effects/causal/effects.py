"""Effects of an exposure by weighting, with the estimation of the weights in the standard error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.causal.arms import estimate_arms
from migration_effects.causal.covariates import CovariateMatrix, Covariates, covariate_matrix
from migration_effects.causal.factors import Factors
from migration_effects.causal.refit import Variance, refitted, replicated_design
from migration_effects.causal.weights import BalancingWeights
from migration_effects.design import SurveyDesign
from migration_effects.design.columns import names, numeric
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.warn import few_psus
from migration_effects.regression.families import check_outcome

Array = NDArray[np.float64]
FAMILIES = ("gaussian", "binomial", "poisson")
ARMS = ("exposed", "comparison")


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
        Of the bootstrap.

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
    listed = names(outcome)  # type: ignore[arg-type]
    rows = weights.exposure.rows
    outcomes = [_outcome(weights, name, family, adjusted=adjust is not None) for name in listed]
    matrix = None
    if adjust is not None:
        matrix = covariate_matrix(adjust, weights.design.data, rows, exposure=weights.exposure.name)
    design, why = replicated_design(weights, variance, replicates, weights.seed or seed)

    def arms(factors: Factors, survey: Array) -> Array:
        """Return the means of both arms of every outcome."""
        return np.concatenate([one(factors, survey, y, False)[0] for y in outcomes])

    def one(factors: Factors, survey: Array, y: Array, full: bool) -> tuple[Array, Array | None]:
        """Return the means of both arms of one outcome and their influence."""
        found = estimate_arms(
            y,
            weights.exposed,
            survey,
            factors,
            adjust=None if matrix is None else matrix.matrix,
            family=family,
            with_influence=full,
        )
        return found.values, found.influence

    linearised = design.replicates is None
    found = [one(weights.factors, weights.survey_weights, y, linearised) for y in outcomes]
    influence, thetas = None, None
    if linearised:
        influence = np.zeros((len(rows), 2 * len(listed)))
        influence[rows] = np.hstack([part for _, part in found if part is not None])
    else:
        thetas = refitted(design, weights, arms)
    notes = (
        *weights.notes,
        *_missing_notes(listed, outcomes),
        *why,
        *(() if matrix is None else matrix.notes),
    )
    means = _arms_estimate(
        listed, outcomes, weights, design, np.concatenate([v for v, _ in found]), influence, thetas
    )
    means = replace(
        means,
        notes=(*notes, *few_psus(means.df[:1], means.terms[:1])),
        method=_method(weights, matrix, design),
    )
    return _differences(listed, means, weights, matrix)


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


def _arms_estimate(
    listed: Sequence[str],
    outcomes: Sequence[Array],
    weights: BalancingWeights,
    design: SurveyDesign,
    values: Array,
    influence: Array | None,
    thetas: Array | None,
) -> Estimate:
    """Return the means of both arms as one Estimate, outcomes outermost."""
    rows = weights.exposure.rows
    terms, labels, df, n, n_psu = [], [], [], [], []
    for name, y in zip(listed, outcomes, strict=True):
        used = rows.copy()
        used[rows] = ~np.isnan(y)
        for arm, members in zip(ARMS, (weights.exposure.exposed, ~weights.exposure.exposed), strict=True):
            terms.append(f"{name}[{arm}]")
            labels.append((arm, name))
            df.append(design.df_of(used))
            n.append(int((used & members).sum()))
            n_psu.append(design.psus_used(used & members))
    return Estimate(
        terms=tuple(terms),
        values=values,
        labels=pd.DataFrame(labels, columns=["arm", "term"]),
        df=np.array(df, dtype=np.float64),
        n=np.array(n, dtype=np.int64),
        n_psu=np.array(n_psu, dtype=np.int64),
        method="",
        design=design,
        linearised=influence,
        replicate_values=thetas,
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
