"""What a hostile or hurried user hands in: every fault is an error of ours that names it; every odd dtype works."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from law_samples import sample

DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}
SEX = {"boy": 700.0, "girl": 800.0}


@pytest.fixture(scope="module")
def data():
    return sample(3)


@pytest.fixture(scope="module")
def design(data):
    return me.SurveyDesign(data, **DESIGN)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (-1.0, "60 negative of 60"),
        (np.nan, "60 missing of 60"),
        (np.inf, "60 infinite"),
        (-np.inf, "60 infinite"),
        (0.0, "is 0"),
        ("a", "needs numbers"),
        (pd.array([None] + [1] * 59, dtype="Int64"), "1 missing of 60"),
    ],
)
def test_impossible_weights(values, message, data):
    with pytest.raises(me.DesignError, match=message):
        me.SurveyDesign(data.assign(w=values), **DESIGN)


@pytest.mark.parametrize(
    ("fpc", "message"),
    [
        ([2.0] * 60, "3 sampled of 2"),
        (np.arange(60) + 10.0, "varies within"),
        ([0.0] * 60, "missing, zero or negative in 60 rows"),
        ([np.nan] * 60, "missing, zero or negative in 60 rows"),
    ],
)
def test_impossible_population_sizes(fpc, message, data):
    with pytest.raises(me.DesignError, match=message):
        me.SurveyDesign(data.assign(f=fpc), **DESIGN, fpc="f")


def test_design_columns_that_are_absent_missing_or_not_names(data):
    with pytest.raises(me.DesignError, match="missing in 1 of 60 rows"):
        me.SurveyDesign(data.assign(psu=data["psu"].where(data.index > 0)), **DESIGN)
    with pytest.raises(me.DesignError, match="not by a Series"):
        me.SurveyDesign(data, weights=data["w"])
    with pytest.raises(me.DesignError, match="There is no column 'area'"):
        me.SurveyDesign(data, psu="area")
    with pytest.raises(me.DesignError, match="strata has 2 columns"):
        me.SurveyDesign(data, psu="psu", strata=["stratum", "sex"])


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("x > 100", "domain is empty"),
        ("x + 1", "True or False per row"),
        ("xx > 1", "Did you mean 'x'"),
        ("__import__('os').getcwd()", "cannot be evaluated"),
        ([True] * 59, "60 rows"),
        (pd.Series([True] * 59), "another index"),
        (
            pd.Series([True] * 60, index=range(30, 90)),
            "another index",
        ),  # half of the labels are those of the data
        (pd.Series([True] * 59 + ["no"], dtype=object), "mixed values"),
    ],
)
def test_conditions_that_are_none(condition, message, design):
    with pytest.raises(me.MigrationEffectsError, match=message):
        design.where(condition)


def test_a_text_far_down_in_a_condition_is_noticed(data):
    long = pd.concat([data] * 40, ignore_index=True)
    condition = pd.Series([True] * 2399 + ["no"], dtype=object)
    with pytest.raises(me.SpecificationError, match="True or False per row"):
        me.SurveyDesign(long, weights="w").where(condition)


def test_missing_conditions_count_as_not_met(design):
    values = pd.array([True, None, False] * 20, dtype="boolean")
    assert design.where(values).n == design.where(pd.Series(values)).n == 20


@pytest.mark.parametrize(
    "call",
    [
        lambda d: me.mean([], d),
        lambda d: me.mean(5, d),
        lambda d: me.mean("sex", d),
        lambda d: me.mean(["x", "x"], d),
        lambda d: me.mean("x", d, by=["sex", "sex"]),
        lambda d: me.total([], d),
        lambda d: me.quantile([], d),
        lambda d: me.quantile("x", d, q=1.5),
        lambda d: me.ratio("x", "zero", d),
        lambda d: me.mean("infinite", d),
        lambda d: me.mean("gaps", d),
        lambda d: me.proportion("mixed", d),
        lambda d: me.rake(d, ["sex"]),
        lambda d: me.rake(d, {"sex": 5}),
        lambda d: me.rake(d, {"sex": {"boy": 1, "girl": 1, "other": 1}}),
        lambda d: me.rake(d, {"sex": {"boy": 1}}),
        lambda d: me.rake(d, {"sex": {"boy": -1, "girl": 1}}),
        lambda d: me.rake(d, {"sex": SEX, "away": {"none": 1, "mother": 1, "father": 1}}),
        lambda d: me.rake(d.where("x > 0"), {"sex": SEX}),
        lambda d: me.poststratify(d, pd.Series(SEX)),
        lambda d: me.poststratify(d, SEX),
        lambda d: me.poststratify(d, pd.Series({"boy": "1a", "girl": "2"}).rename_axis("sex")),
        lambda d: me.poststratify(d, pd.Series({"boy": np.nan, "girl": 2}).rename_axis("sex")),
        lambda d: me.calibrate(d, {"Intercept": 60, "sex[gril]": 1}),
        lambda d: me.calibrate(d, {"Intercept": 60, "y": 1}),
        lambda d: me.calibrate(d, {"Intercept": np.inf}),
        lambda d: me.calibrate(d, {"Intercept": 60, "sex[boy]": 30, "sex[girl]": 40}),
        lambda d: me.calibrate(d, {"Intercept": 60}, bounds=(2, 3)),
        lambda d: me.trim_weights(d, upper=float("nan")),
        lambda d: me.trim_weights(d, lower=50, upper=2),
        lambda d: me.scale_weights(d, 0),
        lambda d: me.adjust_nonresponse(d, "boys", within="sex"),
        lambda d: me.adjust_nonresponse(d, "right", covariates=["x"]),
        lambda d: me.replicate(d, method="jk1"),
        lambda d: me.replicate(d, method="brr"),
        lambda d: me.mean("x", d).contrast("x / 0"),
        lambda d: me.mean("x", d).contrast("__import__('os')"),
        lambda d: me.mean("x", d, by="sex").test(["x[girl] - x[boy]", "x[boy] - x[girl]"]),
        lambda d: me.mean("x", d).confint(95),
        lambda d: me.regress("y ~ x + double", d),
        lambda d: me.stack([me.mean("x", d), me.mean("x", me.replicate(d, method="bootstrap", seed=1))]),
    ],
)
def test_faults_are_errors_of_ours(call, data):
    extended = data.assign(
        zero=0, infinite=np.inf, gaps=np.nan, mixed=[1, "a"] * 30, boys=data["sex"] == "boy",
        right=data["x"] > 0, double=2 * data["x"],
    )  # fmt: skip
    with pytest.raises(me.MigrationEffectsError) as caught:
        call(me.SurveyDesign(extended, **DESIGN))
    assert len(str(caught.value)) > 25


def test_by_columns_named_as_columns_of_the_result(data):
    for name in ("term", "n", "estimate"):
        renamed = me.SurveyDesign(data.assign(**{name: data["sex"]}), **DESIGN)
        with pytest.raises(me.SpecificationError, match="Rename yours"):
            me.mean("x", renamed, by=name)
        assert me.proportion(name, renamed).n.tolist() == [60, 60]


def test_groups_that_vanish_in_a_replicate_have_no_standard_error_and_say_so(data):
    one = data.assign(k=np.where((data["stratum"] == "s0") & (data["psu"] == 0), "a", "b"))
    made = me.replicate(me.SurveyDesign(one, **DESIGN), method="jkn")
    with pytest.warns(me.SmallSampleWarning, match="no degrees of freedom"):
        estimate = me.mean("x", made, by="k")
    assert np.isnan(estimate.std_error).tolist() == [True, False]
    assert any("In 1 of 9 replicates there is no weight left for x[a]" in note for note in estimate.notes)
    with pytest.raises(me.ConvergenceError, match="In 1 of 9 replicates the model has no finite solution"):
        me.regress("y ~ k", made)


@pytest.mark.parametrize(
    "codes",
    [
        pd.array(["p", "q"] * 30, dtype="string[python]"),
        pd.Series(["p", "q"] * 30, dtype="str").array,
        pd.Categorical(["p", "q"] * 30, categories=["p", "q", "unused"]),
        np.array([-100, 100] * 30, dtype="int8"),
        np.array([2**63 + 5, 2**63 + 7] * 30, dtype="uint64"),
        pd.array([False, True] * 30, dtype="boolean"),
        pd.array([1, 2] * 30, dtype="Int64"),
        pd.array([0.5, 1.5] * 30, dtype="Float64"),
        np.array([False, True] * 30),
        pd.to_datetime(["2020-01-01", "2021-01-01"] * 30),
    ],
    ids=lambda codes: str(codes.dtype),
)
def test_every_dtype_of_design_and_group_columns(codes, data):
    """The same numbers whatever dtype holds strata, PSUs and groups."""
    plain = data.assign(code=["p", "q"] * 30)
    typed = data.assign(code=codes)
    for arguments in (
        {"weights": "w", "psu": "psu", "strata": "code"},
        {"weights": "w", "psu": "code"},
        {"weights": "w"},
    ):
        by = None if "psu" in arguments else "code"
        one = me.mean("y", me.SurveyDesign(plain, **arguments), by=by)
        other = me.mean("y", me.SurveyDesign(typed, **arguments), by=by)
        np.testing.assert_allclose(other.std_error, one.std_error, rtol=1e-12)
        np.testing.assert_allclose(other.values, one.values, rtol=1e-12)
        assert other.df.tolist() == one.df.tolist()


def test_rows_with_one_index_value_are_still_rows(data):
    same = data.set_index(np.zeros(60, dtype=int))
    one, other = (me.mean("y", me.SurveyDesign(frame, **DESIGN), by="sex") for frame in (data, same))
    np.testing.assert_array_equal(one.std_error, other.std_error)
    mask = pd.Series(data["x"].to_numpy() > 0, index=same.index)
    assert me.SurveyDesign(same, **DESIGN).where(mask).n == int((data["x"] > 0).sum())


def test_changing_the_frame_afterwards_does_not_change_the_design(data):
    frame = data.copy()
    design = me.SurveyDesign(frame, **DESIGN)
    before = me.mean("x", design).values[0]
    frame["x"] = 0.0
    assert me.mean("x", design).values[0] == before


def test_exponential_keeps_the_test_of_the_logarithm(data):
    """The interval of an odds ratio holds 1 exactly when its p-value is above 5 %."""
    fit = me.regress("z ~ x + count", me.SurveyDesign(data, **DESIGN), family="binomial")
    ratio = fit.exp()
    pd.testing.assert_series_equal(ratio.table["p_value"], fit.table["p_value"])
    holds_one = (ratio.table["conf_low"] < 1) & (ratio.table["conf_high"] > 1)
    assert (holds_one == (ratio.table["p_value"] > 0.05)).all()
    joined = me.stack([ratio, me.mean("x", fit.design)])
    assert joined.table["p_value"].tolist()[: len(fit.terms)] == fit.table["p_value"].tolist()


def test_a_one_psu_stratum_outside_the_domain_stops_once_a_step_ties_the_rows():
    data = pd.DataFrame(
        {"y": [1.0, 2.0, 4.0, 3.0, 5.0], "h": list("aaaab"), "p": [1, 1, 2, 2, 1], "sex": list("bgbgb")}
    )
    plain = me.SurveyDesign(data, psu="p", strata="h")
    assert me.mean("y", plain.where("h == 'a'")).n[0] == 4
    scaled = me.scale_weights(plain, 2.0)
    assert me.mean("y", scaled.where("h == 'a'")).n[0] == 4
    tied = me.poststratify(plain, pd.Series({"b": 30.0, "g": 20.0}).rename_axis("sex"))
    with pytest.raises(me.DesignError, match="stratum 'b' has one PSU"):
        me.mean("y", tied.where("h == 'a'"))
