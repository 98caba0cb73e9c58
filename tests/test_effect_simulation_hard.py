"""Effects where it is hard: few PSUs, weak overlap, a hidden confounder, a wrong propensity, missing outcomes."""

import numpy as np

from effect_gate import POSITION, REPLICATIONS, check, judged, study
from effect_simulation.scenarios import SCENARIOS


def test_few_psus():
    table, _ = check("few PSUs")
    assert table.loc["ipw", "se"] > table.loc["ipw, linearised", "se"]


def test_weak_overlap():
    table, events = check("weak overlap")
    assert table.loc["ipw", "se"] > table.loc["ipw, linearised", "se"]
    assert events.loc["overlap warning", "mean"] > 0.9


def test_hidden_confounder_does_what_theory_says():
    table, events = judged("hidden")
    row, events = table.set_index("estimator").loc["ipw"], events.set_index("event")
    bias, value = study.census(POSITION["hidden"])
    found = study.theory(row, bias, SCENARIOS[POSITION["hidden"]].knobs.psus - 1)
    assert row["coverage"] < 90
    assert found.kept, found
    assert events.loc["gap to omitted-variable bias", "largest"] < 1e-8
    assert 0 < value < events.loc["robustness value", "mean"] + 2.5 * events.loc["robustness value", "error"]


def test_wrong_propensity_right_outcome_model():
    table, _ = check("curved")
    assert table.loc["ipw", "coverage"] < 80


def test_imputation():
    table, events = check("missing")
    assert table.loc["imputed", "n"] == REPLICATIONS
    assert np.isclose(events.loc["scores lost", "mean"], 0.2, atol=0.02)
