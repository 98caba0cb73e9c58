"""Replicate weights: factors by PSU with the recipe re-run, or columns as a data producer delivers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from migration_effects.design.steps import Step, rerun

Array = NDArray[np.float64]
RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """R replicates of the weights of a sample.

    Parameters
    ----------
    method : str
        For example ``"jkn"``.
    scale : ndarray, shape (R,)
        ``V = sum_r scale_r (theta_r - mean theta)^2``.
    factors : ndarray, shape (units, R), optional
        Factor of each first-stage unit's base weight.
    unit : ndarray of int, shape (n,), optional
        First-stage unit of each row; with `factors`.
    weights : ndarray, shape (n, R), optional
        Final replicate weights as delivered; instead of `factors`.
    steps_before : int
        Number of weighting steps the delivered `weights` contain already.
    """

    method: str
    scale: Array
    factors: Array | None = None
    unit: NDArray[np.intp] | None = None
    weights: Array | None = None
    steps_before: int = 0

    @property
    def count(self) -> int:
        """Number of replicates."""
        return len(self.scale)

    def columns(self, base: Array, steps: Sequence[Step]) -> Iterator[Array]:
        """Yield the final weights of each replicate, shape (n,), one at a time."""
        remaining = steps[self.steps_before :]
        for r in range(self.count):
            if self.factors is not None and self.unit is not None:
                weights = base * self.factors[self.unit, r]
            else:
                assert self.weights is not None
                weights = self.weights[:, r]
            yield rerun(weights, remaining)

    def sums(self, values: Array | sparse.csr_array, base: Array, steps: Sequence[Step]) -> Array:
        """Return the weighted sums of `values` under every replicate.

        Parameters
        ----------
        values : ndarray or sparse array, shape (n, k)
        base : ndarray, shape (n,)
            Base weights.
        steps : sequence of Step

        Returns
        -------
        ndarray, shape (R, k)
        """
        if len(steps) > self.steps_before:
            return np.stack([np.asarray(values.T @ weights) for weights in self.columns(base, steps)])
        if self.factors is not None and self.unit is not None:
            units, n = len(self.factors), len(self.unit)
            gather = sparse.csr_array((base, (self.unit, np.arange(n))), shape=(units, n))
            totals = gather @ values
            return self.factors.T @ (totals.toarray() if sparse.issparse(totals) else totals)
        assert self.weights is not None
        return np.asarray(values.T @ self.weights).T

    def rank(self, rows_used: NDArray[np.bool_], base: Array, steps: Sequence[Step]) -> int:
        """Return the rank of the final replicate weights of the rows in use."""
        matrix = np.stack([weights[rows_used] for weights in self.columns(base, steps)], axis=1)
        if not matrix.size:
            return 0
        # The triangular factor has the rank of the tall matrix and is small.
        R = np.linalg.qr(matrix, mode="r") if len(matrix) > matrix.shape[1] else matrix
        return int(np.linalg.matrix_rank(R, tol=RANK_TOLERANCE * float(np.abs(R).max()) * len(R)))


def replicate_covariance(thetas: Array, scale: Array) -> Array:
    """Return ``sum_r scale_r (theta_r - mean)(theta_r - mean)'``, centred at the mean of the replicates.

    Parameters
    ----------
    thetas : ndarray, shape (R, k)
    scale : ndarray, shape (R,)

    Returns
    -------
    ndarray, shape (k, k)
    """
    centred = (thetas - thetas[scale > 0].mean(axis=0)) * np.sqrt(scale)[:, None]
    return centred.T @ centred
