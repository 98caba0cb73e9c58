"""L: laws that estimates keep on every installation, checked against each other and against plain formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.certification.tables import read
from migration_effects.certification.vector import Answer, Vector
from migration_effects.design import SurveyDesign
from migration_effects.estimation.means import mean
from migration_effects.regression.regress import regress

Array = NDArray[np.float64]
FORMULA = "api00 ~ ell + meals + mobility"
LIMIT = 1e-10
ORDER_SEED = 2026


def vectors() -> Iterator[Vector]:
    """Yield the laws; each gives its largest relative difference, which must be 0.

    Yields
    ------
    Vector
    """
    laws: dict[str, Callable[[], Array]] = {
        "equal weights: mean and variance of a simple random sample": equal_weights,
        "equal weights: regression coefficients are least squares": least_squares,
        "one stratum, every row a PSU: covariance is n/(n-1) HC0": heteroscedastic,
        "order of the rows changes nothing": permuted,
        "names of the PSUs change nothing": relabelled,
        "scale of the weights changes nothing": rescaled,
    }
    for number, (title, law) in enumerate(laws.items(), 1):
        yield Vector(f"L{number}", title, partial(_largest, law), (0.0,), "error", LIMIT, "closed form")


def equal_weights() -> Array:
    """Return how far mean and standard error are from ``mean(y)`` and ``s / sqrt(n)``.

    Returns
    -------
    ndarray, shape (2,)
    """
    frame = read("apistrat").assign(w=7.0)
    y = frame["api00"].to_numpy(float)
    plain = np.array([y.mean(), y.std(ddof=1) / np.sqrt(len(y))])
    return _relative(_mean_of(SurveyDesign(frame, weights="w")), plain)


def least_squares() -> Array:
    """Return how far the coefficients are from those of a singular value decomposition.

    Returns
    -------
    ndarray, shape (4,)
    """
    X, y, frame = _columns()
    fit = regress(FORMULA, SurveyDesign(frame.assign(w=7.0), weights="w"))
    return _relative(fit.table["estimate"].to_numpy(float), _lstsq(X, y))


def heteroscedastic() -> Array:
    """Return how far the covariance is from ``n/(n-1) (X'X)^-1 X' diag(e^2) X (X'X)^-1``.

    Returns
    -------
    ndarray, shape (16,)
    """
    X, y, frame = _columns()
    residuals = y - X @ _lstsq(X, y)
    half = np.linalg.pinv(X) * residuals
    expected = len(y) / (len(y) - 1) * half @ half.T
    found = regress(FORMULA, SurveyDesign(frame)).vcov.to_numpy(float)
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    return np.asarray((found - expected) / size).ravel()


def permuted() -> Array:
    """Return the differences between the sample and itself in another order.

    Returns
    -------
    ndarray, shape (10,)
    """
    frame = read("apistrat")
    order = np.random.default_rng(ORDER_SEED).permutation(len(frame))
    return _relative(_stratified(frame.iloc[order].reset_index(drop=True)), _stratified(frame))


def relabelled() -> Array:
    """Return the differences between a cluster sample and itself under other names of the clusters.

    Returns
    -------
    ndarray, shape (2,)
    """
    frame = read("apiclus1")
    names = {old: f"district {new}" for new, old in enumerate(sorted(frame["dnum"].unique())[::-1])}
    renamed = frame.assign(dnum=frame["dnum"].map(names))
    return _relative(_clustered(renamed), _clustered(frame))


def rescaled() -> Array:
    """Return the differences between a sample and itself with weights ten thousand times as large.

    Returns
    -------
    ndarray, shape (10,)
    """
    frame = read("apistrat")
    return _relative(_stratified(frame.assign(pw=frame["pw"] * 1e4)), _stratified(frame))


def _largest(law: Callable[[], Array]) -> list[Answer]:
    """Return the largest difference of a law."""
    return [float(np.abs(law()).max())]


def _columns() -> tuple[Array, Array, pd.DataFrame]:
    """Return model matrix, outcome and frame of the regression."""
    frame = read("apistrat")
    columns = frame[["ell", "meals", "mobility"]].to_numpy(float)
    return np.column_stack([np.ones(len(frame)), columns]), frame["api00"].to_numpy(float), frame


def _lstsq(X: Array, y: Array) -> Array:
    """Return least-squares coefficients by singular values."""
    return np.asarray(np.linalg.lstsq(X, y, rcond=None)[0], dtype=np.float64)


def _stratified(frame: pd.DataFrame) -> Array:
    """Return the answers of a mean and a regression on the stratified sample."""
    design = SurveyDesign(frame, weights="pw", strata="stype", fpc="fpc")
    table = regress(FORMULA, design).table
    return np.r_[_mean_of(design), table["estimate"], table["std_error"]]


def _clustered(frame: pd.DataFrame) -> Array:
    """Return the answers of a mean on the cluster sample."""
    return _mean_of(SurveyDesign(frame, weights="pw", psu="dnum", fpc="fpc"))


def _mean_of(design: SurveyDesign) -> Array:
    """Return mean and standard error of the school score."""
    table = mean("api00", design).table
    return np.r_[table["estimate"], table["std_error"]]


def _relative(found: Array, expected: Array) -> Array:
    """Return the relative differences."""
    return np.asarray((found - expected) / np.abs(expected))
