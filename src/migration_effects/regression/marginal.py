"""Average marginal effects and predictive means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design.columns import names as as_names
from migration_effects.errors import SpecificationError, nearest
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.groups import By, Groups, counts, degrees, keyed, make_groups
from migration_effects.estimation.means import variance_words
from migration_effects.regression.formulas import matrix_of
from migration_effects.regression.regress import Regression
from migration_effects.regression.response import average_gradient, outcome_levels, predicted

Array = NDArray[np.float64]
Variance = Literal["unconditional", "conditional"]
STEP = 1e-5  # of a standard deviation, for the derivative with respect to a number


@dataclass(frozen=True, slots=True, eq=False)
class _Quantity:
    """A combination of predictions: ``sum_s factor_s mean_i mu(x_i with the variable set as in s)``."""

    term: str
    settings: tuple[tuple[float, Mapping[str, object]], ...]


def marginal_effects(
    fit: Regression,
    variables: str | Sequence[str] | None = None,
    *,
    by: By = None,
    at: Mapping[str, object] | None = None,
    where: str | None = None,
    variance: Variance = "unconditional",
) -> Estimate:
    """Average marginal effects of a fitted model on the response scale.

    For a 0/1 or True/False variable the mean of ``mu(1) - mu(0)``, for a category the mean difference of each
    level against the first, for a number the mean derivative. Influence: that of the coefficients times the mean
    gradient; with the unconditional variance also that of averaging over the sampled covariates,
    ``w (d_i - d) / W`` (Graubard and Korn 1999, *Biometrics* 55:652).

    Parameters
    ----------
    fit : Regression
    variables : str or list of str, optional
        All of the model unless said.
    by : str or list of str, optional
        Average within groups.
    at : dict, optional
        Values at which other variables are held, for example ``{"age": 14}``.
    where : str, optional
        Average over the rows that meet a condition, for example the exposed: ``"away == 1"``.
    variance : {"unconditional", "conditional"}
        Whether the covariates count as sampled or as given; the note of the result names it.

    Returns
    -------
    Estimate
        Terms ``variable``, ``variable[level]``; for models of levels ``outcome level:variable``.

    Raises
    ------
    SpecificationError
        A variable that the model does not have, or absorbed fixed effects.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"y": [1.0, 3.0, 5.0, 8.0], "away": [0, 0, 1, 1]})
    >>> fit = me.regress("y ~ away", me.SurveyDesign(data))
    >>> float(me.marginal_effects(fit, "away").values[0])
    4.5
    """
    sample = _rows_in_use(fit)
    chosen = list(_model_variables(fit)) if variables is None else as_names(variables)  # type: ignore[arg-type]
    quantities = [quantity for name in chosen for quantity in _effects_of(fit, sample, name)]
    return _averaged(fit, sample, quantities, by, at or {}, where, variance, "Average marginal effects")


def predictive_means(
    fit: Regression,
    variable: str,
    *,
    by: By = None,
    at: Mapping[str, object] | None = None,
    where: str | None = None,
    variance: Variance = "unconditional",
) -> Estimate:
    """Mean prediction with a variable set to each of its levels for everybody.

    Parameters
    ----------
    fit : Regression
    variable : str
        A category, 0/1 or True/False.
    by, at, where, variance
        As in `marginal_effects`.

    Returns
    -------
    Estimate
        Terms ``variable[level]``.

    Raises
    ------
    SpecificationError
        The variable is a number with more than two values.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"y": [1.0, 3.0, 5.0, 8.0], "away": [0, 0, 1, 1]})
    >>> fit = me.regress("y ~ away", me.SurveyDesign(data))
    >>> me.predictive_means(fit, "away").values.tolist()
    [2.0, 6.5]
    """
    sample = _rows_in_use(fit)
    _check_variable(fit, variable)
    levels = _levels_in_model(fit, sample, variable)
    if levels is None:
        raise SpecificationError(
            f"{variable!r} is a number with more than two values, so it has no levels to predict at. "
            f"Use me.marginal_effects, or at={{{variable!r}: value}}."
        )
    quantities = [_Quantity(f"{variable}[{_text(level)}]", ((1.0, {variable: level}),)) for level in levels]
    return _averaged(fit, sample, quantities, by, at or {}, where, variance, "Predictive means")


def _rows_in_use(fit: Regression) -> pd.DataFrame:
    """Return the data of the rows that the model was fitted to."""
    if not isinstance(fit, Regression):
        raise SpecificationError(
            f"Effects and predictions need a model fitted by me.regress; got {type(fit).__name__}."
        )
    if fit.fixed_effects is not None:
        raise SpecificationError(
            f"The levels of {fit.fixed_effects!r} are absorbed, so there are no predictions to average. In a linear "
            "model the coefficients are the effects; or put the levels into the formula."
        )
    assert fit.design is not None
    assert fit.model is not None
    sample = fit.design.data.loc[fit.model.rows, list(fit.model.variables)].reset_index(drop=True)
    for name in sample.columns:
        if isinstance(sample[name].dtype, pd.CategoricalDtype):
            sample[name] = sample[name].cat.remove_unused_categories()
    return sample


def _model_variables(fit: Regression) -> tuple[str, ...]:
    """Return the variables of the right-hand side."""
    assert fit.model is not None
    return fit.model.variables


def _check_variable(fit: Regression, name: str) -> None:
    """Raise for a variable that the model does not have."""
    if name not in _model_variables(fit):
        known = ", ".join(_model_variables(fit))
        raise SpecificationError(
            f"{name!r} is not a variable of {fit.formula!r} ({known}).{nearest(name, _model_variables(fit))}"
        )


def _levels_of(column: pd.Series) -> list[object] | None:
    """Return the levels of a category, of True/False or of 0/1; None for other numbers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    if pd.api.types.is_bool_dtype(column.dtype):
        return [False, True]
    if pd.api.types.is_numeric_dtype(column.dtype):
        return [0, 1] if column.isin([0, 1]).all() else None
    return sorted(column.unique())


