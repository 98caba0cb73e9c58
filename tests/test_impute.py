"""Imputation and pooling: R's mice and mitools, laws, faults, and coverage under data missing at random."""

import importlib.util
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from conftest import ROOT
from law_samples import sample
from migration_effects.estimation.pooling import barnard_rubin
from migration_effects.numerics.imputing import nearest_donors, psu_effects
from r_cases import REFERENCE, SPECS, cases, close, compare, read

DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}
few = pytest.mark.filterwarnings("ignore::migration_effects.errors.SmallSampleWarning")


def gappy(seed=51, size=300):
    """Return a sample with gaps in a number, a 0/1 variable, a text and an ordered category."""
    data = sample(seed, psus=6, size=size)
    rng = np.random.default_rng(seed)
    data["yes"] = (data["x"] + rng.normal(size=size) > 0).astype(float)
    grade = pd.cut(data["x"] + rng.normal(size=size), [-9, -0.5, 0.5, 9], labels=["low", "middle", "high"])
    data["grade"] = grade.cat.as_ordered()
    data["who"] = data["away"].astype("str")
    for column in ("yes", "grade", "who"):
        data.loc[rng.random(size) < 0.15, column] = None
    return data


# --- pooling ------------------------------------------------------------------------------------------


def copies_of(name):
    """Return the designs of the five copies that R's mice made."""
    spec = dict(SPECS[name])
    data = read(spec.pop("data"))
    gaps = pd.read_csv(REFERENCE / "inputs" / "awkward_gaps.csv")
    original = me.SurveyDesign(data, **spec)
    for _, part in gaps.groupby("copy"):
        filled = data.copy()
        for variable, cells in part.groupby("variable"):
            values = cells["value"] if variable == "away_gap" else cells["value"].astype(float)
            filled.loc[cells["row"].to_numpy() - 1, variable] = values.to_numpy()
        yield original.with_data(filled)


@few
@cases("pool")
def test_against_mice_and_mitools(case):
    verb, arguments = case["arguments"]["verb"], case["arguments"]["arguments"]
    pooled = me.pool([getattr(me, verb)(design=copy, **arguments) for copy in copies_of(case["design"])])
    order = [list(pooled.terms).index(key) for key in case["expected"]["keys"]]
    for column in ("df", "fmi", "riv"):
        close(pooled.table[column].iloc[order], case["expected"][column], 0, 1e-6, column)
    # compare() wants df to the last digit, which a fraction has not: they are compared above.
    as_found = case["expected"] | {"df": pooled.df[order].tolist()}
    compare(replace(pooled, extra=None), case | {"expected": as_found})


def test_degrees_of_freedom_keep_the_factor_that_mitools_leaves_out():
    """statistics.md: 27.550, where leaving 1 + 1/m out of the observed-data df gives 27.630."""
    m, df = 5, 40.0
    b, u = 0.02, 0.18
    lam = 1.2 * b / (u + 1.2 * b)
    observed = (df + 1) / (df + 3) * df * (1 - lam)
    old = (m - 1) / lam**2
    assert barnard_rubin(np.array([lam]), m, np.array([df]))[0] == pytest.approx(1 / (1 / old + 1 / observed))
    assert barnard_rubin(np.array([0.0]), m, np.array([df]))[0] == pytest.approx(41 / 43 * 40)
    assert barnard_rubin(np.array([0.2]), m, np.array([np.inf]))[0] == pytest.approx(4 / 0.04)
    assert np.isnan(barnard_rubin(np.array([0.2]), m, np.array([0.0]))[0])


def test_copies_without_gaps_pool_to_the_estimate_itself():
    design = me.SurveyDesign(sample(52).dropna(), **DESIGN)
    fit = me.regress("y ~ x + sex", design)
    pooled = me.pool([fit, fit, fit])
    np.testing.assert_allclose(pooled.values, fit.values, rtol=1e-12)
    np.testing.assert_allclose(pooled.covariance, fit.covariance, rtol=1e-12)
    assert (pooled.table["riv"] == 0).all()


