"""Average marginal effects with both standard errors against R, and against what a linear model must give."""

import numpy as np
import pytest

import migration_effects as me
from law_samples import sample
from r_cases import cases, close, design_for

pytestmark = pytest.mark.filterwarnings("ignore::migration_effects.errors.MigrationEffectsWarning")


@cases("marginal_effects")
def test_effect_and_both_standard_errors(case):
    arguments, expected = dict(case["arguments"]), case["expected"]
    fit = me.regress(arguments.pop("formula"), design_for(case), family=arguments.pop("family"))
    for variance in ("conditional", "unconditional"):
        found = me.marginal_effects(fit, **arguments, variance=variance)
        row = found.table.set_index("term").loc[expected["key"]]
        close(row["estimate"], expected["estimate"], 0, 1e-7, "effect")
        close(row["std_error"], expected[variance], 0, 1e-6, variance)
        assert any(variance in note for note in found.notes)


def test_the_default_counts_the_covariates_as_sampled():
    fit = me.regress("z ~ x + sex", me.SurveyDesign(sample(61)), family="binomial")
    default, named = me.marginal_effects(fit), me.marginal_effects(fit, variance="unconditional")
    np.testing.assert_array_equal(default.std_error, named.std_error)
    assert "unconditional" in default.notes[-1]


def test_effects_in_a_linear_model_are_its_coefficients():
    fit = me.regress("y ~ x + away", me.SurveyDesign(sample(62), weights="w", psu="psu", strata="stratum"))
    effects = me.marginal_effects(fit)
    for key, term in {"x": "x", "away[mother]": "away[T.mother]", "away[none]": "away[T.none]"}.items():
        found = effects.table.set_index("term").loc[key]
        wanted = fit.table.set_index("term").loc[term]
        assert found["estimate"] == pytest.approx(wanted["estimate"], rel=1e-7)
        assert found["std_error"] == pytest.approx(wanted["std_error"], rel=1e-6)


def test_a_difference_of_predictive_means_is_the_effect():
    fit = me.regress("z ~ x + away", me.SurveyDesign(sample(63)), family="binomial")
    means = me.predictive_means(fit, "away")
    difference = means.contrast("away[mother] - away[father]")
    effect = me.marginal_effects(fit, "away").table.iloc[0]
    assert difference.values[0] == pytest.approx(effect["estimate"], rel=1e-10)
    assert difference.std_error[0] == pytest.approx(effect["std_error"], rel=1e-10)
