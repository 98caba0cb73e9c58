"""N1–N5: the Statistical Reference Datasets of NIST: ill-conditioned columns, long leading digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.certification.tables import read
from migration_effects.certification.vector import Answer, Vector
from migration_effects.design import SurveyDesign
from migration_effects.numerics.least_squares import weighted_least_squares
from migration_effects.regression.regress import regress

Array = NDArray[np.float64]
SOURCE = "NIST Statistical Reference Datasets"

LONGLEY_COLUMNS = ["gnpdefl", "gnp", "unemp", "armed", "pop", "year"]
LONGLEY = {
    "coefficients": (
        *(-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683),
        *(-1.03322686717359, -0.0511041056535807, 1829.15146461355),
    ),
    "standard errors": (
        *(890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699),
        *(0.214274163161675, 0.226073200069370, 455.478499142212),
    ),
    "residual standard deviation": (304.854073561965,),
    "R squared": (0.995479004577296,),
    "F": (330.285339234588,),
}
NORRIS = {
    "coefficients": (-0.262323073774029, 1.00211681802045),
    "standard errors": (0.232818234301152, 0.000429796848199937),
}
# Simon and Lesage (1989): replicates per cell, constant leading part, F, digits asked for.
SIMON_LESAGE = {
    "SmLs01": (21, 1, 21.0, 13),
    "SmLs02": (201, 1, 201.0, 13),
    "SmLs03": (2001, 1, 2001.0, 13),
    "SmLs04": (21, 10**6, 21.0, 9),
    "SmLs05": (201, 10**6, 201.0, 9),
    "SmLs06": (2001, 10**6, 2001.0, 9),
    "SmLs07": (21, 10**12, 21.0, 4),
    "SmLs08": (201, 10**12, 201.0, 4),
    "SmLs09": (2001, 10**12, 2001.0, 4),
}
# The first tenth of each of the nine cells; the other replicates lie one tenth below and above it in turn.
CELL_TENTHS = (4, 3, 5, 3, 5, 3, 5, 3, 5)
MEASURED = {"AtmWtAg": (15.9467335677930, 9), "SiRstv": (1.18046237440255, 11)}


@dataclass(frozen=True)
class ClassicalFit:
    """Least squares with the classical inference of independent rows.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
    std_error : ndarray, shape (k,)
    sigma : float
        Residual standard deviation.
    r_squared : float
    f : float
        Of all columns but the first.
    """

    coefficients: Array
    std_error: Array
    sigma: float
    r_squared: float
    f: float


def classical_fit(X: Array, y: Array) -> ClassicalFit:
    """Fit by the library's least squares and infer as for independent rows of equal variance.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        The first column is the constant.
    y : ndarray, shape (n,)

    Returns
    -------
    ClassicalFit
    """
    n, k = X.shape
    fit = weighted_least_squares(X, y, np.ones(n))
    mean = weighted_least_squares(X[:, :1], y, np.ones(n)).residuals
    within, total = fit.residuals @ fit.residuals, mean @ mean
    variance = within / (n - k)
    return ClassicalFit(
        fit.coefficients,
        np.sqrt(variance * np.diag(fit.inverse)),
        float(np.sqrt(variance)),
        float(1 - within / total),
        float((total - within) / (k - 1) / variance),
    )


def anova_f(treatment: Array, response: Array) -> float:
    """Return the F of a one-way analysis of variance.

    Parameters
    ----------
    treatment, response : ndarray, shape (n,)

    Returns
    -------
    float
    """
    cells = np.unique(treatment)[1:]
    X = np.column_stack([np.ones(len(response)), *((treatment == c).astype(float) for c in cells)])
    return classical_fit(X, response).f


def simon_lesage(replicates: int, leading: int) -> tuple[Array, Array]:
    """Return treatment and response of a generated dataset of Simon and Lesage.

    Parameters
    ----------
    replicates : int
        Per cell, odd.
    leading : int
        The constant part of all responses.

    Returns
    -------
    treatment, response : ndarray, shape (9 * replicates,)

    Examples
    --------
    >>> simon_lesage(3, 10**6)[1][:3].tolist()
    [1000000.4, 1000000.3, 1000000.5]
    """
    steps = np.r_[0, np.resize([-1, 1], replicates - 1)]
    tenths = np.add.outer(CELL_TENTHS, steps).ravel()
    # One division of whole numbers: each response is the float nearest to its decimal.
    return np.repeat(np.arange(1.0, 10.0), replicates), (10 * leading + tenths) / 10


def wampler_columns() -> Array:
    """Return the powers 0 to 5 of 0, 1, …, 20.

    Returns
    -------
    ndarray, shape (21, 6)
    """
    return np.vander(np.arange(21.0), 6, increasing=True)


def wampler(ratio: int) -> Array:
    """Return the response whose coefficients are ``ratio ** -j``: 1 for Wampler1, 10 for Wampler2.

    Parameters
    ----------
    ratio : int

    Returns
    -------
    ndarray, shape (21,)
    """
    # Whole numbers until one last division, so that the data are those of NIST.
    return np.array([sum(x**j * ratio ** (5 - j) for j in range(6)) / ratio**5 for x in range(21)])


def vectors() -> Iterator[Vector]:
    """Yield the vectors N1–N5.

    Yields
    ------
    Vector
    """
    for what, known in LONGLEY.items():
        yield _vector("N1", f"Longley, {what}", partial(_part, _longley, what), known, 9)
    yield _vector("N1", "Longley, coefficients of regress", _longley_regression, LONGLEY["coefficients"], 9)
    for what, known in NORRIS.items():
        yield _vector("N2", f"Norris, {what}", partial(_part, _norris, what), known, 11)
    powers = range(6)
    yield _vector("N3", "Wampler1, coefficients", partial(_wampler_fit, 1), tuple(1.0 for _ in powers), 9)
    yield _vector(
        "N4", "Wampler2, coefficients", partial(_wampler_fit, 10), tuple(10.0**-j for j in powers), 9
    )
    for name, (replicates, leading, f, digits) in SIMON_LESAGE.items():
        yield _vector("N5", f"{name}, F", partial(_generated, replicates, leading), (f,), digits)
    for name, (f, digits) in MEASURED.items():
        yield _vector("N5", f"{name}, F", partial(_measured, name), (f,), digits)


def _vector(
    number: str, title: str, compute: Callable[[], list[Answer]], expected: tuple[float, ...], digits: int
) -> Vector:
    """Return a vector of NIST."""
    return Vector(number, title, compute, expected, "digits", digits, SOURCE)


def _part(fit: Callable[[], ClassicalFit], what: str) -> list[Answer]:
    """Return the numbers of a fit that go by this name in the certificate."""
    found = fit()
    parts = {
        "coefficients": found.coefficients.tolist(),
        "standard errors": found.std_error.tolist(),
        "residual standard deviation": [found.sigma],
        "R squared": [found.r_squared],
        "F": [found.f],
    }
    return parts[what]


def _longley() -> ClassicalFit:
    """Fit the Longley data."""
    data = read("longley")
    return classical_fit(_with_constant(data[LONGLEY_COLUMNS]), data["totemp"].to_numpy(float))


def _longley_regression() -> list[Answer]:
    """Return the coefficients that users get, formula and all."""
    formula = "totemp ~ " + " + ".join(LONGLEY_COLUMNS)
    return regress(formula, SurveyDesign(read("longley"))).table["estimate"].tolist()


def _norris() -> ClassicalFit:
    """Fit the Norris data."""
    data = read("norris")
    return classical_fit(_with_constant(data[["x"]]), data["y"].to_numpy(float))


def _wampler_fit(ratio: int) -> list[Answer]:
    """Return the coefficients of a Wampler dataset."""
    return weighted_least_squares(wampler_columns(), wampler(ratio), np.ones(21)).coefficients.tolist()


def _generated(replicates: int, leading: int) -> list[Answer]:
    """Return the F of a dataset of Simon and Lesage."""
    return [anova_f(*simon_lesage(replicates, leading))]


def _measured(name: str) -> list[Answer]:
    """Return the F of a measured dataset."""
    data = read("anova").query("dataset == @name")
    return [anova_f(data["treatment"].to_numpy(float), data["response"].to_numpy(float))]


def _with_constant(frame: pd.DataFrame) -> Array:
    """Return the columns after a column of ones."""
    return np.column_stack([np.ones(len(frame)), frame.to_numpy(float)])