def _levels_in_model(fit: Regression, sample: pd.DataFrame, name: str) -> list[object] | None:
    """Return the levels of a variable; also of a number that the formula takes as a category, ``C(region)``."""
    levels = _levels_of(sample[name])
    if levels is not None:
        return levels
    kinds = [fit.recipe.encoder_state[str(factor)] for factor in _factors_with(fit, name)]
    if kinds and all("categories" in state for _, state in kinds):
        return sorted(sample[name].unique())
    return None


def _factors_with(fit: Regression, name: str) -> list[object]:
    """Return the factors of the formula that take a variable."""
    return [
        factor
        for factor, used in fit.recipe.factor_variables.items()
        if name in set(map(str, used)) and str(factor) in fit.recipe.encoder_state
    ]


def _has_bounds(fit: Regression, name: str) -> bool:
    """Say whether a variable enters a spline, which has no value beyond its outer knots."""
    states = fit.recipe.transform_state
    return any("lower_bound" in states.get(str(factor), {}) for factor in _factors_with(fit, name))


def _text(level: object) -> str:
    """Return a level as it stands in a key."""
    return str(level)


def _effects_of(fit: Regression, sample: pd.DataFrame, name: str) -> list[_Quantity]:
    """Return the effects of one variable."""
    _check_variable(fit, name)
    levels = _levels_in_model(fit, sample, name)
    if levels is None:
        step = STEP * (float(sample[name].std()) or 1.0)
        centre = sample[name]
        if _has_bounds(fit, name):
            # A spline ends at the smallest and the largest value: their derivative is taken one step inside.
            centre = centre.clip(centre.min() + step, centre.max() - step)
        up, down = centre + step, centre - step
        return [_Quantity(name, ((0.5 / step, {name: up}), (-0.5 / step, {name: down})))]
    if len(levels) == 2 and not isinstance(sample[name].dtype, pd.CategoricalDtype) and set(levels) == {0, 1}:
        return [_Quantity(name, ((1.0, {name: levels[1]}), (-1.0, {name: levels[0]})))]
    first = levels[0]
    return [
        _Quantity(f"{name}[{_text(level)}]", ((1.0, {name: level}), (-1.0, {name: first})))
        for level in levels[1:]
    ]


def _set(sample: pd.DataFrame, values: Mapping[str, object]) -> pd.DataFrame:
    """Return the sample with variables set, keeping the type of categories."""
    changed = sample.copy()
    for name, value in values.items():
        if isinstance(sample[name].dtype, pd.CategoricalDtype):
            if value not in sample[name].cat.categories:
                hint = nearest(str(value), map(str, sample[name].cat.categories))
                raise SpecificationError(f"{name!r} has no level {value!r}.{hint}")
            changed[name] = pd.Categorical([value] * len(sample), categories=sample[name].cat.categories)
        else:
            changed[name] = value
    return changed


