"""Laws of balancing weights and effects: what must hold in every sample."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import migration_effects as me
from causal_samples import clustered, design, small
from law_samples import few, seeds

KINDS = [
    *[("ipw", "ATT"), ("ipw", "ATE"), ("ipw", "ATO"), ("overlap", "ATO")],
    *[("entropy", "ATT"), ("entropy", "ATE"), ("matching", "ATT")],
]
EQUATIONS = KINDS[:-1]
pytestmark = [
    pytest.mark.filterwarnings("ignore::migration_effects.OverlapWarning"),
    pytest.mark.filterwarnings("ignore::migration_effects.SmallSampleWarning"),
]


def effect(frame, kind, outcome="y", covariates=("x", "z"), **keywords):
    weights = me.balance_weights("away", list(covariates), design(frame), method=kind[0], estimand=kind[1])
    return me.effect(outcome, weights, **keywords)


@few
@given(seeds)
def test_entropy_and_overlap_balance_means_exactly(seed):
    for method, estimand in (("entropy", "ATT"), ("entropy", "ATE"), ("overlap", "ATO")):
        weights = me.balance_weights("away", "x * z", design(small(seed)), method=method, estimand=estimand)
        assert weights.balance()["smd_after"].abs().max() < 1e-9


@few
@given(seeds)
def test_entropy_balances_to_the_target(seed):
    frame = small(seed)
    inside = {"ATT": frame["away"] == 1, "ATE": frame["away"] >= 0}
    for estimand, rows in inside.items():
        weights = me.balance_weights("away", ["x", "z"], design(frame), method="entropy", estimand=estimand)
        wanted = np.average(frame.loc[rows, "x"], weights=frame.loc[rows, "w"])
        table = weights.balance().set_index("covariate")
        assert table.loc["x", "mean_comparison"] == pytest.approx(wanted, abs=1e-12)
        assert table.loc["x", "mean_exposed"] == pytest.approx(wanted, abs=1e-12)


@few
@given(seeds)
def test_estimating_equations_are_solved(seed):
    for method, estimand in EQUATIONS:
        weights = me.balance_weights(
            "away", ["x", "z"], design(small(seed)), method=method, estimand=estimand
        )
        survey = weights.survey_weights / weights.survey_weights.mean()
        size = survey @ np.abs(weights.factors.scores)
        assert (np.abs(survey @ weights.factors.scores) < 1e-10 * size).all()


@few
@given(seeds)
def test_bread_is_the_inverse_derivative_of_the_equations(seed):
    """Refit with one row's weight moved: the factors move as scores, bread and gradient say."""
    frame = small(seed)
    step = 1e-5
    for method, estimand in EQUATIONS:
        base = me.balance_weights("away", ["x", "z"], design(frame), method=method, estimand=estimand)
        moved = frame.copy()
        moved.loc[7, "w"] += step * frame["w"].mean()
        again = me.balance_weights("away", ["x", "z"], design(moved), method=method, estimand=estimand)
        # Scale of the survey weights: factors do not depend on it.
        predicted = base.factors.gradient @ (base.factors.bread @ base.factors.scores[7])
        difference = (again.factors.factor - base.factors.factor) / step
        np.testing.assert_allclose(difference, predicted, atol=2e-3 * np.abs(predicted).max())


@few
@given(seeds)
def test_survey_weight_stays_on_the_exposed_for_att(seed):
    frame = small(seed)
    exposed = frame["away"] == 1
    for method in ("ipw", "entropy", "matching"):
        weights = me.balance_weights("away", ["x", "z"], design(frame), method=method)
        np.testing.assert_allclose(weights.weights[exposed], frame.loc[exposed, "w"])
    # Matching hands over exactly the weight of the exposed.
    assert weights.weights[~exposed].sum() == pytest.approx(frame.loc[exposed, "w"].sum())


def test_constant_propensity_makes_the_estimands_equal():
    """Half of every cell is exposed with the same weights, so nothing is to be balanced."""
    frame = small(2, psus=20)
    twice = pd.concat([frame.assign(away=0), frame.assign(away=1, y=frame["y"] + 1.5)], ignore_index=True)
    found = [effect(twice, kind, variance="auto", replicates=20) for kind in KINDS]
    for one in found:
        assert one.values[0] == pytest.approx(1.5, abs=1e-9)
    naive = me.regress("y ~ away", design(twice))
    for one in found[:-1]:
        np.testing.assert_allclose(one.influence if one.influence is not None else 0, 0, atol=1e-9)
    assert naive.values[1] == pytest.approx(1.5)


