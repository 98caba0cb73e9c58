"""Regression by weighted pseudo-likelihood with design-based covariance."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from formulaic import ModelSpec
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign, require_design
from migration_effects.errors import ConvergenceError, SeparationWarning, SpecificationError
from migration_effects.estimation.estimate import Estimate, Test
from migration_effects.estimation.means import variance_words
from migration_effects.estimation.warn import few_psus
from migration_effects.numerics.glm import fit_glm, solve_glm
from migration_effects.numerics.least_squares import RankDeficientError, weighted_least_squares
from migration_effects.regression.absorption import absorb
from migration_effects.regression.families import (
    FamilyName,
    LinkName,
    check_outcome,
    checked_link,
    family_of,
    is_canonical,
)
from migration_effects.regression.formulas import ModelFrame, matrix_of, model_frame, outcome_name
from migration_effects.regression.likelihoods import LIKELIHOODS, check_levels, fit_likelihood
from migration_effects.regression.separation import separating_terms
from migration_effects.regression.solutions import Solution
from migration_effects.regression.term_tests import TermTest

Array = NDArray[np.float64]
# Below this share of rows with weight, a replicate's fit works on a copy of them.
MOSTLY_WEIGHTED = 0.8


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

    def term_test(self, terms: str | Sequence[str], *, method: TermTest = "wald") -> Test:
        """Test that every coefficient of a term is 0, as R's ``regTermTest``.

        "wald" is ``F = b' V^-1 b / q`` on (q, df). "likelihood_ratio" compares the weighted likelihoods with and
        without the term: under the hypothesis ``-2 log ratio`` is distributed as ``sum_j lambda_j chi2_1``, lambda
        the eigenvalues of ``V0^-1 V`` with V0 the covariance of independent rows (Rao and Scott 1984, *Annals of
        Statistics* 12:46; Lumley and Scott 2014, *Australian & NZ Journal of Statistics* 56:1).

        Parameters
        ----------
        terms : str or list of str
            Terms of the formula: ``"region"``, ``"away:sex"``, ``"bs(age, df=4)"``; a list is tested jointly.
        method : {"wald", "likelihood_ratio"}
            The likelihood ratio keeps its size better with many columns and few PSUs.

        Returns
        -------
        Test
            For the likelihood ratio ``statistic`` is -2 log ratio over the sum of the lambdas and ``df1`` their
            Satterthwaite degrees of freedom; ``p_value`` is that of the exact distribution on the design's df.

        Raises
        ------
        SpecificationError
            Unknown term, or fewer PSUs than the test needs.

        Examples
        --------
        >>> import pandas as pd
        >>> import migration_effects as me
        >>> data = pd.DataFrame({"y": [1.0, 3.0, 5.0, 8.0, 6.0, 2.0], "who": list("abcabc")})
        >>> test = me.regress("y ~ who", me.SurveyDesign(data)).term_test("who")
        >>> test.df1, test.df2
        (2.0, 3.0)
        """
        from migration_effects.regression.term_tests import term_test

        return term_test(self, terms, method)

    def predict(self, frame: pd.DataFrame) -> pd.Series | pd.DataFrame:
        """Predict the outcome on the response scale.

        Parameters
        ----------
        frame : DataFrame
            With the model's columns; levels must be among those of the fit.

        Returns
        -------
        Series, or DataFrame with one column per level
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
        from migration_effects.regression.response import outcome_levels, predicted

        assert self.model is not None
        absent = [name for name in self.model.variables if name not in frame.columns]
        if absent:
            raise SpecificationError(f"The frame lacks the model's columns {absent}.")
        known = frame[list(self.model.variables)].notna().all(axis=1).to_numpy()
        matrix = matrix_of(self.recipe, self.model.variables, frame[known])
        found = np.full((len(frame), len(outcome_levels(self))), np.nan)
        found[known] = predicted(self, matrix, self.values)
        if self.family in ("ordinal", "multinomial"):
            return pd.DataFrame(found, index=frame.index, columns=list(self.model.levels))
        return pd.Series(found[:, 0], index=frame.index)


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
    family : {"gaussian", "binomial", "poisson", "negative_binomial", "ordinal", "multinomial"}
        "binomial" takes 0/1 and fractions; "ordinal" and "multinomial" a column of levels in category order.
        "negative_binomial" has variance ``mu + alpha mu^2``, with alpha estimated and its estimation counted.
        "ordinal" is ``logit P(y <= j) = cut_j - x'b`` (as ``svyolr``), terms slopes and cut points ``1|2``;
        "multinomial" is against the first level, terms ``level:column``.
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
    require_design(design)
    with_levels = family in ("ordinal", "multinomial")
    link_name = checked_link(family, link)
    if fixed_effects is not None and (family, link_name) != ("gaussian", "identity"):
        raise SpecificationError(
            f"fixed_effects works with family='gaussian' and the identity link only, not {family!r} with "
            f"{link_name!r}: absorbing levels in other models biases the coefficients."
        )
    if not (fixed_effects is None or isinstance(fixed_effects, str)):
        raise SpecificationError(
            f"fixed_effects names one column; got {fixed_effects!r}. For levels of several columns make one column of "
            "their combinations."
        )
    extra = [fixed_effects] if fixed_effects else []
    model = model_frame(formula, design.data, design.in_use, extra=extra, with_levels=with_levels)
    check_outcome(model.outcome, family, outcome_name(formula))
    check_levels(model, family, formula)
    weights = design.final_weights[model.rows]
    groups: NDArray[np.intp] | None = None
    notes: tuple[str, ...] = ()
    if fixed_effects is not None:
        groups = pd.factorize(design.data.loc[model.rows, fixed_effects])[0]
        model, notes = absorb(model, groups, weights, fixed_effects)
    try:
        solution = solve(model, weights, family, link_name)
    except RankDeficientError as error:
        named = ", ".join(model.columns[j] for j in error.columns)
        raise SpecificationError(
            f"In {formula!r} the columns {named} are linear combinations of the ones before them on the "
            f"{len(model.outcome)} rows in use. Leave them out, or merge levels."
        ) from error
    notes = (*model.notes, *notes, *_check(solution, model, family))
    thetas = None
    if design.replicates is not None:
        thetas = _replicated(design, model, family, link_name, groups, solution)
    terms = LIKELIHOODS[family].names(model) if family in LIKELIHOODS else model.columns
    # Cut points count as one intercept, equations are not multiplied, absorbed levels are not counted.
    df = design.df_of(model.rows) + 1 - len(model.columns)
    k = len(terms)
    notes = (*notes, *few_psus(np.full(k, float(df)), terms))
    influence = None
    if thetas is None:
        influence = solution.scores @ solution.bread
        influence *= (weights / weights.mean())[:, None]
        influence = _over_all_rows(influence, model.rows)
    return Regression(
        terms=terms,
        values=solution.coefficients,
        labels=pd.DataFrame({"term": list(terms)}),
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


def solve(model: ModelFrame, weights: Array, family: str, link: str, start: Array | None = None) -> Solution:
    """Fit with weights of mean 1, so that their scale cannot disturb the iteration.

    Parameters
    ----------
    model : ModelFrame
    weights : ndarray, shape (m,)
    family, link : str
    start : ndarray, optional
        All parameters of another fit.

    Returns
    -------
    Solution
    """
    scaled = weights / weights.mean()
    if family in LIKELIHOODS:
        return fit_likelihood(LIKELIHOODS[family], model, scaled, start)
    if (family, link) == ("gaussian", "identity"):
        fit = weighted_least_squares(model.matrix, model.outcome, scaled)
        mu = model.outcome - fit.residuals
        scores = model.matrix * fit.residuals[:, None]
        return Solution(fit.coefficients, fit.inverse, scores, mu, True, 1, fit.coefficients)
    chosen, _ = family_of(family, link)
    glm = fit_glm(model.matrix, model.outcome, scaled, chosen, canonical=is_canonical(chosen), start=start)
    scores = model.matrix * glm.working_residuals[:, None]
    return Solution(
        glm.coefficients,
        glm.inverse,
        scores,
        glm.mu,
        glm.converged,
        glm.iterations,
        glm.coefficients,
        glm.diverging,
    )


def _check(solution: Solution, model: ModelFrame, family: str) -> tuple[str, ...]:
    """Warn of separation, or raise when the iteration failed for another reason."""
    if family == "binomial" and solution.diverging:
        named = separating_terms(model.matrix, model.outcome, model.columns, solution.mu)
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
    family: str,
    link: str,
    groups: NDArray[np.intp] | None,
    solution: Solution,
) -> Array:
    """Refit under every replicate, from the full-sample parameters; each fit must settle."""
    results, unsettled = [], 0
    for column in design.replicate_columns():
        weights, used = column[model.rows], model
        if groups is not None:
            used, _ = absorb(model, groups, weights, "")
        elif np.count_nonzero(weights) < MOSTLY_WEIGHTED * len(weights):
            rows = np.flatnonzero(weights)  # what a replicate leaves out need not be multiplied by 0
            used = replace(model, matrix=model.matrix[rows], outcome=model.outcome[rows])
            weights = weights[rows]
        try:
            coefficients, settled = _refit(used, weights, family, link, solution.start)
        except RankDeficientError:
            coefficients, settled = np.full(len(solution.coefficients), np.nan), False
        if len(coefficients) != len(solution.coefficients):  # a column became constant within every group
            coefficients, settled = np.full(len(solution.coefficients), np.nan), False
        results.append(coefficients)
        unsettled += not settled
    if unsettled:
        raise ConvergenceError(
            f"In {unsettled} of {len(results)} replicates the model has no finite solution: a level has no rows left, "
            "or predicts the outcome perfectly. Merge levels, leave the term out, use replicates that leave out less "
            "(method='fay'), or the linearised variance of the design without replicates."
        )
    return np.array(results)


def _refit(model: ModelFrame, weights: Array, family: str, link: str, start: Array) -> tuple[Array, bool]:
    """Return the coefficients under other weights, and whether the fit settled."""
    if family in LIKELIHOODS or (family, link) == ("gaussian", "identity"):
        fit = solve(model, weights, family, link, start=start)
        return fit.coefficients, fit.converged
    chosen, _ = family_of(family, link)
    scaled = weights / weights.mean()
    found = solve_glm(
        model.matrix, model.outcome, scaled, chosen, canonical=is_canonical(chosen), start=start
    )
    return found.coefficients, found.converged


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
