"""The least-squares fit whose algebra says how strong a confounder must be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration_effects.causal.strength import Bound, benchmark_bound, oster_delta
from migration_effects.numerics.least_squares import weighted_least_squares

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Companion:
    """Outcome on exposure and covariates, with survey weights.

    Parameters
    ----------
    y, exposure : ndarray, shape (m,)
    covariates : ndarray, shape (m, k)
        Intercept included, unless groups are absorbed.
    terms : dict of str to tuple of int
        Columns of each covariate.
    weights : ndarray, shape (m,)
    absorbed : int
        Groups whose means are taken out of everything.
    """

    y: Array
    exposure: Array
    covariates: Array
    terms: dict[str, tuple[int, ...]]
    weights: Array
    absorbed: int = 0

    @property
    def df(self) -> int:
        """Rows less columns."""
        return len(self.y) - self.covariates.shape[1] - 1 - self.absorbed

    def coefficient(self) -> tuple[float, float]:
        """Return the coefficient of the exposure and its classical standard error."""
        X = np.column_stack([self.exposure, self.covariates])
        fit = weighted_least_squares(X, self.y, self.weights)
        variance = (self.weights @ fit.residuals**2) / self.df * fit.inverse[0, 0]
        return float(fit.coefficients[0]), float(np.sqrt(variance))

    def bound(self, term: str) -> Bound:
        """Return what a confounder as strong as one covariate would do."""
        without = np.delete(self.covariates, list(self.terms[term]), axis=1)
        exposure = 1 - self._left(self.exposure, self.covariates) / self._left(self.exposure, without)
        both = np.column_stack([self.exposure, self.covariates])
        outcome = 1 - self._left(self.y, both) / self._left(self.y, np.column_stack([self.exposure, without]))
        estimate, error = self.coefficient()
        return benchmark_bound(exposure, outcome, estimate, error, self.df)

    def oster(self, times: float) -> float:
        """Return Oster's delta for an effect of 0, with the largest R squared `times` the controlled one, at most 1."""
        ones = np.ones((len(self.y), 0 if self.absorbed else 1))
        plain = weighted_least_squares(np.column_stack([self.exposure, ones]), self.y, self.weights)
        total = self._left(self.y, ones)
        both = np.column_stack([self.exposure, self.covariates])
        controlled_r2 = 1 - self._left(self.y, both) / total
        mass = self.weights.sum()
        return oster_delta(
            plain=float(plain.coefficients[0]),
            controlled=self.coefficient()[0],
            plain_r2=1 - float(self.weights @ plain.residuals**2) / total,
            controlled_r2=controlled_r2,
            largest_r2=min(times * controlled_r2, 1.0),
            outcome_variance=total / mass,
            exposure_variance=self._left(self.exposure, ones) / mass,
            residual_variance=self._left(self.exposure, self.covariates) / mass,
        )

    def _left(self, values: Array, X: Array) -> float:
        """Return the weighted residual sum of squares of values on X."""
        if not X.shape[1]:
            return float(self.weights @ values**2)
        return float(self.weights @ weighted_least_squares(X, values, self.weights).residuals ** 2)
