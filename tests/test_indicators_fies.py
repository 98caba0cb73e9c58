"""The FIES: calibration, equating, probabilities and prevalence.

The known answers stand in `migration_effects.certification.growth_and_food` and run in `test_certify.py`.
"""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.indicators.fies import ITEMS, STANDARD, score_table
from migration_effects.indicators.rasch import equate, item_severities, person_parameters, symmetric

COLUMNS = {item: item for item in ITEMS}


def patterns(counts):
    return np.array([[float(c) for c in pattern] for pattern, n in counts.items() for _ in range(n)])


def simulated(n=3000, seed=2, shift=0.0):
    rng = np.random.default_rng(seed)
    severity = rng.normal(-0.5, 1.6, n)
    yes = rng.random((n, 8)) < 1 / (1 + np.exp(STANDARD + shift - severity[:, None]))
    return pd.DataFrame(yes.astype(int), columns=list(ITEMS)).assign(w=rng.integers(1, 4, n))


def test_gradient_of_the_conditional_likelihood_by_brute_force():
    counts = {"100": 20, "010": 10, "001": 5, "110": 12, "101": 8, "011": 4}
    answers = patterns(counts)
    b, information = item_severities(answers, np.ones(len(answers)))

    def likelihood(b):
        gamma = symmetric(np.exp(-b))
        return sum(
            n * (-b @ np.array([float(c) for c in p]) - np.log(gamma[p.count("1")]))
            for p, n in counts.items()
        )

    step = 1e-4
    for i in range(3):
        e = np.eye(3)[i] * step
        assert (likelihood(b + e) - likelihood(b - e)) / (2 * step) == pytest.approx(0, abs=1e-6)
        second = (likelihood(b + e) - 2 * likelihood(b) + likelihood(b - e)) / step**2
        assert -second == pytest.approx(information[i, i], rel=1e-5)


def test_integer_weights_are_replicated_rows_and_scale_does_not_matter():
    frame = simulated(600)
    answers, weight = frame[list(ITEMS)].to_numpy(float), frame["w"].to_numpy(float)
    b, _ = item_severities(answers, weight)
    repeated, _ = item_severities(np.repeat(answers, frame["w"], axis=0), np.ones(int(weight.sum())))
    np.testing.assert_allclose(b, repeated, atol=1e-8)
    np.testing.assert_allclose(b, item_severities(answers, 2 * weight)[0], atol=1e-10)


def test_an_item_far_from_the_standard_is_not_common_and_three_at_most():
    odd = STANDARD.copy()
    odd[2] += 2
    assert equate(odd, STANDARD).common == tuple(i != 2 for i in range(8))
    rng = np.random.default_rng(0)
    assert sum(equate(rng.normal(size=8) * 3, STANDARD).common) == 5


def test_nobody_without_an_affirmed_item_is_insecure():
    table = score_table(STANDARD, equate(STANDARD, STANDARD))
    assert table.loc[0, ["moderate", "severe"]].tolist() == [0, 0]


def test_person_parameter_makes_the_raw_score_expected():
    a, se = person_parameters(STANDARD, np.arange(1.0, 8.0))
    p = 1 / (1 + np.exp(STANDARD[None, :] - a[:, None]))
    np.testing.assert_allclose(p.sum(axis=1), np.arange(1, 8), atol=1e-10)
    np.testing.assert_allclose(se, 1 / np.sqrt((p * (1 - p)).sum(axis=1)))


def test_fies_recovers_severities_and_prevalence_is_the_mean_of_the_scores():
    frame = simulated(6000, shift=0.7)
    found = me.indicators.fies(frame, COLUMNS, weights="w")
    np.testing.assert_allclose(found.severities["severity"], STANDARD, atol=0.15)
    assert found.severities["common"].all()
    assert found.severities["infit"].between(0.9, 1.1).all()
    assert 0.5 < found.fit["reliability"] < 0.9
    for name in ("moderate", "severe"):
        mean = np.average(found.scores[f"fies_{name}"], weights=frame["w"])
        assert found.prevalence[name] == pytest.approx(mean)
    assert found.prevalence["severe"] < found.prevalence["moderate"]


def test_incomplete_cases_leave_the_model_and_are_counted():
    frame = simulated()
    gap = frame.copy()
    gap.loc[:9, "HUNGRY"] = 99
    found = me.indicators.fies(gap, COLUMNS, missing={99: "dk"})
    without = me.indicators.fies(frame.iloc[10:], COLUMNS)
    assert found.fit["n_incomplete"] == 10
    assert found.scores["fies_raw"].isna().sum() == 10
    pd.testing.assert_series_equal(found.prevalence, without.prevalence)


def test_too_few_cases_are_refused_with_the_distribution():
    frame = simulated(80)
    with pytest.raises(me.SpecificationError, match=r"fewer than 100\. Raw scores: 0: \d+"):
        me.indicators.fies(frame, COLUMNS)
    nobody = simulated(400).assign(WHLDAY=0)
    with pytest.raises(me.ConvergenceError, match="affirmed by all or by none"):
        me.indicators.fies(nobody, COLUMNS)
