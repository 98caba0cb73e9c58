"""The random-intercept model against lme4 and nlme, statsmodels, and closed forms."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import migration_effects as me
from r_cases import cases, close, read


def fitted(case):
    data = read(case["design"])
    group = case["arguments"]["group"]
    data = data.assign(place=data[group].astype(str).agg("/".join, axis=1))
    return me.random_intercept(case["arguments"]["formula"], me.SurveyDesign(data), group="place")


@cases("random_intercept")
def test_against_lme4_and_nlme(case):
    fit, expected = fitted(case), case["expected"]
    assert fit.terms == (*expected["keys"], "icc")
    se = np.array(expected["std_error"])
    close(fit.values[:-1], expected["estimate"], se, 1e-5, "coefficients")
    close(fit.std_error[:-1], se, 0, 1e-3, "standard errors")
    assert fit.df[:-1].tolist() == expected["df"]
    # lme4 stops its search earlier than we do.
    for name in ("group_variance", "residual_variance", "groups"):
        close(getattr(fit, name), expected[name], 0, 1e-3, name)
    row = fit.table.iloc[-1]
    close(row["estimate"], expected["icc"], 1e-3, 1e-3, "icc")
    close(row["conf_low"], expected["icc_low"], 1e-3, 1e-3, "icc limits")
    close(row["conf_high"], expected["icc_high"], 1e-3, 1e-3, "icc limits")


def test_against_statsmodels():
    data = read("awkward").dropna(subset=["y", "x"])
    place = data["stratum"].astype(str) + "/" + data["psu"].astype(str)
    fit = me.random_intercept("y ~ x", me.SurveyDesign(data.assign(place=place)), group="place")
    peer = sm.MixedLM(data["y"], sm.add_constant(data["x"]), groups=place).fit(reml=True)
    np.testing.assert_allclose(fit.values[:2], peer.fe_params, rtol=1e-4)
    np.testing.assert_allclose(fit.group_variance, float(peer.cov_re.iloc[0, 0]), rtol=1e-3)
    np.testing.assert_allclose(fit.residual_variance, peer.scale, rtol=1e-4)


def balanced(between, groups=12, size=6, seed=3):
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(groups), size)
    return pd.DataFrame(
        {"place": place, "y": 5 + between * rng.normal(size=groups)[place] + rng.normal(size=len(place))}
    )


def test_balanced_groups_give_the_anova_estimator():
    data = balanced(1.0)
    means = data.groupby("place")["y"].mean()
    within = ((data["y"] - means[data["place"]].to_numpy()) ** 2).sum() / (72 - 12)
    between = 6 * means.var(ddof=1)
    fit = me.random_intercept("y ~ 1", me.SurveyDesign(data), group="place")
    assert fit.residual_variance == pytest.approx(within, rel=1e-6)
    assert fit.group_variance == pytest.approx((between - within) / 6, rel=1e-6)
    assert fit.std_error[0] == pytest.approx(np.sqrt(between / 72), rel=1e-6)


def test_groups_more_alike_than_chance_give_zero_and_say_so():
    data = balanced(0.0)
    data["y"] -= data.groupby("place")["y"].transform("mean")
    fit = me.random_intercept("y ~ 1", me.SurveyDesign(data), group="place")
    row = fit.table.iloc[-1]
    assert (row["estimate"], row["conf_low"]) == (0, 0)
    assert row["conf_high"] > 0
    assert np.isnan(row["std_error"])
    assert "icc = 0" in fit.notes[-1]


def test_limits_are_stated_and_units_do_not_matter():
    data = balanced(1.0).assign(x=np.arange(72.0) % 7)
    fit = me.random_intercept("y ~ x", me.SurveyDesign(data), group="place")
    assert any("no weights, strata or PSUs" in note for note in fit.notes)
    assert "unweighted" in repr(fit)
    assert np.isnan(fit.table["p_value"].iloc[-1])
    shifted = data.assign(y=1e6 + 1000 * data["y"], x=2000 + data["x"] / 1000)
    other = me.random_intercept("y ~ x", me.SurveyDesign(shifted), group="place")
    assert other.values[-1] == pytest.approx(fit.values[-1], rel=1e-5)
    assert other.values[1] == pytest.approx(fit.values[1] * 1e6, rel=1e-5)
    confident = fit.confint(0.8).iloc[-1]
    assert fit.table["conf_low"].iloc[-1] < confident["conf_low"] < confident["conf_high"]


def test_faults():
    data = balanced(1.0).assign(row=np.arange(72), one=1.0, copy=lambda d: d["place"] * 2.0)
    design = me.SurveyDesign(data)
    for formula, group, words in (
        ("y ~ 1", "one", "1 groups for 72 rows"),
        ("y ~ 1", "row", "72 groups for 72 rows"),
        ("y ~ 0 + one", "place", "no intercept"),
        ("y ~ place + copy", "place", "copy are linear combinations"),
        ("y ~ 1", "plce", "plce"),
    ):
        with pytest.raises(me.SpecificationError, match=words):
            me.random_intercept(formula, design, group=group)
