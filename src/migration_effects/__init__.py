"""Measure what parental labour migration does to children.

``import migration_effects as me`` gives the public names below; each is loaded when first used, so that the
import itself is quick and changes nothing global.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

__version__ = "0.1.0"

# Public name -> module that defines it.
_PUBLIC: dict[str, str] = {
    "marginal_effects": "regression.marginal",
    "predictive_means": "regression.marginal",
    "replicate": "weighting.replication",
    "regress": "regression.regress",
    "regress_iv": "regression.instruments",
    "random_intercept": "regression.random_intercept",
    "RandomIntercept": "regression.random_intercept",
    "InstrumentalRegression": "regression.instruments",
    "Regression": "regression.regress",
    "proportion": "estimation.proportions",
    "quantile": "estimation.quantiles",
    "stack": "estimation.stacking",
    "impute": "estimation.imputation",
    "pool": "estimation.pooling",
    "adjust": "estimation.multiplicity",
    "crosstab": "estimation.crosstabs",
    "t_test": "estimation.comparisons",
    "correlation": "estimation.comparisons",
    "poststratify": "weighting.totals",
    "rake": "weighting.totals",
    "calibrate": "weighting.totals",
    "trim_weights": "weighting.trim",
    "scale_weights": "weighting.trim",
    "adjust_nonresponse": "weighting.nonresponse",
    "weight_chart": "report.weight_chart",
    "chart_style": "report.style",
    "love_plot": "report.balance_charts",
    "overlap_plot": "report.balance_charts",
    "weight_summary": "weighting.summary",
    "BalancingWeights": "causal.weights",
    "mediate": "causal.mediation",
    "Sensitivity": "causal.sensitivity",
    "sensitivity": "causal.sensitivity",
    "compare_effects": "causal.comparison",
    "balance_weights": "causal.weights",
    "Effect": "causal.effects",
    "effect": "causal.effects",
    "Codebook": "io.codebook",
    "CodebookError": "errors",
    "ConfoundingWarning": "errors",
    "ConvergenceError": "errors",
    "DataFileError": "errors",
    "DesignError": "errors",
    "DisclosureError": "errors",
    "Estimate": "estimation.estimate",
    "Figure": "report.figure",
    "MigrationEffectsError": "errors",
    "MissingPackageError": "errors",
    "MigrationEffectsWarning": "errors",
    "OverlapWarning": "errors",
    "SeparationWarning": "errors",
    "SmallSampleWarning": "errors",
    "SpecificationError": "errors",
    "StudyError": "errors",
    "Table": "report.table",
    "SurveyDesign": "design",
    "SurveyFile": "io.survey_file",
    "Variable": "io.variable",
    "mean": "estimation.means",
    "ratio": "estimation.means",
    "load_study": "study.load",
    "Exhibit": "study.definition",
    "Outcome": "study.definition",
    "Prepared": "study.prepared",
    "Study": "study.study",
    "read_survey": "io.read",
    "read_surveys": "io.read",
    "total": "estimation.means",
    "write_survey": "io.write",
}

# Rooms that are public as a whole.
_ROOMS = ("cleaning", "disclosure", "indicators")

__all__ = ["__version__", *sorted([*_PUBLIC, *_ROOMS])]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"migration_effects.{name}")
    if name not in _PUBLIC:
        from migration_effects.errors import nearest

        message = f"module 'migration_effects' has no attribute {name!r}.{nearest(name, _PUBLIC)}"
        raise AttributeError(message)
    value = getattr(importlib.import_module(f"migration_effects.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    # What completion and help() offer can be used: names of the report only where its packages are installed.
    report = importlib.util.find_spec("babel") is not None
    usable = [name for name in __all__ if report or not _PUBLIC.get(name, "").startswith("report.")]
    return sorted({*usable, *(name for name in globals() if name.startswith("__"))})
