"""Replicates by hand, and what is and is not separation."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import migration_effects as me


@pytest.mark.parametrize("replicates", [16, 20, 28, 64])
def test_successive_differences_by_hand(replicates):
    """V = 1/2 sum of squared differences of successive PSU totals, the last followed by the first."""
    data = pd.DataFrame({"psu": range(12), "y": np.random.default_rng(2).normal(5, 2, 12), "w": 10.0})
    design = me.SurveyDesign(data, weights="w", psu="psu")
    found = me.total("y", me.replicate(design, method="sdr", replicates=replicates)).std_error[0] ** 2
    totals = 10 * data["y"].to_numpy()
    assert found == pytest.approx(((totals - np.roll(totals, -1)) ** 2).sum() / 2, rel=1e-9)


@pytest.mark.parametrize("kind", ["int64", "float64", "str", "category", "Int64"])
def test_successive_differences_follow_the_order_of_the_data_not_of_the_numbers(kind):
    """Ids out of order, two rows a PSU, strata out of order too; the kind of the columns changes nothing."""
    rng = np.random.default_rng(5)
    strata = np.repeat([7, 2, 5], 8)
    psu = np.concatenate([np.repeat(rng.permutation(4), 2) for _ in range(3)])
    data = pd.DataFrame({"stratum": strata, "psu": psu, "y": rng.normal(5, 2, 24), "w": 10.0})
    design = me.SurveyDesign(
        data.astype({"psu": kind, "stratum": kind}), weights="w", psu="psu", strata="stratum"
    )
    found = me.total("y", me.replicate(design, method="sdr", replicates=16)).std_error[0] ** 2
    totals = 10 * data["y"].to_numpy().reshape(12, 2).sum(axis=1)
    assert found == pytest.approx(((totals - np.roll(totals, -1)) ** 2).sum() / 2, rel=1e-9)


def test_steep_but_finite_logit_is_not_called_separation():
    """Probabilities near 0 and 1 are no separation while outcomes overlap: statsmodels finds the same maximum."""
    rng = np.random.default_rng(0)
    x = np.sort(rng.normal(size=80))
    data = pd.DataFrame({"x": x, "z": (x > 0).astype(int)})
    data.loc[[39, 40, 41], "z"] = 1 - data.loc[[39, 40, 41], "z"]  # overlap in the middle
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = me.regress("z ~ x", me.SurveyDesign(data), family="binomial")
    peer = sm.GLM(data["z"], sm.add_constant(data["x"]), family=sm.families.Binomial()).fit(tol=1e-14)
    np.testing.assert_allclose(fit.values, peer.params, rtol=1e-6)


def test_separation_is_named_and_warned_of():
    data = pd.DataFrame(
        {"z": [0, 0, 1, 0, 1, 1, 1, 1], "x": [1, 2, 3, 4, 5, 6, 2, 3], "always": [0] * 6 + [1] * 2}
    )
    with pytest.warns(me.SeparationWarning, match="always predicts the outcome perfectly"):
        fit = me.regress("z ~ x + always", me.SurveyDesign(data), family="binomial")
    assert any("always" in note for note in fit.notes)


def test_one_psu_in_a_stratum_stops_the_verb_itself():
    data = pd.DataFrame({"y": [1.0, 2.0, 3.0], "h": ["a", "a", "b"]})
    with pytest.raises(me.DesignError, match="stratum 'b' has one PSU"):
        me.mean("y", me.SurveyDesign(data, strata="h"))
