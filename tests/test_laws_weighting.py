"""Laws of weighting and replication: totals are met, limits hold, the variance knows every step."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import migration_effects as me
from law_samples import few, sample, seeds

DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}
SEX = {"boy": 900.0, "girl": 1100.0}
AWAY = {"none": 1200.0, "mother": 300.0, "father": 500.0}


def design_of(seed, **options):
    return me.SurveyDesign(sample(seed), **DESIGN, **options)


def cells(margin, name):
    return pd.Series(margin).rename_axis(name)


@few
@given(seed=seeds)
def test_poststratified_totals_are_exact_and_without_error(seed):
    design = me.poststratify(design_of(seed), cells(SEX, "sex"))
    sums = design.weights.groupby(design.data["sex"]).sum()
    assert sums.to_dict() == pytest.approx(SEX, rel=1e-12)
    assert (design.weights > 0).all()
    girls = me.SurveyDesign(sample(seed).assign(girl=lambda d: (d["sex"] == "girl").astype(float)), **DESIGN)
    total = me.total("girl", me.poststratify(girls, cells(SEX, "sex")))
    assert total.values[0] == pytest.approx(1100, rel=1e-12)
    assert total.std_error[0] == pytest.approx(0, abs=1e-8)


@few
@given(seed=seeds)
def test_poststratification_by_two_columns_takes_series_and_frame(seed):
    data = sample(seed, size=120)
    design = me.SurveyDesign(data, **DESIGN)
    frame = data.groupby(["sex", "away"]).size().mul(7.0)
    a = me.poststratify(design, frame)
    b = me.poststratify(design, frame.to_frame("total"))
    np.testing.assert_array_equal(a.weights, b.weights)
    assert a.weights.groupby([data["sex"], data["away"]]).sum().to_dict() == pytest.approx(
        frame.to_dict(), rel=1e-12
    )


@few
@given(seed=seeds)
def test_raked_margins_are_met_and_weights_stay_positive(seed):
    design = me.rake(design_of(seed, lonely_psu="adjust"), {"sex": SEX, "away": AWAY}, tolerance=1e-10)
    for name, margin in {"sex": SEX, "away": AWAY}.items():
        assert design.weights.groupby(design.data[name]).sum().to_dict() == pytest.approx(margin, rel=1e-8)
    assert (design.weights > 0).all()
    share = me.proportion("away", design)
    np.testing.assert_allclose(share.std_error, 0, atol=1e-9)


@few
@given(seed=seeds)
def test_raking_keeps_odds_ratios_of_the_base_weights(seed):
    data = sample(seed, size=120)
    base = me.SurveyDesign(data, **DESIGN)
    raked = me.rake(base, {"sex": SEX, "away": AWAY}, tolerance=1e-12)
    before = data.pivot_table("w", "sex", "away", aggfunc="sum")
    after = data.assign(raked=raked.weights).pivot_table("raked", "sex", "away", aggfunc="sum")

    def odds(table):
        return (table.loc["boy", "none"] * table.loc["girl", "mother"]) / (
            table.loc["boy", "mother"] * table.loc["girl", "none"]
        )

    assert odds(after) == pytest.approx(odds(before), rel=1e-7)


@pytest.mark.parametrize(
    ("distance", "bounds"),
    [("linear", None), ("raking", None), ("logit", (0.3, 3.0)), ("linear", (0.3, 3.0))],
)
@few
@given(seed=seeds)
def test_calibrated_totals_are_met_within_bounds_and_without_error(distance, bounds, seed):
    data = sample(seed)
    design = me.SurveyDesign(data, **DESIGN)
    totals = {
        "sex[boy]": data.loc[data["sex"] == "boy", "w"].sum() * 1.1,
        "sex[girl]": data.loc[data["sex"] == "girl", "w"].sum() * 0.9,
        "x": (data["w"] * data["x"]).sum() + 0.05 * data["w"].sum(),
    }
    after = me.calibrate(design, totals, distance=distance, bounds=bounds)
    scale = data["w"].sum()
    assert after.weights[data["sex"] == "boy"].sum() == pytest.approx(totals["sex[boy]"], rel=1e-8)
    assert abs((after.weights * data["x"]).sum() - totals["x"]) < 1e-8 * scale
    assert me.total("x", after).std_error[0] == pytest.approx(0, abs=1e-7 * scale)
    ratios = after.weights / data["w"]
    if bounds is not None:
        assert ratios.between(bounds[0] - 1e-9, bounds[1] + 1e-9).all()
    if distance != "linear":
        assert (after.weights > 0).all()


@few
@given(seed=seeds)
def test_calibration_on_cells_is_poststratification(seed):
    design = design_of(seed)
    post = me.poststratify(design, cells(SEX, "sex"))
    for distance in ("linear", "raking"):
        calibrated = me.calibrate(design, {f"sex[{k}]": v for k, v in SEX.items()}, distance=distance)
        np.testing.assert_allclose(calibrated.weights, post.weights, rtol=1e-9)
        np.testing.assert_allclose(
            me.total("y", calibrated).std_error, me.total("y", post).std_error, rtol=1e-9
        )


@few
@given(seed=seeds)
def test_trimming_keeps_limits_and_sum_and_lifts_the_others_alike(seed):
    design = design_of(seed)
    before = design.weights
    low, high = before.quantile(0.1), before.quantile(0.85)
    after = me.trim_weights(design, lower=low, upper=high).weights
    assert after.sum() == pytest.approx(before.sum(), rel=1e-10)
    assert after.between(low * (1 - 1e-12), high * (1 + 1e-12)).all()
    free = (after > low * (1 + 1e-9)) & (after < high * (1 - 1e-9))
    received = (after - before)[free]
    assert received.to_numpy() == pytest.approx(
        np.full(free.sum(), received.iloc[0]), abs=1e-9 * before.sum()
    )


def test_trimming_that_trims_nothing_changes_nothing():
    design = design_of(1)
    after = me.trim_weights(design, lower=0.001, upper=1e9)
    np.testing.assert_array_equal(after.weights, design.weights)
    assert me.total("y", after).std_error[0] == me.total("y", design).std_error[0]


@few
@given(seed=seeds)
def test_known_factor_is_another_base_weight(seed):
    data = sample(seed).assign(eligible=lambda d: d["count"] + 1, product=lambda d: d["w"] * (d["count"] + 1))
    scaled = me.scale_weights(me.SurveyDesign(data, **DESIGN), "eligible")
    plain = me.SurveyDesign(data, weights="product", psu="psu", strata="stratum")
    np.testing.assert_allclose(scaled.weights, plain.weights, rtol=1e-12)
    np.testing.assert_allclose(me.mean("y", scaled).std_error, me.mean("y", plain).std_error, rtol=1e-12)


@few
@given(seed=seeds)
def test_nonrespondents_keep_their_row_with_weight_zero_and_class_sums_stay(seed):
    data = sample(seed).assign(answered=lambda d: (d["x"] > -0.6).astype(int))
    design = me.SurveyDesign(data, **DESIGN)
    after = me.adjust_nonresponse(design, "answered", within="sex")
    assert (after.weights[data["answered"] == 0] == 0).all()
    assert len(after.data) == len(data)
    assert after.n == data["answered"].sum()
    assert not after.domain[data["answered"] == 0].any()
    sums = after.weights.groupby(data["sex"]).sum()
    assert sums.to_dict() == pytest.approx(data["w"].groupby(data["sex"]).sum().to_dict(), rel=1e-12)
    everyone = me.adjust_nonresponse(
        me.SurveyDesign(data.assign(answered=1), **DESIGN), "answered", within="sex"
    )
    np.testing.assert_allclose(everyone.weights, data["w"], rtol=1e-12)
    np.testing.assert_allclose(me.total("x", everyone).std_error, me.total("x", design).std_error, rtol=1e-9)


def test_propensity_on_one_factor_is_the_class_adjustment():
    data = sample(14, size=120).assign(answered=lambda d: (d["x"] > -0.6).astype(int))
    design = me.SurveyDesign(data, **DESIGN)
    classes = me.adjust_nonresponse(design, "answered", within="sex")
    model = me.adjust_nonresponse(design, "answered", covariates=["sex"])
    np.testing.assert_allclose(model.weights, classes.weights, rtol=1e-8)
    np.testing.assert_allclose(me.total("y", model).std_error, me.total("y", classes).std_error, rtol=1e-7)


CHAIN = {
    "cells": lambda d: me.poststratify(d, cells(SEX, "sex")),
    "raking": lambda d: me.rake(d, {"sex": SEX, "away": AWAY}, tolerance=1e-11),
    "cells, trimming": lambda d: me.trim_weights(me.poststratify(d, cells(SEX, "sex")), upper=3),
    "response, raking": lambda d: me.rake(
        me.adjust_nonresponse(d, "answered", within="sex"), {"sex": SEX, "away": AWAY}, tolerance=1e-11
    ),
    "propensity, raking, trimming": lambda d: me.trim_weights(
        me.rake(
            me.adjust_nonresponse(d, "answered", covariates=["x", "sex"]),
            {"sex": SEX, "away": AWAY},
            tolerance=1e-11,
        ),
        upper=3,
    ),
}


@pytest.mark.parametrize("chain", CHAIN)
@pytest.mark.parametrize("total", [True, False])
def test_linearised_error_of_a_chain_is_that_of_the_refitted_jackknife(chain, total):
    """Two roads to one number: the projected influence, and every step run again without one PSU at a time."""
    data = sample(21, strata=4, psus=25, size=1000)
    rng = np.random.default_rng(4)
    data = data.assign(
        y=data["y"].fillna(0.0),
        w=rng.uniform(1, 3, len(data)),
        answered=(data["x"] + rng.normal(0, 2, len(data)) > -1.5).astype(int),
    )
    base = me.SurveyDesign(data, **DESIGN)
    if "trimming" in chain:
        assert 20 < (CHAIN[chain](base).weights == 3).sum() < 500
    verb = me.total if total else me.mean
    linear = verb("y", CHAIN[chain](base)).std_error[0]
    again = verb("y", me.replicate(CHAIN[chain](base), method="jkn")).std_error[0]
    assert linear == pytest.approx(again, rel=0.03)


@pytest.mark.parametrize("method", ["jkn", "brr", "fay"])
@few
@given(seed=seeds)
def test_replicates_give_linear_statistics_the_linearised_error(method, seed):
    design = me.SurveyDesign(sample(seed, strata=5, psus=2), **DESIGN)
    linear, replicated = (
        me.total(["x", "count"], design),
        me.total(["x", "count"], me.replicate(design, method=method)),
    )
    np.testing.assert_allclose(
        replicated.vcov, linear.vcov, rtol=1e-9, atol=1e-9 * np.abs(linear.vcov).max().max()
    )
    assert replicated.df.tolist() == linear.df.tolist()


@pytest.mark.parametrize("method", ["jkn", "bootstrap", "brr", "sdr"])
def test_replicates_belong_to_their_rows_whatever_the_order(method):
    data = sample(15, strata=5, psus=2)
    if method == "sdr":
        data = data.sort_values(["stratum", "psu"], ignore_index=True)
    options = {"method": method, "seed": 3} if method == "bootstrap" else {"method": method}
    first = me.mean("y", me.replicate(me.SurveyDesign(data, **DESIGN), **options))
    design = me.replicate(me.SurveyDesign(data, **DESIGN), **options)
    again = me.mean("y", design)
    assert first.std_error[0] == again.std_error[0]
    linear = me.mean("y", me.SurveyDesign(data, **DESIGN))
    assert first.values[0] == pytest.approx(linear.values[0], rel=1e-12)
    assert first.std_error[0] == pytest.approx(linear.std_error[0], rel=0.5)


def test_bootstrap_agrees_with_linearisation_and_follows_its_seed():
    design = me.SurveyDesign(sample(16, strata=4, psus=8, size=240), **DESIGN)
    linear = me.mean("y", design).std_error[0]
    one, same, other = (
        me.mean("y", me.replicate(design, method="bootstrap", replicates=800, seed=s)).std_error[0]
        for s in (1, 1, 2)
    )
    assert one == same != other
    assert one == pytest.approx(linear, rel=0.1)


@few
@given(seed=seeds)
def test_delivered_replicates_give_what_made_ones_give(seed):
    data = sample(seed)
    design = me.SurveyDesign(data, **DESIGN)
    columns, scale = {}, []
    for h in sorted(data["stratum"].unique()):
        for j in range(3):
            out = (data["stratum"] == h) & (data["psu"] == j)
            factor = np.where(data["stratum"] == h, 1.5, 1.0)
            columns[f"r{len(scale)}"] = data["w"] * np.where(out, 0.0, factor)
            scale.append(2 / 3)
    delivered = me.SurveyDesign(
        data.assign(**columns),
        weights="w",
        replicate_weights=list(columns),
        replicate_method="jkn",
        replicate_scale=scale,
    )
    made = me.replicate(design, method="jkn")
    for verb in (
        lambda d: me.mean(["y", "x"], d),
        lambda d: me.ratio("y", "count", d),
        lambda d: me.regress("y ~ x", d),
    ):
        np.testing.assert_allclose(verb(delivered).std_error, verb(made).std_error, rtol=1e-9)
    assert delivered.df == made.df == 6


def test_summary_has_a_row_per_step_with_kish_numbers():
    design = me.trim_weights(me.rake(design_of(17), {"sex": SEX, "away": AWAY}), upper=80)
    table = me.weight_summary(design)
    assert list(table.columns) == [
        "step",
        "n",
        "sum",
        "min",
        "q25",
        "median",
        "q75",
        "max",
        "cv",
        "deff",
        "ess",
    ]
    assert len(table) == 3
    last = table.iloc[-1]
    w = design.weights.to_numpy()
    assert last["sum"] == pytest.approx(w.sum(), rel=1e-12)
    assert last["max"] == w.max()
    assert last["deff"] == pytest.approx(len(w) * (w**2).sum() / w.sum() ** 2, rel=1e-12)
    assert last["ess"] == pytest.approx(w.sum() ** 2 / (w**2).sum(), rel=1e-12)
    assert table["sum"].iloc[0] == pytest.approx(design.data["w"].sum(), rel=1e-12)
