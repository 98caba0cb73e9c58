"""What cannot be estimated is refused or warned of, with the numbers."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from causal_samples import design, small


def weights(frame, covariates=("x", "z"), exposure="away", **keywords):
    return me.balance_weights(exposure, list(covariates), design(frame), **keywords)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"method": "ipv"}, "method='ipv' is unknown.*Did you mean 'ipw'"),
        ({"method": "overlap", "estimand": "ATT"}, "'overlap' estimates ATO, not 'ATT'"),
        ({"method": "matching", "estimand": "ATE"}, "'matching' estimates ATT"),
        ({"exposure": "who"}, r"3 values in the domain: 'father' \(\d+ rows\).*level='none'"),
        ({"exposure": "who", "level": "fathre"}, "does not occur.*Did you mean 'father'"),
        ({"exposure": "who", "level": "none", "reference": "none"}, "both 'none'"),
        ({"covariates": ["x", "aeg"]}, "no column 'aeg'.*Did you mean 'age'"),
        ({"covariates": ["x", "away"]}, "exposure 'away' is among the covariates"),
        ({"covariates": ["x", "age"]}, r"missing in rows compared: age \(3\), of 320 rows.*me.impute"),
        ({"covariates": []}, "No covariates"),
    ],
)
def test_wrong_arguments_are_named(keywords, message):
    frame = small()
    frame["who"] = np.where(frame["away"] == 0, "none", np.where(frame["z"] == 1, "mother", "father"))
    frame["age"] = frame["x"].where(frame.index >= 3)
    with pytest.raises(me.SpecificationError, match=message):
        weights(frame, **keywords)


def test_missing_exposure_leaves_and_is_counted():
    frame = small()
    frame["away"] = frame["away"].astype(float)
    frame.loc[:4, "away"] = np.nan
    found = weights(frame)
    assert found.notes == ("5 rows without a value of away are left out.",)
    assert found.weights[:5].eq(0).all()
    assert found.propensity[:5].isna().all()


def test_exposure_without_contrast():
    with pytest.raises(me.SpecificationError, match="is 1 in every row"):
        weights(small(away=1))


def test_ten_exposed_rows():
    frame = small(psus=40)
    frame["away"] = 0
    frame.loc[frame.index[::40], "away"] = 1  # ten rows
    assert frame["away"].sum() == 10
    with pytest.warns(me.SmallSampleWarning, match="away = 1 has 10 rows for 3 columns"):
        found = weights(frame, ["x", "w"], method="entropy")
    assert any("unreliable" in note for note in me.effect("y", found, variance="linearised").notes)
    with pytest.raises(me.SpecificationError, match=r"10 rows for 11 columns.*too few"):
        me.balance_weights("away", "bs(x, df=10)", design(frame))


def test_exposed_rows_that_nobody_resembles_are_refused():
    frame = small(psus=60)
    frame["region"] = np.where(frame.index % 7 == 0, "border", "inland")
    frame.loc[frame["region"] == "border", "away"] = 1
    count = int((frame["region"] == "border").sum())
    with pytest.raises(me.SpecificationError, match=rf"{count} rows have no counterpart: region\[T.inland\]"):
        weights(frame, ["x", "region"])
    with pytest.warns(me.SeparationWarning, match="get no weight"):
        found = weights(frame, ["x", "region"], method="overlap")
    border = (frame["region"] == "border").to_numpy()
    assert found.weights[border].max() < 1e-6 * found.weights.max()
    inside = weights(frame, ["x"], method="overlap").design.where("region == 'inland'")
    plain = me.effect("y", me.balance_weights("away", ["x"], inside, method="overlap"))
    assert me.effect("y", found).values[0] == pytest.approx(plain.values[0], rel=1e-6)


def test_comparison_rows_that_nobody_resembles_get_no_weight_in_att():
    frame = small(psus=60)
    frame["region"] = np.where(frame.index % 7 == 0, "far", "near")
    frame.loc[frame["region"] == "far", "away"] = 0
    far = (frame["region"] == "far").to_numpy()
    near = me.balance_weights("away", ["x"], design(frame).where(~far))
    expected = me.effect("y", near, variance="linearised")
    for method in ("ipw", "entropy"):
        with pytest.warns(me.SeparationWarning, match=rf"for {int(far.sum())} rows, which get no weight"):
            found = weights(frame, ["x", "region"], method=method)
        assert found.weights[far].max() < 1e-6 * found.weights.max()
        effect = me.effect("y", found, variance="linearised")
        reference = expected
        if method == "entropy":
            near = me.balance_weights("away", ["x"], design(frame).where(~far), method="entropy")
            reference = me.effect("y", near, variance="linearised")
        assert effect.values[0] == pytest.approx(reference.values[0], rel=1e-6)
        assert effect.std_error[0] == pytest.approx(reference.std_error[0], rel=1e-5)
    with pytest.raises(me.SpecificationError, match="no counterpart"):
        weights(frame, ["x", "region"], estimand="ATE")


def test_entropy_balancing_out_of_reach_names_the_covariate():
    frame = small(psus=40)
    rng = np.random.default_rng(0)
    frame["x"] = rng.uniform(0, 1, len(frame)) + 0.9 * frame["away"]
    frame.loc[0, ["x", "away"]] = [0.0, 1]
    frame.loc[1, ["x", "away"]] = [1.02, 0]
    with pytest.raises(me.ConvergenceError, match=r"no weights of the \d+ comparison rows .* x \(off by"):
        weights(frame, ["x"], method="entropy")


def test_weak_overlap_warns_and_refits():
    frame = small(12, psus=50)
    score = 3.0 * frame["x"] + np.random.default_rng(2).logistic(size=len(frame))
    frame["away"] = (score > 1).astype(int)
    with pytest.warns(me.OverlapWarning, match="Weak overlap: the comparison group keeps"):
        found = weights(frame)
    effect = me.effect("y", found)
    assert "jkn replicates, every step refitted" in effect.method
    assert any("because of weak overlap" in note for note in effect.notes)
    assert effect.std_error[0] > me.effect("y", found, variance="linearised").std_error[0]


def test_few_psus_choose_the_jackknife_and_many_the_linearised():
    few, many = (me.effect("y", weights(small(13, psus=p))) for p in (29, 30))
    assert any("29 PSUs in use (fewer than 30)" in note for note in few.notes)
    assert few.influence is None
    assert "linearised" in many.method
    assert many.influence is not None


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"variance": "exact"}, "variance='exact' is unknown"),
        ({"family": "ordinal"}, "family='ordinal' is unknown"),
        ({"outcome": "sex"}, "needs numbers"),
        ({"outcome": "nothing"}, "missing in every row of the exposed group"),
        ({"family": "binomial", "adjust": ["x"]}, "needs an outcome of 0 to 1"),
        ({"adjust": ["hole"]}, r"missing in rows compared: hole \(2\)"),
    ],
)
def test_wrong_effects_are_named(keywords, message):
    frame = small()
    frame["nothing"] = frame["y"].where(frame["away"] == 0)
    frame["hole"] = frame["x"].where(frame.index > 1)
    with pytest.raises(me.SpecificationError, match=message):
        me.effect(keywords.pop("outcome", "y"), weights(frame), **keywords)


def test_matching_has_no_linearised_variance():
    with pytest.raises(me.SpecificationError, match="does not exist for matching"):
        me.effect("y", weights(small(), method="matching"), variance="linearised")


def test_lonely_strata_keep_the_linearised_error_and_say_why():
    frame = small(14, psus=20)
    frame["stratum"] = np.where(frame["psu"] == 0, 0, 1)
    found = weights_in(frame, lonely_psu="adjust")
    effect = me.effect("y", found)
    assert "linearised" in effect.method
    assert any("the design has no jackknife" in note for note in effect.notes)


def weights_in(frame: pd.DataFrame, **keywords):
    return me.balance_weights("away", ["x"], design(frame, strata="stratum", **keywords))