def test_estimands_differ_when_effects_differ():
    frame = small(4, psus=80)
    frame["y"] = frame["y"] + frame["away"] * frame["x"]
    values = [effect(frame, kind, variance="linearised").values[0] for kind in EQUATIONS[:3]]
    assert np.ptp(values) > 0.1


@few
@given(seeds)
def test_row_order_weight_scale_and_labels_do_not_matter(seed):
    frame = small(seed)
    rng = np.random.default_rng(seed)
    shuffled = frame.sample(frac=1, random_state=int(rng.integers(2**31)))
    changed = shuffled.assign(w=shuffled["w"] * 1e4, psu=shuffled["psu"].map(lambda p: f"p{97 * p % 101}"))
    for kind in EQUATIONS:
        one, two = (effect(f, kind, adjust=["x"], variance="linearised") for f in (frame, changed))
        assert one.values[0] == pytest.approx(two.values[0], rel=1e-8)
        assert one.std_error[0] == pytest.approx(two.std_error[0], rel=1e-7)


@few
@given(seeds)
def test_unit_and_reparametrisation_of_covariates_do_not_matter(seed):
    frame = small(seed)
    changed = frame.assign(x=1e5 + 300 * frame["x"] - 20 * frame["z"])
    for kind in KINDS[:-1]:
        one, two = (effect(f, kind, variance="linearised") for f in (frame, changed))
        assert one.values[0] == pytest.approx(two.values[0], rel=1e-6)
        assert one.std_error[0] == pytest.approx(two.std_error[0], rel=1e-6)


def test_collinear_covariates_change_nothing_and_are_named():
    frame = small(6)
    frame["again"] = 2 * frame["x"] + frame["z"]
    for kind in KINDS:
        plain = effect(frame, kind, replicates=5)
        doubled = effect(frame, kind, covariates=("x", "z", "again"), replicates=5)
        assert plain.values[0] == pytest.approx(doubled.values[0], rel=1e-9)
        assert any(note.startswith("again: linear combination") for note in doubled.notes)


@few
@given(seeds)
def test_rows_outside_the_domain_change_nothing(seed):
    frame = small(seed)
    other = frame.copy()
    outside = frame["sex"] == "boy"
    other.loc[outside, ["x", "y"]] = [99.0, -99.0]
    for kind in EQUATIONS:
        found = []
        for data in (frame, other):
            girls = design(data).where("sex == 'girl'")
            weights = me.balance_weights("away", ["x", "z"], girls, method=kind[0], estimand=kind[1])
            found.append(me.effect("y", weights, variance="linearised"))
        assert found[0].values[0] == found[1].values[0]
        assert found[0].std_error[0] == found[1].std_error[0]
        assert weights.weights[outside].eq(0).all()


def test_missing_outcome_leaves_that_outcome_only():
    frame = small(7, psus=60)
    frame.loc[frame.index % 9 == 0, "y"] = np.nan
    weights = me.balance_weights("away", ["x", "z"], design(frame))
    both = me.effect(["y", "event"], weights)
    assert both.n.tolist() == [int(frame["y"].notna().sum()), len(frame)]
    assert both.values[1] == me.effect("event", weights).values[0]
    assert any("67 rows without a value of y" in note for note in both.notes)


def test_joint_covariance_over_outcomes_arms_and_domains():
    frame = small(9, psus=60)
    frame["sum"] = frame["y"] + frame["event"]
    sample = design(frame)
    weights = me.balance_weights("away", ["x", "z"], sample)
    joint = me.effect(["y", "event", "sum"], weights)
    assert joint.contrast("y + event - sum").std_error[0] == pytest.approx(0, abs=1e-9)
    difference = joint.arms.contrast("y[exposed] - y[comparison]")
    assert difference.values[0] == pytest.approx(joint.values[0])
    assert difference.std_error[0] == pytest.approx(joint.std_error[0])
    parts = {
        sex: me.effect("y", me.balance_weights("away", ["x", "z"], sample.where(f"sex == '{sex}'")))
        for sex in ("girl", "boy")
    }
    stacked = me.stack(list(parts.values()), names=list(parts))
    test = stacked.test("girl:y = boy:y")
    contrast = stacked.contrast("`girl:y` - `boy:y`")
    assert test.statistic == pytest.approx((contrast.values[0] / contrast.std_error[0]) ** 2)


