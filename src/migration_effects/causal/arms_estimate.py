"""The means of both arms as a result with labels, rows and degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.causal.weights import BalancingWeights
from migration_effects.design import SurveyDesign
from migration_effects.estimation.estimate import Estimate

Array = NDArray[np.float64]
ARMS = ("exposed", "comparison")


def arms_estimate(
    listed: Sequence[str],
    outcomes: Sequence[Array],
    weights: BalancingWeights,
    design: SurveyDesign,
    *,
    values: Array,
    influence: Array | None,
    thetas: Array | None,
) -> Estimate:
    """Return the means of both arms as one Estimate, outcomes outermost.

    Parameters
    ----------
    listed : sequence of str
        Names of the outcomes.
    outcomes : sequence of ndarray, each of shape (m,)
        NaN where missing.
    weights : BalancingWeights
    design : SurveyDesign
        With the replicates that gave `thetas`.
    values : ndarray, shape (2 x outcomes,)
    influence : ndarray, shape (n, 2 x outcomes), optional
    thetas : ndarray, shape (R, 2 x outcomes), optional

    Returns
    -------
    Estimate
        Terms ``outcome[exposed]`` and ``outcome[comparison]``; rows and PSUs are those of the arm.
    """
    rows = weights.exposure.rows
    terms, labels, df, n, n_psu = [], [], [], [], []
    for name, y in zip(listed, outcomes, strict=True):
        used = rows.copy()
        used[rows] = ~np.isnan(y)
        for arm, members in zip(ARMS, (weights.exposure.exposed, ~weights.exposure.exposed), strict=True):
            terms.append(f"{name}[{arm}]")
            labels.append((arm, name))
            df.append(design.df_of(used))
            n.append(int((used & members).sum()))
            n_psu.append(design.psus_used(used & members))
    return Estimate(
        terms=tuple(terms),
        values=values,
        labels=pd.DataFrame(labels, columns=["arm", "term"]),
        df=np.array(df, dtype=np.float64),
        n=np.array(n, dtype=np.int64),
        n_psu=np.array(n_psu, dtype=np.int64),
        method="",
        design=design,
        linearised=influence,
        replicate_values=thetas,
    )
