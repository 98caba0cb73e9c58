"""What cannot be right fails loudly, with the place, the numbers and the way out; nothing falls back in silence."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from law_samples import sample

DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}
DATA = sample(1)


def design(**columns):
    return me.SurveyDesign(DATA.assign(**columns), **DESIGN)


def frame(**columns):
    return DATA.assign(**columns)


def cells(name, **totals):
    return pd.Series({k: float(v) for k, v in totals.items()}).rename_axis(name)


def one(position, value, base="w"):
    values = DATA[base].astype(float).to_numpy().copy()
    values[position] = value
    return values


BOY = (DATA["sex"] == "boy").to_numpy()
BOYS, GIRLS = int(BOY.sum()), int((~BOY).sum())
SEX = {"boy": 9.0, "girl": 8.0}
AWAY = {"none": 6.0, "mother": 6.0, "father": 6.0}
FAR = {"sex": {"boy": 500.0, "girl": 1500.0}, "away": {"none": 100.0, "mother": 1800.0, "father": 100.0}}
CROSSED = {"sex": {"boy": 500.0, "girl": 1500.0}, "b": {"u": 1500.0, "v": 500.0}}
CONTRADICTION = {"Intercept": 900.0, "sex[boy]": 400.0, "sex[girl]": 600.0}


def answered_by_boys(others):
    """A design whose girls have another value in the column that says who answered."""
    return design(r=np.where(BOY, 1.0, others))


def delivered(second, scale=None):
    """Two replicate weights as a producer delivers them."""
    columns = {"replicate_weights": ["r1", "r2"], "replicate_method": "jkn", "replicate_scale": scale or 0.5}
    return me.SurveyDesign(frame(r1=1.0, r2=second), weights="w", **columns)


DESIGN_FAULTS = {
    "weights unknown": (lambda: me.SurveyDesign(DATA, weights="ww"), ["'ww'", "mean 'w'"]),
    "weights negative": (lambda: design(w=one(3, -2.0)), ["'w'", "1 negative", "60"]),
    "weights missing": (lambda: design(w=one(3, np.nan)), ["'w'", "1 missing"]),
    "weights infinite": (lambda: design(w=one(3, np.inf)), ["'w'", "1 infinite"]),
    "weights both": (
        lambda: design(w=np.where(BOY, -1.0, np.nan)),
        [f"{GIRLS} missing", f"{BOYS} negative"],
    ),
    "weights all zero": (lambda: design(w=0.0), ["'w'", "0"]),
    "weights text": (lambda: design(w="1"), ["'w'"]),
    "psu unknown": (lambda: me.SurveyDesign(DATA, psu="psv"), ["'psv'", "mean 'psu'"]),
    "psu missing": (lambda: design(psu=one([1, 2], np.nan, "psu")), ["'psu'", "2 of 60"]),
    "strata missing": (
        lambda: design(stratum=DATA["stratum"].where(DATA["stratum"] != "s1")),
        ["'stratum'", "of 60"],
    ),
    "no rows": (lambda: me.SurveyDesign(DATA.head(0), **DESIGN), ["no rows"]),
    "fpc below the sample": (
        lambda: me.SurveyDesign(frame(f=2.0), fpc="f", **DESIGN),
        ["'f'", "3 groups", "3 sampled of 2"],
    ),
    "fpc varies": (lambda: me.SurveyDesign(frame(f=DATA.index + 10.0), fpc="f", **DESIGN), ["'f'", "varies"]),
    "fpc missing": (
        lambda: me.SurveyDesign(frame(f=np.where(BOY, 9.0, np.nan)), fpc="f", **DESIGN),
        ["'f'", f"{GIRLS} rows"],
    ),
    "fpc of two stages": (
        lambda: me.SurveyDesign(frame(f=20.0), fpc=["f", "f"], **DESIGN),
        ["2 columns", "1 stages"],
    ),
    "empty domain": (lambda: me.mean("y", design().where("y > 1e9")), ["empty", "y > 1e9"]),
    "replicate missing": (
        lambda: delivered(np.nan),
        ["'r2'"],
    ),
    "jk1 with strata": (lambda: me.replicate(design(), method="jk1"), ["jk1", "jkn"]),
    "brr without pairs": (lambda: me.replicate(design(), method="brr"), ["two PSUs", "3 of 3"]),
}
SPECIFICATION_FAULTS = {
    "column unknown": (lambda: me.mean("yy", design()), ["'yy'", "mean 'y'"]),
    "one of several unknown": (lambda: me.mean(["y", "cuont"], design()), ["'cuont'", "mean 'count'"]),
    "by unknown": (lambda: me.mean("y", design(), by="sexx"), ["'sexx'", "mean 'sex'"]),
    "condition unknown": (lambda: design().where("ccount > 2"), ["'ccount'", "mean 'count'"]),
    "condition not boolean": (lambda: design().where("x + 1"), ["True or False"]),
    "condition of another length": (lambda: design().where(pd.Series([True])), ["60 rows"]),
    "mean of text": (lambda: me.mean("sex", design()), ["'sex'", "me.proportion"]),
    "outcome all missing": (lambda: me.mean("y", design(y=np.nan)), ["'y'", "missing"]),
    "outcome infinite": (lambda: me.mean("y", design(y=one(0, np.inf, "x"))), ["'y'", "1 infinite"]),
    "denominator zero": (lambda: me.ratio("y", "none", design(none=0.0)), ["'none'", "0"]),
    "probability outside": (lambda: me.quantile("y", design(), q=1.5), ["1.5"]),
    "interval unknown": (
        lambda: me.proportion("sex", design(), method="wilson"),
        ["'wilson'", "logit, beta, wald"],
    ),
    "three groups": (lambda: me.t_test("y", design(), by="away"), ["'away'", "3"]),
    "contrast unknown": (
        lambda: me.mean("y", design(), by="sex").contrast("y[girls] - y[boy]"),
        ["y[girls]", "y[girl]"],
    ),
    "contrast code": (
        lambda: me.mean("y", design()).contrast("__import__('os').getcwd()"),
        ["neither arithmetic nor a term"],
    ),
    "formula unknown": (lambda: me.regress("y ~ cuont", design()), ["'cuont'"]),
    "collinear": (lambda: me.regress("y ~ x + twice", design(twice=2 * DATA["x"])), ["twice"]),
    "family unknown": (lambda: me.regress("y ~ x", design(), family="gama"), ["'gama'", "gaussian"]),
    "binomial outcome": (lambda: me.regress("count ~ x", design(), family="binomial"), ["0 to 1", "'count'"]),
    "poisson outcome": (lambda: me.regress("x ~ count", design(), family="poisson"), ["'x'", "0"]),
    "other sample": (
        lambda: me.stack([me.mean("y", design()), me.mean("y", me.SurveyDesign(DATA.head(30), weights="w"))]),
        ["another sample"],
    ),
    "margins differ": (
        lambda: me.rake(design(), {"sex": SEX, "away": AWAY}),
        ["sex 17", "away 18"],
    ),
    "target absent": (
        lambda: me.rake(design(), {"sex": {**SEX, "other": 2.0}}),
        ["'sex'", "'other'"],
    ),
    "target forgotten": (
        lambda: me.rake(design(), {"sex": {"boy": 9.0}}),
        ["'sex'", "'girl'", f"{GIRLS} rows"],
    ),
    "target negative": (lambda: me.rake(design(), {"sex": {"boy": 9.0, "girl": -1.0}}), ["'girl'"]),
    "margin unknown": (lambda: me.rake(design(), {"sexx": {"boy": 9.0}}), ["'sexx'", "mean 'sex'"]),
    "cell absent": (lambda: me.poststratify(design(), cells("sex", boy=3, girl=2, other=1)), ["'other'"]),
    "cell forgotten": (
        lambda: me.poststratify(design(), cells("sex", boy=3)),
        ["'girl'", f"{GIRLS} rows"],
    ),
    "cells unnamed": (
        lambda: me.poststratify(design(), pd.Series({"boy": 3.0, "girl": 2.0})),
        ["rename_axis"],
    ),
    "level unknown": (lambda: me.calibrate(design(), {"sex[bot]": 9.0}), ["'bot'", "mean 'boy'"]),
    "distance unknown": (
        lambda: me.calibrate(design(), {"x": 9.0}, distance="chi"),
        ["'chi'", "linear, raking, logit"],
    ),
    "logit without bounds": (
        lambda: me.calibrate(design(), {"Intercept": 9.0}, distance="logit"),
        ["bounds"],
    ),
    "weighting in a domain": (
        lambda: me.rake(design().where("sex == 'boy'"), {"sex": {"boy": 9.0}}),
        ["domain", "whole sample"],
    ),
    "no limit": (lambda: me.trim_weights(design()), ["lower", "upper"]),
    "limits crossed": (lambda: me.trim_weights(design(), lower=5, upper=2), ["5", "2"]),
    "factor negative": (
        lambda: me.scale_weights(design(), "x"),
        ["'x'", f"{(DATA['x'] <= 0).sum()} weighted rows"],
    ),
    "class without respondents": (
        lambda: me.adjust_nonresponse(answered_by_boys(0.0), "r", within="sex"),
        ["girl", f"{GIRLS} rows"],
    ),
    "response missing": (
        lambda: me.adjust_nonresponse(answered_by_boys(np.nan), "r", within="sex"),
        ["'r'", f"{GIRLS} weighted rows"],
    ),
    "replicate method unknown": (lambda: me.replicate(design(), method="boot"), ["'boot'", "bootstrap"]),
    "replicate scale of another length": (
        lambda: delivered(1.0, [1.0, 1.0, 1.0]),
        ["3", "2"],
    ),
}
CONVERGENCE_FAULTS = {
    "raking cut short": (
        lambda: me.rake(
            design(),
            FAR,
            max_iterations=2,
        ),
        ["2 iterations", "1e-08"],
    ),
    "raking impossible": (
        lambda: me.rake(
            design(b=np.where(BOY, "u", "v")),
            {"sex": {"boy": 500.0, "girl": 1500.0}, "b": {"u": 1500.0, "v": 500.0}},
        ),
        ["100 iterations", "sex"],
    ),
    "totals contradict": (
        lambda: me.calibrate(design(), CONTRADICTION),
        ["sex"],
    ),
    "bounds too narrow": (
        lambda: me.calibrate(design(), {"Intercept": 5000.0}, distance="logit", bounds=(0.9, 1.1)),
        ["0.9", "1.1", "5000"],
    ),
    "limits without room": (
        lambda: me.trim_weights(design(), upper=float(DATA["w"].mean()) / 2),
        ["60 weights"],
    ),
}


def fails(error, call, parts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error) as caught:
            call()
    for part in parts:
        assert part in str(caught.value), str(caught.value)
    assert isinstance(caught.value, me.MigrationEffectsError)


@pytest.mark.parametrize("fault", DESIGN_FAULTS)
def test_design_faults(fault):
    fails(me.DesignError, *DESIGN_FAULTS[fault])


@pytest.mark.parametrize("fault", SPECIFICATION_FAULTS)
def test_specification_faults(fault):
    fails(me.SpecificationError, *SPECIFICATION_FAULTS[fault])


@pytest.mark.parametrize("fault", CONVERGENCE_FAULTS)
def test_failures_to_converge(fault):
    fails(me.ConvergenceError, *CONVERGENCE_FAULTS[fault])


ERRORS = {
    "mean": lambda d: me.mean("x", d).std_error[0],
    "total": lambda d: me.total("x", d).std_error[0],
    "regress": lambda d: me.regress("x ~ count", d).std_error[0],
}


@pytest.mark.parametrize("verb", ERRORS)
def test_stratum_with_one_psu_is_an_error_unless_a_rule_is_chosen(verb):
    data = DATA[(DATA["stratum"] != "s1") | (DATA["psu"] == 0)]
    message = (
        "stratum 's1' has one PSU, so its variance cannot be estimated.\n"
        'Choose lonely_psu="certainty" or "adjust", or merge strata before building the design.'
    )
    with pytest.raises(me.DesignError, match=re.escape(message)):
        ERRORS[verb](me.SurveyDesign(data, **DESIGN))
    rules = ("certainty", "adjust", "average")
    errors = [ERRORS[verb](me.SurveyDesign(data, lonely_psu=rule, **DESIGN)) for rule in rules]
    assert errors[0] < errors[1]
    assert errors[0] < errors[2]
    with pytest.raises(me.SpecificationError, match="fail, certainty, adjust, average"):
        me.SurveyDesign(data, lonely_psu="remove", **DESIGN)


def test_all_faults_of_the_weights_come_at_once():
    with pytest.raises(me.DesignError) as caught:
        design(w=np.where(BOY, -1.0, np.nan))
    assert "missing" in str(caught.value)
    assert "negative" in str(caught.value)


def test_perfect_separation_is_named():
    with pytest.warns(me.SeparationWarning, match="perfect") as caught:
        fit = me.regress("z ~ perfect", design(perfect=DATA["z"] * 2.0), family="binomial")
    assert any(str(w.message) in fit.notes for w in caught)


def test_code_in_a_condition_is_not_run():
    with pytest.raises(me.SpecificationError):
        design().where("@pd.read_csv('x')")
    with pytest.raises(me.SpecificationError):
        design().where("__import__('os').getcwd() == 1")
