"""Unmeasured confounding: published numbers, exact constructions, and what a planted confounder does."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from causal_samples import design, small
from migration_effects.causal import strength


def value(table, measure, benchmark="", term=None):
    rows = table[(table["measure"] == measure) & (table["benchmark"] == benchmark)]
    if term is not None:
        rows = rows[rows["term"] == term]
    assert len(rows) == 1, (measure, benchmark)
    return rows["value"].iloc[0]


def test_e_values_of_vanderweele_and_ding():
    assert strength.e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert strength.e_value(1.8) == pytest.approx(3.00, abs=0.005)
    assert strength.e_value(1 / 3.9) == pytest.approx(strength.e_value(3.9))
    assert strength.e_value(1) == 1
    assert strength.e_value_of_limit(1.8, 8.7) == pytest.approx(3.00, abs=0.005)
    assert strength.e_value_of_limit(0.9, 8.7) == 1
    assert strength.e_value_of_limit(0.2, 0.5) == pytest.approx(strength.e_value(2))


def test_darfur_of_cinelli_and_hazlett():
    """Violence and attitudes to peace in Darfur: published t, benchmark `female` and bounds (their table 1)."""
    t, df, female_outcome, female_exposure = 4.18444998480834, 783, -9.788837042332, -2.6804478643013
    assert strength.robustness_value(t, df) == pytest.approx(0.139, abs=5e-4)
    assert strength.robustness_value(t, df, alpha=0.05) == pytest.approx(0.076, abs=5e-4)
    assert strength.partial_r2(t, df) == pytest.approx(0.022, abs=5e-4)
    bounds = [
        strength.benchmark_bound(
            strength.partial_r2(female_exposure, 784),
            strength.partial_r2(female_outcome, 783),
            0.09731582,
            0.02325654,
            df,
            times=k,
        )
        for k in (1, 2, 3)
    ]
    assert [b.exposure for b in bounds] == pytest.approx([0.009, 0.018, 0.027], abs=6e-4)
    assert [b.outcome for b in bounds] == pytest.approx([0.125, 0.249, 0.374], abs=6e-4)
    assert [b.estimate for b in bounds] == pytest.approx([0.075, 0.053, 0.030], abs=6e-4)


def test_robustness_value_does_what_it_says():
    """A confounder with that partial R squared on both sides takes the estimate to 0, in data made for it."""
    rng = np.random.default_rng(4)
    n = 400
    basis, _ = np.linalg.qr(np.column_stack([np.ones(n), rng.normal(size=(n, 4))]))
    x, d0, u0, e = (basis[:, j] * np.sqrt(n) for j in (1, 2, 3, 4))
    for strong in (0.05, 0.2, 0.45):
        # Exposure and outcome each owe the share `strong` of their residual variance to u; the true effect is 0.
        d = x + np.sqrt(strong) * u0 + np.sqrt(1 - strong) * d0
        y = 2 * x + np.sqrt(strong) * u0 * np.sqrt(1 / (1 - strong)) + np.sqrt(1 - strong) * e
        frame = pd.DataFrame({"x": x, "d": d, "y": y, "u": u0})
        long = me.regress("y ~ d + x + u", me.SurveyDesign(frame))
        assert long.values[1] == pytest.approx(0, abs=1e-9)
        short = me.regress("y ~ d + x", me.SurveyDesign(frame))
        table = me.sensitivity(short, exposure="d").table
        residual = frame["y"] - short.values[0] - short.values[1] * d - short.values[2] * x
        outcome_share = np.corrcoef(residual, u0 - np.polyval(np.polyfit(d - x, u0, 1), d - x))[0, 1] ** 2
        found = value(table, "robustness_value")
        # Explained alike on both sides, the value is that share; else it lies between the two.
        assert min(strong, outcome_share) - 1e-9 <= found <= max(strong, outcome_share) + 1e-9
        bias = np.sqrt(outcome_share * strong / (1 - strong)) * _classical(short) * np.sqrt(n - 3)
        assert bias == pytest.approx(abs(short.values[1]), rel=1e-9)


def _classical(fit):
    """Return the classical standard error of the second coefficient."""
    X = fit.model.matrix
    residual = fit.model.outcome - X @ fit.values
    return np.sqrt(residual @ residual / (len(X) - X.shape[1]) * np.linalg.inv(X.T @ X)[1, 1])


def test_benchmark_is_the_confounder_itself_when_it_is_like_the_covariate():
    """Two covariates with the same strength and independent: leaving one out is bounded by the other exactly."""
    rng = np.random.default_rng(5)
    n = 300
    basis, _ = np.linalg.qr(np.column_stack([np.ones(n), rng.normal(size=(n, 4))]))
    x, u, v, e = (basis[:, j] * np.sqrt(n) for j in (1, 2, 3, 4))
    frame = pd.DataFrame({"x": x, "u": u, "d": 0.4 * x + 0.4 * u + v})
    frame["y"] = 1.5 * frame["d"] + x + u + 2 * e
    bounded = me.sensitivity(me.regress("y ~ d + x", me.SurveyDesign(frame)), exposure="d").table
    truth = me.regress("y ~ d + x + u", me.SurveyDesign(frame))
    assert truth.values[1] == pytest.approx(1.5)
    assert value(bounded, "benchmark_exposure", "x") == pytest.approx(0.4**2 / (1 + 0.4**2), rel=1e-9)
    assert value(bounded, "benchmark_estimate", "x") == pytest.approx(1.5, rel=1e-9)


@pytest.mark.parametrize("target", [0.0, 0.7])
@pytest.mark.parametrize("delta", [0.5, 1.0, 2.0])
def test_oster_delta_is_found_again(target, delta):
    """Orthogonal indices with known selection on both."""
    rng = np.random.default_rng(6)
    n = 200
    basis, _ = np.linalg.qr(np.column_stack([np.ones(n), rng.normal(size=(n, 3))]))
    w, u, v = (basis[:, j] * np.sqrt(n) for j in (1, 2, 3))
    seen, unseen = 1.2 * w, 0.8 * u
    c_seen = 0.5
    c_unseen = delta * c_seen / 1.2**2 * 0.8**2
    d = c_seen / 1.2 * w + c_unseen / 0.8 * u + v
    y = target * d + seen + unseen
    plain = np.polyfit(d, y, 1)
    X = np.column_stack([d, np.ones(n), w])
    controlled, rest, *_ = np.linalg.lstsq(X, y, rcond=None)
    residual = d - np.polyval(np.polyfit(w, d, 1), w)
    found = strength.oster_delta(
        plain=plain[0],
        controlled=controlled[0],
        plain_r2=1 - np.var(y - np.polyval(plain, d)) / np.var(y),
        controlled_r2=1 - rest[0] / n / np.var(y),
        largest_r2=1.0,
        outcome_variance=np.var(y),
        exposure_variance=np.var(d),
        residual_variance=np.var(residual),
        target=target,
    )
    assert found == pytest.approx(delta, rel=1e-9)


def test_rosenbaum_bounds_of_lead_in_children():
    """Morton et al. 1982: 33 pairs; bounds printed in Rosenbaum, Observational Studies, table 4.1."""
    exposed = (
        "38 23 41 18 37 36 23 62 31 34 24 14 21 17 16 20 15 10 45 39 22 35 49 48 44 35 43 39 34 13 73 25 27"
    )
    control = (
        "16 18 18 24 19 11 10 15 16 18 18 13 19 10 16 16 24 13 9 14 21 19 7 18 19 12 11 22 25 16 13 11 13"
    )
    differences = np.array(exposed.split(), float) - np.array(control.split(), float)
    printed = {2: 0.0018, 3: 0.0136, 4: 0.0388, 4.25: 0.0468, 5: 0.0740}
    for gamma, bound in printed.items():
        assert round(strength.signed_rank_bound(differences, gamma), 4) == bound
    gamma = strength.rosenbaum_gamma(differences, alpha=0.05)
    assert strength.signed_rank_bound(differences, gamma) == pytest.approx(0.05)
    assert strength.rosenbaum_gamma(np.array([1.0, -1, 2, -2]), alpha=0.05) == 1


def test_effect_and_its_companion_regression_agree():
    frame = small(31, psus=60)
    sample = design(frame)
    effect = me.effect(["y", "event"], me.balance_weights("away", ["x", "z", "sex"], sample))
    table = me.sensitivity(effect).table
    fit = me.sensitivity(me.regress("y ~ away + x + z + sex", sample), exposure="away").table
    for measure in ("partial_r2", "robustness_value", "robustness_value_alpha", "oster_delta"):
        assert value(table, measure, term="y") == pytest.approx(value(fit, measure), rel=1e-9)
    for measure in ("benchmark_exposure", "benchmark_outcome", "benchmark_estimate"):
        assert value(table, measure, "sex", "y") == pytest.approx(value(fit, measure, "sex"), rel=1e-9)
    only = me.sensitivity(effect, benchmark="x").table
    assert set(only["benchmark"]) == {"", "x"}


def test_design_robustness_value_brings_the_interval_to_zero():
    frame = small(32, psus=60)
    effect = me.effect("y", me.balance_weights("away", ["x", "z"], design(frame)))
    table = me.sensitivity(effect).table
    f2 = value(table, "partial_r2") / (1 - value(table, "partial_r2"))
    share = value(table, "robustness_value_design")
    removed = share / np.sqrt(1 - share) / np.sqrt(f2)  # of the estimate
    low = effect.table["conf_low"].iloc[0]
    assert effect.values[0] * (1 - removed) == pytest.approx(effect.values[0] - low, rel=1e-9)
    nothing = me.effect(
        "y0", me.balance_weights("away", ["x", "z"], design(frame.assign(y0=frame["y"] - frame["away"])))
    )
    assert value(me.sensitivity(nothing).table, "robustness_value_design") == 0
    assert value(me.sensitivity(nothing).table, "e_value_limit") == 1


def test_e_values_of_risks():
    sample = design(small(33, psus=80))
    effect = me.effect("event", me.balance_weights("away", ["x", "z"], sample))
    ratio = effect.arms.values[0] / effect.arms.values[1]
    assert value(me.sensitivity(effect).table, "e_value") == pytest.approx(strength.e_value(ratio))
    fit = me.regress("event ~ away + x + z", sample, family="binomial")
    means = me.predictive_means(fit, "away").values
    found = me.sensitivity(fit, exposure="away").table
    assert value(found, "e_value") == pytest.approx(strength.e_value(means[1] / means[0]))
    assert set(found["measure"]) == {"e_value", "e_value_limit"}


def test_gamma_only_for_matching_and_larger_for_larger_effects():
    frame = small(34, psus=60)
    gammas = []
    for extra in (0.0, 1.0):
        sample = design(frame.assign(y=frame["y"] + extra * frame["away"]))
        weights = me.balance_weights("away", ["x", "z"], sample, method="matching")
        gammas.append(value(me.sensitivity(me.effect("y", weights, replicates=10)).table, "gamma"))
    assert 1 < gammas[0] < gammas[1]
    table = me.sensitivity(me.effect("y", me.balance_weights("away", ["x"], design(frame)))).table
    assert "gamma" not in set(table["measure"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: me.sensitivity(me.mean("y", d)), "takes the result of me.effect or me.regress"),
        (lambda d: me.sensitivity(me.regress("y ~ away + x", d)), "Say which term"),
        (lambda d: me.sensitivity(me.regress("y ~ away + x", d), exposure="awya"), "Did you mean 'away'"),
        (
            lambda d: me.sensitivity(me.regress("y ~ away + x", d), exposure="away", benchmark="z"),
            "Benchmark 'z' is not a covariate",
        ),
        (
            lambda d: me.sensitivity(me.regress("event ~ x", d, family="binomial")),
            "needs a 0/1 exposure",
        ),
    ],
)
def test_faults(call, message):
    with pytest.raises(me.SpecificationError, match=message):
        call(design())
