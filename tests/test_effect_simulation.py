"""Effects hold the planted truth: bias, standard errors, coverage, size, the hint of community confounding."""

import numpy as np

from effect_gate import check, study
from effect_simulation.population import Knobs, observed, populate
from effect_simulation.sample import draw
from effect_simulation.scenarios import HONEST, SIZE


def test_correct_model():
    table, _ = check("A")
    assert set(table.index) == {"regression", "within_community", "ipw", "overlap", "entropy", "aipw"}


def test_confounding_by_community():
    table, events = check("community")
    for name in ("regression", "ipw"):
        assert table.loc[name, "coverage"] < 90
    assert events.loc["confounding hint", "mean"] > 0.3


def test_no_effect():
    table, _ = check("nothing")
    assert (table["truth"] == 0).all()


def test_the_gate_notices_wrong_errors_and_bias():
    """Weights taken as known are often 30 % off; such a standard error, or a bias of 0.1, does not pass."""
    rng = np.random.default_rng(3)
    values = rng.normal(0, 0.06, 200)

    def judge(error, shift, limits):
        moved = values + shift
        rows = np.column_stack([moved, np.full(200, error), moved - 2 * error, moved + 2 * error])
        return study.measured(rows, 0.0, 1.0, limits)["kept"]

    assert judge(0.06, 0.0, HONEST)
    assert judge(0.06, 0.0, SIZE)
    assert not judge(0.042, 0.0, HONEST)
    assert not judge(0.078, 0.0, HONEST)
    assert not judge(0.06, 0.1, HONEST)
    assert not judge(0.042, 0.0, SIZE)


def test_samples_represent_the_population():
    """Weighted totals of many samples add up to the population, although the exposed are over-sampled."""
    knobs = Knobs(psus=400)
    people = populate(knobs)
    frame = draw(people, knobs, np.random.default_rng(1), ("score",))
    w = frame["weight"]
    assert w.sum() == len(people.psu) * 1.0 or abs(w.sum() / len(people.psu) - 1) < 0.01
    assert frame["away"].mean() > 0.45
    assert abs(np.average(frame["away"], weights=w) - people.columns["away"].mean()) < 0.02
    assert abs(np.average(frame["score"], weights=w) - observed(people, "score").mean()) < 0.06
