"""Are there enough rows, and comparable ones, for an effect to have a meaning."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from migration_effects.causal.covariates import CovariateMatrix
from migration_effects.causal.exposure import Exposure
from migration_effects.causal.factors import Estimand
from migration_effects.errors import SeparationWarning, SmallSampleWarning, SpecificationError
from migration_effects.numerics.glm import GlmFit
from migration_effects.regression.separation import EXTREME, separating_terms

Array = NDArray[np.float64]
ROWS_PER_COLUMN = 5  # Vittinghoff and McCulloch 2007, Am J Epidemiol 165:710: 5 to 9 events per variable
FEW = 30


def check_sizes(groups: Exposure, exposed: Array, matrix: CovariateMatrix) -> tuple[str, ...]:
    """Refuse groups smaller than the number of columns; warn of small ones.

    Parameters
    ----------
    groups : Exposure
    exposed : ndarray, shape (m,)
    matrix : CovariateMatrix

    Returns
    -------
    tuple of str
        The note, if there is one.

    Raises
    ------
    SpecificationError

    Warns
    -----
    SmallSampleWarning
    """
    counts = {groups.level: int(exposed.sum()), groups.reference: int((exposed == 0).sum())}
    smaller = min(counts, key=lambda value: counts[value])
    n, k = counts[smaller], len(matrix.columns)
    what = f"{groups.name} = {smaller} has {n} rows for {k} columns of covariates, the intercept included"
    if n <= k:
        raise SpecificationError(
            f"{what}: too few to model who is exposed. Use at most {max(n // ROWS_PER_COLUMN - 1, 1)} columns, merge "
            "levels, or use a larger domain."
        )
    if n >= FEW and n >= ROWS_PER_COLUMN * k:
        return ()
    text = (
        f"{what}: standard errors are unreliable with fewer than {FEW} rows or {ROWS_PER_COLUMN} rows per column. "
        "Use fewer covariates or a larger domain."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=4)
    return (text,)


def check_support(
    fit: GlmFit, matrix: CovariateMatrix, exposed: Array, estimand: Estimand, groups: Exposure
) -> tuple[str, ...]:
    """Refuse target rows that nobody of the other group resembles; warn of rows that get no weight.

    ATT needs a counterpart of every exposed row, ATE of every row, ATO of none.

    Parameters
    ----------
    fit : GlmFit
        The propensity.
    matrix : CovariateMatrix
    exposed : ndarray, shape (m,)
    estimand : {"ATT", "ATE", "ATO"}
    groups : Exposure

    Returns
    -------
    tuple of str

    Raises
    ------
    SpecificationError

    Warns
    -----
    SeparationWarning
    """
    if not fit.diverging:
        return ()
    mu = fit.mu
    certain, never = mu > 1 - EXTREME, mu < EXTREME
    terms = ", ".join(separating_terms(matrix.matrix, exposed, matrix.columns, mu)) or "the covariates"
    lacking = certain | never if estimand == "ATE" else certain if estimand == "ATT" else np.zeros_like(never)
    if lacking.any():
        raise SpecificationError(
            f"{int(lacking.sum())} rows have no counterpart: {terms} predict{_s(terms)} {groups.name} perfectly "
            f"there, so no row of the other group resembles them and their effect ({estimand}) is not in the data. "
            "Leave them out with .where(), merge levels, drop the covariate, or use method='overlap'."
        )
    text = (
        f"{terms} predict{_s(terms)} {groups.name} perfectly for {int((certain | never).sum())} rows, which get no "
        f"weight: the effect ({estimand}) does not speak of them."
    )
    warnings.warn(text, SeparationWarning, stacklevel=4)
    return (text,)


def _s(terms: str) -> str:
    """Return the ending of the verb."""
    return "" if "," in terms or terms == "the covariates" else "s"
