"""Nearest-neighbour matching on the logit of the propensity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from migration_effects.causal.factors import Factors
from migration_effects.numerics.glm import GlmFit

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
SAME = 1e-9  # logits closer than this are one value


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Distinct logits of the comparison group and the nearest of them for each exposed row.

    Parameters
    ----------
    group : ndarray of int, shape (comparison,)
        Which distinct value each comparison row has.
    weights : ndarray, shape (comparison,)
        Survey weights, by which rows at the same distance are averaged.
    first, second : ndarray of int, shape (exposed,)
        Nearest value, and another one at the same distance (-1 without one).
    """

    group: Codes
    weights: Array
    first: Codes
    second: Codes

    def _mass(self) -> Array:
        """Return the survey weight of each distinct value."""
        return np.bincount(self.group, weights=self.weights).astype(np.float64)

    def _both(self, sums: Array) -> Array:
        """Return the sums of an exposed row's nearest values."""
        total: Array = sums[self.first] + np.where(self.second >= 0, sums[self.second], 0.0)
        return total

    def averaged(self, values: Array) -> Array:
        """Return the mean of comparison values over each exposed row's matches, shape (exposed,)."""
        mass = self._mass()
        sums = np.bincount(self.group, weights=self.weights * values).astype(np.float64)
        return self._both(sums) / self._both(mass)

    def carried(self, weights: Array) -> Array:
        """Return the weight that comparison rows take over from exposed rows, shape (comparison,)."""
        mass = self._mass()
        share = weights / self._both(mass)
        handed = np.bincount(self.first, weights=share, minlength=len(mass))
        twice = self.second >= 0
        handed = handed + np.bincount(self.second[twice], weights=share[twice], minlength=len(mass))
        carried: Array = handed[self.group] * self.weights
        return carried


def nearest_neighbours(exposed: Array, comparison: Array, weights: Array) -> Matches:
    """Match each exposed row to the nearest comparison rows, with replacement; ties all count.

    Parameters
    ----------
    exposed : ndarray, shape (n1,)
        Logit of the propensity.
    comparison, weights : ndarray, shape (n0,)

    Returns
    -------
    Matches

    Examples
    --------
    >>> import numpy as np
    >>> matches = nearest_neighbours(np.array([0.0, 2.0]), np.array([-1.0, 1.0, 2.0]), np.ones(3))
    >>> matches.averaged(np.array([10.0, 20.0, 30.0])).tolist()
    [15.0, 30.0]
    """
    order = np.argsort(comparison, kind="stable")
    ordered = comparison[order]
    starts = np.concatenate([[True], np.diff(ordered) > SAME])
    group = np.empty(len(order), dtype=np.intp)
    group[order] = np.cumsum(starts) - 1
    values = ordered[starts]
    above = np.clip(np.searchsorted(values, exposed), 0, len(values) - 1)
    below = np.maximum(above - 1, 0)
    up, down = np.abs(values[above] - exposed), np.abs(values[below] - exposed)
    first, other = np.where(up < down, above, below), np.where(up < down, below, above)
    second = np.where((np.abs(up - down) <= SAME) & (above != below), other, -1)
    return Matches(group, weights, first.astype(np.intp), second.astype(np.intp))


def match_rows(fit: GlmFit, exposed: Array, weights: Array) -> tuple[Matches, Codes, Codes]:
    """Return the matches with the positions of the exposed and comparison rows they speak of.

    Parameters
    ----------
    fit : GlmFit
    exposed, weights : ndarray, shape (m,)
        Rows of weight 0 (absent from a replicate) neither need nor give a match.

    Returns
    -------
    matches : Matches
    exposed_rows, comparison_rows : ndarray of int
    """
    scale = logit(fit.mu)
    ones, zeros = (np.flatnonzero((exposed == value) & (weights > 0)) for value in (1, 0))
    return nearest_neighbours(scale[ones], scale[zeros], weights[zeros]), ones, zeros


def matching_factors(X: Array, exposed: Array, weights: Array, fit: GlmFit) -> Factors:
    """Give comparison rows the survey weights of the exposed rows they are matched to.

    Parameters
    ----------
    X : ndarray, shape (m, k)
    exposed, weights : ndarray, shape (m,)
    fit : GlmFit

    Returns
    -------
    Factors
        Without estimating equations: the weights jump as parameters move.
    """
    matches, ones, zeros = match_rows(fit, exposed, weights)
    factor = exposed.copy()
    factor[zeros] = matches.carried(weights[ones]) / weights[zeros]
    nothing = np.zeros((len(X), 0))
    return Factors(
        factor, exposed, fit.mu, nothing, np.zeros((0, 0)), nothing, nothing, start=fit.coefficients
    )
