"""Find the terms that predict a binary outcome perfectly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EXTREME = 1e-7


def separating_terms(matrix: Array, y: Array, columns: Sequence[str], mu: Array) -> list[str]:
    """Return the columns along which the likelihood has no maximum.

    For a fit whose coefficients grow without end. An indicator separates when the outcome is constant
    where it is 1 (or 0); a number, when its ranges for outcome 0 and 1 do not overlap.

    Parameters
    ----------
    matrix : ndarray, shape (m, k)
    y : ndarray, shape (m,)
    columns : sequence of str, length k
    mu : ndarray, shape (m,)
        Fitted probabilities.

    Returns
    -------
    list of str
        Empty without separation; "a combination of terms" when no single column is at fault.
    """
    extreme = (mu < EXTREME) | (mu > 1 - EXTREME)
    if not extreme.any() or not np.isin(y, (0.0, 1.0)).all():
        return []
    named = []
    for j, name in enumerate(columns):
        x = matrix[:, j]
        if name == "Intercept":
            continue
        at_extreme = x[extreme]
        if np.isin(x, (0.0, 1.0)).all():
            # The level that the extreme rows share must have one outcome only.
            for level in (0.0, 1.0):
                if (at_extreme == level).all() and len(np.unique(y[x == level])) == 1:
                    named.append(name)
                    break
        elif x[y == 0].size and x[y == 1].size:
            below, above = x[y == 0], x[y == 1]
            if below.max() <= above.min() or above.max() <= below.min():
                named.append(name)
    return named or ["a combination of terms"]