def test_exposure_with_three_values_against_one_reference():
    frame = small(10, psus=80)
    rng = np.random.default_rng(0)
    kind = np.where(frame["away"] == 1, rng.choice(["father", "mother"], len(frame)), "none")
    frame["who"] = pd.Categorical(kind, categories=["none", "father", "mother"])
    sample = design(frame)
    found = {
        level: me.effect("y", me.balance_weights("who", ["x", "z"], sample, level=level))
        for level in ("father", "mother")
    }
    joint = me.stack(list(found.values()), names=list(found))
    assert joint.terms == ("father:y", "mother:y")
    assert found["father"].balancing.exposure.reference == "none"
    frame["father"] = np.where(frame["who"] == "mother", np.nan, (frame["who"] == "father").astype(float))
    alone = me.effect("y", me.balance_weights("father", ["x", "z"], design(frame)))
    assert alone.values[0] == found["father"].values[0]
    assert alone.std_error[0] == found["father"].std_error[0]


def test_aipw_is_right_when_one_of_the_two_models_is():
    """Population-size samples; the truth is 1 for everybody."""
    frame = small(11, psus=2000, size=10)
    curved = frame.assign(
        y=frame["y"] + np.exp(frame["x"]), wrong=np.random.default_rng(1).normal(size=len(frame))
    )
    sample = design(curved)
    good, bad = ["x"], ["wrong"]
    outcome = "x + I(np.exp(x)) + z"
    for balancing, adjust in ((good, bad), (bad, outcome), (good, outcome)):
        found = me.effect("y", me.balance_weights("away", balancing, sample), adjust=adjust)
        assert found.values[0] == pytest.approx(1, abs=4 * found.std_error[0])
    wrong = me.effect("y", me.balance_weights("away", bad, sample), adjust=bad)
    assert abs(wrong.values[0] - 1) > 10 * wrong.std_error[0]


def test_matching_takes_the_nearest_and_averages_ties():
    frame = pd.DataFrame(
        {
            "away": [*[1] * 4, *[0] * 8],
            "x": [0.0, 1, 2, 3, *[0.0, 0, 1, 2, 2.9, 3, 3, 3]],
            "y": [5.0] * 4 + [1.0, 3, 4, 5, 100, 1, 2, 3],
            "v": [1.0, 2, 3, 4] + [1.0] * 8,
        }
    )
    weights = me.balance_weights("away", ["x"], me.SurveyDesign(frame, weights="v"), method="matching")
    assert weights.weights.tolist()[4:] == pytest.approx([0.5, 0.5, 2, 3, 0, 4 / 3, 4 / 3, 4 / 3])
    found = me.effect("y", weights, replicates=2)
    assert found.values[0] == pytest.approx((1 * 3 + 2 * 1 + 3 * 0 + 4 * 3) / 10)


def test_bootstrap_depends_on_its_seed_only():
    weights = me.balance_weights("away", ["age", "wealth"], clustered(), method="matching", seed=4)
    one, two = (me.effect("score", weights, replicates=20) for _ in range(2))
    assert one.std_error[0] == two.std_error[0]
    other = me.balance_weights("away", ["age", "wealth"], clustered(), method="matching", seed=5)
    assert me.effect("score", other, replicates=20).std_error[0] != one.std_error[0]


def test_splines_of_a_variable_that_stands_nowhere_else():
    frame = small(16)
    sample = design(frame)
    spline = me.balance_weights("away", "bs(x, df=4) + z", sample, method="entropy")
    assert spline.balance()["smd_after"].abs().max() < 1e-9
    fit = me.regress("y ~ bs(x, df=4)", sample)
    assert fit.n[0] == len(frame)
    with pytest.raises(me.SpecificationError, match="missing in rows compared: x"):
        me.balance_weights(
            "away", "bs(x, df=4) + z", design(frame.assign(x=frame["x"].where(frame["x"] < 1)))
        )


def test_pooling_after_imputation():
    """Without gaps every copy is the sample; with gaps in the outcome the pooled error is larger than one copy's."""
    frame = small(17, psus=40)
    whole = me.impute(design(frame), ["y", "x"], predictors=["away", "z"], m=2, seed=1)
    one = me.effect("y", me.balance_weights("away", ["x", "z"], design(frame)))
    same = me.pool([me.effect("y", me.balance_weights("away", ["x", "z"], copy)) for copy in whole])
    assert same.values[0] == pytest.approx(one.values[0])
    assert same.std_error[0] == pytest.approx(one.std_error[0])
    holes = design(frame.assign(x=frame["x"].where(frame.index % 5 > 0)))
    copies = me.impute(holes, "x", predictors=["away", "z", "y"], m=5, seed=1)
    parts = [me.effect("y", me.balance_weights("away", ["x", "z"], copy), adjust=["x"]) for copy in copies]
    pooled = me.pool(parts)
    assert pooled.n[0] == len(frame)
    assert pooled.std_error[0] > np.sqrt(np.mean([part.std_error[0] ** 2 for part in parts]))
    assert pooled.df[0] < one.df[0]
