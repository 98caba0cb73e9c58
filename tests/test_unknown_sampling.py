"""Where nobody knows how the sample was drawn, estimates have values and no precision, whatever the verb."""

import warnings

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.errors import MigrationEffectsWarning, SpecificationError
from migration_effects.estimation.estimate import UNKNOWN_SAMPLING
from migration_effects.report import remarks

ROWS = 240


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(20190620)
    age, away = random.integers(11, 18, ROWS), random.integers(0, 2, ROWS)
    score = 0.2 * age + 0.5 * away + random.normal(size=ROWS)
    return pd.DataFrame(
        {
            "psu": np.arange(ROWS) // 12,
            "w": random.uniform(1, 3, ROWS),
            "age": age.astype(float),
            "away": away.astype(float),
            "sex": np.where(random.random(ROWS) < 0.5, "girl", "boy"),
            "score": score,
            "sad": (score > 3.2).astype(float),
        }
    )


@pytest.fixture(scope="module")
def designs(data):
    """Return the design with its PSUs, and the one without any knowledge of the sampling."""
    return me.SurveyDesign(data, weights="w", psu="psu"), me.SurveyDesign(
        data, weights="w", sampling="unknown"
    )


def weighting(method):
    def verb(design):
        weights = me.balance_weights("away", ["age"], design, method=method)
        return me.effect("score", weights, replicates=4)

    return verb


VERBS = {
    "mean": lambda d: me.mean(["score", "sad"], d, by="sex"),
    "share": lambda d: me.mean("sad", d, method="logit"),
    "proportion": lambda d: me.proportion("sex", d, method="beta"),
    "total": lambda d: me.total("sad", d),
    "ratio": lambda d: me.ratio("score", "age", d),
    "quantile": lambda d: me.quantile("score", d, by="sex"),
    "correlation": lambda d: me.correlation("score", "age", d),
    "contrast": lambda d: me.mean("score", d, by="sex").contrast("score[girl] - score[boy]"),
    "regress": lambda d: me.regress("score ~ away * sex + age", d),
    "logit": lambda d: me.regress("sad ~ away + age", d, family="binomial").exp(),
    "marginal": lambda d: me.marginal_effects(me.regress("sad ~ away + age", d, family="binomial"), "away"),
    "ipw": weighting("ipw"),
    "matching": weighting("matching"),
    "stack": lambda d: me.stack([me.mean("score", d), me.mean("sad", d)]),
    "adjust": lambda d: me.adjust([me.mean("score", d), me.mean("sad", d)], method="fdr"),
    "romano-wolf": lambda d: me.adjust(me.regress("score ~ away + age", d), method="romano-wolf"),
    "mediate": lambda d: me.mediate("score", "away", "sad", ["age"], d),
}


@pytest.mark.parametrize("verb", list(VERBS))
def test_values_are_those_of_the_design_and_precision_is_not_known(verb, designs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MigrationEffectsWarning)
        known, unknown = (VERBS[verb](design) for design in designs)
    np.testing.assert_allclose(unknown.values, known.values, rtol=1e-12)
    table = unknown.table
    lost = ["std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
    assert table[lost].isna().all(axis=None)
    assert np.isnan(unknown.covariance).all()
    assert np.isnan(unknown.confint(0.9)).all(axis=None)
    assert UNKNOWN_SAMPLING in unknown.notes
    assert UNKNOWN_SAMPLING not in known.notes
    assert list(unknown.n) == list(known.n)
    assert "sampling unknown" in repr(unknown)


def test_the_note_stands_once_however_many_steps_follow(designs):
    estimate = me.mean("score", designs[1], by="sex").contrast("score[girl] - score[boy]").exp()
    assert estimate.notes.count(UNKNOWN_SAMPLING) == 1
    assert UNKNOWN_SAMPLING == remarks.UNKNOWN_SAMPLING


def test_there_is_no_test_without_a_covariance(designs):
    with pytest.raises(SpecificationError, match="so there is no test"):
        me.mean("score", designs[1], by="sex").test("score[girl] = score[boy]")


def test_a_design_says_what_it_does_not_know(data, designs):
    assert repr(designs[1]).startswith("SurveyDesign: 240 rows, sampling unknown, weights sum to")
    assert "domain" in repr(designs[1].where("age > 12"))
    with pytest.raises(SpecificationError, match='sampling="unknown" takes weights only'):
        me.SurveyDesign(data, psu="psu", sampling="unknown")
    with pytest.raises(SpecificationError, match="sampling='no' is unknown"):
        me.SurveyDesign(data, sampling="no")


def test_domains_and_steps_keep_what_is_not_known(designs):
    raked = me.rake(designs[1], {"sex": {"girl": 250.0, "boy": 260.0}}).where("age > 12")
    assert raked.sampling == "unknown"
    assert np.isnan(me.mean("score", raked).std_error).all()