def _averaged(
    fit: Regression,
    sample: pd.DataFrame,
    quantities: Sequence[_Quantity],
    by: By,
    at: Mapping[str, object],
    where: str | None,
    variance: Variance,
    method: str,
) -> Estimate:
    """Average quantities over groups of rows, with their influence."""
    if variance not in ("unconditional", "conditional"):
        raise SpecificationError(f"variance={variance!r} is unknown. Allowed: unconditional, conditional.")
    assert fit.design is not None
    assert fit.model is not None
    for name, value in at.items():
        _check_variable(fit, name)
        if not pd.api.types.is_scalar(value) or pd.isna(value):
            raise SpecificationError(f"at={{{name!r}: {value!r}}}: give one value at which {name!r} is held.")
    rows = fit.model.rows
    within = fit.design.where(rows)
    groups = make_groups(within if where is None else within.where(where), by)
    codes = groups.codes[rows]
    held = _set(sample, at) if at else sample
    matrices = [
        [
            (factor, matrix_of(fit.recipe, fit.model.variables, _set(held, values)))
            for factor, values in q.settings
        ]
        for q in quantities
    ]
    weights = fit.design.final_weights[rows]
    found = [_mean_of(fit, pieces, fit.values, weights, codes, groups.count) for pieces in matrices]
    levels = outcome_levels(fit)
    thetas = None
    influence = None
    if fit.replicate_values is not None:
        pairs = zip(fit.design.replicate_columns(), fit.replicate_values, strict=True)
        thetas = np.array(
            [
                np.concatenate(
                    [
                        _mean_of(fit, pieces, b, column[rows], codes, groups.count)[0].T.ravel()
                        for pieces in matrices
                    ]
                )
                for column, b in pairs
            ]
        )
    else:
        influence = _influence(fit, found, weights, codes, groups.count, rows, variance)
    labels, terms = _labels(quantities, levels, groups)
    n, n_psu, n_strata = counts(fit.design, groups.codes, groups.count)
    repeats = len(quantities) * len(levels)
    df = np.minimum(degrees(fit.design, groups.codes, n_psu, n_strata), fit.df.min())
    words = {
        "unconditional": "Standard errors are unconditional: the covariates count as sampled.",
        "conditional": "Standard errors are conditional on the covariates of the sample.",
    }
    return Estimate(
        terms=terms,
        values=np.concatenate([means.T.ravel() for means, _, _ in found]),
        labels=labels,
        df=np.tile(df, repeats),
        n=np.tile(n, repeats),
        n_psu=np.tile(n_psu, repeats),
        method=f"{method} of {fit.formula} ({fit.family}), {variance_words(fit.design)}",
        design=fit.design,
        linearised=influence,
        replicate_values=thetas,
        notes=(*fit.notes, *groups.dropped, words[variance]),
    )


def _mean_of(
    fit: Regression,
    pieces: Sequence[tuple[float, Array]],
    coefficients: Array,
    weights: Array,
    codes: NDArray[np.intp],
    size: int,
) -> tuple[Array, Array, Array]:
    """Return means by group and level (size, L), their gradients (size, L, k) and the rows' values (m, L)."""
    values = np.stack([factor * predicted(fit, matrix, coefficients) for factor, matrix in pieces]).sum(
        axis=0
    )
    means, gradients = [], []
    for group in range(size):
        inside = codes == group
        w = weights[inside] / weights[inside].sum()
        means.append(w @ values[inside])
        gradients.append(
            sum(factor * average_gradient(fit, matrix[inside], coefficients, w) for factor, matrix in pieces)
        )
    return np.array(means), np.array(gradients), values


def _influence(
    fit: Regression,
    found: Sequence[tuple[Array, Array, Array]],
    weights: Array,
    codes: NDArray[np.intp],
    size: int,
    rows: NDArray[np.bool_],
    variance: Variance,
) -> Array:
    """Return the influence of every quantity, level and group, in that order."""
    assert fit.linearised is not None
    columns = []
    for means, gradients, values in found:
        for level in range(values.shape[1]):
            for group in range(size):
                column = fit.linearised @ gradients[group, level]
                if variance == "unconditional":
                    inside = codes == group
                    share = np.where(inside, weights, 0.0) / weights[inside].sum()
                    column = column.copy()
                    column[rows] += share * (values[:, level] - means[group, level])
                columns.append(column)
    return np.column_stack(columns)


def _labels(
    quantities: Sequence[_Quantity], levels: tuple[str, ...], groups: Groups
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return label columns and keys, quantities outermost, then outcome levels, then groups."""
    blocks, terms = [], []
    for quantity in quantities:
        for level in levels:
            term = f"{level}:{quantity.term}" if level else quantity.term
            blocks.append(groups.labels.assign(term=term))
            terms += [keyed(term, key) for key in groups.keys]
    return pd.concat(blocks, ignore_index=True), tuple(terms)
