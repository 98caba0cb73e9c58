"""Read columns of a frame as arrays, with errors that name the column and count the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.errors import SpecificationError, nearest
from migration_effects.numerics.grouping import compress


@dataclass(frozen=True, slots=True)
class Levels:
    """A categorical column as codes.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Position in ``levels``; -1 where the value is missing.
    levels : tuple
        Category order for categoricals, sorted otherwise.
    """

    codes: NDArray[np.intp]
    levels: tuple[object, ...]


def series(data: pd.DataFrame, name: str) -> pd.Series:
    """Return a column, or raise with the nearest valid name.

    Parameters
    ----------
    data : DataFrame
    name : str

    Returns
    -------
    Series

    Raises
    ------
    SpecificationError
        No such column, or several of that name.
    """
    if not isinstance(name, str):
        raise SpecificationError(
            f"A column is named by a string, not by a {type(name).__name__}. Give the name of a column of the data."
        )
    if name not in data.columns:
        hint = nearest(name, map(str, data.columns))
        raise SpecificationError(f"There is no column {name!r} in the data ({data.shape[1]} columns).{hint}")
    column = data[name]
    if isinstance(column, pd.DataFrame):
        raise SpecificationError(f"{column.shape[1]} columns are named {name!r}. Rename all but one.")
    return column


def names(columns: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """Return one name, several or none as a list.

    Parameters
    ----------
    columns : str, list of str or None

    Returns
    -------
    list of str

    Raises
    ------
    SpecificationError
        Neither a name nor a list of names.
    """
    if columns is None:
        return []
    if isinstance(columns, str):
        return [columns]
    if not isinstance(columns, (list, tuple, pd.Index)):
        raise SpecificationError(
            f"Columns are named by a string or a list of strings, not by a {type(columns).__name__}."
        )
    return list(columns)


def some_names(columns: str | Sequence[str], *, purpose: str) -> list[str]:
    """Return one name or several as a list that is not empty.

    Parameters
    ----------
    columns : str or list of str
    purpose : str
        What the columns are for; part of the error message.

    Returns
    -------
    list of str

    Raises
    ------
    SpecificationError
        No column is named.
    """
    listed = names(columns)  # type: ignore[arg-type]
    if not listed:
        raise SpecificationError(f"No column is named; {purpose} needs at least one.")
    return listed


def _text_hint(column: pd.Series) -> str:
    """Return what to do with numbers that were read as text; empty where they are no numbers."""
    texts = column.dropna().astype(str)
    for mark, advice in ((".", "convert it with pd.to_numeric"), (",", 'read the file with decimal=","')):
        numbers = pd.to_numeric(texts.str.replace(mark, ".", regex=False), errors="coerce")
        if len(texts) and numbers.notna().all():
            return f" Its values are numbers written as text: {advice}."
    return ""


def numeric(data: pd.DataFrame, name: str, *, purpose: str) -> NDArray[np.float64]:
    """Return a numeric or boolean column as float64 with NaN for missing.

    Parameters
    ----------
    data : DataFrame
    name : str
    purpose : str
        What the column is for; part of the error message.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    SpecificationError
        The column is text or categorical, or holds infinite values.
    """
    column = series(data, name)
    if isinstance(column.dtype, pd.CategoricalDtype) or not (
        pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype)
    ):
        hint = _text_hint(column) or (
            " For the share of each category use me.proportion." if purpose == "a mean" else ""
        )
        raise SpecificationError(
            f"Column {name!r} is {column.dtype}, and {purpose} needs numbers or True/False.{hint}"
        )
    if pd.api.types.is_complex_dtype(column.dtype):
        raise SpecificationError(f"Column {name!r} holds complex numbers; {purpose} needs real ones.")
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(values.sum())  # one pass; only a column with a gap is looked at again
    infinite = 0 if finite else int(np.isinf(values).sum())
    if infinite:
        raise SpecificationError(
            f"Column {name!r} holds {infinite} infinite values. Set them missing or correct them first."
        )
    return values


def levels(data: pd.DataFrame, name: str) -> Levels:
    """Return a column as codes into its levels.

    Parameters
    ----------
    data : DataFrame
    name : str

    Returns
    -------
    Levels
        Levels that no row has are kept for categoricals; the caller drops what it does not use.
    """
    column = series(data, name)
    if isinstance(column.dtype, pd.CategoricalDtype):
        return Levels(column.cat.codes.to_numpy().astype(np.intp), tuple(column.cat.categories))
    dense = _whole_numbers(column)
    if dense is not None:
        shifted, low, bound = dense
        present = np.zeros(bound, dtype=bool)
        present[shifted] = True
        values = np.flatnonzero(present)
        number = np.cumsum(present) - 1
        codes = shifted if len(values) == bound else number[shifted]
        return Levels(codes, tuple(int(low + value) for value in values))
    codes, found = pd.factorize(column, sort=False, use_na_sentinel=True)
    order = _sorted_positions(list(found), name)
    rank = np.empty(len(order) + 1, dtype=np.intp)
    rank[order] = np.arange(len(order))
    rank[-1] = -1
    return Levels(rank[codes], tuple(_plain(found[i]) for i in order))


def _sorted_positions(found: list[object], name: str) -> list[int]:
    """Return the positions that sort the values, or say that they cannot be sorted."""
    try:
        return sorted(range(len(found)), key=lambda i: found[i])  # type: ignore[arg-type, return-value]
    except TypeError as error:
        kinds = sorted({type(value).__name__ for value in found})
        raise SpecificationError(
            f"Column {name!r} mixes {' and '.join(kinds)}, so its levels have no order. Make it one type."
        ) from error


def _plain(value: object) -> object:
    """Return a numpy scalar as the Python value it stands for; whole floats as integers."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def positions(data: pd.DataFrame, columns: list[str], *, purpose: str) -> tuple[NDArray[np.intp], int]:
    """Return one integer code per distinct combination of columns, and how many there are.

    Parameters
    ----------
    data : DataFrame
    columns : list of str
    purpose : str
        What the columns are for; part of the error message.

    Returns
    -------
    codes : ndarray of int, shape (n,)
    count : int

    Raises
    ------
    SpecificationError
        A value is missing.
    """
    combined, bound = np.zeros(len(data), dtype=np.intp), 1
    for name in columns:
        codes, count = _factorised(series(data, name))
        missing = int((codes < 0).sum())
        if missing:
            raise SpecificationError(
                f"Column {name!r} ({purpose}) is missing in {missing} of {len(data)} rows. "
                "Every sampled row needs it: complete the column before building the design."
            )
        if bound == 1:
            combined, bound = codes, max(count, 1)
        else:
            combined, bound = compress(combined * count + codes, bound * count)
    return combined, bound


def _factorised(column: pd.Series) -> tuple[NDArray[np.intp], int]:
    """Return codes of a column, -1 where missing, and their number."""
    dense = _whole_numbers(column)
    if dense is not None:
        shifted, _, bound = dense
        return compress(shifted, bound)
    codes, found = pd.factorize(column, sort=False, use_na_sentinel=True)
    return codes.astype(np.intp, copy=False), len(found)


def _whole_numbers(column: pd.Series) -> tuple[NDArray[np.intp], int, int] | None:
    """Return a column of whole numbers of a short range less its minimum, that minimum, and the range; else None."""
    if (
        column.dtype.kind not in "iu"
        or pd.api.types.is_extension_array_dtype(column.dtype)
        or not len(column)
    ):
        return None
    values = column.to_numpy()
    low, high = int(values.min()), int(values.max())
    if high - low > 4 * len(values) or high > np.iinfo(np.intp).max:
        return None  # a hash is smaller than a table of the range
    # Widened first: the difference of two 8-bit numbers need not be one.
    return values.astype(np.intp, copy=False) - low, low, high - low + 1
