"""Shares of the levels of a categorical column."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import Levels, levels
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.groups import By, make_groups
from migration_effects.estimation.intervals import Beta, Interval, Logit, Wald
from migration_effects.estimation.means import Part, assemble
from migration_effects.estimation.sums import group_sums, of_row, replicate_group_sums, spread, weight_sums

Array = NDArray[np.float64]
Method = Literal["logit", "beta", "wald"]


def proportion(y: str, design: SurveyDesign, *, by: By = None, method: Method = "logit") -> Estimate:
    """Estimate the share of every level of a column.

    A share is the mean of the level's indicator. Limits: ``"logit"`` transforms a t interval on the logit scale
    back; ``"beta"`` is Korn and Graubard's exact-type interval; ``"wald"`` is the plain t interval. All three as
    R's ``svyciprop`` with the design's degrees of freedom.

    Parameters
    ----------
    y : str
        A categorical, text, True/False or whole-number column.
    design : SurveyDesign
    by : str or list of str, optional
    method : {"logit", "beta", "wald"}
        Of the confidence limits.

    Returns
    -------
    Estimate
        Terms ``y[level]`` or ``y[level, group]``. Levels without a row in use are left out and noted.

    Raises
    ------
    SpecificationError
        Unknown column or method, or no row with a value.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"carer": ["mother", "mother", "aunt", "mother"]})
    >>> shares = me.proportion("carer", me.SurveyDesign(data))
    >>> dict(zip(shares.terms, shares.values.tolist()))
    {'carer[aunt]': 0.25, 'carer[mother]': 0.75}
    """
    if method not in ("logit", "beta", "wald"):
        raise SpecificationError(f"method={method!r} is unknown. Allowed: logit, beta, wald.")
    groups = make_groups(design, by)
    found = levels(design.data, y)
    codes = np.where(found.codes >= 0, groups.codes, -1)
    if not (codes >= 0).any():
        raise SpecificationError(f"Column {y!r} is missing in every row of the domain.")
    weights = design.final_weights
    sizes = weight_sums(codes, groups.count, weights)
    used, notes = _levels_used(y, found, codes, groups.codes)
    parts = []
    for position in used:
        indicator = ((found.codes == position) & (codes >= 0)).astype(np.float64)
        sums = group_sums(indicator, codes, groups.count, weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = sums / sizes
            influence = weights * (indicator - of_row(shares, codes)) * of_row(1 / sizes, codes)
        thetas = None
        if design.replicates is not None:
            ones = np.ones(len(codes))
            above, below = replicate_group_sums(design, [indicator, ones], codes, groups.count)
            with np.errstate(invalid="ignore", divide="ignore"):
                thetas = above / below
        term = f"{y}[{found.levels[position]}]"
        parts.append(Part(term, shares, spread(influence, codes, groups.count), codes, thetas))
    result = assemble(parts, groups, design, method="Weighted shares", notes=notes)
    rules: dict[str, Interval] = {"logit": Logit(), "wald": Wald(), "beta": Beta(result.n.astype(np.float64))}
    return replace(result, interval=rules[method])


def _levels_used(
    y: str, found: Levels, codes: NDArray[np.intp], in_group: NDArray[np.intp]
) -> tuple[NDArray[np.intp], list[str]]:
    """Return the levels with a row in use, and notes on what is left out."""
    rows = codes >= 0
    present = np.bincount(found.codes[rows], minlength=len(found.levels)) > 0
    notes = []
    missing = int(((in_group >= 0) & ~rows).sum())
    if missing:
        notes.append(f"{missing} rows without a value of {y} are left out.")
    empty = [str(level) for level, here in zip(found.levels, present, strict=True) if not here]
    if empty:
        notes.append(f"No row in use has {y} = {', '.join(empty)}.")
    return np.flatnonzero(present), notes
