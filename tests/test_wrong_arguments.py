"""Every verb that is handed the wrong kind of object says which it needs; no traceback of another library comes out."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from law_samples import sample

DATA = sample(5, strata=3, psus=4, size=120)


@pytest.fixture(scope="module")
def design():
    return me.SurveyDesign(DATA, weights="w", psu="psu", strata="stratum")


CELLS = pd.Series({"boy": 500.0, "girl": 500.0}).rename_axis("sex")
VERBS = {
    "mean": lambda d: me.mean("x", d),
    "total": lambda d: me.total("x", d),
    "ratio": lambda d: me.ratio("x", "count", d),
    "proportion": lambda d: me.proportion("sex", d),
    "quantile": lambda d: me.quantile("x", d),
    "crosstab": lambda d: me.crosstab("sex", "away", d),
    "t_test": lambda d: me.t_test("x", d, by="sex"),
    "correlation": lambda d: me.correlation("x", "y", d),
    "regress": lambda d: me.regress("y ~ x", d),
    "regress_iv": lambda d: me.regress_iv("y ~ z + [x ~ count]", d),
    "random_intercept": lambda d: me.random_intercept("y ~ x", d, group="psu"),
    "poststratify": lambda d: me.poststratify(d, CELLS),
    "rake": lambda d: me.rake(d, {"sex": CELLS.to_dict()}),
    "calibrate": lambda d: me.calibrate(d, {"Intercept": 900}),
    "trim_weights": lambda d: me.trim_weights(d, upper=500),
    "scale_weights": lambda d: me.scale_weights(d, 2.0),
    "adjust_nonresponse": lambda d: me.adjust_nonresponse(d, "z"),
    "replicate": lambda d: me.replicate(d, seed=1),
    "weight_summary": lambda d: me.weight_summary(d),
    "balance_weights": lambda d: me.balance_weights("z", ["x"], d),
    "compare_effects": lambda d: me.compare_effects("y", "z", ["x"], d),
    "mediate": lambda d: me.mediate("y", "z", "count", ["x"], d),
    "impute": lambda d: me.impute(d, ["x"], seed=1),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("handed", [DATA, None, "sex"], ids=["frame", "None", "text"])
def test_a_verb_without_a_design_says_how_to_build_one(verb, handed):
    with pytest.raises(
        me.SpecificationError, match=rf"SurveyDesign is needed here; got {type(handed).__name__}"
    ):
        VERBS[verb](handed)


def with_column(design, name, values):
    return design.with_data(design.data.assign(**{name: values}))


FAULTS = {
    "effects of a mean": (
        lambda d: me.marginal_effects(me.mean("x", d)),
        "model fitted by me.regress; got Estimate",
    ),
    "means of a design": (
        lambda d: me.predictive_means(d, "x"),
        "model fitted by me.regress; got SurveyDesign",
    ),
    "effect of a design": (
        lambda d: me.effect("y", d),
        "weights that me.balance_weights returns; got SurveyDesign",
    ),
    "effect of nothing": (
        lambda d: me.effect([], me.balance_weights("z", ["x"], d)),
        "an effect needs at least one",
    ),
    "one estimate stacked": (
        lambda d: me.stack(me.mean("x", d)),
        "me.stack takes a list of estimates; got one Estimate",
    ),
    "number stacked": (lambda d: me.stack([me.mean("x", d), 3]), "list of estimates; got int"),
    "one estimate pooled": (lambda d: me.pool(me.mean("x", d)), "me.pool takes a list of estimates"),
    "number adjusted": (lambda d: me.adjust([3]), "me.adjust takes a list of estimates; got int"),
    "contrast of a number": (
        lambda d: me.mean("x", d).contrast(3),
        "An expression is a text such as 'a - b'.*3",
    ),
    "test of nothing": (lambda d: me.mean("x", d).test(None), "An expression is a text.*None"),
    "unknown function": (
        lambda d: me.mean("x", d).contrast("sin(x)"),
        r"'sin\(x\)' in 'sin\(x\)' is neither",
    ),
    "exponential too large": (lambda d: me.mean("x", d).contrast("exp(x * x * 1e9)"), "no finite value"),
    "exponential of a total": (lambda d: me.total("w", d).exp(), "exponential of w is infinite"),
    "effect with all in one PSU": (
        lambda d: me.effect(
            "x",
            me.balance_weights(
                "one", ["count"], with_column(d, "one", d.data["z"]).where("psu == 1 & stratum == 's1'")
            ),
        ),
        "1 of 12 replicates have no solution.*no row of the comparison has weight",
    ),
    "zero to a negative power": (lambda d: me.mean("x", d).contrast("(x - x) ** (0 - 1)"), "no finite value"),
    "root of a negative number": (
        lambda d: me.mean("x", d).contrast("(0 - 1 - x * x) ** 0.5"),
        "no finite value",
    ),
    "q is text": (lambda d: me.quantile("x", d, q="a"), "q='a': probabilities lie between 0 and 1"),
    "two fixed effects": (
        lambda d: me.regress("y ~ x", d, fixed_effects=["psu", "stratum"]),
        r"fixed_effects names one column; got \['psu', 'stratum'\]",
    ),
    "crosstab column": (
        lambda d: me.crosstab("share_row", "sex", with_column(d, "share_row", d.data["away"])),
        "a column 'share_row' of its own",
    ),
    "ratio without denominator": (
        lambda d: me.ratio("x", "none", with_column(d, "none", d.data["sex"] == "boy"), by="sex"),
        r"'none' adds up to 0 in girl",
    ),
    "margins are a frame": (lambda d: me.rake(d, pd.DataFrame({"sex": CELLS})), "margins is a dictionary"),
    "three bounds": (
        lambda d: me.calibrate(d, {"Intercept": 900}, bounds=(0.5, 1, 2)),
        r"the least and the largest",
    ),
    "totals are a list": (lambda d: me.calibrate(d, [900.0]), "a dict.*or a Series; got list"),
    "total is text": (lambda d: me.calibrate(d, {"Intercept": "many"}), "every total must be a number"),
    "totals name a term twice": (
        lambda d: me.calibrate(d, pd.Series([900.0, 800.0], index=["Intercept", "Intercept"])),
        "totals name Intercept more than once",
    ),
}


@pytest.mark.filterwarnings("ignore::migration_effects.errors.MigrationEffectsWarning")
@pytest.mark.parametrize("fault", FAULTS)
def test_what_else_cannot_be_meant(fault, design):
    call, message = FAULTS[fault]
    kinds = (me.SpecificationError, me.ConvergenceError)
    with pytest.raises(kinds, match=message):
        call(design)


def test_a_contrast_may_be_tested_by_its_own_key(design):
    means = me.mean("x", design, by="sex")
    difference = means.contrast("`x[girl]` - `x[boy]`")
    (key,) = difference.terms
    wanted = means.test("`x[girl]` = `x[boy]`")
    for hypothesis in (f"{key} = 0", f"`{key}` = 0"):
        assert difference.test(hypothesis).statistic == pytest.approx(wanted.statistic, rel=1e-12)
    assert difference.contrast(f"2 * `{key}`").values[0] == pytest.approx(2 * difference.values[0], rel=1e-15)


def test_calibration_totals_may_be_a_series_and_columns_may_hold_brackets(design):
    totals = {"Intercept": 900.0, "sex[girl]": 400.0}
    plain = me.calibrate(design, totals)
    np.testing.assert_array_equal(me.calibrate(design, pd.Series(totals)).weights, plain.weights)
    renamed = me.SurveyDesign(
        DATA.rename(columns={"sex": "sex [m1]"}), weights="w", psu="psu", strata="stratum"
    )
    again = me.calibrate(renamed, {"Intercept": 900.0, "sex [m1][girl]": 400.0})
    np.testing.assert_array_equal(again.weights, plain.weights)
