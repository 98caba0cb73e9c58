"""Instrumental variables against matrix algebra with R's survey (tests/reference/iv.R) and against brute force."""

import re

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from law_samples import sample
from migration_effects.numerics.quadratic_pencil import semidefinite_set
from r_cases import cases, close, compare, design_for

pytestmark = pytest.mark.filterwarnings("ignore::migration_effects.errors.SmallSampleWarning")
DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}


@cases("regress_iv")
def test_two_stage_least_squares(case):
    compare(me.regress_iv(design=design_for(case), **case["arguments"]), case)


@cases("regress_iv")
def test_first_stage(case):
    found = me.regress_iv(design=design_for(case), **case["arguments"]).first_stage
    wanted = case["expected"]["first_stage"]
    close(found.effective_f, wanted["effective_f"], 0, 1e-8, "effective F")
    close(found.test.statistic, wanted["statistic"], 0, 1e-8, "F")
    assert (found.test.df1, found.test.df2) == (wanted["df1"], wanted["df2"])
    if wanted["df1"] == 1:  # one instrument: the effective F is the design-based F
        close(found.effective_f, wanted["statistic"], 0, 1e-8, "effective F")


@cases("regress_iv")
def test_anderson_rubin_set(case):
    found = me.regress_iv(design=design_for(case), **case["arguments"]).anderson_rubin()
    wanted = case["expected"]["anderson_rubin"]
    close(found.test.statistic, wanted["statistic"], 0, 1e-8, "F of no effect")
    assert (found.test.df1, found.test.df2) == (wanted["df1"], wanted["df2"])
    ends = sorted(end for pair in found.intervals for end in pair if np.isfinite(end))
    close(ends, sorted(wanted["ends"]), 1e-3, 1e-6, "ends")
    assert (bool(found.intervals) and found.intervals[0][0] == -np.inf) == wanted["below"]
    assert (bool(found.intervals) and found.intervals[-1][1] == np.inf) == wanted["above"]


def test_a_term_that_instruments_itself_is_least_squares():
    design = me.SurveyDesign(sample(31).assign(copy=lambda frame: frame["x"] * 1.0), **DESIGN)
    iv, ols = me.regress_iv("y ~ z + [x ~ copy]", design), me.regress("y ~ z + x", design)
    np.testing.assert_allclose(iv.values, ols.values, rtol=1e-10)
    np.testing.assert_allclose(iv.covariance, ols.covariance, rtol=1e-9)
    row = ols.table.set_index("term").loc["x"]
    ((low, high),) = iv.anderson_rubin().intervals
    assert (low, high) == pytest.approx((row["conf_low"], row["conf_high"]), rel=1e-9)


def test_one_binary_instrument_is_the_ratio_of_two_differences():
    design = me.SurveyDesign(sample(32).dropna(), **DESIGN)
    iv = me.regress_iv("y ~ 1 + [x ~ z]", design)
    parts = me.stack([me.regress("y ~ z", design), me.regress("x ~ z", design)])
    wald = parts.contrast("`e1:z` / `e2:z`").table.iloc[0]
    row = iv.table.set_index("term").loc["x"]
    assert row["estimate"] == pytest.approx(wald["estimate"], rel=1e-9)
    assert row["std_error"] == pytest.approx(wald["std_error"], rel=1e-9)


def test_every_replicate_is_refitted():
    design = me.SurveyDesign(sample(33, strata=2, psus=4).dropna(), **DESIGN)
    jackknife = me.replicate(design, method="jkn")
    fit = me.regress_iv("y ~ count + [x ~ z + sex]", jackknife)
    singles = []
    for weights in jackknife.replicate_columns():
        data = design.data.assign(w=weights)
        single = me.regress_iv("y ~ count + [x ~ z + sex]", me.SurveyDesign(data, weights="w"))
        singles.append(single.values)
    np.testing.assert_allclose(fit.replicate_values, singles, rtol=1e-8)
    assert fit.influence is None
    assert fit.first_stage.effective_f > 0


def test_estimate_recovers_the_truth_where_least_squares_does_not():
    rng = np.random.default_rng(9)
    n = 4000
    hidden, z = rng.normal(size=n), rng.normal(size=n)
    d = 0.6 * z + hidden + rng.normal(size=n)
    design = me.SurveyDesign(pd.DataFrame({"z": z, "d": d, "y": 1 + 0.5 * d - hidden + rng.normal(size=n)}))
    iv, ols = me.regress_iv("y ~ 1 + [d ~ z]", design), me.regress("y ~ d", design)
    assert abs(iv.values[1] - 0.5) < 3 * iv.std_error[1]
    assert abs(ols.values[1] - 0.5) > 10 * ols.std_error[1]
    assert iv.first_stage.critical_value == pytest.approx(23.1, abs=0.05)
    assert "strong" in iv.notes[-2]
    assert iv.anderson_rubin(0.9).intervals[0][0] > iv.anderson_rubin(0.99).intervals[0][0]


def test_faults_say_what_to_write():
    design = me.SurveyDesign(sample(34), **DESIGN)
    for formula, words in {
        "y ~ x": "one pair of brackets",
        "y ~ x + [ ~ z]": "one pair of brackets",
        "y ~ 1 + [away ~ z]": "2 endogenous columns (away[T.mother], away[T.none])",
        "y ~ x + [z ~ x]": "no instrument beside the exogenous terms",
        "y ~ x + [z ~ sex + I(2 * x)]": "add nothing to the exogenous terms",
    }.items():
        with pytest.raises(me.SpecificationError, match=re.escape(words)):
            me.regress_iv(formula, design)
    with pytest.raises(me.SpecificationError, match="between 0 and 1"):
        me.regress_iv("y ~ 1 + [x ~ z]", design).anderson_rubin(95)


def test_where_a_quadratic_matrix_is_semidefinite():
    rng = np.random.default_rng(2)
    for _ in range(20):
        M0, M1, M2 = (m + m.T for m in rng.normal(size=(3, 3, 3)))
        M0 += 3 * np.eye(3)
        found = semidefinite_set(M0, M1, M2)
        for t in np.tan(np.linspace(-1.57, 1.57, 401)):
            inside = np.linalg.eigvalsh(M0 + t * M1 + t * t * M2).min() >= 0
            near = any(abs(t - end) < 1e-6 for pair in found for end in pair)
            assert near or inside == any(low <= t <= high for low, high in found)
    assert semidefinite_set(-np.eye(2), np.zeros((2, 2)), np.zeros((2, 2))) == ()
    assert semidefinite_set(np.eye(2), np.zeros((2, 2)), np.zeros((2, 2))) == ((-np.inf, np.inf),)
