"""Intervals hold the truth as often as they say: 200 samples of the population of tools/simulate_coverage.py."""

import importlib.util

import numpy as np
import pytest

from conftest import ROOT

spec = importlib.util.spec_from_file_location("simulate_coverage", ROOT / "tools" / "simulate_coverage.py")
simulation = importlib.util.module_from_spec(spec)
spec.loader.exec_module(simulation)


@pytest.fixture(scope="module")
def results():
    return simulation.simulate(200).set_index("estimate")


def test_bias_standard_error_and_coverage_keep_their_limits(results):
    """No figure lies more than 2.5 Monte-Carlo errors outside its limit (limits and seed fixed beforehand)."""
    assert len(results) == 11
    assert results["kept"].all(), results[~results["kept"]].round(3).to_string()


def test_estimated_variance_is_the_true_one(results):
    """The variance estimator of a total is unbiased; the truth follows from the population in closed form."""
    people = simulation.population()
    score = people["score"].to_numpy()
    for name, values in {"total": score, "mean": (score - score.mean()) / len(score)}.items():
        truth, found = simulation.true_variance(people, values), results.loc[name]
        allowed = 2.5 * found["variance_error"] + (0.02 * truth if name == "mean" else 0)  # a mean is a ratio
        assert abs(found["variance"] - truth) <= allowed, (name, found["variance"], truth)


def test_the_gate_would_notice_intervals_that_are_too_short():
    """Weights taken as known, df ignored, a factor forgotten: a standard error 30 % off does not pass 200 samples."""
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, 200)
    error = np.full(200, 0.7)
    rows = np.column_stack([values, error, values - 2 * error, values + 2 * error])
    assert not simulation.judged("short", 0.0, rows)["kept"]
    honest = np.column_stack([values, np.ones(200), values - 2, values + 2])
    assert simulation.judged("honest", 0.0, honest)["kept"]
