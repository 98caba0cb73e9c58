"""Two roads to one standard error: every verb gives nearly the same by linearisation and by the jackknife."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from law_samples import sample

DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}
VERBS = {
    "mean": lambda d: me.mean(["y", "x"], d, by="sex"),
    "total": lambda d: me.total("y", d, by="sex"),
    "ratio": lambda d: me.ratio("y", "count", d),
    "proportion": lambda d: me.proportion("away", d, by="sex"),
    "quantile": lambda d: me.quantile("y", d, q=[0.25, 0.5], by="sex"),
    "t_test": lambda d: me.t_test("y", d, by="sex"),
    "correlation": lambda d: me.correlation("x", "y", d),
    "contrast": lambda d: me.mean("x", d, by="sex").contrast("x[girl] / x[boy]"),
    "linear": lambda d: me.regress("y ~ x * sex", d),
    "within": lambda d: me.regress("y ~ x + sex", d, fixed_effects="stratum"),
    "logit": lambda d: me.regress("z ~ x + sex", d, family="binomial"),
    "probit": lambda d: me.regress("z ~ x", d, family="binomial", link="probit"),
    "poisson": lambda d: me.regress("count ~ x", d, family="poisson"),
    "joint": lambda d: me.stack([me.mean("x", d.where("sex == 'girl'")), me.regress("y ~ x", d)]),
}


@pytest.fixture(scope="module")
def design():
    data = sample(41, strata=4, psus=25, size=1500)
    data["x"] += 3  # away from 0, where a ratio has no delta method
    data["w"] = np.random.default_rng(2).uniform(1, 2, len(data))
    return me.SurveyDesign(data, **DESIGN)


@pytest.mark.parametrize("verb", VERBS)
def test_jackknife_and_linearisation_agree(verb, design):
    linear, again = VERBS[verb](design), VERBS[verb](me.replicate(design, method="jkn"))
    assert again.terms == linear.terms
    assert "100 jkn replicates" in again.method
    np.testing.assert_allclose(again.values, linear.values, rtol=1e-7)
    np.testing.assert_allclose(again.std_error, linear.std_error, rtol=0.05)
    assert again.df.tolist() == linear.df.tolist()
    correlation = [np.asarray(e.vcov) / np.outer(e.std_error, e.std_error) for e in (linear, again)]
    np.testing.assert_allclose(correlation[1], correlation[0], atol=0.08)


@pytest.mark.parametrize("verb", ["mean", "proportion", "logit", "quantile"])
def test_bootstrap_and_linearisation_agree(verb, design):
    linear = VERBS[verb](design)
    again = VERBS[verb](me.replicate(design, method="bootstrap", replicates=300, seed=8))
    np.testing.assert_allclose(again.std_error, linear.std_error, rtol=0.2)


def test_test_of_independence_by_both_roads(design):
    linear = me.crosstab("sex", "away", design).test
    again = me.crosstab("sex", "away", me.replicate(design, method="jkn")).test
    assert again.statistic == pytest.approx(linear.statistic, rel=0.05)
    assert again.df1 == pytest.approx(linear.df1, rel=0.05)
    assert again.df2 == pytest.approx(linear.df2, rel=0.05)


def test_delivered_replicates_pass_through_weighting_verbs(design):
    """Raking a design that came with replicate weights rakes every replicate, as the made ones are."""
    made = me.replicate(design, method="jkn")
    weights = np.stack(list(made.replicate_columns()), axis=1)
    names = [f"r{i}" for i in range(weights.shape[1])]
    data = pd.concat([design.data, pd.DataFrame(weights, columns=names)], axis=1)
    delivered = me.SurveyDesign(
        data, weights="w", replicate_weights=names, replicate_method="jkn",
        replicate_scale=made.replicates.scale.tolist(),
    )  # fmt: skip
    margins = {"sex": {"boy": 1000, "girl": 1200}, "away": {"none": 900, "mother": 700, "father": 600}}
    for verb in ("mean", "proportion", "logit"):
        one, other = VERBS[verb](me.rake(made, margins)), VERBS[verb](me.rake(delivered, margins))
        np.testing.assert_allclose(other.std_error, one.std_error, rtol=1e-8)
    assert me.proportion("sex", me.rake(delivered, margins)).std_error == pytest.approx([0, 0], abs=1e-10)
    with pytest.raises(me.SpecificationError, match="came with replicate weights"):
        me.replicate(delivered, method="bootstrap")


LOST = {
    "adjust_nonresponse": (
        lambda d: me.adjust_nonresponse(d, "answered", within="class"),
        "1 classes have no respondent",
    ),
    "poststratify": (
        lambda d: me.poststratify(d, d.data.groupby("cell")["w"].sum()),
        "1 cells have no weight in a replicate",
    ),
}


@pytest.mark.parametrize("verb", LOST)
def test_weight_that_a_replicate_would_lose_is_an_error(verb, design):
    """Respondents of a class, or a cell, in one PSU only: the replicate without it has nobody to carry the weight."""
    first = (design.data["stratum"] == "s0") & (design.data["psu"] == 0)
    small = design.data["sex"] == "girl"
    data = design.data.assign(
        answered=(~small | first).astype(int),
        **{"class": np.where(small, "small", "large"), "cell": np.where(first, "one", "other")},
    )
    call, message = LOST[verb]
    stepped = call(design.with_data(data))
    assert np.isfinite(me.total("x", stepped).std_error).all()
    with pytest.raises(me.ConvergenceError, match=rf"{message}.*linearised variance"):
        me.total("x", me.replicate(stepped, method="jkn"))
