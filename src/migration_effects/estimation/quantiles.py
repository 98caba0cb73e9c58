"""Quantiles with Woodruff intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import numeric, some_names
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.groups import By, make_groups
from migration_effects.estimation.intervals import t_quantile
from migration_effects.estimation.means import Part, assemble, rows_with
from migration_effects.estimation.sums import replicate_group_sums, spread

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """A weighted empirical distribution.

    Parameters
    ----------
    values : ndarray, shape (m,)
        Sorted.
    cumulative : ndarray, shape (m,)
        Cumulative weights.
    """

    values: Array
    cumulative: Array

    def quantile(self, p: float) -> float:
        """Return the smallest value whose share of the weights reaches p (R's rule "math")."""
        total = self.cumulative[-1]
        below = int(np.searchsorted(self.cumulative, p * total, side="right")) - 1
        if below >= 0 and p - self.cumulative[below] / total == 0:
            return float(self.values[below])
        return float(self.values[min(below + 1, len(self.values) - 1)])

    def limit(self, p: float) -> float:
        """Return a confidence limit: as `quantile`, but never below the second value, as ``svyquantile``."""
        if p * self.cumulative[-1] < self.cumulative[0]:
            return float(self.values[min(1, len(self.values) - 1)])
        return self.quantile(p)


def distribution(values: Array, weights: Array) -> Distribution:
    """Return the weighted distribution of some values.

    Parameters
    ----------
    values, weights : ndarray, shape (m,)

    Returns
    -------
    Distribution
    """
    order = np.argsort(values, kind="stable")
    # Extended precision: equal weights must reach p exactly where their number does.
    return Distribution(values[order], np.cumsum(weights[order], dtype=np.longdouble).astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Woodruff:
    """Limits at the quantiles of the limits of the share below the estimate (Woodruff 1952, JASA 47:635).

    Parameters
    ----------
    distributions : tuple of Distribution, length k
    shares, errors : ndarray, shape (k,)
        Estimated share not above the quantile, and its standard error.
    name : str
    """

    distributions: tuple[Distribution, ...]
    shares: Array
    errors: Array
    name: str = "Woodruff"

    def limits(self, values: Array, errors: Array, df: Array, level: float) -> tuple[Array, Array]:
        """Return limits; NaN where the share's limits leave 0 to 1."""
        half = t_quantile(0.5 + level / 2, df) * self.errors
        return self._at(self.shares - half), self._at(self.shares + half)

    def _at(self, shares: Array) -> Array:
        """Return the quantile of each distribution at its share."""
        return np.array(
            [
                each.limit(share) if 0 <= share <= 1 else np.nan
                for each, share in zip(self.distributions, shares, strict=True)
            ]
        )

    def take(self, positions: NDArray[np.intp]) -> Woodruff:
        """Return the rule for some of the terms."""
        chosen = tuple(self.distributions[i] for i in positions)
        return Woodruff(chosen, self.shares[positions], self.errors[positions])


def quantile(
    y: str | Sequence[str], design: SurveyDesign, *, q: float | Sequence[float] = 0.5, by: By = None
) -> Estimate:
    """Estimate quantiles.

    The estimate is the smallest value whose share of the weights reaches `q`. The limits are the quantiles at the
    t limits of the share not above it (the second value where a limit lies before the first one's share, as R has
    it), the standard error is their distance over ``2 t`` at 95 % (Woodruff 1952);
    all as R's ``svyquantile`` by default. The influence is that of the share, scaled to this standard error.

    Parameters
    ----------
    y : str or list of str
        Numeric columns.
    design : SurveyDesign
    q : float or list of float
        Between 0 and 1.
    by : str or list of str, optional

    Returns
    -------
    Estimate
        Terms ``y[0.5]`` or ``y[0.5, group]``.

    Raises
    ------
    SpecificationError
        A probability outside 0 to 1; unknown, text or wholly missing columns.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"minutes": [5.0, 10.0, 20.0, 60.0, 90.0]})
    >>> float(me.quantile("minutes", me.SurveyDesign(data)).values[0])
    20.0
    """
    try:
        probabilities = [float(p) for p in np.atleast_1d(np.asarray(q, dtype=np.float64))]
    except (TypeError, ValueError):
        probabilities = []
    outside = [p for p in probabilities if not 0 < p < 1]
    if outside or not probabilities:
        raise SpecificationError(
            f"q={q!r}: probabilities lie between 0 and 1, for example 0.5 for the median."
        )
    groups = make_groups(design, by)
    weights = design.final_weights
    parts, curves, notes = [], [], []
    for name in some_names(y, purpose="a quantile"):
        raw = numeric(design.data, name, purpose="a quantile")
        codes, values, missing = rows_with(raw, groups, name)
        notes += missing
        members = [np.flatnonzero(codes == group) for group in range(groups.count)]
        found = [distribution(values[rows], weights[rows]) if len(rows) else None for rows in members]
        for p in probabilities:
            points = np.array([np.nan if each is None else each.quantile(p) for each in found])
            parts.append(_share_part(f"{name}[{p:g}]", points, values, codes, groups.count, design))
            curves += [each for each in found if each is not None]
    shares = assemble(parts, groups, design, method="Weighted quantiles", notes=notes)
    return _scaled(shares, tuple(curves))


def _share_part(
    term: str, points: Array, values: Array, codes: NDArray[np.intp], size: int, design: SurveyDesign
) -> Part:
    """Return the part of the share not above the quantile; its values are the quantiles themselves."""
    weights = design.final_weights
    inside = codes >= 0
    below = np.where(inside, values <= points[codes], 0.0)
    sizes = np.bincount(codes[inside], weights=weights[inside], minlength=size)
    sums = np.bincount(codes[inside], weights=(weights * below)[inside], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        influence = weights * (below - (sums / sizes)[codes]) / sizes[codes]
    thetas = None
    if design.replicates is not None:
        above, whole = replicate_group_sums(design, [below, np.ones_like(below)], codes, size)
        with np.errstate(invalid="ignore", divide="ignore"):
            thetas = above / whole
    return Part(term, points, spread(influence, codes, size), codes, thetas)


def _scaled(shares: Estimate, curves: tuple[Distribution, ...]) -> Estimate:
    """Turn the estimate of shares into one of quantiles, scaling influence to the Woodruff error."""
    errors = shares.std_error
    reached = np.array(
        [
            curve.cumulative[np.searchsorted(curve.values, point, side="right") - 1] / curve.cumulative[-1]
            for curve, point in zip(curves, shares.values, strict=True)
        ]
    )
    rule = Woodruff(curves, reached, errors)
    low, high = rule.limits(shares.values, errors, shares.df, 0.95)
    woodruff = (high - low) / (2 * t_quantile(0.975, shares.df))
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(errors > 0, -woodruff / errors, np.where(np.isnan(woodruff), np.nan, 0.0))
    linearised = shares.linearised
    if linearised is not None:
        linearised = (
            linearised * factor if isinstance(linearised, np.ndarray) else linearised.multiply(factor).tocsr()
        )
    thetas = shares.replicate_values
    if thetas is not None:
        thetas = shares.values + (thetas - thetas.mean(axis=0)) * factor
    return replace(shares, linearised=linearised, replicate_values=thetas, interval=rule)
