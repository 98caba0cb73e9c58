"""The variables and design columns of imputation models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import levels, numeric, series
from migration_effects.design.variance import covariance
from migration_effects.errors import SpecificationError
from migration_effects.numerics.imputing import Task, independent_columns

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
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


def read_variable(data: pd.DataFrame, name: str, rows: Codes) -> Variable:
    """Read one column as a number or as codes of its levels in use.

    Parameters
    ----------
    data : DataFrame
    name : str
    rows : ndarray of int
        Positions of the rows in use.

    Returns
    -------
    Variable
        0/1 and True/False count as two levels.
    """
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
    return Variable(name, values, count, np.flatnonzero(known), np.flatnonzero(~known))


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What every model shares.

    Parameters
    ----------
    columns : ndarray, shape (n, q)
        Constant, weight, strata, PSU size and complete predictors of the rows in use.
    weights : ndarray, shape (n,)
        Mean 1.
    unit : ndarray of int, shape (n,)
        PSU, numbered among those in use.
    design : SurveyDesign
    rows : ndarray of int, shape (n,)
        Positions of the rows in use.
    """

    columns: Array
    weights: Array
    unit: Codes
    design: SurveyDesign
    rows: Codes

    @classmethod
    def of(cls, design: SurveyDesign, rows: Codes, fixed: Sequence[Variable]) -> Basis:
        """Gather the columns of the design and the complete predictors.

        Parameters
        ----------
        design : SurveyDesign
        rows : ndarray of int
        fixed : sequence of Variable

        Returns
        -------
        Basis
        """
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
            *(encoded(variable.values, variable.count) for variable in fixed),
        ]
        columns = np.hstack(parts)
        columns = columns[:, independent_columns(columns, weights)]
        return cls(columns, weights, unit, design, rows)

    def covariance(self, influence: Array, observed: Codes) -> Array:
        """Return the covariance between PSUs within strata, as from an infinite population.

        Parameters of a model are not known better because the population is finite, so there is no finite
        population correction; lone PSUs count by their distance from the mean.

        Parameters
        ----------
        influence : ndarray, shape (observed, p)
        observed : ndarray of int
            Positions among the rows in use.

        Returns
        -------
        ndarray, shape (p, p)
        """
        everywhere = np.zeros((len(self.design.data), influence.shape[1]))
        everywhere[self.rows[observed]] = influence
        first = self.design.stages[0]
        stage = replace(first, sampled_fraction=np.zeros_like(first.sampled_fraction))
        return covariance(everywhere, (stage,), "adjust", self.design.in_use)

    def task(self, variable: Variable, others: Sequence[Array], observed: Codes, missing: Codes) -> Task:
        """Put together the model of one variable on some observed rows.

        Parameters
        ----------
        variable : Variable
        others : sequence of ndarray, each of shape (n, columns)
            Predictors from the other variables of the chain.
        observed, missing : ndarray of int
            Rows to learn from and rows to fill.

        Returns
        -------
        Task

        Raises
        ------
        SpecificationError
            More columns than observed rows.
        """
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


def encoded(values: Array, count: int) -> Array:
    """Return the predictors that a variable makes: a standardised number, or indicators of its levels.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Numbers, or codes.
    count : int
        Number of levels; 0 for a number.

    Returns
    -------
    ndarray, shape (n, 1) or (n, count - 1)
    """
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
