"""L, M and S of the WHO growth references, by sex and age, length or height."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Table = Literal[
    "height_for_age_days",
    "weight_for_age_days",
    "bmi_for_age_days",
    "weight_for_length",
    "weight_for_height",
    "height_for_age_months",
    "weight_for_age_months",
    "bmi_for_age_months",
]
FIRST_MONTH, BASIS, DEGREE = 60, 8, 3


@dataclass(frozen=True)
class Curves:
    """L, M and S along one axis.

    Parameters
    ----------
    x : ndarray, shape (rows,)
        Days, months or centimetres, ascending.
    lms : ndarray, shape (rows, 3)
        L, M, S.
    """

    x: Vector
    lms: NDArray[np.float64]

    def at(self, x: Vector) -> tuple[Vector, Vector, Vector]:
        """Return L, M and S, interpolated linearly between rows; NaN outside the table.

        Parameters
        ----------
        x : ndarray
            Positions on the axis.

        Returns
        -------
        tuple of ndarray
            L, M, S, each of the shape of ``x``.
        """
        columns = [np.interp(x, self.x, self.lms[:, i], left=np.nan, right=np.nan) for i in range(3)]
        return columns[0], columns[1], columns[2]


@cache
def curves(table: Table, sex: int) -> Curves:
    """Return one table for one sex.

    Parameters
    ----------
    table : str
        Name of the file in ``growth_reference``.
    sex : int
        1 male, 2 female.

    Returns
    -------
    Curves
        Tables by month begin at month 60, one row before the published ones (see the README of the folder).

    Examples
    --------
    >>> l, m, s = curves("height_for_age_months", 1).at(np.array([144.0]))
    >>> round(float(m[0]), 2)
    149.08
    """
    path = resources.files("migration_effects.indicators") / "growth_reference" / f"{table}.csv"
    with path.open(encoding="utf-8") as file:
        rows = pd.read_csv(file)
    values = rows.loc[rows["sex"].eq(sex), rows.columns[1:]].to_numpy(float)
    x, lms = values[:, 0], values[:, 1:]
    if table.endswith("months"):
        first = continued(x[:BASIS], lms[:BASIS], FIRST_MONTH)
        x, lms = np.concatenate([[FIRST_MONTH], x]), np.vstack([first, lms])
    return Curves(x, lms)


def continued(x: Vector, lms: NDArray[np.float64], to: float) -> Vector:
    """Return L, M and S one row before a table, by a cubic through its first rows.

    Parameters
    ----------
    x : ndarray, shape (rows,)
        Months.
    lms : ndarray, shape (rows, 3)
        Published values.
    to : float
        Month to continue to.

    Returns
    -------
    ndarray, shape (3,)
        L, M, S.
    """
    return np.array([np.polyfit(x - to, lms[:, i], DEGREE)[-1] for i in range(3)])
