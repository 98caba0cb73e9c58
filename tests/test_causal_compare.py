"""The comparison of estimators: each equals its own verb, and the warning fires where it should."""

import warnings

import numpy as np
import pytest

import migration_effects as me
from causal_samples import clustered, design, small

TERMS = ("naive", "regression", "within_community", "ipw", "overlap", "entropy", "aipw", "matching")


def compare(frame, **keywords):
    return me.compare_effects("y", "away", ["x", "z"], design(frame), replicates=20, **keywords)


@pytest.mark.parametrize("psus", [40, 20])
def test_every_row_equals_its_verb(psus):
    frame = small(22, psus=psus)
    frame.loc[3, "y"] = np.nan
    found = compare(frame, seed=3)
    sample = design(frame)
    chosen = me.replicate(sample, method="jkn") if psus < 30 else sample
    weights = {
        method: me.balance_weights("away", ["x", "z"], chosen, method=method)
        for method in ("ipw", "overlap", "entropy")
    }
    matching = me.balance_weights("away", ["x", "z"], sample, method="matching")
    within = me.regress("y ~ away + x + z", chosen, fixed_effects="psu")
    parts = [
        me.regress("y ~ away", chosen).contrast("away"),
        me.regress("y ~ away + x + z", chosen).contrast("away"),
        within.contrast("away"),
        *(me.effect("y", one) for one in weights.values()),
        me.effect("y", weights["ipw"], adjust=["x", "z"]),
        me.effect("y", matching, replicates=20, seed=3),
    ]
    assert found.terms == TERMS
    np.testing.assert_allclose(found.values, [p.values[0] for p in parts], rtol=1e-10)
    np.testing.assert_allclose(found.std_error, [p.std_error[0] for p in parts], rtol=1e-9)
    assert found.df.tolist() == [psus - 1, psus - 4, psus - 3, *[psus - 1] * 5]
    assert found.table["estimand"].tolist() == ["", "", "", "ATT", "ATO", "ATT", "ATT", "ATT"]
    difference = found.contrast("within_community - ipw")
    assert difference.std_error[0] > 0
    assert np.isnan(found.contrast("matching - ipw").std_error[0])


def test_confounding_by_community_is_seen():
    frame = small(23, psus=60)
    rng = np.random.default_rng(0)
    place = rng.normal(0, 1.5, 60)[frame["psu"]]
    frame["away"] = (rng.random(len(frame)) < 1 / (1 + np.exp(-0.5 * frame["x"] - place))).astype(int)
    frame["y"] = frame["away"] + frame["x"] + 2 * place + rng.normal(size=len(frame))
    with pytest.warns(me.ConfoundingWarning, match="standard errors of ipw"):
        found = compare(frame)
    table = found.table.set_index("term")
    assert table.loc["within_community", "conf_low"] < 1 < table.loc["within_community", "conf_high"]
    assert table.loc["ipw", "conf_low"] > 1
    assert any("hint, not a test" in note for note in found.notes)


def test_no_warning_without_it():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compare(small(24, psus=60))


def test_community_and_level():
    frame = small(25, psus=40)
    frame["district"] = frame["psu"] // 4
    frame["who"] = np.where(frame["away"] == 1, "father", "none")
    one = compare(frame, community="district")
    two = me.compare_effects(
        "y",
        "who",
        ["x", "z"],
        design(frame),
        community="district",
        level="father",
        reference="none",
        replicates=20,
    )
    np.testing.assert_allclose(one.values, two.values)
    fit = me.regress("y ~ away + x + z", design(frame), fixed_effects="district")
    assert one.values[2] == pytest.approx(fit.values[0])


def test_replicates_of_the_design_serve_all():
    sample = me.replicate(clustered(), method="bootstrap", replicates=25, seed=2)
    found = me.compare_effects("score", "away", ["age", "wealth", "sex"], sample)
    assert np.isfinite(found.covariance).all()
    assert found.replicate_values.shape == (25, 8)


def test_what_cannot_be_compared():
    frame = small(26)
    with pytest.raises(me.SpecificationError, match=r"no PSUs.*community="):
        me.compare_effects("y", "away", ["x"], me.SurveyDesign(frame), replicates=5)
    with pytest.raises(me.SpecificationError, match="one outcome"):
        me.compare_effects(["y"], "away", ["x"], design(frame))
    frame["away"] = (frame["psu"] % 2).astype(int)
    with pytest.raises(me.SpecificationError, match="not vary within any community"):
        compare(frame)


def test_linearised_means_every_row_even_where_an_effect_alone_would_choose_a_jackknife():
    frame = small(22, psus=20)
    found = compare(frame, seed=3, variance="linearised")
    sample = design(frame)
    for method in ("ipw", "overlap", "entropy"):
        alone = me.effect(
            "y", me.balance_weights("away", ["x", "z"], sample, method=method), variance="linearised"
        )
        row = list(TERMS).index(method)
        assert found.std_error[row] == pytest.approx(alone.std_error[0], rel=1e-10)
    assert not [note for note in found.notes if "Jackknife" in note]


def test_a_bootstrap_serves_every_row():
    frame = small(22, psus=20)
    found = compare(frame, seed=3, variance="bootstrap")
    sample = design(frame)
    drawn = me.replicate(sample, method="bootstrap", replicates=20, seed=3)
    alone = me.effect("y", me.balance_weights("away", ["x", "z"], drawn, method="entropy"))
    assert found.std_error[5] == pytest.approx(alone.std_error[0], rel=1e-9)
