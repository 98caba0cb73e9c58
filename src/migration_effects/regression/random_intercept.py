"""A linear model with a random intercept: how alike are the children of one community."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg

from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.columns import levels
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.intervals import Wald
from migration_effects.numerics.least_squares import RankDeficientError, check_rank, triangular_factor
from migration_effects.numerics.random_intercepts import (
    Sums,
    fit_at,
    icc_error,
    icc_limits,
    most_likely_icc,
)
from migration_effects.regression.formulas import ModelFrame, model_frame

Array = NDArray[np.float64]
ICC = "icc"


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """t limits for coefficients, profile-likelihood limits for the intraclass correlation."""

    sums: Sums
    is_icc: NDArray[np.bool_]
    name: str = "t (profile likelihood for icc)"

    def limits(self, values: Array, errors: Array, df: Array, level: float) -> tuple[Array, Array]:
        """Return lower and upper limits."""
        low, high = Wald().limits(values, errors, df, level)
        for j in np.flatnonzero(self.is_icc):
            low[j], high[j] = icc_limits(self.sums, float(values[j]), level)
        return low, high

    def take(self, positions: NDArray[np.intp]) -> _Limits:
        """Return the rule for some of the terms."""
        return _Limits(self.sums, self.is_icc[positions])


@dataclass(frozen=True, repr=False, eq=False)
class RandomIntercept(Estimate):
    """Coefficients of a random-intercept model, and the intraclass correlation as last term ``icc``.

    Parameters
    ----------
    formula, group : str
    groups : int
        Number of groups in use.
    group_variance, residual_variance : float
    """

    formula: str = ""
    group: str = ""
    groups: int = 0
    group_variance: float = field(default=float("nan"))
    residual_variance: float = field(default=float("nan"))


def random_intercept(formula: str, design: SurveyDesign, *, group: str) -> RandomIntercept:
    """Fit ``y_ij = x_ij'b + u_j + e_ij`` by restricted maximum likelihood, and the intraclass correlation.

    ``icc = var(u) / (var(u) + var(e))``, with limits from its profile likelihood. The model takes **no weights, strata
    or PSUs**: it describes the sample as if drawn at random within groups, and is meant for the intraclass
    correlation and for planning. For estimates of the population use `regress`; for comparison within communities
    ``regress(..., fixed_effects=group)``, which does not assume that u_j is unrelated to the covariates.

    Parameters
    ----------
    formula : str
        ``"score ~ away + sex"``; ``"score ~ 1"`` for the plain intraclass correlation.
    design : SurveyDesign
        Its domain says which rows take part.
    group : str
        Column of the groups, for example the mahalla.

    Returns
    -------
    RandomIntercept
        Degrees of freedom as in R's ``nlme``: rows less groups for covariates that vary within groups, groups for
        those that do not. ``icc`` has no p-value: 0 is the edge of what it can be.

    Raises
    ------
    SpecificationError
        One group only, a row per group, or columns that are linear combinations of others.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 5.0, 8.0, 9.0], "place": list("aabbcc")})
    >>> fit = me.random_intercept("y ~ 1", me.SurveyDesign(data), group="place")
    >>> fit.table[["term", "estimate"]].round(3)
            term  estimate
    0  Intercept     4.833
    1        icc     0.960
    """
    require_design(design)
    model = model_frame(formula, design.data, design.in_use, extra=[group])
    code = levels(design.data.loc[model.rows].reset_index(drop=True), group).codes
    present, code = np.unique(code, return_inverse=True)
    code, groups, n = code.astype(np.intp), len(present), len(model.outcome)
    _check(model, groups, n, formula, group)
    # Orthonormal columns keep all digits; the coefficients are turned back below.
    root = triangular_factor(model.matrix, np.ones(n))
    X = linalg.solve_triangular(root, model.matrix.T, trans="T").T
    centre = float(model.outcome.mean())
    sums = Sums.of(X, model.outcome - centre, code)
    icc = most_likely_icc(sums)
    fit = fit_at(sums, icc)
    back = linalg.solve_triangular(root, np.eye(len(root)))
    shift = root @ np.linalg.lstsq(model.matrix, np.full(n, centre), rcond=None)[0]
    p = len(model.columns)
    vcov = np.zeros((p + 1, p + 1))
    vcov[:p, :p] = back @ fit.covariance @ back.T
    vcov[p, p] = icc_error(sums, icc) ** 2
    terms = (*model.columns, ICC)
    return RandomIntercept(
        terms=terms,
        values=np.append(back @ (fit.coefficients + shift), icc),
        labels=pd.DataFrame({"term": list(terms)}),
        df=np.append(_degrees(model, code, groups), np.nan),
        n=np.full(p + 1, n, dtype=np.int64),
        n_psu=np.full(p + 1, design.psus_used(model.rows), dtype=np.int64),
        method=f"{formula}: linear regression with a random intercept of {group} ({groups} groups), REML, unweighted",
        design=design,
        given_vcov=vcov,
        notes=(*model.notes, *_limits_of_the_model(group, icc)),
        interval=_Limits(sums, np.arange(p + 1) == p),
        formula=formula,
        group=group,
        groups=groups,
        group_variance=fit.residual_variance * icc / (1 - icc),
        residual_variance=fit.residual_variance,
    )


def _check(model: ModelFrame, groups: int, n: int, formula: str, group: str) -> None:
    """Raise when the model cannot be told apart from one without groups."""
    if "Intercept" not in model.columns:
        raise SpecificationError(
            f"{formula!r} has no intercept, so the group means have no centre. Leave out the 0."
        )
    if groups < 2 or groups == n:
        raise SpecificationError(
            f"{group!r} has {groups} groups for {n} rows; a random intercept needs several groups, and "
            "more than one row in some of them."
        )
    try:
        check_rank(triangular_factor(model.matrix, np.ones(n)))
    except RankDeficientError as error:
        named = ", ".join(model.columns[j] for j in error.columns)
        raise SpecificationError(
            f"In {formula!r} the columns {named} are linear combinations of the ones before them. Leave them out."
        ) from error
    if n <= len(model.columns) + 1:
        raise SpecificationError(
            f"{formula!r} has {len(model.columns)} columns but only {n} rows. Drop terms or use more rows."
        )


def _degrees(model: ModelFrame, code: NDArray[np.intp], groups: int) -> Array:
    """Return the degrees of freedom of each coefficient by the rule of Pinheiro and Bates (2000, section 2.4.2)."""
    size = np.bincount(code)
    means = np.column_stack([np.bincount(code, weights=column) / size for column in model.matrix.T])
    spread = np.abs(model.matrix - means[code]).max(axis=0)
    outer = spread <= 1e-9 * np.maximum(np.abs(model.matrix).max(axis=0), 1e-300)
    outer &= np.array([name != "Intercept" for name in model.columns])
    inner_count = int((~outer).sum()) - 1  # the intercept is counted among the groups
    return np.where(outer, groups - 1 - outer.sum(), len(code) - groups - inner_count).astype(np.float64)


def _limits_of_the_model(group: str, icc: float) -> tuple[str, ...]:
    """Say what the model leaves out."""
    notes: tuple[str, ...] = (
        f"The random-intercept model takes no weights, strata or PSUs: it describes this sample, not the population. "
        f"It holds only if the effects of {group} are unrelated to the covariates.",
    )
    if icc == 0:
        notes = (*notes, f"The best fit has no variance between levels of {group} at all (icc = 0).")
    return notes
