"""Tests of the terms of a regression against R's regTermTest."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import migration_effects as me
from law_samples import sample
from migration_effects.numerics.quadratic_forms import f_sum_tail
from r_cases import TOLERANCE, cases, close, design_for

pytestmark = pytest.mark.filterwarnings("ignore::migration_effects.errors.MigrationEffectsWarning")


def fitted(case):
    arguments = case["arguments"]
    return me.regress(arguments["formula"], design_for(case), family=arguments["family"]), arguments["terms"]


@cases("term_test")
def test_wald(case):
    fit, terms = fitted(case)
    wanted, found = case["expected"]["wald"], fit.term_test(terms)
    rtol = 10 * TOLERANCE[case["tolerance"]]
    assert (found.df1, found.df2) == (wanted["df1"], wanted["df2"])
    close(found.statistic, wanted["statistic"], 0, rtol, "F")
    close(found.p_value, wanted["p_value"], 0, 1e3 * rtol, "p")


@cases("term_test")
def test_likelihood_ratio(case):
    fit, terms = fitted(case)
    wanted = case["expected"]["likelihood_ratio"]
    found = fit.term_test(terms, method="likelihood_ratio")
    eigenvalues = np.array(wanted["lambda"])
    # A difference of two deviances loses digits.
    close(found.statistic, wanted["chisq"] / eigenvalues.sum(), 0, 1e-6, "F")
    close(found.df1, eigenvalues.sum() ** 2 / (eigenvalues**2).sum(), 0, 1e-6, "df1")
    assert found.df2 == wanted["df2"]
    if wanted["p_exact"] not in (None, "NA"):
        close(found.p_value, wanted["p_exact"], 0, 1e-5, "p")
    assert abs(np.log(found.p_value / wanted["p_saddlepoint"])) < 0.2


@pytest.mark.parametrize("method", ["wald", "likelihood_ratio"])
def test_terms_are_found_in_any_order_and_named_when_unknown(method):
    design = me.SurveyDesign(sample(3), weights="w", psu="psu", strata="stratum")
    fit = me.regress("y ~ x * sex + away", design)
    one, other = fit.term_test("sex:x", method=method), fit.term_test("x:sex", method=method)
    assert (one.statistic, one.p_value) == (other.statistic, other.p_value)


def test_unknown_term_gets_the_nearest_name():
    fit = me.regress("y ~ x + away", me.SurveyDesign(sample(3)))
    with pytest.raises(me.SpecificationError, match=r"'awya' is not a term .*Did you mean 'away'"):
        fit.term_test("awya")
    with pytest.raises(me.SpecificationError, match="not a term"):
        fit.term_test("1")
    with pytest.raises(me.SpecificationError, match="Allowed: wald, likelihood_ratio"):
        fit.term_test("away", method="score")


@pytest.mark.parametrize("family", ["ordinal", "multinomial", "negative_binomial"])
def test_likelihood_ratio_of_independent_rows_is_near_the_wald_test(family):
    """With equal weights and rows as PSUs both test the same, up to terms that vanish in large samples."""
    rng = np.random.default_rng(11)
    n = 4000
    data = pd.DataFrame({"x": rng.normal(size=n), "u": rng.normal(size=n), "g": rng.choice(list("abc"), n)})
    data["count"] = rng.negative_binomial(2, 2 / (2 + np.exp(0.2 * data["x"] + 0.03 * data["u"])))
    cuts = pd.cut(
        0.2 * data["x"] + 0.04 * data["u"] + rng.logistic(size=n), [-99, -1, 1, 99], labels=list("lmh")
    )
    outcome = "count" if family == "negative_binomial" else "level"
    fit = me.regress(f"{outcome} ~ x + u + g", me.SurveyDesign(data.assign(level=cuts)), family=family)
    for terms in ("u", ["u", "g"]):
        wald, ratio = fit.term_test(terms), fit.term_test(terms, method="likelihood_ratio")
        assert ratio.statistic == pytest.approx(wald.statistic, rel=0.1)
        assert ratio.df1 == pytest.approx(wald.df1, rel=0.02)
        assert ratio.p_value == pytest.approx(wald.p_value, rel=0.35)


def test_tail_of_a_weighted_sum():
    rng = np.random.default_rng(5)
    weights, df = np.array([0.4, 1.0, 3.5, 1.2]), 12.0
    draws = (rng.chisquare(1, (400_000, 4)) @ weights) / (rng.chisquare(df, 400_000) / df)
    for x in (2.0, 6.0, 15.0, 40.0):
        exact, share = f_sum_tail(x, weights, df), (draws > x).mean()
        assert abs(share - exact) < 4 * np.sqrt(exact * (1 - exact) / len(draws))
    assert f_sum_tail(9.0, np.full(3, 2.0), 7.0) == pytest.approx(stats.f.sf(1.5, 3, 7), rel=1e-12)
    assert f_sum_tail(9.0, np.full(3, 2.0), np.inf) == pytest.approx(stats.chi2.sf(4.5, 3), rel=1e-12)
    assert f_sum_tail(300.0, np.array([1.0, 1.1]), np.inf) == pytest.approx(
        f_sum_tail(300.0, np.array([1.0, 1.1]), 1e9), rel=1e-3
    )
    assert f_sum_tail(0.0, weights, df) == pytest.approx(1.0, rel=1e-9)
    assert np.isnan(f_sum_tail(1.0, np.array([1e-7, 1.0]), 10.0))
