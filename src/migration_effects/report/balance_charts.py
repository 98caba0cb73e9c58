"""Balance and overlap of two groups as charts."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.causal.weights import BalancingWeights
from migration_effects.report.cells import Cell
from migration_effects.report.figure import Figure, Point
from migration_effects.report.labels import value_id

BEFORE, AFTER = "before balancing", "after balancing"
EXPOSED, COMPARISON = "exposed", "comparison, before balancing"
BALANCED = "comparison, after balancing"
UNIT = "standard deviations"
THRESHOLD = (
    0.1  # the usual mark of a difference that is small enough (Austin 2011, Multivar Behav Res 46:399)
)
LEVEL = re.compile(r"^`?([^\[`]+)`?\[T\.(.+)\]$")
BINS = 10
NARROW = 0.01


def love_plot(weights: BalancingWeights, *, population: str, weight: str = "", source: str = "") -> Figure:
    """Chart the absolute standardised differences of all covariates before and after balancing.

    Parameters
    ----------
    weights : BalancingWeights
    population : str
        Whom the chart is about.
    weight : str
        Name of the survey weight.
    source : str

    Returns
    -------
    Figure
        One row per column of the covariate matrix, the largest difference before balancing first; a line at 0.1.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"away": [1, 1, 0, 0, 0] * 20, "rural": [1, 0, 1, 0, 0] * 20})
    >>> weights = me.balance_weights("away", ["rural"], me.SurveyDesign(data), method="entropy")
    >>> figure = me.love_plot(weights, population="Children")
    >>> [(point.series, abs(round(point.cell.value, 3))) for point in figure.points]
    [('before balancing', 0.333), ('after balancing', 0.0)]
    """
    table = weights.balance()
    order = table["smd_before"].abs().sort_values(ascending=False, kind="stable").index
    points = []
    for row in table.loc[order].to_dict("records"):
        for series, column in ((BEFORE, "smd_before"), (AFTER, "smd_after")):
            value = abs(row[column]) if np.isfinite(row[column]) else None
            points.append(Point(covariate_id(row["covariate"]), series, "", "", UNIT, Cell(value)))
    return Figure(
        chart="dots",
        points=tuple(points),
        population=population,
        source=source,
        weight=weight,
        remarks=weights.notes,
        decimals=2,
        reference=THRESHOLD,
        alt="Dot plot of the absolute standardised differences between the groups, before and after balancing.",
    )


def overlap_plot(weights: BalancingWeights, *, population: str, weight: str = "", source: str = "") -> Figure:
    """Chart the weighted distribution of the propensity in both groups, the comparison before and after balancing.

    Parameters
    ----------
    weights : BalancingWeights
    population : str
        Whom the chart is about.
    weight : str
        Name of the survey weight.
    source : str

    Returns
    -------
    Figure
        Shares of each group, in percent, in ten intervals of the propensity between its extremes.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"away": [1, 1, 0, 0, 0] * 20, "rural": [1, 0, 1, 0, 0] * 20})
    >>> weights = me.balance_weights("away", ["rural"], me.SurveyDesign(data))
    >>> figure = me.overlap_plot(weights, population="Children")
    >>> round(sum(point.cell.value for point in figure.points), 6)
    300.0
    """
    propensity = weights.factors.propensity
    edges, names = _intervals(propensity)
    code = np.clip(np.searchsorted(edges, propensity, side="right") - 1, 0, BINS - 1)
    survey, final = weights.survey_weights, weights.survey_weights * weights.factors.factor
    curves = {EXPOSED: (1, final), COMPARISON: (0, survey), BALANCED: (0, final)}
    points = []
    for series, (group, w) in curves.items():
        inside = weights.exposed == group
        share = pd.Series(w[inside]).groupby(code[inside]).sum() / w[inside].sum()
        points += [
            Point(name, series, "", "", "%", Cell(100 * float(share.get(i, 0.0))))
            for i, name in enumerate(names)
        ]
    return Figure(
        chart="dots",
        points=tuple(points),
        population=population,
        source=source,
        weight=weight,
        remarks=weights.notes,
        decimals=1,
        alt="Dot plot of the share of each group by propensity of exposure.",
    )


def _intervals(propensity: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[str]]:
    """Return the edges of ten intervals and their names, with as many digits as tell them apart."""
    low, high = float(propensity.min()), float(propensity.max())
    if high - low < NARROW:
        low, high = max(low - NARROW, 0.0), min(high + NARROW, 1.0)
    edges = np.linspace(low, high, BINS + 1)
    digits = 2 if high - low >= 0.2 else 4
    return edges, [f"{one:.{digits}f}–{two:.{digits}f}" for one, two in itertools.pairwise(edges)]


def covariate_id(column: str) -> str:
    """Return the label id of a column of the covariate matrix: ``sex[T.girl]`` is ``sex=girl``.

    Parameters
    ----------
    column : str

    Returns
    -------
    str
    """
    found = LEVEL.match(column)
    return value_id(found[1], found[2]) if found else column.strip("`")
