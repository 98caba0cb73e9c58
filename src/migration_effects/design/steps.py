"""What a weighting step must be able to do, and how influence passes back through a chain of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Step(Protocol):
    """One weighting step, fitted on a sample."""

    @property
    def name(self) -> str:
        """Name in the weight history, for example ``"rake"``."""
        ...

    @property
    def before(self) -> Array:
        """Weights before the step, shape (n,)."""
        ...

    @property
    def after(self) -> Array:
        """Weights after the step, shape (n,)."""
        ...

    @property
    def ties_rows(self) -> bool:
        """Whether the step makes the weight of one row depend on the others."""
        ...

    def reweight(self, weights: Array) -> Array:
        """Run the step again on other weights of the same rows (a replicate)."""
        ...

    def project(self, influence: Array) -> tuple[Array, Array | None]:
        """Carry influence from the weights after the step to the weights before it.

        Parameters
        ----------
        influence : ndarray, shape (n, k)

        Returns
        -------
        influence : ndarray, shape (n, k)
            The part that answers to earlier steps.
        settled : ndarray or None
            The part that earlier steps do not touch any more.
        """
        ...


def per_unit(influence: Array, weights: Array) -> Array:
    """Return influence per unit of weight; 0 where the weight is 0.

    Parameters
    ----------
    influence : ndarray, shape (n, k)
    weights : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n, k)
    """
    inverse = np.divide(1.0, weights, out=np.zeros_like(weights), where=weights != 0)
    return influence * inverse[:, None]


def project(influence: Array, steps: Sequence[Step]) -> Array:
    """Carry influence back through every step, the last one first.

    Parameters
    ----------
    influence : ndarray, shape (n, k)
        Under the final weights.
    steps : sequence of Step
        In the order in which they were taken.

    Returns
    -------
    ndarray, shape (n, k)
        Under the base weights: the design's sampling alone makes it vary.
    """
    settled: Array | None = None
    for step in reversed(steps):
        influence, fixed = step.project(influence)
        if fixed is not None:
            settled = fixed if settled is None else settled + fixed
    return influence if settled is None else influence + settled


def rerun(weights: Array, steps: Sequence[Step]) -> Array:
    """Run every step again on replicate base weights.

    Parameters
    ----------
    weights : ndarray, shape (n,)
    steps : sequence of Step

    Returns
    -------
    ndarray, shape (n,)
    """
    for step in steps:
        weights = step.reweight(weights)
    return weights
