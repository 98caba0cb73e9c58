"""Multiple imputation by chained equations that know the sampling design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import levels, names, numeric, series
from migration_effects.design.variance import covariance
from migration_effects.errors import SpecificationError
from migration_effects.numerics.imputing import (
    Task,
    independent_columns,
    logit_shares,
    predictive_mean_matching,
)

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _Variable:
    """A variable of the imputation models.

    Parameters
    ----------
    name : str
    values : ndarray, shape (n,)
        Numbers, or codes of levels; NaN where missing.
    count : int
        Number of levels in use; 0 for a number.
    observed, missing : ndarray of int
        Positions among the rows in use.
    """

    name: str
    values: Array
    count: int
    observed: Codes
    missing: Codes


def impute(
    design: SurveyDesign,
    variables: str | Sequence[str],
    *,
    m: int = 20,
    seed: int | None = None,
    predictors: str | Sequence[str] | None = None,
    iterations: int = 10,
) -> list[SurveyDesign]:
    """Fill gaps m times by chained equations; analyse each copy and `pool` the estimates.

    Each variable is imputed given all others, in turn, `iterations` times. Numbers by predictive mean matching: every
    imputed value is an observed one. 0/1, True/False and two-level variables by logit; a category of more levels by
    a logit of each level against those after it. The models hold the survey weight, the strata, the number of rows
    in the PSU and a PSU effect; they are fitted with the survey weights, and their parameters are drawn from the
    covariance between PSUs, so that imputed values vary over PSUs as observed ones do.

    Values are taken to be missing at random given the variables named here: name every variable of the analysis,
    the outcome too.

    Parameters
    ----------
    design : SurveyDesign
        Only rows of its domain are used and filled. Without PSUs every row stands for itself.
    variables : str or list of str
        Columns to fill; columns without gaps may be among them and then only predict.
    m : int
        Number of completed copies.
    seed : int, optional
        Of all draws; without it every call differs.
    predictors : str or list of str, optional
        Further columns for the models, without gaps. Nothing is added unasked.
    iterations : int
        Rounds of the chain; one is enough, and used, when one variable has gaps.

    Returns
    -------
    list of SurveyDesign
        m designs of the same sample with completed columns; ``design.data`` stays as it was.

    Raises
    ------
    SpecificationError
        A predictor with gaps, a variable without any value, or more columns in a model than observed rows.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6, 7, 8], "y": [1.2, 1.9, np.nan, 4.1, 5.0, np.nan, 7.2, 7.9]})
    >>> copies = me.impute(me.SurveyDesign(data), "y", predictors="x", m=5, seed=1)
    >>> pooled = me.pool([me.mean("y", copy) for copy in copies])
    >>> len(copies), pooled.terms
    (5, ('y',))
    """
    if m < 2:
        raise SpecificationError(f"m={m!r} must be a whole number of at least 2; 20 is usual.")
    if iterations < 1:
        raise SpecificationError(f"iterations={iterations!r} must be a whole number of at least 1.")
    wanted, given = names(variables), names(predictors)  # type: ignore[arg-type]
    rows = np.flatnonzero(design.in_use)
    chain, fixed = _read(design, rows, wanted, given)
    open_variables = [variable for variable in chain if len(variable.missing)]
    rounds = iterations if len(open_variables) > 1 else 1
    basis = _Basis.of(design, rows, fixed)
    copies = []
    for child in np.random.SeedSequence(seed).spawn(m):
        donors = _chain(chain, open_variables, basis, rounds, np.random.default_rng(child))
        copies.append(design.with_data(_filled(design.data, rows, open_variables, donors)))
    return copies


@dataclass(frozen=True, slots=True, eq=False)
class _Basis:
    """What every model shares: rows in use, their design columns, weights and PSUs."""

    columns: Array
    weights: Array
    unit: Codes
    design: SurveyDesign
    rows: Codes

    @classmethod
    def of(cls, design: SurveyDesign, rows: Codes, fixed: Sequence[_Variable]) -> _Basis:
        """Gather constant, weight, strata, PSU size and complete predictors."""
        first = design.stages[0]
        weights = design.final_weights[rows] / design.final_weights[rows].mean()
        unit = np.unique(first.unit[rows], return_inverse=True)[1].astype(np.intp)
        stratum = np.unique(first.group_of_unit[first.unit[rows]], return_inverse=True)[1]
        size = np.bincount(unit)[unit].astype(np.float64)
        parts = [
            np.ones((len(rows), 1)),
            _standard(weights)[:, None],
            _indicators(stratum.astype(np.float64), int(stratum.max()) + 1),
            _standard(size)[:, None],
            *(_encoded(variable.values, variable.count) for variable in fixed),
        ]
        return cls(np.hstack(parts), weights, unit, design, rows)

    def covariance(self, influence: Array, observed: Codes) -> Array:
        """Return the covariance between PSUs within strata, as from an infinite population.

        Parameters of a model are not known better because the population is finite, so there is no finite
        population correction; lone PSUs count by their distance from the mean.
        """
        everywhere = np.zeros((len(self.design.data), influence.shape[1]))
        everywhere[self.rows[observed]] = influence
        first = self.design.stages[0]
        stage = replace(first, sampled_fraction=np.zeros_like(first.sampled_fraction))
        return covariance(everywhere, (stage,), "adjust", self.design.in_use)

    def task(self, variable: _Variable, others: Sequence[Array], observed: Codes, missing: Codes) -> Task:
        """Put together the model of one variable on some observed rows."""
        X = np.hstack([self.columns, *others])
        keep = independent_columns(X[observed], self.weights[observed])
        X = np.ascontiguousarray(X[:, keep])
        if X.shape[1] >= len(observed):
            raise SpecificationError(
                f"The imputation model of {variable.name!r} has {X.shape[1]} columns but only {len(observed)} rows "
                "with a value. Name fewer predictors, merge levels, or use a design with fewer strata."
            )
        means = _group_means(X, self.unit)
        between = int((np.abs(X - means).max(axis=0) <= 1e-9).sum())
        return Task(
            X,
            self.weights,
            self.unit,
            observed,
            missing,
            lambda influence: self.covariance(influence, observed),
            between,
        )


def _read(
    design: SurveyDesign, rows: Codes, wanted: list[str], given: list[str]
) -> tuple[list[_Variable], list[_Variable]]:
    """Read the columns, fewest gaps first, and raise every fault at once."""
    if not wanted:
        raise SpecificationError("variables names no column to fill.")
    twice = sorted({name for name in [*wanted, *given] if [*wanted, *given].count(name) > 1})
    faults = [f"{name!r} is named twice" for name in twice]
    chain = [_variable(design.data, name, rows) for name in dict.fromkeys(wanted)]
    fixed = [_variable(design.data, name, rows) for name in dict.fromkeys(given)]
    faults += [
        f"{variable.name!r} has no value in the domain" for variable in chain if not len(variable.observed)
    ]
    faults += [
        f"predictor {variable.name!r} has {len(variable.missing)} gaps: name it among the variables to fill"
        for variable in fixed
        if len(variable.missing)
    ]
    if faults:
        raise SpecificationError(f"Imputation cannot start: {'; '.join(faults)}.")
    return sorted(chain, key=lambda variable: len(variable.missing)), fixed


def _variable(data: pd.DataFrame, name: str, rows: Codes) -> _Variable:
    """Read one column as a number or as codes of its levels in use."""
    column = series(data, name).iloc[rows]
    known = column.notna().to_numpy()
    plain = not isinstance(column.dtype, pd.CategoricalDtype)
    is_number = plain and pd.api.types.is_numeric_dtype(column.dtype)
    binary = pd.api.types.is_bool_dtype(column.dtype) or (is_number and column[known].isin([0, 1]).all())
    if is_number and not binary:
        values, count = numeric(data, name, purpose="imputation")[rows], 0
    else:
        codes = levels(data, name).codes[rows]
        found, renumbered = np.unique(codes[known], return_inverse=True)
        values, count = np.full(len(rows), np.nan), len(found)
        values[known] = renumbered
    return _Variable(name, values, count, np.flatnonzero(known), np.flatnonzero(~known))


def _chain(
    chain: Sequence[_Variable],
    open_variables: Sequence[_Variable],
    basis: _Basis,
    rounds: int,
    rng: np.random.Generator,
) -> dict[str, Codes]:
    """Run the chain once and return the donor row of every gap."""
    donors = {v.name: rng.choice(v.observed, len(v.missing)) for v in open_variables}
    current = {v.name: _with_donors(v, donors.get(v.name)) for v in chain}
    for _ in range(rounds):
        for variable in open_variables:
            others = [_encoded(current[v.name], v.count) for v in chain if v.name != variable.name]
            if variable.count == 0:
                task = basis.task(variable, others, variable.observed, variable.missing)
                found = predictive_mean_matching(variable.values, task, rng)
            else:
                found = _level_donors(variable, basis, others, rng)
            donors[variable.name] = found
            current[variable.name] = _with_donors(variable, found)
    return donors


def _level_donors(
    variable: _Variable, basis: _Basis, others: Sequence[Array], rng: np.random.Generator
) -> Codes:
    """Draw levels by one logit for each level against those after it; return a row that has the drawn level."""
    codes = variable.values[variable.observed].astype(np.intp)
    drawn = np.full(len(variable.missing), variable.count - 1, dtype=np.intp)
    undecided = np.ones(len(drawn), dtype=bool)
    for level in range(variable.count - 1):
        if not undecided.any():
            break
        inside = codes >= level
        task = basis.task(variable, others, variable.observed[inside], variable.missing[undecided])
        share = logit_shares(codes[inside] == level, task, rng)
        hit = np.flatnonzero(undecided)[rng.random(len(share)) < share]
        drawn[hit] = level
        undecided[hit] = False
    holder = np.array([variable.observed[np.argmax(codes == level)] for level in range(variable.count)])
    return holder[drawn]


def _with_donors(variable: _Variable, donors: Codes | None) -> Array:
    """Return the values with gaps filled from their donors."""
    if donors is None:
        return variable.values
    values = variable.values.copy()
    values[variable.missing] = variable.values[donors]
    return values


def _encoded(values: Array, count: int) -> Array:
    """Return predictors of a variable: a standardised number, or indicators of its levels."""
    return _standard(values)[:, None] if count == 0 else _indicators(values, count)


def _indicators(codes: Array, count: int) -> Array:
    """Return indicators of every level but the first."""
    return (codes[:, None] == np.arange(1, count)).astype(np.float64)


def _standard(values: Array) -> Array:
    """Return values with mean 0 and standard deviation 1; zeros when constant."""
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def _group_means(X: Array, unit: Codes) -> Array:
    """Return the mean of each column within the row's PSU."""
    size = np.bincount(unit)
    sums = np.column_stack([np.bincount(unit, weights=column) for column in X.T])
    return (sums / size[:, None])[unit]


def _filled(
    data: pd.DataFrame, rows: Codes, open_variables: Sequence[_Variable], donors: dict[str, Codes]
) -> pd.DataFrame:
    """Return the data with every gap filled by a copy of its donor's value."""
    columns = {}
    for variable in open_variables:
        column = series(data, variable.name).copy()
        column.iloc[rows[variable.missing]] = column.iloc[rows[donors[variable.name]]].to_numpy()
        columns[variable.name] = column
    return data.assign(**columns)
