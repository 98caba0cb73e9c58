"""Weighting steps that tie weights to population totals, share one residual, and the known factor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration_effects.design.steps import per_unit
from migration_effects.numerics.terms import Terms

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TotalsStep:
    """Post-stratification, raking or calibration.

    Its residual: influence per unit of weight, less its regression on the terms with the weights before the
    step, times the weights after it (Deville and Särndal 1992).

    Parameters
    ----------
    name : str
    before, after : ndarray, shape (n,)
    terms : Terms
    solve : callable
        Weights before to weights after, for any replicate.
    """

    name: str
    before: Array
    after: Array
    terms: Terms
    solve: Callable[[Array], Array]

    @property
    def ties_rows(self) -> bool:
        """Yes."""
        return True

    def reweight(self, weights: Array) -> Array:
        """Run the step on other weights."""
        return self.solve(weights)

    def project(self, influence: Array) -> tuple[Array, None]:
        """Return the residual influence."""
        values = per_unit(influence, self.after)
        return (values - self.terms.fitted(values, self.before)) * self.after[:, None], None


@dataclass(frozen=True, slots=True, eq=False)
class FactorStep:
    """A known factor per row: nothing is estimated, so influence passes unchanged.

    Parameters
    ----------
    name : str
    before, after : ndarray, shape (n,)
    factor : ndarray, shape (n,)
    """

    name: str
    before: Array
    after: Array
    factor: Array

    @property
    def ties_rows(self) -> bool:
        """No: each row has its own factor."""
        return False

    def reweight(self, weights: Array) -> Array:
        """Multiply other weights."""
        return weights * self.factor

    def project(self, influence: Array) -> tuple[Array, None]:
        """Return influence unchanged."""
        return influence, None


@dataclass(frozen=True, slots=True, eq=False)
class TrimStep:
    """Weights cut to limits, the excess spread in equal parts over the others.

    A trimmed weight is its limit whatever earlier steps made of it; it answers to them only through the excess
    that it hands to the others.

    Parameters
    ----------
    name : str
    before, after : ndarray, shape (n,)
    trimmed : ndarray of bool, shape (n,)
    share : float
        What each untrimmed weight received.
    solve : callable
    """

    name: str
    before: Array
    after: Array
    trimmed: NDArray[np.bool_]
    share: float
    solve: Callable[[Array], Array]

    @property
    def ties_rows(self) -> bool:
        """Yes."""
        return True

    def reweight(self, weights: Array) -> Array:
        """Trim other weights."""
        return self.solve(weights)

    def project(self, influence: Array) -> tuple[Array, Array]:
        """Split influence into what answers to earlier steps and what is settled."""
        values = per_unit(influence, self.after)
        others = (self.after > 0) & ~self.trimmed
        middle = values[others].mean(axis=0)
        answering = np.where(self.trimmed[:, None], middle, values) * self.before[:, None]
        given = np.where(self.trimmed, self.after, np.where(others, self.share, 0.0))
        return answering, given[:, None] * (values - middle)
