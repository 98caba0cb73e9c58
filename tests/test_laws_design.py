"""Laws every design-based estimate obeys, whatever the data: what must not matter does not, what must hold holds."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given

import migration_effects as me
from law_samples import few, sample, seeds

DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}

VERBS = {
    "mean": lambda d: me.mean(["y", "x"], d, by="sex"),
    "total": lambda d: me.total("y", d),
    "ratio": lambda d: me.ratio("y", "count", d),
    "proportion": lambda d: me.proportion("away", d, by="sex"),
    "quantile": lambda d: me.quantile("y", d, q=[0.25, 0.5]),
    "t_test": lambda d: me.t_test("y", d, by="sex"),
    "correlation": lambda d: me.correlation("x", "y", d),
    "linear": lambda d: me.regress("y ~ x + away", d),
    "logit": lambda d: me.regress("z ~ x + sex", d, family="binomial"),
    "poisson": lambda d: me.regress("count ~ x", d, family="poisson"),
}


def same(a, b, rtol=1e-9, columns=("estimate", "std_error", "df", "conf_low", "conf_high", "n", "n_psu")):
    """Assert that two estimates agree in every number, matched by key."""
    assert sorted(a.terms) == sorted(b.terms)
    order = [list(b.terms).index(key) for key in a.terms]
    for column in columns:
        left, right = a.table[column].to_numpy(float), b.table[column].iloc[order].to_numpy(float)
        np.testing.assert_allclose(left, right, rtol=rtol, atol=1e-10, err_msg=column)


@pytest.mark.parametrize("verb", VERBS)
@few
@given(seed=seeds)
def test_order_of_rows_and_names_of_psus_do_not_matter(verb, seed):
    data = sample(seed)
    plain = VERBS[verb](me.SurveyDesign(data, **DESIGN))
    shuffled = data.sample(frac=1, random_state=1)
    shuffled["psu"] = shuffled["stratum"] + "/" + shuffled["psu"].map({0: "z", 1: "b", 2: "k"})
    same(VERBS[verb](me.SurveyDesign(shuffled, **DESIGN)), plain)


@pytest.mark.parametrize("verb", VERBS)
@few
@given(seed=seeds)
def test_scale_of_weights_matters_for_totals_only(verb, seed):
    data = sample(seed)
    plain = VERBS[verb](me.SurveyDesign(data, **DESIGN))
    scaled = VERBS[verb](me.SurveyDesign(data.assign(w=data["w"] * 1e4), **DESIGN))
    if verb == "total":
        np.testing.assert_allclose(scaled.values, plain.values * 1e4, rtol=1e-10)
        np.testing.assert_allclose(scaled.std_error, plain.std_error * 1e4, rtol=1e-10)
    else:
        same(scaled, plain, rtol=1e-8)


@pytest.mark.parametrize("verb", VERBS)
@few
@given(seed=seeds)
def test_rows_outside_the_domain_do_not_matter(verb, seed):
    data = sample(seed)
    outside = data["x"] > 0.8
    spoilt = data.copy()
    spoilt.loc[outside, ["y", "count"]] = [1e6, 999]
    spoilt.loc[outside, "away"] = "both"
    inside = ~outside
    same(
        VERBS[verb](me.SurveyDesign(spoilt, **DESIGN).where(inside)),
        VERBS[verb](me.SurveyDesign(data, **DESIGN).where(inside)),
    )


@pytest.mark.parametrize("verb", VERBS)
def test_kinds_of_columns_do_not_matter(verb):
    """pandas strings, categoricals with an unused level, nullable numbers and booleans give the same numbers."""
    data = sample(5)
    kinds = data.assign(
        stratum=data["stratum"].astype("category"),
        psu=data["psu"].astype("Int64"),
        y=data["y"].astype("Float64"),
        count=data["count"].astype("Int64"),
        sex=pd.Categorical(data["sex"], categories=["boy", "girl"]),
        away=pd.Categorical(data["away"], categories=["father", "mother", "none", "both"]),
        z=data["z"].astype(bool) if verb != "logit" else data["z"].astype("Int64"),
    )
    same(VERBS[verb](me.SurveyDesign(kinds, **DESIGN)), VERBS[verb](me.SurveyDesign(data, **DESIGN)))


def test_levels_come_in_category_order_and_unused_ones_are_dropped_and_noted():
    data = sample(6)
    data["away"] = pd.Categorical(data["away"], categories=["none", "both", "mother", "father"])
    estimate = me.mean("x", me.SurveyDesign(data, **DESIGN), by="away")
    assert list(estimate.terms) == ["x[none]", "x[mother]", "x[father]"]
    assert any("both" in note for note in estimate.notes)
    share = me.proportion("away", me.SurveyDesign(data, **DESIGN))
    assert list(share.terms) == ["away[none]", "away[mother]", "away[father]"]
    fit = me.regress("x ~ away", me.SurveyDesign(data, **DESIGN))
    assert list(fit.terms) == ["Intercept", "away[T.mother]", "away[T.father]"]


@few
@given(seed=seeds)
def test_equal_weights_and_no_design_are_the_classical_formulas(seed):
    data = sample(seed)
    data["y"] = data["y"].fillna(0.0)
    design = me.SurveyDesign(data)
    n = len(data)
    mean = me.mean("y", design).table.iloc[0]
    assert mean["estimate"] == pytest.approx(data["y"].mean(), rel=1e-12)
    assert mean["std_error"] == pytest.approx(data["y"].std(ddof=1) / np.sqrt(n), rel=1e-12)
    assert mean["df"] == n - 1
    effect = me.mean("y", design, deff="replace").table["deff"].item()
    assert effect == pytest.approx(1, rel=1e-12)
    assert me.correlation("x", "y", design).values[0] == pytest.approx(data["x"].corr(data["y"]), rel=1e-12)


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson"])
@few
@given(seed=seeds)
def test_one_stratum_of_single_rows_is_n_over_n_minus_1_times_hc0(family, seed):
    data = sample(seed)
    data["y"] = data["y"].fillna(0.0)
    outcome = {"gaussian": "y", "binomial": "z", "poisson": "count"}[family]
    fit = me.regress(f"{outcome} ~ x", me.SurveyDesign(data, weights="w"), family=family)
    X = sm.add_constant(data["x"].to_numpy())
    w = data["w"].to_numpy() / data["w"].mean()
    families = {
        "gaussian": sm.families.Gaussian,
        "binomial": sm.families.Binomial,
        "poisson": sm.families.Poisson,
    }
    peer = sm.GLM(data[outcome].to_numpy(float), X, family=families[family](), freq_weights=w).fit(
        tol=1e-14, maxiter=100
    )
    mu = peer.fittedvalues
    slope = {"gaussian": np.ones_like(mu), "binomial": mu * (1 - mu), "poisson": mu}[family]
    bread = np.linalg.inv(X.T @ (X * (w * slope)[:, None]))
    scores = X * (w * (data[outcome].to_numpy() - mu))[:, None]
    n = len(data)
    np.testing.assert_allclose(fit.values, peer.params, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(
        fit.vcov, n / (n - 1) * bread @ scores.T @ scores @ bread, rtol=1e-6, atol=1e-12
    )


@few
@given(seed=seeds)
def test_difference_of_groups_is_the_coefficient_of_a_saturated_regression(seed):
    design = me.SurveyDesign(sample(seed), **DESIGN)
    contrast = me.mean("y", design, by="sex").contrast("y[girl] - y[boy]")
    fit = me.regress("y ~ sex", design)
    position = list(fit.terms).index("sex[T.girl]")
    assert contrast.values[0] == pytest.approx(fit.values[position], rel=1e-9, abs=1e-12)
    assert contrast.std_error[0] == pytest.approx(fit.std_error[position], rel=1e-9)
    t = me.t_test("y", design, by="sex").table.iloc[0]
    assert t["std_error"] == pytest.approx(contrast.std_error[0], rel=1e-9)


@few
@given(seed=seeds)
def test_stacked_estimates_keep_their_covariance(seed):
    design = me.SurveyDesign(sample(seed), **DESIGN)
    apart = me.stack(
        [me.mean("x", design.where("sex == 'girl'")), me.mean("x", design.where("sex == 'boy'"))],
        names=["g", "b"],
    )
    together = me.mean("x", design, by="sex")
    order = ["x[girl]", "x[boy]"]
    np.testing.assert_allclose(apart.vcov, together.vcov.loc[order, order], rtol=1e-10, atol=1e-14)
    everyone = me.stack([me.mean("x", design), me.regress("x ~ 1", design)], names=["mean", "fit"])
    difference = everyone.contrast("`mean:x` - `fit:Intercept`")
    assert difference.values[0] == pytest.approx(0, abs=1e-12)
    assert difference.std_error[0] == pytest.approx(0, abs=1e-8)


@few
@given(seed=seeds)
def test_ratio_is_the_delta_method_on_two_means_and_contrasts_can_divide(seed):
    data = sample(seed)
    data = data.assign(y=data["y"].fillna(1.0))
    design = me.SurveyDesign(data, **DESIGN)
    ratio = me.ratio("y", "count", design)
    divided = me.mean(["y", "count"], design).contrast("y / count")
    assert divided.values[0] == pytest.approx(ratio.values[0], rel=1e-10)
    assert divided.std_error[0] == pytest.approx(ratio.std_error[0], rel=1e-9)


@few
@given(seed=seeds)
def test_shares_sum_to_one_without_error(seed):
    design = me.SurveyDesign(sample(seed), **DESIGN)
    share = me.proportion("away", design)
    assert share.values.sum() == pytest.approx(1, rel=1e-12)
    np.testing.assert_allclose(np.asarray(share.vcov).sum(axis=0), 0, atol=1e-12)
    cross = me.crosstab("sex", "away", design).table
    assert cross["share_total"].sum() == pytest.approx(1, rel=1e-12)
    assert cross.groupby("sex")["share_row"].sum().to_numpy() == pytest.approx([1, 1], rel=1e-12)


@few
@given(seed=seeds)
def test_quantiles_move_with_increasing_transformations(seed):
    data = sample(seed)
    data["e"] = np.exp(data["x"])
    design = me.SurveyDesign(data, **DESIGN)
    plain, moved = me.quantile("x", design, q=[0.2, 0.5]), me.quantile("e", design, q=[0.2, 0.5])
    for column in ("estimate", "conf_low", "conf_high"):
        np.testing.assert_allclose(moved.table[column], np.exp(plain.table[column]), rtol=1e-12)


def test_filtering_is_not_a_domain():
    """Dropping rows before the design loses PSUs, and with them variance."""
    data = sample(3, strata=2, psus=6, size=72)
    data["rare"] = (data["psu"] < 3).astype(int)
    domain = me.mean("x", me.SurveyDesign(data, **DESIGN).where("rare == 1"))
    filtered = me.mean("x", me.SurveyDesign(data[data["rare"] == 1], **DESIGN))
    assert domain.values[0] == pytest.approx(filtered.values[0], rel=1e-12)
    # by hand: six PSUs a stratum, three of them zero
    part = data[data["rare"] == 1]
    u = part["w"] * (part["x"] - np.average(part["x"], weights=part["w"])) / part["w"].sum()
    sums = u.groupby([part["stratum"], part["psu"]]).sum()
    variance = sum(
        6 / 5 * ((np.append(s, [0, 0, 0]) - s.sum() / 6) ** 2).sum() for _, s in sums.groupby(level=0)
    )
    assert domain.std_error[0] == pytest.approx(np.sqrt(variance), rel=1e-12)
    assert filtered.std_error[0] != pytest.approx(domain.std_error[0], rel=1e-3)


def test_certainty_stratum_adds_nothing_under_the_default_rule():
    data = sample(4)
    data["fpc"] = 30.0
    certain = data.head(4).assign(stratum="one", psu=0, fpc=1.0)
    design = me.SurveyDesign(pd.concat([data, certain], ignore_index=True), fpc="fpc", **DESIGN)
    total = me.total("x", design).std_error[0]
    assert total == pytest.approx(
        me.total("x", me.SurveyDesign(data, fpc="fpc", **DESIGN)).std_error[0], rel=1e-12
    )


def test_without_weights_they_are_the_inverse_sampling_fractions():
    data = sample(8).assign(fpc=90.0)
    design = me.SurveyDesign(data, psu="psu", strata="stratum", fpc="fpc")
    np.testing.assert_allclose(design.weights, 30)
    np.testing.assert_allclose(me.SurveyDesign(data).weights, 1)


def test_no_degrees_of_freedom_give_no_interval_and_a_warning():
    design = me.SurveyDesign(sample(9), **DESIGN).where("stratum == 's1' & psu == 2")
    with pytest.warns(me.SmallSampleWarning):
        estimate = me.mean("x", design)
    row = estimate.table.iloc[0]
    assert row["df"] == 0
    assert row[["conf_low", "conf_high", "p_value"]].isna().all()
    assert np.isfinite(row["std_error"])
    assert estimate.notes


def test_given_df_replaces_the_counted_one():
    data = sample(10)
    row = me.mean("x", me.SurveyDesign(data, df=7, **DESIGN)).table.iloc[0]
    assert row["df"] == 7
    assert row["std_error"] == me.mean("x", me.SurveyDesign(data, **DESIGN)).std_error[0]


def test_p_value_of_a_large_statistic_is_small_not_zero():
    data = sample(11).assign(y=lambda d: 1e3 + d["x"])
    row = me.mean("y", me.SurveyDesign(data, weights="w")).table.iloc[0]
    assert 0 < row["p_value"] < 1e-100


def test_missing_outcomes_are_counted_not_zero():
    data = sample(12)
    known = data["y"].notna()
    estimate = me.mean("y", me.SurveyDesign(data, **DESIGN))
    row = estimate.table.iloc[0]
    assert row["n"] == known.sum() < len(data)
    assert row["estimate"] == pytest.approx(
        np.average(data.loc[known, "y"], weights=data.loc[known, "w"]), rel=1e-12
    )
    assert any(str((~known).sum()) in note for note in estimate.notes)


def test_reading_changes_nothing():
    data = sample(13)
    before = data.copy(deep=True)
    design = me.SurveyDesign(data, **DESIGN)
    weights, domain = design.weights.copy(), design.domain.copy()
    for verb in VERBS.values():
        verb(design.where("x < 1"))
    me.rake(design, {"sex": {"boy": 50.0, "girl": 60.0}})
    pd.testing.assert_frame_equal(data, before)
    pd.testing.assert_series_equal(design.weights, weights)
    pd.testing.assert_series_equal(design.domain, domain)


@pytest.mark.parametrize("y", ["mean", "ratio"])
def test_intervals_cover(y):
    """400 stratified cluster samples of a fixed population: coverage within 2.5 Monte-Carlo errors of 95 %."""
    rng = np.random.default_rng(20191)
    clusters = 240
    effect = np.repeat(rng.normal(size=clusters), 20)
    population = pd.DataFrame(
        {"cluster": np.repeat(np.arange(clusters), 20), "stratum": np.repeat(np.arange(clusters) // 60, 20)}
    )
    population["x"] = 10 + effect + rng.normal(size=len(population))
    population["y"] = 3 + 0.5 * population["x"] + effect + rng.normal(size=len(population))
    truth = population["y"].mean() / (population["x"].mean() if y == "ratio" else 1)
    hits = []
    for _ in range(400):
        chosen = np.concatenate([h * 60 + rng.choice(60, 10, replace=False) for h in range(4)])
        part = population[population["cluster"].isin(chosen)].assign(fpc=60)
        design = me.SurveyDesign(part, psu="cluster", strata="stratum", fpc="fpc")
        row = (me.mean("y", design) if y == "mean" else me.ratio("y", "x", design)).table.iloc[0]
        hits.append(row["conf_low"] <= truth <= row["conf_high"])
    error = np.sqrt(0.95 * 0.05 / len(hits))
    assert abs(np.mean(hits) - 0.95) <= 2.5 * error, (
        f"coverage {np.mean(hits):.3f}, Monte-Carlo error {error:.3f}"
    )


@pytest.mark.parametrize("index", [[0] * 60, [f"row {i}" for i in range(60)], list(range(60, 0, -1))])
def test_the_index_of_the_data_does_not_matter(index):
    data = sample(18)
    plain = me.mean("y", me.SurveyDesign(data, **DESIGN).where("x > 0"), by="sex")
    indexed = me.SurveyDesign(data.set_axis(index), **DESIGN)
    same(me.mean("y", indexed.where("x > 0"), by="sex"), plain)
    same(me.mean("y", indexed.where(indexed.data["x"] > 0), by="sex"), plain)
    fit = me.regress("y ~ x", me.SurveyDesign(data, **DESIGN))
    same(me.regress("y ~ x", indexed), fit)


def test_conditions_add_up():
    design = me.SurveyDesign(sample(19), **DESIGN)
    twice, once = design.where("x > -0.5").where("sex == 'girl'"), design.where("x > -0.5 & sex == 'girl'")
    assert twice.n == once.n
    same(me.mean("y", twice), me.mean("y", once))


@pytest.mark.parametrize("verb", ["mean", "regress"])
def test_test_of_one_contrast_is_its_t_test(verb):
    design = me.SurveyDesign(sample(20), **DESIGN)
    if verb == "mean":
        estimate, left, right = me.mean("y", design, by="sex"), "y[girl]", "y[boy]"
    else:
        estimate, left, right = me.regress("y ~ x + count", design), "x", "count"
    row = estimate.contrast(f"{left} - {right}").table.iloc[0]
    test = estimate.test(f"{left} = {right}")
    assert (test.df1, test.df2) == (1, row["df"])
    assert test.statistic == pytest.approx(row["statistic"] ** 2, rel=1e-9)
    assert test.p_value == pytest.approx(row["p_value"], rel=1e-9)


def test_least_squares_keeps_nine_digits_on_the_nist_problems():
    """Longley (certified by NIST) and Wampler 1 (all coefficients 1): normal equations alone lose them."""
    longley = sm.datasets.longley.load_pandas().data
    fit = me.regress("TOTEMP ~ GNPDEFL + GNP + UNEMP + ARMED + POP + YEAR", me.SurveyDesign(longley))
    certified = [
        *(-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683),
        *(-1.03322686717359, -0.0511041056535807, 1829.15146461355),
    ]
    np.testing.assert_allclose(fit.values, certified, rtol=1e-9)
    x = np.arange(21.0)
    wampler = pd.DataFrame({f"x{j}": x**j for j in range(1, 6)} | {"y": sum(x**j for j in range(6))})
    fit = me.regress("y ~ x1 + x2 + x3 + x4 + x5", me.SurveyDesign(wampler))
    np.testing.assert_allclose(fit.values, np.ones(6), rtol=1e-9)