def test_every_kind_of_estimate_can_be_pooled():
    design = me.SurveyDesign(gappy(), **DESIGN)
    copies = me.impute(
        design, ["y", "yes", "who", "grade"], predictors=["x", "sex"], m=3, seed=2, iterations=2
    )
    logits = [me.regress("yes ~ x + who", copy, family="binomial") for copy in copies]
    effects = me.pool([me.marginal_effects(fit) for fit in logits])
    assert effects.terms == ("who[mother]", "who[none]", "x")
    odds = me.pool(logits).exp()
    assert (odds.table["conf_low"] > 0).all()
    joint = me.pool([me.stack([me.mean("y", c), me.proportion("who", c)]) for c in copies])
    shares = joint.table.iloc[1:]
    assert shares[["conf_low", "conf_high"]].to_numpy().min() > 0  # logit limits
    assert joint.contrast("`who[mother]` - `who[none]`").table["std_error"].notna().all()
    assert effects.test(["`who[mother]`", "`who[none]`"]).df1 == 2
    median = me.pool([me.quantile("y", copy) for copy in copies])
    assert any("one sample only" in note for note in median.notes)
    assert "p_adjusted" in me.adjust(effects).table
    with pytest.raises(me.SpecificationError, match="exponentiate afterwards"):
        me.pool([fit.exp() for fit in logits])


def test_pool_names_what_does_not_fit():
    design = me.SurveyDesign(sample(53), **DESIGN)
    mean = me.mean("x", design)
    with pytest.raises(me.SpecificationError, match="at least 2; got 1"):
        me.pool([mean])
    with pytest.raises(me.SpecificationError, match=r"other terms than estimate 1 \(x, z\)"):
        me.pool([mean, me.mean("z", design)])
    with pytest.raises(me.SpecificationError, match="another sample"):
        me.pool([mean, me.mean("x", me.SurveyDesign(sample(54), **DESIGN))])


# --- imputation ---------------------------------------------------------------------------------------


def test_only_gaps_change_and_every_value_was_observed():
    data = gappy()
    design = me.SurveyDesign(data, **DESIGN)
    columns = ["y", "yes", "who", "grade"]
    copies = me.impute(design, columns, predictors=["x", "sex"], m=3, seed=1, iterations=2)
    assert data[columns].isna().any().all()
    for copy in copies:
        assert not copy.data[columns].isna().any().any()
        assert copy.data.dtypes.equals(data.dtypes)
        for column in columns:
            known = data[column].notna()
            assert copy.data.loc[known, column].equals(data.loc[known, column])
            assert set(copy.data.loc[~known, column]) <= set(data.loc[known, column])
        assert copy.stages is design.stages
    assert not copies[0].data["y"].equals(copies[1].data["y"])


def test_the_seed_decides_everything():
    design = me.SurveyDesign(gappy(), **DESIGN)
    first, again, other = (
        me.impute(design, ["y", "who"], predictors="x", m=2, seed=seed, iterations=2) for seed in (1, 1, 2)
    )
    assert all(a.data.equals(b.data) for a, b in zip(first, again, strict=True))
    assert not first[0].data.equals(other[0].data)


def test_rows_outside_the_domain_are_neither_used_nor_filled():
    data = gappy()
    design = me.SurveyDesign(data, **DESIGN).where("sex == 'girl'")
    (copy, _) = me.impute(design, "y", predictors="x", m=2, seed=3)
    assert not copy.data.loc[data["sex"] == "girl", "y"].isna().any()
    pd.testing.assert_series_equal(
        copy.data.loc[data["sex"] == "boy", "y"], data.loc[data["sex"] == "boy", "y"]
    )
    spoilt = data.assign(y=data["y"].where(data["sex"] == "girl", 1e6))
    (same, _) = me.impute(
        me.SurveyDesign(spoilt, **DESIGN).where("sex == 'girl'"), "y", predictors="x", m=2, seed=3
    )
    assert same.data.loc[data["sex"] == "girl", "y"].equals(copy.data.loc[data["sex"] == "girl", "y"])


def test_a_perfect_predictor_is_followed():
    rng = np.random.default_rng(4)
    x = rng.normal(size=400)
    data = pd.DataFrame({"x": x, "y": 3 * x, "yes": x > 0})
    data["yes"] = data["yes"].astype("boolean")
    gone = rng.random(400) < 0.2
    data.loc[gone, "y"] = np.nan
    data.loc[gone, "yes"] = pd.NA
    for copy in me.impute(me.SurveyDesign(data), ["y", "yes"], predictors="x", m=2, seed=1, iterations=2):
        error = np.abs(copy.data["y"] - 3 * x)[gone]
        assert error.quantile(0.9) < 0.2  # one of the five nearest observed values
        assert (copy.data["yes"].to_numpy(bool) == (x > 0)).mean() > 0.97


