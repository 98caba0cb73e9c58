"""Mediation: algebra of linear models, brute force, planted truth."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from causal_samples import design, small


def sample(seed=1, psus=40, interaction=0.0, hidden=0.0):
    frame = small(seed, psus=psus)
    rng = np.random.default_rng(seed)
    u = rng.normal(size=len(frame))
    frame["care"] = 0.5 * frame["away"] + 0.3 * frame["x"] + hidden * u + rng.normal(size=len(frame))
    frame["score"] = (
        1.0 * frame["away"]
        + 2.0 * frame["care"]
        + interaction * frame["away"] * frame["care"]
        + frame["x"]
        + hidden * u
        + rng.normal(size=len(frame))
    )
    return frame


def test_product_and_difference_of_coefficients_agree():
    frame = sample()
    found = me.mediate("score", "away", "care", ["x", "z"], design(frame))
    total = me.regress("score ~ away + x + z", design(frame)).contrast("away")
    direct = me.regress("score ~ away + care + x + z", design(frame)).contrast("away")
    assert found.terms == ("total", "direct", "indirect")
    assert found.values[0] == pytest.approx(total.values[0], rel=1e-9)
    assert found.std_error[0] == pytest.approx(total.std_error[0], rel=1e-9)
    assert found.values[1] == pytest.approx(direct.values[0], rel=1e-9)
    assert found.std_error[1] == pytest.approx(direct.std_error[0], rel=1e-9)
    assert found.df.tolist() == [direct.df[0]] * 3
    assert found.contrast("total - direct - indirect").std_error[0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("keywords", [{}, {"interaction": True}, {"rho": 0.3}])
def test_linearised_and_jackknife_agree(keywords):
    frame = sample(2, psus=120)
    linearised = me.mediate("score", "away", "care", ["x", "z"], design(frame), **keywords)
    refitted = me.mediate(
        "score", "away", "care", ["x", "z"], me.replicate(design(frame), method="jkn"), **keywords
    )
    np.testing.assert_allclose(refitted.std_error, linearised.std_error, rtol=0.03)
    assert refitted.influence is None


@pytest.mark.parametrize("keywords", [{}, {"interaction": True}, {"rho": 0.3}])
def test_influence_is_the_derivative(keywords):
    """Move one row's weight a little: the estimate moves by its influence per unit of weight."""
    frame = sample(3, psus=10)
    base = me.mediate("score", "away", "care", ["x"], design(frame), **keywords)
    for row in (0, 17, 61):
        step = 1e-5 * frame["w"].mean()
        both = []
        for sign in (1, -1):
            moved = frame.copy()
            moved.loc[row, "w"] += sign * step
            both.append(me.mediate("score", "away", "care", ["x"], design(moved), **keywords).values)
        slope = (both[0] - both[1]) / (2 * step)
        np.testing.assert_allclose(base.influence[row], slope * frame["w"][row], rtol=1e-5, atol=1e-9)


def test_interaction_finds_the_planted_effects():
    frame = sample(4, psus=1500, interaction=0.5)
    found = me.mediate("score", "away", "care", ["x", "z"], design(frame), interaction=True)
    exposed = frame["away"] == 1
    baseline = np.average(0.3 * frame.loc[exposed, "x"], weights=frame.loc[exposed, "w"])
    truth = np.array([0, 1 + 0.5 * baseline, 2.5 * 0.5])
    truth[0] = truth[1] + truth[2]
    assert (np.abs(found.values - truth) < 4 * found.std_error).all()


def test_rho_removes_the_bias_of_a_hidden_common_cause():
    frame = sample(5, psus=1500, hidden=1.0)
    plain = me.mediate("score", "away", "care", ["x", "z"], design(frame))
    # Both errors are u plus noise of variance 1: their correlation is one half.
    right = me.mediate("score", "away", "care", ["x", "z"], design(frame), rho=0.5)
    # The mediator's coefficient is 2, and 2.5 where the hidden cause is forgotten; both share the exposure's part.
    assert right.values[2] / plain.values[2] == pytest.approx(2 / 2.5, abs=0.01)
    assert abs(right.values[2] - 1.0) < 4 * right.std_error[2]
    assert right.values[0] == pytest.approx(plain.values[0])


def test_the_noted_rho_makes_the_indirect_effect_vanish():
    found = me.mediate("score", "away", "care", ["x"], design(sample(6)))
    note = next(note for note in found.notes if "rho" in note)
    rho = float(note.rstrip(".").split()[-1])
    again = me.mediate("score", "away", "care", ["x"], design(sample(6)), rho=rho)
    assert abs(again.values[2]) < 0.01 * abs(found.values[2])


def test_missing_values_are_counted_and_faults_named():
    frame = sample(7)
    frame.loc[:4, "care"] = np.nan
    found = me.mediate("score", "away", "care", ["x"], design(frame))
    assert found.n.tolist() == [len(frame) - 5] * 3
    assert "5 rows without a value of score or care are left out." in found.notes
    with pytest.raises(me.SpecificationError, match="rho=1 is a correlation"):
        me.mediate("score", "away", "care", ["x"], design(frame), rho=1)
    with pytest.raises(me.SpecificationError, match="without interaction"):
        me.mediate("score", "away", "care", ["x"], design(frame), rho=0.1, interaction=True)
    same = frame.assign(care=frame["x"])
    with pytest.raises(me.SpecificationError, match="linear combinations"):
        me.mediate("score", "away", "care", ["x"], design(same))
    text = frame.assign(care=pd.Series(["a"] * len(frame)))
    with pytest.raises(me.SpecificationError, match="mediator needs numbers"):
        me.mediate("score", "away", "care", ["x"], design(text))
