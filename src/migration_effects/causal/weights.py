"""Weights that make an exposed and a comparison group alike on the covariates."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.causal.balance import balance_table
from migration_effects.causal.covariates import CovariateMatrix, Covariates, covariate_matrix
from migration_effects.causal.exposure import Exposure, read_exposure
from migration_effects.causal.factors import Estimand, Factors, Method, logit_factors
from migration_effects.causal.fit import fit_factors, propensity_fit
from migration_effects.causal.overlap import effective_size, overlap_table, remaining_shares, weak_groups
from migration_effects.causal.support import check_sizes, check_support
from migration_effects.design import SurveyDesign, require_design
from migration_effects.errors import OverlapWarning, SpecificationError, nearest

Array = NDArray[np.float64]

ESTIMANDS: dict[str, tuple[Estimand, ...]] = {
    "ipw": ("ATT", "ATE", "ATO"),
    "overlap": ("ATO",),
    "entropy": ("ATT", "ATE"),
    "matching": ("ATT",),
}


@dataclass(frozen=True, repr=False, eq=False)
class BalancingWeights:
    """Weights that balance covariates, with the equations that made them.

    Parameters
    ----------
    design : SurveyDesign
        Its domain is the two groups compared.
    exposure : Exposure
    method : {"ipw", "overlap", "entropy", "matching"}
    estimand : {"ATT", "ATE", "ATO"}
    covariates : CovariateMatrix
    factors : Factors
        Balancing factors and their estimating equations, for the rows compared.
    seed : int
        Of the bootstrap, where an effect needs one.
    notes : tuple of str
    weak : dict of str to float
        Groups that keep less than a third of their effective size, with the share.
    separated : bool
        Some rows are certain of their group.
    """

    design: SurveyDesign
    exposure: Exposure
    method: Method
    estimand: Estimand
    covariates: CovariateMatrix
    factors: Factors
    seed: int
    notes: tuple[str, ...]
    weak: dict[str, float]
    separated: bool = False

    @cached_property
    def exposed(self) -> Array:
        """Exposure of the rows compared as 1 or 0, shape (m,)."""
        return self.exposure.exposed[self.exposure.rows].astype(np.float64)

    @cached_property
    def survey_weights(self) -> Array:
        """Survey weights of the rows compared, shape (m,)."""
        return self.design.final_weights[self.exposure.rows]

    @property
    def weights(self) -> pd.Series:
        """Survey weight times balancing factor, in row order of the design's data; 0 outside both groups."""
        return self._over_all_rows(self.survey_weights * self.factors.factor, 0.0, "weight")

    @property
    def propensity(self) -> pd.Series:
        """Probability of exposure given the covariates (survey-weighted logit), NaN outside both groups."""
        return self._over_all_rows(self.factors.propensity, np.nan, "propensity")

    @property
    def ess(self) -> pd.Series:
        """Kish's effective sample size of both groups under the final weights."""
        final = self.survey_weights * self.factors.factor
        sizes = [effective_size(final[self.exposed == value]) for value in (1, 0)]
        return pd.Series(sizes, index=["exposed", "comparison"], name="ess")

    def balance(self) -> pd.DataFrame:
        """Compare the groups on every column of the covariate matrix.

        Returns
        -------
        DataFrame
            ``covariate``; ``mean_exposed, mean_comparison`` after weighting; ``smd_before, smd_after``:
            difference of means over the survey-weighted SD of the exposed group (ATT) or the root mean of both
            groups' variances (ATE, ATO), unadjusted in both (tools disagree on this); ``variance_ratio_*``:
            exposed over comparison (NaN for 0/1 columns); ``ks_*``: largest distance of the distribution
            functions. "Before" is under survey weights alone. No p-values: balance is a fact of the sample.
        """
        return balance_table(
            self.covariates.matrix[:, 1:],
            self.covariates.columns[1:],
            self.survey_weights,
            self.factors.factor,
            self.exposed,
            treated_scale=self.estimand == "ATT",
        )

    def overlap(self) -> pd.DataFrame:
        """Describe propensities and weights of both groups.

        Returns
        -------
        DataFrame
            One row per group: ``group, n, min, q05, q25, median, q75, q95, max`` of the propensity, ``ess``,
            ``ess_share`` (of the effective size under survey weights alone), ``largest_share``.
        """
        return overlap_table(self.factors.propensity, self.survey_weights, self.factors.factor, self.exposed)

    def _over_all_rows(self, values: Array, outside: float, name: str) -> pd.Series:
        """Place values of the rows compared among all rows."""
        everywhere = np.full(len(self.exposure.rows), outside)
        everywhere[self.exposure.rows] = values
        return pd.Series(everywhere, index=self.design.data.index, name=name)

    def __repr__(self) -> str:
        exposed, ess = int(self.exposed.sum()), self.ess
        lines = [
            f"BalancingWeights: {self.method}, {self.estimand} of {self.exposure.name} = {self.exposure.level} "
            f"against {self.exposure.reference}",
            f"{exposed} exposed (effective {ess['exposed']:.1f}), {len(self.exposed) - exposed} comparison "
            f"(effective {ess['comparison']:.1f}), {len(self.covariates.columns) - 1} covariate columns",
            *(f"Note: {note}" for note in self.notes),
        ]
        return "\n".join(lines)


