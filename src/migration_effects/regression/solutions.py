"""What every fitting routine hands back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A fit under weights of mean 1.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
        Those that are reported.
    bread : ndarray, shape (p, k)
        Columns of the inverse information that belong to them.
    scores : ndarray, shape (m, p)
        Score of each row per unit of weight, nuisance parameters included.
    mu : ndarray, shape (m,)
        Fitted means; empty for outcomes with levels.
    converged : bool
    iterations : int
    start : ndarray, shape (p,)
        All parameters, from which replicates start.
    diverging : bool
        The likelihood has no maximum.
    """

    coefficients: Array
    bread: Array
    scores: Array
    mu: Array
    converged: bool
    iterations: int
    start: Array
    diverging: bool = False
