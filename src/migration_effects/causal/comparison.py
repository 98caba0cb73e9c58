"""The same effect by every estimator, beside the comparison within communities."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.causal.covariates import Covariates, right_side
from migration_effects.causal.effects import Effect, effect
from migration_effects.causal.factors import Method
from migration_effects.causal.refit import Variance, replicated_design
from migration_effects.causal.weights import BalancingWeights, balance_weights
from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.columns import numeric, series
from migration_effects.errors import ConfoundingWarning, SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.stacking import stack
from migration_effects.regression.regress import regress

Array = NDArray[np.float64]
TERMS = ("naive", "regression", "within_community", "ipw", "overlap", "entropy", "aipw", "matching")
ESTIMANDS = ("", "", "", "ATT", "ATO", "ATT", "ATT", "ATT")
EXPOSED, COMMUNITY, OUTCOME = "_exposed", "_community", "_outcome"


def compare_effects(
    outcome: str,
    exposure: str,
    covariates: Covariates,
    design: SurveyDesign,
    *,
    community: str | None = None,
    level: object = None,
    reference: object = None,
    variance: Variance = "auto",
    replicates: int = 200,
    seed: int = 0,
) -> Estimate:
    """Estimate one effect by eight ways that fail for different reasons.

    ``naive``: difference of weighted means; ``regression``: coefficient of a linear model with the covariates;
    ``within_community``: the same with the communities' effects absorbed, the only one that survives confounding at
    community level; ``ipw, entropy, matching``: ATT by weighting; ``overlap``: ATO; ``aipw``: ATT with a linear
    outcome model on the ipw weights. All models are linear, whatever the outcome.

    Parameters
    ----------
    outcome, exposure : str
    covariates : list of str, or str
        Columns, or the right side of a formula.
    design : SurveyDesign
    community : str, optional
        Column of communities; the PSU unless said.
    level, reference : optional
        As in `balance_weights`.
    variance : {"auto", "linearised", "jackknife", "bootstrap"}
        As in `effect`, chosen once for all; matching has its bootstrap.
    replicates : int
        Of the bootstrap.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Estimate
        Terms as above, in that order, with their joint covariance (NaN between matching and the others, whose
        variances come from different ways); column ``estimand`` appended.

    Raises
    ------
    SpecificationError
        As in `balance_weights` and `effect`; a design without PSUs and no `community`.

    Warns
    -----
    ConfoundingWarning
        The within-community estimate differs from ipw by more than one standard error of ipw: in simulation in one
        sample of ten without community confounding and in half of those with it, so a hint and not a test.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> rng = np.random.default_rng(3)
    >>> data = pd.DataFrame({"psu": np.repeat(range(40), 10), "away": np.tile([1, 0, 0, 0, 1], 80)})
    >>> data["x"] = data["away"] + rng.normal(size=400)
    >>> data["y"] = 2 * data["away"] + data["x"] + rng.normal(size=400)
    >>> found = me.compare_effects("y", "away", ["x"], me.SurveyDesign(data, psu="psu"), replicates=20)
    >>> found.terms
    ('naive', 'regression', 'within_community', 'ipw', 'overlap', 'entropy', 'aipw', 'matching')
    """
    require_design(design)
    if not isinstance(outcome, str):
        raise SpecificationError("me.compare_effects takes one outcome. Call it once for each.")
    weights = _all_weights(exposure, covariates, design, level, reference, seed)
    ipw = weights["ipw"]
    chosen, why = replicated_design(ipw, variance, replicates, seed)
    weights = {name: replace(one, design=chosen) for name, one in weights.items() if name != "matching"} | {
        "matching": weights["matching"]
    }
    models = _models(outcome, covariates, chosen, ipw, community)
    # One kind of variance for all: a member does not choose a jackknife of its own.
    kind: Variance = "linearised" if chosen.replicates is None else "auto"
    effects = {name: effect(outcome, weights[name], variance=kind) for name in ("ipw", "overlap", "entropy")}
    aipw = effect(outcome, weights["ipw"], adjust=covariates, variance=kind)
    matched = effect(outcome, weights["matching"], replicates=replicates, seed=seed)
    parts = [*models, *effects.values(), aipw, matched]
    notes = (
        [note for part in parts for note in part.notes] + list(why) + _confounding(models[2], effects["ipw"])
    )
    skipped = "Every step is refitted in each replicate"
    kept = tuple(
        dict.fromkeys(n for n in notes if design.replicates is not None or not n.startswith(skipped))
    )
    return _joined(
        parts, design, kept, f"Effect of {exposure} on {outcome} by eight estimators, {_how(chosen)}"
    )


def _how(design: SurveyDesign) -> str:
    """Say where the standard errors come from."""
    if design.replicates is None:
        return "linearised variance with estimated weights (matching: bootstrap)"
    return f"{design.replicates.count} {design.replicates.method} replicates, every step refitted (matching: bootstrap)"


def _all_weights(
    exposure: str, covariates: Covariates, design: SurveyDesign, level: object, reference: object, seed: int
) -> dict[str, BalancingWeights]:
    """Return the weights of every method; a warning they share is given once."""
    methods: tuple[Method, ...] = ("ipw", "overlap", "entropy", "matching")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found: dict[str, BalancingWeights] = {
            method: balance_weights(
                exposure, covariates, design, method=method, level=level, reference=reference, seed=seed
            )
            for method in methods
        }
    for category, text in dict.fromkeys((w.category, str(w.message)) for w in caught):
        warnings.warn(text, category, stacklevel=3)
    return found


def _models(
    outcome: str,
    covariates: Covariates,
    design: SurveyDesign,
    weights: BalancingWeights,
    community: str | None,
) -> list[Estimate]:
    """Return the coefficient of the exposure in three linear models."""
    data, rows = design.data, weights.exposure.rows
    if community is None:
        first = design.stages[0]
        if first.units == len(data):
            raise SpecificationError(
                "The design has no PSUs, so there is no community to compare within. Give community=, a column."
            )
        places = pd.Series(first.unit, index=data.index)
    else:
        places = series(data, community)
    y = numeric(data, outcome, purpose="an effect")
    added = {EXPOSED: weights.exposure.exposed.astype(np.float64), COMMUNITY: places, OUTCOME: y}
    sample = design.with_data(data.assign(**added)).where(rows & ~np.isnan(y))
    right = right_side(covariates, data)
    fits = [
        regress(f"{OUTCOME} ~ {EXPOSED}", sample),
        regress(f"{OUTCOME} ~ {EXPOSED} + {right}", sample),
        regress(f"{OUTCOME} ~ {EXPOSED} + {right}", sample, fixed_effects=COMMUNITY),
    ]
    if EXPOSED not in fits[2].terms:
        raise SpecificationError(
            "The exposure does not vary within any community, so there is no comparison within communities."
        )
    naive = replace(_only_exposure(fits[0]), df=np.array([sample.df]))
    return [naive, _only_exposure(fits[1]), _only_exposure(fits[2])]


def _only_exposure(fit: Estimate) -> Estimate:
    """Return the coefficient of the exposure."""
    return fit.contrast(EXPOSED)


def _confounding(within: Estimate, ipw: Effect) -> list[str]:
    """Warn when the comparison within communities departs from the one across them."""
    gap = float(within.values[0] - ipw.values[0])
    error = float(ipw.std_error[0])
    if not abs(gap) > error:
        return []
    text = (
        f"The within-community estimate ({within.values[0]:.3g}) differs from ipw ({ipw.values[0]:.3g}) by "
        f"{abs(gap) / error:.1f} standard errors of ipw. Communities may differ in what sends parents away and in the "
        "outcome: prefer the within-community estimate, or add covariates of the community. It is a hint, not a test."
    )
    warnings.warn(text, ConfoundingWarning, stacklevel=3)
    return [text]


def _joined(parts: Sequence[Estimate], design: SurveyDesign, notes: tuple[str, ...], method: str) -> Estimate:
    """Return all parts as one Estimate, named by their estimator."""
    together = design.replicates is not None  # then matching has the same replicates as the others
    joint = stack(parts if together else parts[:-1], names=TERMS[: len(parts) if together else -1])
    covariance = np.full((len(parts), len(parts)), np.nan)
    size = len(joint.terms)
    covariance[:size, :size] = joint.covariance
    covariance[-1, -1] = parts[-1].covariance[0, 0]
    return Estimate(
        terms=TERMS,
        values=np.concatenate([part.values for part in parts]),
        labels=pd.DataFrame({"term": list(TERMS)}),
        df=np.concatenate([part.df for part in parts]),
        n=np.concatenate([part.n for part in parts]),
        n_psu=np.concatenate([part.n_psu for part in parts]),
        method=method,
        design=design,
        replicate_values=joint.replicate_values if together else None,
        given_vcov=None if together else covariance,
        notes=notes,
        extra=pd.DataFrame({"estimand": ESTIMANDS}),
    )
