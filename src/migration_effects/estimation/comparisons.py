"""The design-based t test and the correlation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.columns import numeric
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.groups import make_groups
from migration_effects.estimation.means import mean, rows_with, variance_words


def t_test(y: str, design: SurveyDesign, *, by: str) -> Estimate:
    """Compare the means of two groups.

    The difference second less first level, with one degree of freedom less than the design's, as R's
    ``svyttest``.

    Parameters
    ----------
    y : str
        Numeric or True/False column.
    design : SurveyDesign
    by : str
        Column with two levels in use.

    Returns
    -------
    Estimate
        One term, ``y[second] - y[first]``; its ``p_value`` is the test's.

    Raises
    ------
    SpecificationError
        `by` has another number of levels in use than two.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0, 5.0], "sex": ["boy", "girl", "boy", "girl", "girl"]})
    >>> me.t_test("y", me.SurveyDesign(data), by="sex").terms
    ('y[girl] - y[boy]',)
    """
    require_design(design)
    absent = np.isnan(numeric(design.data, y, purpose="a t test"))
    known = design.where(~absent)
    missing = int((design.in_use & absent).sum())
    left_out = (f"{missing} rows without a value of {y} are left out.",) if missing else ()
    groups = mean(y, known, by=by)
    if len(groups.terms) != 2:
        raise SpecificationError(
            f"A t test compares two groups; {by!r} has {len(groups.terms)} levels in use. "
            "Choose two with .where(), or test all of them with me.mean(..., by=...).test('a = b = c')."
        )
    first, second = groups.terms
    difference = groups.contrast(f"`{second}` - `{first}`")
    rows = make_groups(known, by).codes >= 0
    term = f"{second} - {first}"
    return replace(
        difference,
        terms=(term,),
        labels=pd.DataFrame({"term": [term]}),
        df=np.array([known.df_of(rows) - 1.0]),
        n=np.array([groups.n.sum()]),
        n_psu=np.array([known.psus_used(rows)]),
        method=f"Design-based t test, {variance_words(design)}",
        notes=(*left_out, *groups.notes),
    )


def correlation(x: str, y: str, design: SurveyDesign) -> Estimate:
    """Estimate the population correlation of two columns.

    ``r = s_xy / sqrt(s_xx s_yy)`` from weighted moments; influence ``w/W (u v - r (u^2 + v^2)/2)`` with u and v
    standardised.

    Parameters
    ----------
    x, y : str
        Numeric or True/False columns; rows that lack one of them are left out.
    design : SurveyDesign

    Returns
    -------
    Estimate
        One term, ``x:y``.

    Raises
    ------
    SpecificationError
        A column does not vary in the domain.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]})
    >>> round(float(me.correlation("x", "y", me.SurveyDesign(data)).values[0]), 12)
    1.0
    """
    require_design(design)
    first = numeric(design.data, x, purpose="a correlation")
    second = numeric(design.data, y, purpose="a correlation")
    groups = make_groups(design, None)
    both = np.where(np.isnan(first), np.nan, second)
    codes, second, notes = rows_with(both, groups, f"{x} or {y}")
    rows = codes >= 0
    first = np.where(rows, first, 0.0)

    def standardised(values: np.ndarray, weights: np.ndarray, name: str) -> np.ndarray:
        """Return a column with weighted mean 0 and variance 1."""
        total = weights.sum()
        centred = np.where(rows, values - weights @ values / total, 0.0)
        spread = np.sqrt(weights @ centred**2 / total)
        if not spread > 0:
            raise SpecificationError(
                f"Column {name!r} does not vary in the domain, so it has no correlation."
            )
        return centred / spread

    def moment(weights: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the correlation and the standardised columns under some weights."""
        inside = np.where(rows, weights, 0.0)
        u, v = standardised(first, inside, x), standardised(second, inside, y)
        return float(inside @ (u * v) / inside.sum()), u, v

    r, u, v = moment(design.final_weights)
    weights = np.where(rows, design.final_weights, 0.0)
    influence = weights * (u * v - r * (u**2 + v**2) / 2) / weights.sum()
    thetas = None
    if design.replicates is not None:
        thetas = np.array([[moment(column)[0]] for column in design.replicate_columns()])
    term = f"{x}:{y}"
    return Estimate(
        terms=(term,),
        values=np.array([r]),
        labels=pd.DataFrame({"term": [term]}),
        df=np.array([design.df_of(rows)]),
        n=np.array([int(rows.sum())]),
        n_psu=np.array([design.psus_used(rows)]),
        method=f"Weighted correlation, {variance_words(design)}",
        design=design,
        linearised=None if thetas is not None else influence[:, None],
        replicate_values=thetas,
        notes=tuple(notes),
    )
