"""Turn a condition into the rows of a domain."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from migration_effects.errors import SpecificationError, nearest


def domain_mask(data: pd.DataFrame, condition: str | pd.Series | NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return True for the rows that meet a condition.

    Parameters
    ----------
    data : DataFrame
    condition : str, boolean Series or boolean ndarray
        An expression in the columns, or one value per row. Missing counts as not met.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    SpecificationError
        Unknown column, not a condition, another index or length.
    """
    if isinstance(condition, str):
        condition = _evaluate(data, condition)
    if isinstance(condition, pd.Series):
        return _from_series(data, condition)
    if isinstance(condition, ExtensionArray) and len(condition) == len(data):
        return _from_series(data, pd.Series(condition, index=data.index))
    values = np.asarray(condition)
    if values.dtype != bool or values.shape != (len(data),):
        raise SpecificationError(
            f"A domain is one True/False per row ({len(data)} rows) or an expression; got an array of "
            f"{values.dtype} with shape {values.shape}."
        )
    return values.copy()


def _evaluate(data: pd.DataFrame, expression: str) -> pd.Series:
    """Evaluate an expression in the columns of the data and nothing else."""
    try:
        result = data.eval(expression, engine="python", parser="pandas", local_dict={}, global_dict={})
    except pd.errors.UndefinedVariableError as error:
        name = str(error).split("'")[1] if "'" in str(error) else str(error)
        raise SpecificationError(
            f"The condition {expression!r} names {name!r}, which is not a column.{nearest(name, data.columns)}"
        ) from error
    except Exception as error:
        raise SpecificationError(
            f"The condition {expression!r} cannot be evaluated: {error}. Write it in column names, numbers, "
            "quoted texts, comparisons, & | ~ and parentheses; other names in `backticks`."
        ) from error
    if not isinstance(result, pd.Series):
        # pandas takes a single = for an assignment.
        meant = " Write == to compare." if isinstance(result, pd.DataFrame) else ""
        raise SpecificationError(f"The condition {expression!r} does not give one True/False per row.{meant}")
    return result


def _same_labels(one: pd.Index, other: pd.Index) -> bool:
    """Say whether two indices hold the same labels once each, in whatever order."""
    return len(one) == len(other) and one.is_unique and other.is_unique and bool(one.isin(other).all())


def _from_series(data: pd.DataFrame, condition: pd.Series) -> NDArray[np.bool_]:
    """Align a boolean Series with the data by index."""
    if not condition.index.equals(data.index):
        if _same_labels(condition.index, data.index):
            condition = condition.reindex(data.index)
        else:
            raise SpecificationError(
                f"The condition has {len(condition)} values and another index than the data ({len(data)} rows). "
                "Make it from design.data."
            )
    if not (pd.api.types.is_bool_dtype(condition.dtype) or condition.dtype == object):
        raise SpecificationError(
            f"A domain is True or False per row; the condition given is {condition.dtype}."
        )
    values = condition.to_numpy(dtype=object, na_value=False)
    held = pd.api.types.infer_dtype(values, skipna=False)
    if held != "boolean":
        raise SpecificationError(f"A domain is True or False per row; the condition holds {held} values.")
    return values.astype(bool)
