"""Defects seen in other survey software, one test each: ours must not have them.

1. p-value from t, interval from the normal distribution;
2. residual degrees of freedom for cluster samples;
3. strata with one PSU handled silently;
4. weights treated as known after estimation or calibration;
5. rank tests that ignore the finite population correction and calibration (there are no rank tests here);
6. a replicate-only design analysed as a simple random sample;
7. replicate factors multiplied with another row's weight when rows are unsorted;
8. NaN counted as zero in a weighted mean;
9. operator precedence: conditions, contrasts, and the factors of replicate methods;
10. non-convergence as a printed line.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import migration_effects as me
from law_samples import sample

DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}


@pytest.fixture(scope="module")
def data():
    return sample(31, strata=4, psus=4, size=200)


@pytest.fixture(scope="module")
def design(data):
    return me.SurveyDesign(data, **DESIGN)


ESTIMATES = {
    "mean": lambda d: me.mean("x", d, by="sex"),
    "total": lambda d: me.total("x", d),
    "ratio": lambda d: me.ratio("x", "count", d),
    "linear": lambda d: me.regress("y ~ x + sex", d),
    "logit": lambda d: me.regress("z ~ y", d, family="binomial"),
    "contrast": lambda d: me.mean("x", d, by="sex").contrast("x[girl] - x[boy]"),
    "t_test": lambda d: me.t_test("x", d, by="sex"),
    "correlation": lambda d: me.correlation("x", "y", d),
    "stack": lambda d: me.stack([me.mean("x", d), me.regress("y ~ x", d)]),
}


@pytest.mark.parametrize("verb", ESTIMATES)
def test_1_p_value_and_interval_come_from_one_t_distribution(verb, design):
    estimate = ESTIMATES[verb](design)
    for term, row in zip(estimate.terms, estimate.table.to_dict("records"), strict=True):
        half = stats.t.ppf(0.975, row["df"]) * row["std_error"]
        assert (row["conf_low"], row["conf_high"]) == pytest.approx(
            (row["estimate"] - half, row["estimate"] + half), rel=1e-12
        )
        # The interval whose level is 1 - p ends at 0 exactly when both use the same distribution.
        limits = estimate.confint(1 - row["p_value"]).loc[term]
        assert np.abs(limits).min() == pytest.approx(0, abs=1e-7 * row["std_error"])


def test_2_degrees_of_freedom_count_psus_not_rows(design):
    assert design.df == 4 * 4 - 4
    assert (me.mean("x", design).df == 12).all()
    fit = me.regress("y ~ x + away", design)
    assert (fit.df == 12 + 1 - 4).all()
    assert (me.regress("x ~ 1", me.SurveyDesign(design.data, weights="w")).df == len(design.data) - 1).all()


def test_3_strata_with_one_psu_stop_the_estimate_unless_a_rule_is_chosen(data):
    lonely = data[(data["stratum"] != "s0") | (data["psu"] == 0)]
    with pytest.raises(me.DesignError, match="stratum 's0' has one PSU"):
        me.mean("x", me.SurveyDesign(lonely, **DESIGN))
    values = (lonely["w"] * lonely["x"]).groupby([lonely["stratum"], lonely["psu"]]).sum()
    others = sum(4 / 3 * ((t - t.mean()) ** 2).sum() for h, t in values.groupby(level=0) if h != "s0")
    alone = float(values["s0"].iloc[0])
    wanted = {"certainty": others, "adjust": others + alone**2, "average": others * 4 / 3}
    for rule, variance in wanted.items():
        found = me.total("x", me.SurveyDesign(lonely, **DESIGN, lonely_psu=rule)).std_error[0] ** 2
        assert found == pytest.approx(variance, rel=1e-12), rule


def test_4_adjusted_weights_are_not_treated_as_known(data, design):
    boys, girls = (float(data["w"][data["sex"] == s].sum()) for s in ("boy", "girl"))
    none = float(data["w"][data["away"] == "none"].sum())
    both = data.assign(away2=np.where(data["away"] == "none", "none", "some"))
    whole = me.SurveyDesign(both, **DESIGN)
    cells = pd.Series({"boy": boys * 1.1, "girl": girls * 0.9}).rename_axis("sex")
    total = cells.sum()
    margins = {"sex": cells.to_dict(), "away2": {"none": none, "some": total - none}}
    adjusted = {
        "poststratify": me.poststratify(whole, cells),
        "rake": me.rake(whole, margins),
        "calibrate": me.calibrate(whole, {"Intercept": total, "sex[girl]": cells["girl"]}),
    }
    for name, new in adjusted.items():
        share = me.proportion("sex", new)
        # What the totals fix has no sampling error left; as known weights it would.
        known = me.SurveyDesign(both.assign(w=new.weights), **DESIGN)
        assert share.std_error == pytest.approx([0, 0], abs=1e-10), name
        assert (me.proportion("sex", known).std_error > 1e-3).all(), name
    answered = data.assign(answered=(data["x"] + np.sin(np.arange(len(data))) > -1).astype(int))
    for how in ({"within": "sex"}, {"covariates": ["x"]}):
        new = me.adjust_nonresponse(me.SurveyDesign(answered, **DESIGN), "answered", **how)
        known = me.SurveyDesign(answered.assign(w=new.weights), **DESIGN).where(new.domain)
        estimated, taken = me.total("x", new), me.total("x", known)
        assert estimated.values == pytest.approx(taken.values, rel=1e-12)
        assert abs(estimated.std_error[0] / taken.std_error[0] - 1) > 0.01


def test_5_there_are_no_rank_tests_to_ignore_the_design():
    assert not [name for name in dir(me) if "rank" in name.lower() or "wilcox" in name.lower()]


def test_6_replicate_weights_are_not_a_simple_random_sample(data, design):
    names = [f"r{i}" for i in range(16)]
    delivered, places = data.copy(), sorted(set(zip(data["stratum"], data["psu"], strict=True)))
    for name, (h, j) in zip(names, places, strict=True):
        out = (data["stratum"] == h) & (data["psu"] == j)
        delivered[name] = data["w"] * np.where(out, 0.0, np.where(data["stratum"] == h, 4 / 3, 1.0))
    only = me.SurveyDesign(
        delivered, weights="w", replicate_weights=names, replicate_method="jkn", replicate_scale=3 / 4
    )
    thetas = np.array([np.average(data["x"], weights=delivered[name]) for name in names])
    by_hand = np.sqrt(3 / 4 * ((thetas - thetas.mean()) ** 2).sum())
    estimate = me.mean("x", only)
    assert estimate.std_error[0] == pytest.approx(by_hand, rel=1e-12)
    assert estimate.std_error[0] != pytest.approx(
        me.mean("x", me.SurveyDesign(data, weights="w")).std_error[0]
    )
    assert estimate.df[0] == np.linalg.matrix_rank(delivered[names].to_numpy()) - 1 == design.df


@pytest.mark.parametrize("method", ["jkn", "bootstrap"])
def test_7_replicate_factors_stay_with_their_rows(method, data):
    """The order of rows changes nothing, and each replicate is the mean under factors of its own PSUs."""
    made = me.replicate(me.SurveyDesign(data, **DESIGN), method=method, replicates=50, seed=4)
    kept = made.replicates
    shuffled = data.sample(frac=1, random_state=3)
    again = me.replicate(me.SurveyDesign(shuffled, **DESIGN), method="jkn")
    if method == "jkn":
        assert me.mean("y", again).std_error == pytest.approx(me.mean("y", made).std_error, rel=1e-10)
    for column, factors in zip(made.replicate_columns(), kept.factors.T, strict=True):
        ratio = column / data["w"].to_numpy()
        np.testing.assert_allclose(ratio, factors[kept.unit], rtol=1e-12)
        per_psu = pd.Series(ratio).groupby([data["stratum"], data["psu"]]).agg(["min", "max"])
        np.testing.assert_allclose(per_psu["min"], per_psu["max"], rtol=1e-12)


def test_8_missing_values_are_left_out_and_counted(data, design):
    missing = data["y"].isna()
    assert missing.any()
    estimate = me.mean("y", design)
    known = data[~missing]
    assert estimate.values[0] == pytest.approx(np.average(known["y"], weights=known["w"]), rel=1e-12)
    assert estimate.n[0] == (~missing).sum()
    assert f"{missing.sum()} rows without a value of y are left out." in estimate.notes


GAPS = {
    "mean": lambda d: me.mean("y", d, by="where"),
    "ratio": lambda d: me.ratio("y", "count", d, by="where"),
    "proportion": lambda d: me.proportion("y > 2", d, by="where"),
    "quantile": lambda d: me.quantile("y", d, by="where"),
    "t_test": lambda d: me.t_test("y", d, by="where"),
    "correlation": lambda d: me.correlation("y", "where == a", d),
    "crosstab": lambda d: me.crosstab("where", "y > 2", d).estimate,
    "regress": lambda d: me.regress("y ~ where", d),
}


@pytest.mark.parametrize("verb", GAPS)
def test_8_rows_used_and_rows_noted_add_up_to_the_domain(verb, data):
    """Gaps in the outcome and in the groups: every row of the domain is in n or in a note, whatever the verb."""
    where = data["sex"].where(data["away"] != "none")
    frame = data.assign(where=where, **{"y > 2": (data["y"] > 2).astype(float).where(data["y"].notna())})
    frame["where == a"] = (where == "girl").astype(float).where(where.notna())
    found = GAPS[verb](me.SurveyDesign(frame, **DESIGN).where("count < 5"))
    used = len(set(found.labels["where"])) if "where" in found.labels else 1
    rows = int(found.table.groupby("where")["n"].first().sum()) if used > 1 else int(found.n[0])
    noted = sum(int(note.split()[0]) for note in found.notes if "rows without a value" in note)
    assert rows == int(((data["count"] < 5) & data["y"].notna() & where.notna()).sum())
    assert rows + noted == int((data["count"] < 5).sum())


def test_9_operators_bind_as_written(data, design):
    condition = "x > 0 & sex == 'girl' | away == 'both' & x < 0 | count >= 4 and z == 1"
    mask = ((data["x"] > 0) & (data["sex"] == "girl")) | ((data["away"] == "both") & (data["x"] < 0))
    mask |= (data["count"] >= 4) & (data["z"] == 1)
    assert (design.where(condition).domain == mask).all()
    means = me.mean(["x", "count", "z"], design)
    x, count, z = means.values
    for expression, value in {
        "count - z - x": count - z - x,
        "count - (z - x)": count - (z - x),
        "count - 2 * z ** 2": count - 2 * z**2,
        "-count ** 2": -(count**2),
        "count / z / 2": count / z / 2,
        "1 - x + z": 1 - x + z,
        "exp(-count) * z": np.exp(-count) * z,
    }.items():
        assert means.contrast(expression).values[0] == pytest.approx(value, rel=1e-12), expression


@pytest.mark.parametrize(
    ("method", "factor"), [("jk1", 7 / 8), ("brr", 1 / 8), ("bootstrap", 1 / 7), ("sdr", 4 / 8)]
)
def test_9_factors_of_replicate_methods(method, factor, data):
    rng = np.random.default_rng(3)
    names = [f"r{i}" for i in range(8)]
    weights = {name: data["w"] * rng.uniform(0.5, 1.5, len(data)) for name in names}
    only = me.SurveyDesign(
        data.assign(**weights), weights="w", replicate_weights=names, replicate_method=method
    )
    totals = np.array([data["x"] @ weights[name] for name in names])
    by_hand = factor * ((totals - totals.mean()) ** 2).sum()
    assert me.total("x", only).std_error[0] ** 2 == pytest.approx(by_hand, rel=1e-12)


def test_10_what_does_not_converge_raises_with_the_numbers_and_prints_nothing(capsys):
    diagonal = pd.DataFrame({"sex": ["girl", "boy"] * 20, "area": ["urban", "rural"] * 20})
    sampled = me.SurveyDesign(diagonal)
    with pytest.raises(me.ConvergenceError, match=r"after \d+ iterations .*relative"):
        me.rake(sampled, {"sex": {"girl": 60, "boy": 40}, "area": {"urban": 50, "rural": 50}})
    ages = me.SurveyDesign(pd.DataFrame({"age": [11.0, 12.0, 13.0]}))
    with pytest.raises(me.ConvergenceError, match=r"term '\w+' is .* away from"):
        me.calibrate(ages, {"Intercept": 3, "age": 60}, distance="raking")
    with pytest.raises(me.ConvergenceError, match=r"ratios between 0\.5 and 1\.5"):
        me.calibrate(ages, {"Intercept": 3, "age": 38.9}, distance="logit", bounds=(0.5, 1.5))
    with pytest.raises(me.ConvergenceError, match="negative weights"):
        me.calibrate(ages, {"Intercept": 3, "age": 39.5})
    with pytest.raises(me.ConvergenceError, match="cannot keep the sum"):
        me.trim_weights(ages, upper=0.5)
    assert capsys.readouterr() == ("", "")
