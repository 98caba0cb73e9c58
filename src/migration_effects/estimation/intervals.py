"""How limits follow from an estimate: one small class per kind of interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]


def t_quantile(probability: float, df: Array) -> Array:
    """Return quantiles of t; NaN where the degrees of freedom are not positive.

    Parameters
    ----------
    probability : float
    df : ndarray, shape (k,)
        Infinity gives the normal distribution.

    Returns
    -------
    ndarray, shape (k,)
    """
    usable = np.where(df > 0, df, np.nan)
    return np.where(np.isinf(usable), special.ndtri(probability), special.stdtrit(usable, probability))


def two_sided(statistic: Array, df: Array) -> Array:
    """Return two-sided p-values of t statistics; NaN where df is not positive."""
    usable = np.where(df > 0, df, np.nan)
    size = np.abs(statistic)
    # The lower tail of the negative is the upper tail, without the rounding of 1 less a number near 1.
    return 2 * np.where(np.isinf(usable), special.ndtr(-size), special.stdtr(usable, -size))


def statistics(rule: Interval, values: Array, errors: Array) -> Array:
    """Return the test statistics whose p-values agree with a rule's limits, shape (k,).

    The estimate over its standard error; for an exponential that of the logarithm, which tests the ratio against 1.

    Parameters
    ----------
    rule : Interval
    values, errors : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (k,)
    """
    if isinstance(rule, Exponential):
        return statistics(rule.inner, rule.values, rule.errors)
    if isinstance(rule, Joined):
        result = np.empty(len(values))
        for number, part in enumerate(rule.parts):
            here = rule.owner == number
            result[here] = statistics(part.take(rule.position[here]), values[here], errors[here])
        return result
    with np.errstate(divide="ignore", invalid="ignore"):
        return values / errors


class Interval(Protocol):
    """A rule for confidence limits."""

    @property
    def name(self) -> str:
        """What the heading of a result calls it."""
        ...

    def limits(self, values: Array, errors: Array, df: Array, level: float) -> tuple[Array, Array]:
        """Return lower and upper limits, each of shape (k,)."""
        ...

    def take(self, positions: NDArray[np.intp]) -> Interval:
        """Return the rule for some of the terms."""
        ...


@dataclass(frozen=True, slots=True)
class Wald:
    """Estimate plus and minus ``t_(df) x std_error``."""

    name: str = "t"

    def limits(self, values: Array, errors: Array, df: Array, level: float) -> tuple[Array, Array]:
        """Return symmetric limits."""
        half = t_quantile(0.5 + level / 2, df) * errors
        return values - half, values + half

    def take(self, positions: NDArray[np.intp]) -> Wald:
        """Return itself: the rule holds nothing per term."""
        return self


@dataclass(frozen=True, slots=True)
class Logit:
    """Wald interval on the logit scale, transformed back; within 0 and 1 by construction."""

    name: str = "logit"

    def limits(self, values: Array, errors: Array, df: Array, level: float) -> tuple[Array, Array]:
        """Return limits of a share; NaN where it is 0 or 1, where the scale has no value."""
        inside = (values > 0) & (values < 1)
        share = np.where(inside, values, np.nan)
        half = t_quantile(0.5 + level / 2, df) * errors / (share * (1 - share))
        centre = special.logit(share)
        return special.expit(centre - half), special.expit(centre + half)

    def take(self, positions: NDArray[np.intp]) -> Logit:
        """Return itself: the rule holds nothing per term."""
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Beta:
    """Korn–Graubard interval: Clopper–Pearson on the effective sample size.

    ``n* = p(1-p)/V x (t_(n-1)/t_(df))^2`` (Korn and Graubard 1998, *Survey Methodology* 24:193; as ``svyciprop``).

    Parameters
    ----------
    n : ndarray, shape (k,)
        Rows in use.
    """

    n: Array
    name: str = "beta"

    def limits(self, values: Array, errors: Array, df: Array, level: float) -> tuple[Array, Array]:
        """Return limits of a share; where it is 0 or 1 the effective size is n itself."""
        tail = (1 - level) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            effective = values * (1 - values) / errors**2
            effective = np.where((values <= 0) | (values >= 1), self.n, effective)
            effective = effective * (t_quantile(tail, self.n - 1) / t_quantile(tail, df)) ** 2
        yes, no = effective * values, effective * (1 - values)
        low = np.where(yes > 0, special.betaincinv(np.where(yes > 0, yes, 1.0), no + 1, tail), 0.0)
        high = np.where(no > 0, special.betaincinv(yes + 1, np.where(no > 0, no, 1.0), 1 - tail), 1.0)
        unknown = np.isnan(effective)
        return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)

    def take(self, positions: NDArray[np.intp]) -> Beta:
        """Return the rule for some of the terms."""
        return Beta(self.n[positions])


@dataclass(frozen=True, slots=True, eq=False)
class Exponential:
    """The limits of another rule on the log scale, exponentiated.

    Parameters
    ----------
    inner : Interval
    values, errors : ndarray, shape (k,)
        Estimates and standard errors before the exponential.
    """

    inner: Interval
    values: Array
    errors: Array
    name: str = "exp(t)"

    def limits(self, values: Array, errors: Array, df: Array, level: float) -> tuple[Array, Array]:
        """Return exponentiated limits."""
        low, high = self.inner.limits(self.values, self.errors, df, level)
        return np.exp(low), np.exp(high)

    def take(self, positions: NDArray[np.intp]) -> Exponential:
        """Return the rule for some of the terms."""
        return Exponential(self.inner.take(positions), self.values[positions], self.errors[positions])


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """The rules of several estimates side by side, each for its own stretch of terms.

    Parameters
    ----------
    parts : tuple of Interval
    owner : ndarray of int, shape (k,)
        Which part a term belongs to.
    position : ndarray of int, shape (k,)
        Its position there.
    """

    parts: tuple[Interval, ...]
    owner: NDArray[np.intp]
    position: NDArray[np.intp]
    name: str = "as stated by each estimate"

    def limits(self, values: Array, errors: Array, df: Array, level: float) -> tuple[Array, Array]:
        """Return each part's limits in place."""
        low, high = np.empty(len(values)), np.empty(len(values))
        for number, part in enumerate(self.parts):
            here = self.owner == number
            rule = part.take(self.position[here])
            low[here], high[here] = rule.limits(values[here], errors[here], df[here], level)
        return low, high

    def take(self, positions: NDArray[np.intp]) -> Joined:
        """Return the rule for some of the terms."""
        return Joined(self.parts, self.owner[positions], self.position[positions])
