"""Warnings that also stand in the notes of an estimate."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from migration_effects.errors import SmallSampleWarning


def few_psus(df: NDArray[np.float64], terms: Sequence[str]) -> tuple[str, ...]:
    """Warn of terms without degrees of freedom, whose limits and p-values are NaN.

    Parameters
    ----------
    df : ndarray, shape (k,)
    terms : sequence of str, length k

    Returns
    -------
    tuple of str
        The note, if there is one.

    Warns
    -----
    SmallSampleWarning
    """
    # Where the sampling is unknown no term has any; the estimate says so itself.
    if np.isnan(df).all():
        return ()
    short = [term for term, degrees in zip(terms, df, strict=True) if not degrees > 0]
    if not short:
        return ()
    listed = ", ".join(short[:5]) + (", ..." if len(short) > 5 else "")
    text = (
        f"Too few PSUs for {len(short)} of {len(terms)} terms ({listed}): no degrees of freedom, so no interval and no "
        "p-value. Use a larger domain or fewer terms."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=4)
    return (text,)
