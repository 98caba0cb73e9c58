"""Regression by weighted pseudo-likelihood with design-based covariance."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from formulaic import ModelSpec
from numpy.typing import NDArray
from statsmodels.genmod import families
from statsmodels.genmod.families import links

from migration_effects.design import SurveyDesign
from migration_effects.errors import ConvergenceError, SeparationWarning, SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.means import variance_words
from migration_effects.estimation.warn import few_psus
from migration_effects.numerics.glm import Family, fit_glm
from migration_effects.numerics.least_squares import RankDeficientError, weighted_least_squares
from migration_effects.regression.absorption import absorb
from migration_effects.regression.families import FamilyName, LinkName, check_outcome, family_of, is_canonical
from migration_effects.regression.formulas import ModelFrame, matrix_of, model_frame
from migration_effects.regression.separation import separating_terms

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class Regression(Estimate):
    """The coefficients of a model.

    Parameters
    ----------
    formula : str
    family, link : str
    fixed_effects : str or None
        Column whose levels are absorbed.
    model : ModelFrame
        Rows in use, model matrix and its recipe.
    fitted : ndarray, shape (m,)
        Fitted means of the rows in use.
    bread : ndarray, shape (k, k)
        Inverse information under weights of mean 1.
    """

    formula: str = ""
    family: str = "gaussian"
    link: str = "identity"
    fixed_effects: str | None = None
    model: ModelFrame | None = None
    fitted: Array = field(default_factory=lambda: np.empty(0))
    bread: Array = field(default_factory=lambda: np.empty((0, 0)))

    @cached_property
    def fit(self) -> dict[str, float]:
        """Weighted ``deviance``, ``null_deviance`` and ``r_squared`` (1 less their ratio)."""
        assert self.model is not None
        assert self.design is not None
        weights = self.design.final_weights[self.model.rows]
        scaled, y = weights / weights.mean(), self.model.outcome
        family, _ = family_of(self.family, self.link)
        # Absorbed fixed effects leave deviations, whose mean is 0.
        centre = np.full_like(y, scaled @ y / scaled.sum() if self.fixed_effects is None else 0.0)
        deviance = float(family.deviance(y, self.fitted, freq_weights=scaled))
        null = float(family.deviance(y, centre, freq_weights=scaled))
        ratio = 1 - deviance / null if null > 0 else float("nan")
        return {"deviance": deviance, "null_deviance": null, "r_squared": ratio}

    @property
    def recipe(self) -> ModelSpec:
        """How the model matrix is built, for another frame."""
        assert self.model is not None
        return self.model.recipe

    def predict(self, frame: pd.DataFrame) -> pd.Series:
        """Predict the outcome on the response scale.

        Parameters
        ----------
        frame : DataFrame
            With the model's columns; levels must be among those of the fit.

        Returns
        -------
        Series
            Indexed as `frame`; missing where a variable is.

        Raises
        ------
        SpecificationError
            Absent columns, levels the model has not seen, or absorbed fixed effects, which have no estimate.
        """
        if self.fixed_effects is not None:
            raise SpecificationError(
                f"The levels of {self.fixed_effects!r} are absorbed, not estimated, so there is no prediction. "
                "Fit with them in the formula instead."
            )
        assert self.model is not None
        known = frame[list(self.model.variables)].notna().all(axis=1) if self.model.variables else None
        usable = frame if known is None else frame[known]
        matrix = matrix_of(self.recipe, self.model.variables, usable)
        family, _ = family_of(self.family, self.link)
        predicted = pd.Series(family.link.inverse(matrix @ self.values), index=usable.index)
        return predicted.reindex(frame.index) if frame.index.is_unique else predicted


def regress(
    formula: str,
    design: SurveyDesign,
    *,
    family: FamilyName = "gaussian",
    link: LinkName | None = None,
    fixed_effects: str | None = None,
) -> Regression:
    """Fit a regression to a complex sample.

    Solves ``sum w_i s_i(b) = 0`` with the scores s of the family; influence ``w_i s_i' A^-1`` with A the weighted
    information (Binder 1983, *International Statistical Review* 51:279). Coefficients, standard errors and
    degrees of freedom (the design's + 1 - p) equal R's ``svyglm``.

    Parameters
    ----------
    formula : str
        ``"score ~ away * sex + age"``; categories become indicators against their first level in use, splines
        ``bs(age, df=4)`` and transformations ``np.log(x)`` work.
    design : SurveyDesign
        Rows outside its domain or without a value of a variable do not take part.
    family : {"gaussian", "binomial", "poisson"}
        "binomial" takes 0/1 and fractions.
    link : {"identity", "logit", "probit", "cloglog", "log"}, optional
        The canonical link unless said.
    fixed_effects : str, optional
        Absorb the levels of a column (comparison within communities); gaussian with identity link only.

    Returns
    -------
    Regression
        Terms as the formula engine names them: ``sex[T.girl]``, ``away:sex[T.girl]``.

    Raises
    ------
    SpecificationError
        Unknown columns, an outcome outside the family's range, columns that are linear combinations of others.
    ConvergenceError
        The iteration did not settle for another reason than separation.

    Warns
    -----
    SeparationWarning
        A covariate predicts the outcome perfectly; its coefficient grows without end.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"y": [1.0, 3.0, 5.0, 8.0], "x": [0, 1, 2, 3]})
    >>> fit = me.regress("y ~ x", me.SurveyDesign(data))
    >>> fit.table[["term", "estimate", "df"]].round(3)
            term  estimate   df
    0  Intercept       0.8  2.0
    1          x       2.3  2.0
    """
    chosen, link_name = family_of(family, link)
    if fixed_effects is not None and (family, link_name) != ("gaussian", "identity"):
        raise SpecificationError(
            f"fixed_effects works with family='gaussian' and the identity link only, not {family!r} with "
            f"{link_name!r}: absorbing levels in other models biases the coefficients."
        )
    model = model_frame(formula, design.data, design.in_use, extra=[fixed_effects] if fixed_effects else [])
    check_outcome(model.outcome, family, formula.split("~")[0].strip())
    weights = design.final_weights[model.rows]
    if fixed_effects is not None:
        groups = pd.factorize(design.data.loc[model.rows, fixed_effects])[0]
        model, notes = absorb(model, groups, weights, fixed_effects)
    else:
        notes = ()
    try:
        solution = _solve(model, weights, chosen)
    except RankDeficientError as error:
        named = ", ".join(model.columns[j] for j in error.columns)
        raise SpecificationError(
            f"In {formula!r} the columns {named} are linear combinations of the ones before them on the "
            f"{len(model.outcome)} rows in use. Leave them out, or merge levels."
        ) from error
    notes = (*model.notes, *notes, *_check(solution, model, family))
    thetas = None
    if design.replicates is not None:
        thetas = _replicated(design, model, chosen, groups if fixed_effects else None, solution)
    k = len(model.columns)
    df = design.df_of(model.rows) + 1 - k
    notes = (*notes, *few_psus(np.full(k, float(df)), model.columns))
    influence = None
    if thetas is None:
        scores = model.matrix * (weights / weights.mean() * solution.working)[:, None]
        influence = _over_all_rows(scores @ solution.bread, model.rows)
    return Regression(
        terms=model.columns,
        values=solution.coefficients,
        labels=pd.DataFrame({"term": list(model.columns)}),
        df=np.full(k, float(df)),
        n=np.full(k, int(model.rows.sum()), dtype=np.int64),
        n_psu=np.full(k, design.psus_used(model.rows), dtype=np.int64),
        method=_method(formula, family, link_name, fixed_effects, design),
        design=design,
        linearised=influence,
        replicate_values=thetas,
        notes=notes,
        formula=formula,
        family=family,
        link=link_name,
        fixed_effects=fixed_effects,
        model=model,
        fitted=solution.mu,
        bread=solution.bread,
    )


@dataclass(frozen=True, slots=True)
class _Solution:
    """Coefficients with what the influence needs."""

    coefficients: Array
    bread: Array
    working: Array
    mu: Array
    converged: bool
    iterations: int


def _solve(model: ModelFrame, weights: Array, family: Family, start: Array | None = None) -> _Solution:
    """Fit with weights of mean 1, so that their scale cannot disturb the iteration."""
    scaled = weights / weights.mean()
    if isinstance(family, families.Gaussian) and isinstance(family.link, links.Identity):
        fit = weighted_least_squares(model.matrix, model.outcome, scaled)
        mu = model.outcome - fit.residuals
        return _Solution(fit.coefficients, fit.inverse, fit.residuals, mu, True, 1)
    fit_ = fit_glm(model.matrix, model.outcome, scaled, family, canonical=is_canonical(family), start=start)
    return _Solution(
        fit_.coefficients, fit_.inverse, fit_.working_residuals, fit_.mu, fit_.converged, fit_.iterations
    )


def _check(solution: _Solution, model: ModelFrame, family: str) -> tuple[str, ...]:
    """Warn of separation, or raise when the iteration failed for another reason."""
    if family == "binomial":
        named = separating_terms(model.matrix, model.outcome, model.columns, solution.mu)
        if named:
            text = (
                f"{', '.join(named)} predict{'s' if len(named) == 1 else ''} the outcome perfectly for some rows, so "
                "the coefficient has no finite estimate. Merge levels, leave the term out, use Firth's penalised "
                "likelihood, or a linear probability model (family='gaussian')."
            )
            warnings.warn(text, SeparationWarning, stacklevel=3)
            return (text,)
    if not solution.converged:
        raise ConvergenceError(
            f"The fit did not converge in {solution.iterations} iterations. Rescale covariates of very different "
            "size, drop terms that hardly vary, or choose another link."
        )
    return ()


def _replicated(
    design: SurveyDesign,
    model: ModelFrame,
    family: Family,
    groups: NDArray[np.intp] | None,
    solution: _Solution,
) -> Array:
    """Refit under every replicate, from the full-sample coefficients."""
    results = []
    for column in design.replicate_columns():
        weights = column[model.rows]
        used = model
        if groups is not None:
            used, _ = absorb(model, groups, weights, "")
        results.append(_solve(used, weights, family, start=solution.coefficients).coefficients)
    return np.array(results)


def _method(formula: str, family: str, link: str, fixed_effects: str | None, design: SurveyDesign) -> str:
    """Say in one line what was fitted."""
    within = f", within {fixed_effects}" if fixed_effects else ""
    kind = "linear" if (family, link) == ("gaussian", "identity") else f"{family} ({link})"
    return f"{formula}: {kind} regression{within}, {variance_words(design)}"


def _over_all_rows(values: Array, rows: NDArray[np.bool_]) -> Array:
    """Place values of the rows in use among zeros."""
    if rows.all():
        return values
    everywhere = np.zeros((len(rows), values.shape[1]))
    everywhere[rows] = values
    return everywhere
