"""Which variance an effect has, and replicates that refit every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from migration_effects.causal.factors import Factors
from migration_effects.causal.fit import fit_factors, propensity_fit
from migration_effects.causal.weights import BalancingWeights
from migration_effects.design import SurveyDesign
from migration_effects.errors import ConvergenceError, DesignError, SpecificationError
from migration_effects.weighting.replication import replicate

Array = NDArray[np.float64]
Variance = Literal["auto", "linearised", "jackknife", "bootstrap"]
VARIANCES = ("auto", "linearised", "jackknife", "bootstrap")
FEW_PSUS = 30
MOST_REFITS = 2000


def replicated_design(
    weights: BalancingWeights, variance: Variance, replicates: int, seed: int
) -> tuple[SurveyDesign, tuple[str, ...]]:
    """Return the design that gives the covariance, and why it was chosen.

    Matching has a bootstrap only. Otherwise "auto" is a jackknife with fewer than 30 PSUs or weak overlap, where
    linearised standard errors are too small, up to 2,000 PSUs; and linearised elsewhere.

    Parameters
    ----------
    weights : BalancingWeights
    variance : {"auto", "linearised", "jackknife", "bootstrap"}
    replicates : int
        Of the bootstrap.
    seed : int

    Returns
    -------
    design : SurveyDesign
        With replicates unless the variance is linearised.
    notes : tuple of str

    Raises
    ------
    SpecificationError
        Unknown variance, or "linearised" for matching.
    """
    design = weights.design
    if variance not in VARIANCES:
        raise SpecificationError(f"variance={variance!r} is unknown. Allowed: {', '.join(VARIANCES)}.")
    if design.replicates is not None:
        if variance not in ("auto", design.replicates.method):
            raise SpecificationError(
                f"The design holds {design.replicates.count} {design.replicates.method} replicates, which carry the "
                f"variance; variance={variance!r} is not possible. Leave it out, or use the design without them."
            )
        return design, ("Every step is refitted in each replicate of the design.",)
    if weights.method == "matching":
        if variance in ("linearised", "jackknife"):
            raise SpecificationError(
                f"variance={variance!r} does not exist for matching, whose weights jump as the data move. "
                'Use "bootstrap", or method="ipw".'
            )
        note = (
            f"Matching: Rao-Wu bootstrap of {replicates} replicates, every step refitted; conservative in simulation "
            "and without an asymptotic warrant (Abadie and Imbens 2008)."
        )
        return replicate(design, method="bootstrap", replicates=replicates, seed=seed), (note,)
    if variance == "bootstrap":
        note = f"Rao-Wu bootstrap of {replicates} replicates, every step refitted."
        return replicate(design, method="bootstrap", replicates=replicates, seed=seed), (note,)
    if variance == "jackknife":
        return replicate(design, method="jkn"), ("Jackknife of PSUs, every step refitted.",)
    return _automatic(weights) if variance == "auto" else (design, ())


def _automatic(weights: BalancingWeights) -> tuple[SurveyDesign, tuple[str, ...]]:
    """Choose between the linearised variance and the jackknife."""
    design = weights.design
    reasons = []
    if design.n_psu < FEW_PSUS:
        reasons.append(f"{design.n_psu} PSUs in use (fewer than {FEW_PSUS})")
    if weights.weak:
        reasons.append("weak overlap")
    if not reasons:
        return design, ()
    why = " and ".join(reasons)
    if design.stages[0].units > MOST_REFITS:
        return design, (
            f"Linearised standard error in spite of {why}, because a jackknife would refit "
            f"{design.stages[0].units} times: it may be some percent too small.",
        )
    try:
        made = replicate(design, method="jkn")
    except DesignError as error:
        return design, (
            f"Linearised standard error in spite of {why}, because the design has no jackknife ({error}): it may be "
            "some percent too small.",
        )
    return made, (f"Jackknife of PSUs, every step refitted, because of {why}.",)


def refitted(
    design: SurveyDesign, weights: BalancingWeights, estimate: Callable[[Factors, Array], Array]
) -> Array:
    """Return an estimate under every replicate, with the balancing factors fitted anew.

    Parameters
    ----------
    design : SurveyDesign
        With replicates.
    weights : BalancingWeights
    estimate : callable
        Factors and survey weights of the rows compared to values, shape (k,).

    Returns
    -------
    ndarray, shape (R, k)

    Raises
    ------
    ConvergenceError
        Balancing has no solution in some replicates.
    """
    rows, exposed = weights.exposure.rows, weights.exposed
    X, columns = weights.covariates.matrix, weights.covariates.columns
    # Coefficients that grow without end are no place to start from.
    start = None if weights.separated else weights.factors.start
    results: list[Array] = []
    failed: list[str] = []
    for column in design.replicate_columns():
        survey = column[rows]
        if not survey.any():
            failed.append("no row of the comparison has weight there.")
            continue
        try:
            fit = propensity_fit(X, exposed, survey, start)
            factors = fit_factors(weights.method, weights.estimand, X, exposed, survey, columns, fit)
            results.append(estimate(factors, survey))
        except (ConvergenceError, SpecificationError, ValueError, np.linalg.LinAlgError) as error:
            failed.append(str(error))
    if failed:
        raise ConvergenceError(
            f"{len(failed)} of {len(failed) + len(results)} replicates have no solution, so this variance is not known "
            f"(first: {failed[0]}) Use fewer covariates, a larger domain, or variance='linearised'."
        )
    return np.array(results)
