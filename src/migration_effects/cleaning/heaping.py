"""Age heaping: Whipple's index and Myers' blended index of digit preference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError

FIRST, LAST = 23, 62  # Whipple's ages: forty years, eight of them ending in 0 or 5
DIGITS = 10


@dataclass(frozen=True)
class AgeHeaping:
    """How much reported ages prefer certain last digits.

    Parameters
    ----------
    whipple : float
        100 without preference for 0 and 5, 500 when every age ends in 0 or 5; NaN without persons aged 23–62.
    myers : float
        Half the sum of the deviations of the blended shares from 10 percent: 0 without preference, 90 when all ages end
        in one digit.
    digits : Series
        Blended share of each last digit, percent.
    n : int
        Persons with an age in the range of Myers' index.
    """

    whipple: float
    myers: float
    digits: pd.Series
    n: int


def age_heaping(
    ages: pd.Series, *, weights: pd.Series | None = None, first: int = 10, years: int = 60
) -> AgeHeaping:
    """Return the indices of age heaping.

    Whipple: persons aged 23–62 whose age ends in 0 or 5, over a fifth of all persons aged 23–62, times 100. Myers: each
    last digit d counts its persons from age ``first + d`` with weight d + 1 and from ``first + 10 + d`` with weight
    9 − d, so that the decline of numbers with age does not look like preference.

    Parameters
    ----------
    ages : Series
        Completed years; missing ages are left out.
    weights : Series, optional
        Survey weights on the same index.
    first : int
        First age of Myers' index, a multiple of ten.
    years : int
        Length of each of its two age ranges, a multiple of ten.

    Returns
    -------
    AgeHeaping
        Both indices.

    Raises
    ------
    SpecificationError
        When ``first`` or ``years`` is no multiple of ten, or ages are no whole numbers.

    Notes
    -----
    Shryock, Siegel and associates (1976), The Methods and Materials of Demography, chapter 8.

    Examples
    --------
    >>> even = pd.Series(range(10, 90))
    >>> found = age_heaping(even)
    >>> found.whipple, round(found.myers, 9)
    (100.0, 0.0)
    """
    if first % DIGITS or years % DIGITS or years <= 0:
        raise SpecificationError(
            f"age_heaping: first and years are multiples of ten, not {first} and {years}."
        )
    known = ages.dropna().astype(float)
    if known.mod(1).ne(0).any():
        raise SpecificationError(f"age_heaping: {int(known.mod(1).ne(0).sum())} ages are no completed years.")
    weight = pd.Series(1.0, index=known.index) if weights is None else weights.loc[known.index].astype(float)
    inside = known.between(FIRST, LAST)
    total = weight[inside].sum()
    whipple = float(500 * weight[inside & known.mod(5).eq(0)].sum() / total) if total > 0 else np.nan
    blended = _blended(known, weight, first, years)
    share = 100 * blended / blended.sum() if blended.sum() > 0 else blended * np.nan
    digits = pd.Series(share, index=pd.RangeIndex(DIGITS, name="digit"))
    n = int(known.between(first, first + years + DIGITS - 1).sum())
    return AgeHeaping(whipple, float((digits - 100 / DIGITS).abs().sum(skipna=False) / 2), digits, n)


def _blended(known: pd.Series, weight: pd.Series, first: int, years: int) -> np.ndarray:
    """Return Myers' blended sum of each last digit."""
    top = first + years + DIGITS
    counts = np.bincount(known.astype(int), weights=weight, minlength=top)
    digit = np.arange(DIGITS)
    lower = counts[first : first + years].reshape(-1, DIGITS).sum(axis=0)
    upper = counts[first + DIGITS : top].reshape(-1, DIGITS).sum(axis=0)
    return (digit + 1) * lower + (DIGITS - 1 - digit) * upper
