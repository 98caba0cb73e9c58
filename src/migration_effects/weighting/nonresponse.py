"""Non-response: the weight of those who did not answer goes to comparable ones who did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import levels, names, numeric, positions, series
from migration_effects.design.steps import per_unit
from migration_effects.errors import ConvergenceError, SpecificationError
from migration_effects.numerics.glm import GlmFit, fit_glm
from migration_effects.numerics.least_squares import RankDeficientError
from migration_effects.weighting.sample import weighted_rows

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClassStep:
    """Weighting classes: ``w_new = w (sum_c w / sum_c,resp w)`` for respondents, 0 for the others.

    Parameters
    ----------
    name : str
    before, after : ndarray, shape (n,)
    responded : ndarray of bool, shape (n,)
    classes : ndarray of int, shape (n,)
        -1 for rows of weight 0.
    """

    name: str
    before: Array
    after: Array
    responded: NDArray[np.bool_]
    classes: NDArray[np.intp]

    @property
    def ties_rows(self) -> bool:
        """Yes."""
        return True

    def reweight(self, weights: Array) -> Array:
        """Run the step on other weights."""
        return class_weights(weights, self.responded, self.classes)

    def project(self, influence: Array) -> tuple[Array, None]:
        """Return ``w [r f (z - zbar_c) + zbar_c]``: non-respondents carry their class's mean."""
        values = per_unit(influence, self.after)
        inside = self.classes >= 0
        size = int(self.classes.max()) + 1
        answered = inside & self.responded
        weights = np.where(answered, self.before, 0.0)
        sums = np.bincount(self.classes[answered], weights=weights[answered], minlength=size)
        ratio = per_unit(self.after[:, None], self.before)[:, 0]
        result = np.empty_like(values)
        for j in range(values.shape[1]):
            column = values[:, j]
            means = np.bincount(
                self.classes[answered], weights=(weights * column)[answered], minlength=size
            ) / np.where(sums > 0, sums, 1.0)
            mean_of_row = np.where(inside, means[self.classes], 0.0)
            result[:, j] = self.before * (ratio * (column - mean_of_row) + mean_of_row)
        return result, None


