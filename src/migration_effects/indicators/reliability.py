"""Reliability of a scale: Cronbach's alpha, McDonald's omega, item-rest correlations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError

STEPS, TOLERANCE = 1000, 1e-10


@dataclass(frozen=True)
class Reliability:
    """How well the items of a scale hang together.

    Parameters
    ----------
    n : int
        Complete cases.
    alpha : float
        Cronbach's alpha; negative or undefined values are reported as they are.
    omega : float
        McDonald's omega (total) of one common factor; NaN with fewer than three items.
    items : DataFrame
        Columns ``item, loading, item_rest``.
    notes : tuple of str
        What to know about the values.
    """

    n: int
    alpha: float
    omega: float
    items: pd.DataFrame
    notes: tuple[str, ...] = ()


def reliability(frame: pd.DataFrame, items: Mapping[str, str] | list[str]) -> Reliability:
    """Return the reliability of a scale on its complete cases.

    α = k/(k − 1) · (1 − Σ s²ᵢ / s²_T) with variances of n − 1. ω = (Σλ)² / ((Σλ)² + Σψ) for the loadings λ and unique
    variances ψ of one common factor (principal axis on the covariance matrix).

    Parameters
    ----------
    frame : DataFrame
        Items already recoded and reversed.
    items : mapping of str to str, or list of str
        Item → column, or the columns.

    Returns
    -------
    Reliability
        Unweighted: reliability belongs to the scale, not to the population.

    Raises
    ------
    SpecificationError
        For fewer than two items or unknown columns.

    Examples
    --------
    >>> answers = pd.DataFrame([[1, 2, 2], [2, 2, 3], [3, 3, 3], [4, 5, 4], [5, 4, 5]], columns=list("abc"))
    >>> round(reliability(answers, list("abc")).alpha, 6)
    0.942568
    """
    columns = dict(items) if isinstance(items, Mapping) else {name: name for name in items}
    absent = [column for column in columns.values() if column not in frame.columns]
    if absent or len(columns) < 2:
        raise SpecificationError(
            f"reliability needs two or more columns of the frame; not there: {', '.join(absent) or 'none'}."
        )
    answers = frame[list(columns.values())].astype(float).dropna().to_numpy()
    n, k = answers.shape
    notes = [] if n > 1 else ["fewer than two complete cases"]
    if n < 2:
        table = pd.DataFrame({"item": list(columns), "loading": np.nan, "item_rest": np.nan})
        return Reliability(n, np.nan, np.nan, table, tuple(notes))
    covariance = np.cov(answers, rowvar=False)
    total = covariance.sum()
    alpha = float(k / (k - 1) * (1 - np.trace(covariance) / total)) if total > 0 else np.nan
    loadings, omega = _omega(covariance)
    if np.isnan(omega):
        notes.append("omega needs three items with a common factor")
    rest = [_correlation(answers[:, i], np.delete(answers, i, axis=1).sum(axis=1)) for i in range(k)]
    table = pd.DataFrame({"item": list(columns), "loading": loadings, "item_rest": rest})
    return Reliability(n, alpha, omega, table, tuple(notes))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation, NaN where one does not vary."""
    spread = a.std() * b.std()
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 0 else np.nan


def _omega(covariance: np.ndarray) -> tuple[np.ndarray, float]:
    """Return loadings of one common factor and omega; NaN where principal axis has no proper solution."""
    k = len(covariance)
    nothing = np.full(k, np.nan), np.nan
    variances = np.diag(covariance)
    if k < 3 or np.any(variances <= 0) or np.linalg.matrix_rank(covariance) < k:
        return nothing
    communality = variances - 1 / np.diag(np.linalg.inv(covariance))
    for _ in range(STEPS):
        reduced = covariance.copy()
        np.fill_diagonal(reduced, communality)
        values, vectors = np.linalg.eigh(reduced)
        if values[-1] <= 0:
            return nothing
        loadings = vectors[:, -1] * np.sqrt(values[-1])
        change = np.abs(loadings**2 - communality).max()
        communality = loadings**2
        if change < TOLERANCE * variances.max():
            break
    else:
        return nothing
    unique = variances - communality
    if np.any(unique < 0):
        return nothing
    loadings = loadings if loadings.sum() >= 0 else -loadings
    common = loadings.sum() ** 2
    return loadings, float(common / (common + unique.sum()))