def balance_weights(
    exposure: str,
    covariates: Covariates,
    design: SurveyDesign,
    *,
    method: Method = "ipw",
    estimand: Estimand | None = None,
    level: object = None,
    reference: object = None,
    seed: int = 0,
) -> BalancingWeights:
    """Weight an exposed and a comparison group to the same covariates; outcomes are not looked at.

    Survey weights enter the propensity model, the balancing and the outcome step.

    ========  =================  =============================================================================
    method    estimands          factor on the survey weight (exposed; comparison)
    ========  =================  =============================================================================
    ipw       ATT, ATE, ATO      propensity e from a weighted logit: ATT 1; e/(1-e). ATE 1/e; 1/(1-e)
    overlap   ATO                1-e; e: the population in which both groups occur; means balance exactly
    entropy   ATT, ATE           smallest change that makes the means equal (Hainmueller 2012)
    matching  ATT                nearest on the logit of e, with replacement; ties by survey weight
    ========  =================  =============================================================================

    Parameters
    ----------
    exposure : str
        Column of 0/1 or True/False; or any other with `level`.
    covariates : list of str, or str
        Columns, or the right side of a formula. Measured before the exposure, or not changed by it.
    design : SurveyDesign
        Rows outside its domain do not take part; strata and PSUs stay.
    method : {"ipw", "overlap", "entropy", "matching"}
    estimand : {"ATT", "ATE", "ATO"}, optional
        Effect on the exposed (ATT), on everybody (ATE), on the overlap population (ATO). ATT unless said; ATO
        for "overlap".
    level, reference : optional
        Exposed and comparison value of an exposure with more values; the first is the reference unless said.
    seed : int
        Of the bootstrap of matching.

    Returns
    -------
    BalancingWeights

    Raises
    ------
    SpecificationError
        More than two values without `level`, a missing covariate, fewer rows than covariates, exposed rows
        whose covariates no comparison row shares.
    ConvergenceError
        Balancing has no solution.

    Warns
    -----
    OverlapWarning
        A reweighted group keeps less than a third of its effective size.
    SmallSampleWarning
        Few rows of one group per covariate.
    SeparationWarning
        Some rows are so certain to be in one group that they get no weight.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"away": [1, 1, 0, 0, 0] * 20, "rural": [1, 0, 1, 0, 0] * 20})
    >>> weights = me.balance_weights("away", ["rural"], me.SurveyDesign(data), method="entropy")
    >>> bool(weights.balance()["smd_after"].abs().max() < 1e-12)
    True
    """
    require_design(design)
    if method not in ESTIMANDS:
        raise SpecificationError(
            f"method={method!r} is unknown. Allowed: {', '.join(ESTIMANDS)}.{nearest(method, ESTIMANDS)}"
        )
    allowed = ESTIMANDS[method]
    chosen = allowed[0] if estimand is None else estimand
    if chosen not in allowed:
        raise SpecificationError(
            f"method={method!r} estimates {' or '.join(allowed)}, not {chosen!r}. Another method: "
            "'ipw' takes ATT, ATE and ATO."
        )
    groups = read_exposure(design, exposure, level, reference)
    matrix = covariate_matrix(covariates, design.data, groups.rows, exposure=exposure)
    exposed = groups.exposed[groups.rows].astype(np.float64)
    sizes = check_sizes(groups, exposed, matrix)
    weights = design.final_weights[groups.rows]
    fit = propensity_fit(matrix.matrix, exposed, weights)
    support = check_support(fit, matrix, exposed, chosen, groups)
    factors = fit_factors(method, chosen, matrix.matrix, exposed, weights, matrix.columns, fit)
    # Matching discards rows by intention, so its overlap is judged by the odds of the same propensity.
    judged = logit_factors(matrix.matrix, exposed, fit, "ATT") if method == "matching" else factors
    weak = weak_groups(remaining_shares(weights, judged.factor, exposed))
    return BalancingWeights(
        design=design.where(groups.rows),
        exposure=groups,
        method=method,
        estimand=chosen,
        covariates=matrix,
        factors=factors,
        seed=seed,
        notes=(*groups.notes, *matrix.notes, *sizes, *support, *_overlap_note(weak)),
        weak=weak,
        separated=fit.diverging,
    )


def _overlap_note(weak: dict[str, float]) -> tuple[str, ...]:
    """Warn of groups that balancing leaves with few effective rows."""
    if not weak:
        return ()
    named = " and ".join(f"the {group} group keeps {share:.0%}" for group, share in weak.items())
    text = (
        f"Weak overlap: {named} of its effective sample size after balancing (less than a third). The effect rests on "
        "few rows. Look at .overlap(), use method='overlap' (ATO), or restrict the domain to comparable rows."
    )
    warnings.warn(text, OverlapWarning, stacklevel=3)
    return (text,)
