"""Columns that are hard on the formula engine: nullable text, names of its functions, numbers taken as categories,
splines at their ends, levels that a fit has not seen."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me

N = 240


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(611)
    frame = pd.DataFrame(
        {
            "psu": rng.integers(0, 30, N),
            "w": rng.exponential(3, N) + 1,
            "x": rng.normal(size=N),
            "log": rng.normal(size=N),
            "area": rng.choice(["hill", "plain", "town"], N),
            "band": rng.integers(1, 5, N),
            "away": rng.integers(0, 2, N),
        }
    )
    frame["y"] = frame["x"] ** 2 + 0.5 * frame["log"] + (frame["area"] == "town") + rng.normal(size=N)
    return frame


def design_of(frame):
    return me.SurveyDesign(frame, weights="w", psu="psu")


@pytest.mark.parametrize("formula", ["y ~ x + area", "y ~ x * area", "y ~ C(area) + x:area"])
def test_nullable_text_gives_the_numbers_of_plain_text(data, formula):
    nullable = data.astype({"area": "string"})
    plain, found = (me.regress(formula, design_of(frame)) for frame in (data, nullable))
    pd.testing.assert_frame_equal(found.table, plain.table)
    pd.testing.assert_series_equal(found.predict(nullable.head()), plain.predict(data.head()))


def test_nullable_text_may_be_a_covariate(data):
    estimates = [
        me.effect("y", me.balance_weights("away", ["x", "area"], design_of(frame)))
        for frame in (data, data.astype({"area": "string"}))
    ]
    pd.testing.assert_frame_equal(estimates[0].table, estimates[1].table)


@pytest.mark.parametrize("name", ["log", "exp", "scale", "C", "bs", "poly"])
def test_a_column_may_be_named_like_a_function_of_the_engine(data, name):
    named = data.rename(columns={"log": name, "w": "center"})
    design = me.SurveyDesign(named, weights="center", psu="psu")
    plain = me.regress("y ~ z * area + x", design_of(data.rename(columns={"log": "z"})))
    found = me.regress(f"y ~ `{name}` * area + x", design)
    np.testing.assert_array_equal(found.values, plain.values)
    assert found.terms == tuple(term.replace("z", name, 1) if "z" in term else term for term in plain.terms)
    weights = me.balance_weights("away", [name, "area"], design)
    other = me.balance_weights("away", ["z", "area"], design_of(data.rename(columns={"log": "z"})))
    np.testing.assert_array_equal(weights.weights, other.weights)
    gaps = named.assign(**{name: named[name].where(named["x"] < 1)})
    missing = int(gaps[name].isna().sum())
    left_out = me.regress(f"y ~ `{name}` * area", me.SurveyDesign(gaps, weights="center", psu="psu"))
    assert (left_out.n == N - missing).all()
    assert missing


def test_effect_of_a_variable_in_a_spline_against_differences_of_predictions(data):
    fit = me.regress("y ~ bs(x, df=5) * away", design_of(data))
    found = me.marginal_effects(fit, "x", variance="conditional")
    step = 1e-5
    inside = data["x"].clip(data["x"].min() + step, data["x"].max() - step)
    up, down = (fit.predict(data.assign(x=inside + move)) for move in (0.999 * step, -0.999 * step))
    slope = np.average((up - down) / (2 * 0.999 * step), weights=data["w"])
    assert found.values[0] == pytest.approx(slope, rel=1e-6)


def test_a_number_taken_as_a_category_has_differences_not_a_derivative(data):
    fit = me.regress("y ~ C(band) + x", design_of(data))
    found = me.marginal_effects(fit, "band")
    assert found.terms == ("band[2]", "band[3]", "band[4]")
    np.testing.assert_allclose(found.values, fit.values[1:4], rtol=1e-10)
    means = me.predictive_means(fit, "band")
    np.testing.assert_allclose(means.values[1:] - means.values[0], found.values, rtol=1e-10)


@pytest.mark.parametrize(
    ("formula", "frame", "message"),
    [
        ("y ~ C(band) + x", {"band": [1, 9], "x": [0.0, 0.0]}, "has not seen: 9"),
        ("y ~ C(area) + x", {"area": ["hill", "coast"], "x": [0.0, 0.0]}, "has not seen: 'coast'"),
        ("y ~ bs(x, df=5)", {"x": [0.0, 99.0]}, "cannot be made for this frame.*smallest"),
    ],
)
def test_prediction_outside_what_the_fit_has_seen_is_an_error(data, formula, frame, message):
    fit = me.regress(formula, design_of(data))
    with pytest.raises(me.SpecificationError, match=message):
        fit.predict(pd.DataFrame(frame))


def test_instruments_may_be_named_like_functions_and_have_gaps(data):
    gaps = data.assign(log=data["log"].where(data["x"] < 1))
    found = me.regress_iv("y ~ band + [x ~ log]", design_of(gaps))
    same = me.regress_iv("y ~ band + [x ~ z]", design_of(gaps.rename(columns={"log": "z"})))
    np.testing.assert_array_equal(found.values, same.values)
    assert (found.n == gaps["log"].notna().sum()).all()


def test_a_refused_frame_leaves_the_fit_as_it_was(data):
    fit = me.regress("y ~ x * area + log", design_of(data))
    before = me.marginal_effects(fit)
    for wrong in ({"x": "high"}, {"area": "coast"}):
        with pytest.raises(me.SpecificationError, match=r"fitted to numbers there|has not seen"):
            fit.predict(data.assign(**wrong))
        with pytest.raises(me.SpecificationError, match=r"fitted to numbers there|has not seen"):
            me.marginal_effects(fit, "log", at=wrong)
    pd.testing.assert_frame_equal(me.marginal_effects(fit).table, before.table)


@pytest.mark.parametrize("value", [[0, 1], np.nan, None])
def test_a_variable_is_held_at_one_value(data, value):
    fit = me.regress("y ~ x * area + log", design_of(data))
    with pytest.raises(me.SpecificationError, match="give one value at which 'log' is held"):
        me.marginal_effects(fit, "x", at={"log": value})


@pytest.mark.parametrize("family", ["ordinal", "multinomial"])
def test_an_outcome_of_levels_may_stand_in_backticks(data, family):
    plain = me.regress("area ~ x + log", design_of(data), family=family)
    spaced = design_of(data.rename(columns={"area": "kind of area", "log": "my log"}))
    found = me.regress("`kind of area` ~ x + `my log`", spaced, family=family)
    np.testing.assert_array_equal(found.values, plain.values)
    wanted = plain.term_test("log")
    for name in ("my log", "`my log`"):
        assert found.term_test(name).statistic == wanted.statistic
