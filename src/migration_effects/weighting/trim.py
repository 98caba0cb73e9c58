"""Trim extreme weights, and multiply by known factors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import numeric
from migration_effects.errors import ConvergenceError, SpecificationError
from migration_effects.weighting.sample import weighted_rows
from migration_effects.weighting.steps import FactorStep, TrimStep

Array = NDArray[np.float64]


def trim_weights(
    design: SurveyDesign, *, lower: float | None = None, upper: float | None = None
) -> SurveyDesign:
    """Cut weights to limits and spread the excess in equal parts over the untrimmed ones.

    Repeated until both limits and the sum of weights hold, as R's ``trimWeights(strict = TRUE)``.

    Parameters
    ----------
    design : SurveyDesign
    lower, upper : float, optional
        Limits of the weights; at least one.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    SpecificationError
        No limit, or limits out of order.
    ConvergenceError
        The sum of weights cannot be kept within the limits.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> design = me.SurveyDesign(pd.DataFrame({"w": [1.0, 2.0, 9.0]}), weights="w")
    >>> me.trim_weights(design, upper=6).weights.tolist()
    [2.5, 3.5, 6.0]
    """
    if lower is None and upper is None:
        raise SpecificationError("me.trim_weights needs a lower or an upper limit.")
    low = -np.inf if lower is None else float(lower)
    high = np.inf if upper is None else float(upper)
    if not low < high or high <= 0:
        raise SpecificationError(f"lower={lower!r} must be below upper={upper!r}, and upper positive.")
    weighted_rows(design, "trim_weights")

    def solve(weights: Array) -> Array:
        """Trim the positive weights."""
        return _trim(weights, low, high)[0]

    before = design.final_weights
    after, trimmed, share = _trim(before, low, high)
    if not trimmed.any():
        return design.with_step(FactorStep("trim_weights", before, before, np.ones_like(before)))
    return design.with_step(TrimStep("trim_weights", before, after, trimmed, share, solve))


def _trim(weights: Array, low: float, high: float) -> tuple[Array, NDArray[np.bool_], float]:
    """Return trimmed weights, which were trimmed, and the share each other one received."""
    active = weights > 0
    total, count = weights.sum(), int(active.sum())
    slack = 1e-12 * total
    if count * high < total - slack or count * low > total + slack:
        raise ConvergenceError(
            f"me.trim_weights cannot keep the sum of {count} weights at {total:.10g} within {low:g} and {high:g}: "
            f"their mean is {total / count:.6g}. Choose limits around it."
        )
    current, trimmed, share = weights.copy(), np.zeros(len(weights), dtype=bool), 0.0
    while True:
        outside = active & ((current < low) | (current > high))
        if not outside.any():
            return current, trimmed, share
        # A weight trimmed once stays at its limit; only the others take up the excess.
        trimmed |= outside
        cut = np.clip(current, low, high)
        excess = float((current[outside] - cut[outside]).sum())
        others = active & ~trimmed
        if not others.any():
            raise ConvergenceError(
                f"me.trim_weights: every weight reached a limit ({low:g}, {high:g}) before the sum {total:.10g} was "
                "met. Choose wider limits."
            )
        step = excess / others.sum()
        current = np.where(outside, cut, current + np.where(others, step, 0.0))
        share += step


def scale_weights(design: SurveyDesign, factor: str | float | pd.Series | Array) -> SurveyDesign:
    """Multiply weights by a known factor per row, recorded as a step.

    Parameters
    ----------
    design : SurveyDesign
    factor : str, number, Series or ndarray
        Column of positive factors (or one number per row, or one for all), for example the number of eligible
        children in the household of which one was interviewed.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    SpecificationError
        A factor is missing, infinite, zero or negative in a weighted row, or there is not one per row.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"w": [10.0, 20.0], "eligible": [2, 1]})
    >>> me.scale_weights(me.SurveyDesign(data, weights="w"), "eligible").weights.tolist()
    [20.0, 20.0]
    """
    rows = weighted_rows(design, "scale_weights")
    values, named = _factors(design, factor)
    bad = int((rows & ~(np.isfinite(values) & (values > 0))).sum())
    if bad:
        raise SpecificationError(
            f"{named} is missing, infinite, zero or negative in {bad} weighted rows. "
            "Give every row its factor; rows that should not count get weight 0 before."
        )
    values = np.where(rows, values, 1.0)
    before = design.final_weights
    return design.with_step(FactorStep("scale_weights", before, before * values, values))


def _factors(design: SurveyDesign, factor: str | float | pd.Series | Array) -> tuple[Array, str]:
    """Return one factor per row and how to call it in a message."""
    if isinstance(factor, str):
        return numeric(design.data, factor, purpose="a weight factor"), f"Factor column {factor!r}"
    if isinstance(factor, pd.Series):
        if not factor.index.equals(design.data.index):
            raise SpecificationError(
                "The factors have another index than the data. Make them from design.data."
            )
        factor = factor.to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.asarray(factor, dtype=np.float64)
    if values.ndim and values.shape != (len(design.data),):
        raise SpecificationError(f"There are {values.shape} factors for {len(design.data)} rows.")
    return np.broadcast_to(values, (len(design.data),)).copy(), "The factor"
