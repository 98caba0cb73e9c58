"""Covariates as a model matrix: a list of columns or a formula, complete in every row compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design.columns import series
from migration_effects.errors import SpecificationError
from migration_effects.numerics.least_squares import RankDeficientError, check_rank, triangular_factor
from migration_effects.regression.formulas import model_frame

Array = NDArray[np.float64]
Covariates = str | Sequence[str]
INDICATOR = "_exposed"


@dataclass(frozen=True, slots=True, eq=False)
class CovariateMatrix:
    """The covariates of the rows compared.

    Parameters
    ----------
    matrix : ndarray, shape (m, k)
        Intercept first.
    columns : tuple of str
        Names of the k columns.
    terms : dict of str to tuple of int
        Columns of each term, the intercept left out.
    notes : tuple of str
    right : str
        The right side of the formula that they are.
    """

    matrix: Array
    columns: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    notes: tuple[str, ...]
    right: str


def covariate_matrix(
    covariates: Covariates, data: pd.DataFrame, rows: NDArray[np.bool_], *, exposure: str
) -> CovariateMatrix:
    """Build the model matrix of the covariates.

    Parameters
    ----------
    covariates : list of str, or str
        Columns, or the right side of a formula (``"age * sex + bs(wealth, df=4)"``, with or without ``~``).
    data : DataFrame
    rows : ndarray of bool, shape (n,)
    exposure : str
        Must not be among them.

    Returns
    -------
    CovariateMatrix
        Columns that are linear combinations of earlier ones are left out and noted: they change nothing.

    Raises
    ------
    SpecificationError
        No covariate, an unknown one, the exposure itself, or missing values.
    """
    right = right_side(covariates, data)
    frame = data.assign(**{INDICATOR: rows.astype(np.float64)})
    model = model_frame(f"{INDICATOR} ~ {right}", frame, rows, extra=[])
    if exposure in model.variables:
        raise SpecificationError(
            f"The exposure {exposure!r} is among the covariates. Take it out: it would be compared with itself."
        )
    missing = data.loc[rows, list(model.variables)].isna().sum()
    if missing.any():
        counted = ", ".join(f"{name} ({int(count)})" for name, count in missing.items() if count)
        raise SpecificationError(
            f"Covariates are missing in rows compared: {counted}, of {int(rows.sum())} rows. Weights need every "
            "covariate in every row: complete them with me.impute, make a category 'not known', or restrict the "
            "domain with .where()."
        )
    if "Intercept" not in model.columns:
        raise SpecificationError("The covariate formula takes out the intercept; leave it in.")
    kept, notes = _independent(model.matrix, model.columns)
    place = {int(old): new for new, old in enumerate(kept)}
    terms = {
        term: tuple(place[j] for j in positions if j in place)
        for term, positions in model.terms.items()
        if any(j in place for j in positions) and model.columns[positions[0]] != "Intercept"
    }
    columns = tuple(model.columns[j] for j in kept)
    return CovariateMatrix(model.matrix[:, kept], columns, terms, (*model.notes, *notes), right)


def right_side(covariates: Covariates, data: pd.DataFrame) -> str:
    """Return the covariates as the right side of a formula.

    Parameters
    ----------
    covariates : list of str, or str
    data : DataFrame

    Returns
    -------
    str

    Raises
    ------
    SpecificationError
        No covariate, or a column that does not exist.
    """
    if isinstance(covariates, str):
        right = covariates.split("~")[-1].strip()
    else:
        for name in covariates:
            series(data, name)
        right = " + ".join(f"`{name}`" for name in dict.fromkeys(covariates))
    if not right:
        raise SpecificationError(
            "No covariates are given. Name columns, or write a formula such as 'age + sex'."
        )
    return right


def _independent(matrix: Array, columns: Sequence[str]) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return the columns that add something to those before them."""
    kept = np.arange(matrix.shape[1])
    dropped: list[str] = []
    while True:
        try:
            check_rank(triangular_factor(matrix[:, kept], np.ones(len(matrix))))
        except RankDeficientError as error:
            dropped += [columns[kept[j]] for j in error.columns]
            kept = np.delete(kept, list(error.columns))
        else:
            break
    if not dropped:
        return kept, ()
    return kept, (f"{', '.join(dropped)}: linear combinations of the covariates before them, left out.",)
