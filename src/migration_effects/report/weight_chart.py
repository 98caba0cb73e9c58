"""The diagnostics of a chain of weighting steps as a chart."""

from __future__ import annotations

import pandas as pd

from migration_effects.design import SurveyDesign
from migration_effects.report.figure import Figure
from migration_effects.weighting.summary import weight_summary

STEP_NAMES = {
    "base": "base weights",
    "scale_weights": "known factor",
    "adjust_nonresponse": "non-response",
    "poststratify": "post-stratification",
    "rake": "raking",
    "calibrate": "calibration",
    "trim_weights": "trimming",
}
SIZE, EFFECT, LARGEST = "Effective sample size", "Design effect of weighting", "Largest weight over median"


def weight_chart(design: SurveyDesign, *, population: str, weight: str = "", source: str = "") -> Figure:
    """Chart what each weighting step costs, from `weight_summary`.

    Three panels, one bar per step: the effective sample size, Kish's design effect, and the largest weight over
    the median.

    Parameters
    ----------
    design : SurveyDesign
    population : str
        Whom the weights are about.
    weight : str
        Name of the final weight.
    source : str

    Returns
    -------
    Figure

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> design = me.SurveyDesign(pd.DataFrame({"w": [1.0, 2.0, 9.0]}), weights="w")
    >>> figure = me.weight_chart(me.trim_weights(design, upper=6), population="Children")
    >>> [round(point.cell.value, 2) for point in figure.points]
    [1.67, 2.64, 1.79, 1.14, 4.5, 1.71]
    """
    summary = weight_summary(design)
    names = [f"{i}. {STEP_NAMES.get(step, step)}" for i, step in enumerate(summary["step"])]
    steps = pd.Categorical(names, categories=names)
    measures = {SIZE: summary["ess"], EFFECT: summary["deff"], LARGEST: summary["max"] / summary["median"]}
    frames = {
        measure: pd.DataFrame({"step": steps, "estimate": values, "n": summary["n"]})
        for measure, values in measures.items()
    }
    return Figure.from_estimates(
        frames,
        kind="bars",
        category="step",
        panel="model",
        unit={SIZE: "number", EFFECT: "ratio", LARGEST: "ratio"},
        decimals=2,
        population=population,
        weight=weight,
        source=source,
        alt="Bar chart of the weights after each weighting step.",
    )