def test_imputed_values_share_the_psu_effect():
    """The share of variance between PSUs is as large among imputed values as among observed ones."""
    rng = np.random.default_rng(6)
    psu = np.repeat(np.arange(60), 20)
    x = rng.normal(size=1200)
    y = x + rng.normal(0, 0.7, 60)[psu] + rng.normal(0, 1, 1200)
    yes = (rng.normal(0, 1, 60)[psu] + rng.logistic(size=1200) > 0).astype(float)
    gone = rng.random(1200) < 0.4
    data = pd.DataFrame(
        {"psu": psu, "x": x, "y": np.where(gone, np.nan, y), "yes": np.where(gone, np.nan, yes)}
    )

    def between(column, rows):
        """Return the covariance of two children of one PSU over the variance."""
        values = pd.Series(column[rows] - column[rows].mean()).groupby(psu[rows])
        pairs = (values.sum() ** 2 - values.apply(lambda v: (v**2).sum())).sum()
        return pairs / (values.size() * (values.size() - 1)).sum() / column[rows].var()

    for column, truth in (("y", y), ("yes", yes)):
        copies = me.impute(me.SurveyDesign(data, psu="psu"), column, predictors="x", m=20, seed=8)
        imputed = np.mean([between(copy.data[column].to_numpy(), gone) for copy in copies])
        assert imputed == pytest.approx(between(truth, ~gone), rel=0.35)


def test_faults_are_reported_together():
    data = gappy().assign(empty=np.nan)
    design = me.SurveyDesign(data, **DESIGN)
    with pytest.raises(me.SpecificationError) as caught:
        me.impute(design, ["y", "empty", "y"], predictors=["who", "x"], m=2, seed=1)
    for words in ("'y' is named twice", "'empty' has no value", f"'who' has {data['who'].isna().sum()} gaps"):
        assert words in str(caught.value)
    with pytest.raises(me.SpecificationError, match="m=1 must"):
        me.impute(design, "y", m=1, seed=1)
    with pytest.raises(me.SpecificationError, match="names no column"):
        me.impute(design, [], m=2, seed=1)
    few_rows = design.where(data.index < 14)
    with pytest.raises(me.SpecificationError, match="columns but only"):
        me.impute(few_rows, ["y", "grade", "who", "yes"], predictors=["x", "z", "sex", "count"], m=2, seed=1)


def test_nearest_donors_are_the_nearest():
    rng = np.random.default_rng(1)
    donors, recipients = rng.normal(size=50), rng.normal(size=200) * 2
    found = nearest_donors(donors, recipients, rng)
    rank = (np.abs(donors[None, :] - recipients[:, None]) < np.abs(donors[found] - recipients)[:, None]).sum(
        axis=1
    )
    assert rank.max() == 4
    assert np.bincount(rank).min() > 15  # each of the five is taken
    assert set(nearest_donors(np.array([1.0, 2.0]), np.zeros(30), rng)) == {0, 1}
    tied = nearest_donors(np.zeros(40), np.zeros(4000), rng)
    assert len(set(tied)) >= 5


def test_psu_effects_are_those_of_the_textbook():
    """Balanced one-way random effects: the moment estimator and its shrinkage in closed form."""
    rng = np.random.default_rng(3)
    units, size, noise = 200, 5, 1.0
    unit = np.repeat(np.arange(units), size)
    residual = rng.normal(0, 0.8, units)[unit] + rng.normal(0, 1, units * size)
    means = residual.reshape(units, size).mean(axis=1)
    variance = ((means - means.mean()) ** 2).sum() / (units - 1) - noise / size
    ones, zeros = np.ones(units * size), np.zeros(units)
    effects = psu_effects(residual, ones, unit, 1, zeros)
    shrink = variance / (variance + noise / size)
    np.testing.assert_allclose(effects, shrink * means, rtol=1e-10)
    drawn = psu_effects(residual, ones, unit, 1, zeros + 1)
    np.testing.assert_allclose(drawn - effects, np.sqrt(variance * (1 - shrink)), rtol=1e-10)
    assert not psu_effects(rng.normal(size=50), np.ones(50), np.arange(50), 1, np.ones(50)).any()


def test_intervals_after_imputation_hold_the_truth():
    """40 samples here, 1,000 in `make simulate`; coverage may lie 2.5 Monte-Carlo errors under 93.5 %."""
    path = ROOT / "tools" / "simulate_missing.py"
    spec = importlib.util.spec_from_file_location("simulate_missing", path)
    simulation = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(simulation)
    table = simulation.simulate(40).set_index("estimate")
    imputed = table.drop(index="complete cases, mean")
    assert imputed["kept"].all(), imputed.round(3).to_string()
    # The same samples: what leaving rows out does, net of chance that both share.
    assert table.loc["complete cases, mean", "bias"] < table.loc["mean", "bias"] - 0.25