def class_weights(weights: Array, responded: NDArray[np.bool_], classes: NDArray[np.intp]) -> Array:
    """Return the weights after adjustment within classes, shape (n,); each class with weight needs a respondent."""
    inside = classes >= 0
    size = int(classes.max()) + 1
    everyone = np.bincount(classes[inside], weights=weights[inside], minlength=size)
    answered = inside & responded
    respondents = np.bincount(classes[answered], weights=weights[answered], minlength=size)
    lost = int(np.count_nonzero((everyone > 0) & (respondents <= 0)))
    if lost:
        raise ConvergenceError(
            f"me.adjust_nonresponse: {lost} classes have no respondent in a replicate, so nobody carries their weight. "
            "Merge classes, use replicates that leave nobody out (method='fay'), or the linearised variance."
        )
    factor = np.divide(everyone, respondents, out=np.zeros(size), where=respondents > 0)
    return np.where(answered, weights * factor[classes], 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class PropensityStep:
    """Response propensity: ``w_new = w / p(x)`` for respondents, p from a weighted logit.

    Parameters
    ----------
    name : str
    before, after : ndarray, shape (n,)
    responded : ndarray of bool, shape (n,)
    matrix : ndarray, shape (n, k)
    """

    name: str
    before: Array
    after: Array
    responded: NDArray[np.bool_]
    matrix: Array

    @property
    def ties_rows(self) -> bool:
        """Yes."""
        return True

    def reweight(self, weights: Array) -> Array:
        """Run the step on other weights."""
        fit = response_fit(weights, self.responded, self.matrix)
        return np.where(self.responded, weights / fit.mu, 0.0)

    def project(self, influence: Array) -> tuple[Array, None]:
        """Return ``w r z/p - w (r - p) x' A^-1 B`` with ``A = sum w p(1-p) xx'``, ``B = sum w r z (1-p)/p x``."""
        values = per_unit(influence, self.after)
        fit = response_fit(self.before, self.responded, self.matrix)
        p = fit.mu
        scale = self.before.mean()
        direct = (self.after)[:, None] * values
        B = self.matrix.T @ (direct * (1 - p)[:, None])
        score = self.before * (self.responded - p)
        return direct - score[:, None] * (self.matrix @ (fit.inverse / scale @ B)), None


def response_fit(weights: Array, responded: NDArray[np.bool_], matrix: Array) -> GlmFit:
    """Fit the weighted logit of response.

    Parameters
    ----------
    weights : ndarray, shape (n,)
    responded : ndarray of bool, shape (n,)
    matrix : ndarray, shape (n, k)

    Returns
    -------
    GlmFit
        With weights scaled to mean 1.

    Raises
    ------
    ConvergenceError
        The covariates predict response perfectly for some rows.
    """
    # Imported here, since the libraries behind it take most of a second, which other adjustments do not need.
    from statsmodels.genmod.families import Binomial

    fit = fit_glm(matrix, responded.astype(np.float64), weights / weights.mean(), Binomial(), canonical=True)
    if not fit.converged or fit.mu[responded & (weights > 0)].min() < 1e-6:
        raise ConvergenceError(
            f"The response propensity model did not settle ({fit.iterations} iterations, least fitted propensity "
            f"{fit.mu.min():.2g}): the covariates predict response perfectly for some rows. Use fewer covariates or "
            "weighting classes (within=)."
        )
    return fit


def adjust_nonresponse(
    design: SurveyDesign,
    responded: str,
    *,
    within: str | Sequence[str] | None = None,
    covariates: Sequence[str] | None = None,
) -> SurveyDesign:
    """Hand the weight of non-respondents to respondents.

    By weighting classes (`within`) or by a survey-weighted logit of response (`covariates`); without either, one
    class. The estimated adjustment enters the variance. Non-respondents keep their row with weight 0, outside
    the domain.

    Parameters
    ----------
    design : SurveyDesign
        All sampled rows, respondents or not.
    responded : str
        Column of True/False or 1/0.
    within : str or list of str, optional
        Columns whose combinations are the weighting classes.
    covariates : list of str, optional
        Predictors of response: numeric, or categories (indicators against the first level).

    Returns
    -------
    SurveyDesign

    Raises
    ------
    SpecificationError
        Both ways at once, missing values, a class without respondents.
    ConvergenceError
        The propensity model does not settle.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"area": ["urban", "urban", "rural"], "answered": [True, False, True]})
    >>> me.adjust_nonresponse(me.SurveyDesign(data), "answered", within="area").weights.tolist()
    [2.0, 0.0, 1.0]
    """
    if within is not None and covariates is not None:
        raise SpecificationError("Give within= (weighting classes) or covariates= (propensity), not both.")
    rows = weighted_rows(design, "adjust_nonresponse")
    answers = numeric(design.data, responded, purpose="response")
    bad = int((rows & ~np.isin(answers, (0.0, 1.0))).sum())
    if bad:
        raise SpecificationError(
            f"Column {responded!r} must be True/False or 1/0; {bad} weighted rows are not."
        )
    answered = rows & (answers == 1)
    if not answered.any():
        raise SpecificationError(f"Nobody responded: column {responded!r} has no 1 among the weighted rows.")
    before = design.final_weights
    if covariates is not None:
        matrix = _covariate_matrix(design, names(covariates), rows)  # type: ignore[arg-type]
        try:
            fit = response_fit(before, answered, matrix)
        except RankDeficientError as error:
            raise SpecificationError(
                f"The covariates {list(covariates)} are linear combinations of each other. Leave some out."
            ) from error
        after = np.where(answered, before / fit.mu, 0.0)
        return design.with_step(PropensityStep("adjust_nonresponse", before, after, answered, matrix))
    classes = _classes(design, names(within), rows, answered)  # type: ignore[arg-type]
    after = class_weights(before, answered, classes)
    return design.with_step(ClassStep("adjust_nonresponse", before, after, answered, classes))


def _classes(
    design: SurveyDesign, columns: list[str], rows: NDArray[np.bool_], answered: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Return the weighting class of each row; each must have a respondent."""
    if not columns:
        return np.where(rows, 0, -1).astype(np.intp)
    missing = {c: int((rows & series(design.data, c).isna().to_numpy()).sum()) for c in columns}
    if any(missing.values()):
        listed = ", ".join(f"{column} ({count})" for column, count in missing.items() if count)
        raise SpecificationError(f"me.adjust_nonresponse: weighted rows without a class: {listed}.")
    inside = np.flatnonzero(rows)
    found, count = positions(design.data.iloc[inside], columns, purpose="weighting classes")
    classes = np.full(len(rows), -1, dtype=np.intp)
    classes[inside] = found
    silent = np.flatnonzero(np.bincount(classes[answered], minlength=count) == 0)
    if len(silent):
        first = design.data.iloc[inside[np.flatnonzero(found == silent[0])[0]]][columns]
        size = int((found == silent[0]).sum())
        named = ", ".join(f"{column} = {first[column]}" for column in columns)
        raise SpecificationError(
            f"me.adjust_nonresponse: {len(silent)} classes have no respondent (first: {named}, {size} rows). "
            "Merge classes, so that each has somebody to carry the weight."
        )
    return classes


def _covariate_matrix(design: SurveyDesign, columns: list[str], rows: NDArray[np.bool_]) -> Array:
    """Return intercept, numeric covariates and indicators; zero in rows of weight 0."""
    parts = [np.ones((len(rows), 1))]
    for column in columns:
        values = series(design.data, column)
        if values.dtype.kind in "biuf":
            parts.append(numeric(design.data, column, purpose="a covariate")[:, None])
            continue
        found = levels(design.data, column)
        used = np.unique(found.codes[rows & (found.codes >= 0)])
        indicators = (found.codes[:, None] == used[None, 1:]).astype(np.float64)
        indicators[found.codes < 0] = np.nan
        parts.append(indicators)
    matrix = np.hstack(parts)
    missing = int(np.isnan(matrix[rows]).any(axis=1).sum())
    if missing:
        raise SpecificationError(
            f"me.adjust_nonresponse: {missing} weighted rows lack one of {columns}. Covariates of response must be "
            "known for everybody sampled."
        )
    matrix[~rows] = 0.0
    return matrix
