"""Diagnostics of weights, step by step."""

from __future__ import annotations

import numpy as np
import pandas as pd

from migration_effects.design import SurveyDesign, require_design


def weight_summary(design: SurveyDesign) -> pd.DataFrame:
    """Describe the weights after each step.

    ``deff = n sum w^2 / (sum w)^2`` (Kish 1965), ``ess = n / deff``; rows of weight 0 are left out.

    Parameters
    ----------
    design : SurveyDesign
        Its domain does not matter: weights belong to the whole sample.

    Returns
    -------
    DataFrame
        One row per step, the base first: ``step, n, sum, min, q25, median, q75, max, cv, deff, ess``.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> design = me.SurveyDesign(pd.DataFrame({"w": [1.0, 3.0]}), weights="w")
    >>> me.weight_summary(design)[["step", "n", "sum", "deff", "ess"]]
       step  n  sum  deff  ess
    0  base  2  4.0  1.25  1.6
    """
    require_design(design)
    stages = [("base", design.base_weights), *((step.name, step.after) for step in design.steps)]
    rows = []
    for name, weights in stages:
        w = weights[weights > 0]
        low, q25, median, q75, high = np.percentile(w, [0, 25, 50, 75, 100])
        deff = len(w) * float(w @ w) / float(w.sum()) ** 2
        rows.append(
            {
                "step": name, "n": len(w), "sum": w.sum(), "min": low, "q25": q25, "median": median, "q75": q75,
                "max": high, "cv": np.sqrt(deff - 1) if deff > 1 else 0.0, "deff": deff, "ess": len(w) / deff,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
