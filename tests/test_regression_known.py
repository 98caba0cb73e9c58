"""Regressions with certified answers (NIST StRD) and regressions that collapse to those of other software."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

import migration_effects as me

NORRIS = """
0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6 778.9 777.0
559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0 228.3 228.1
998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0 778.9 779.0
10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5
"""


def classical_errors(fit):
    """Return the standard errors of ordinary least squares from the parts of a fit."""
    residual_df = len(fit.fitted) - len(fit.values)
    return np.sqrt(fit.fit["deviance"] / residual_df * np.diag(fit.bread))


def test_norris():
    y, x = np.array(NORRIS.split(), dtype=float).reshape(-1, 2).T
    fit = me.regress("y ~ x", me.SurveyDesign(pd.DataFrame({"y": y, "x": x})))
    np.testing.assert_allclose(fit.values, [-0.262323073774029, 1.00211681802045], rtol=1e-10)
    np.testing.assert_allclose(classical_errors(fit), [0.232818234301152, 0.429796848199937e-03], rtol=1e-10)


def test_longley():
    data = sm.datasets.longley.load_pandas().data
    fit = me.regress("TOTEMP ~ GNPDEFL + GNP + UNEMP + ARMED + POP + YEAR", me.SurveyDesign(data))
    certified = [
        *(-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683),
        *(-1.03322686717359, -0.0511041056535807, 1829.15146461355),
    ]
    errors = [
        *(890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699),
        *(0.214274163161675, 0.226073200069370, 455.478499142212),
    ]
    np.testing.assert_allclose(fit.values, certified, rtol=1e-9)
    np.testing.assert_allclose(classical_errors(fit), errors, rtol=1e-9)


@pytest.mark.parametrize(("name", "base"), [("Wampler1", 1.0), ("Wampler2", 0.1)])
def test_wampler(name, base):
    x = np.arange(21.0)
    truth = base ** np.arange(6)
    data = pd.DataFrame({f"x{j}": x**j for j in range(1, 6)}).assign(y=sum(truth[j] * x**j for j in range(6)))
    fit = me.regress("y ~ x1 + x2 + x3 + x4 + x5", me.SurveyDesign(data))
    np.testing.assert_allclose(fit.values, truth, rtol=1e-9)


@pytest.fixture(scope="module")
def independent():
    rng = np.random.default_rng(17)
    n = 500
    data = pd.DataFrame({"x": rng.normal(size=n), "g": rng.choice(["a", "b", "c"], n)})
    eta = 0.3 + 0.7 * data["x"] - 0.4 * (data["g"] == "b")
    data["yes"] = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    data["share"] = 1 / (1 + np.exp(-eta - rng.normal(size=n)))
    data["count"] = rng.negative_binomial(1.5, 1.5 / (1.5 + np.exp(eta)))
    level = pd.cut(eta + rng.logistic(size=n), [-99, -0.5, 1, 99], labels=["low", "mid", "high"])
    return data.assign(level=level)


def design_matrix(data):
    return sm.add_constant(
        pd.DataFrame({"b": data["g"] == "b", "c": data["g"] == "c", "x": data["x"]}).astype(float)
    )


FAMILIES = {
    "binomial": sm.families.Binomial(),
    "poisson": sm.families.Poisson(),
    "gaussian": sm.families.Gaussian(),
}


@pytest.mark.parametrize(
    ("outcome", "family"),
    [("yes", "binomial"), ("share", "binomial"), ("count", "poisson"), ("share", "gaussian")],
)
def test_without_weights_and_psus_it_is_the_robust_sandwich(independent, outcome, family):
    """HC0 times n/(n - 1): every row is a PSU."""
    fit = me.regress(f"{outcome} ~ g + x", me.SurveyDesign(independent), family=family)
    glm = sm.GLM(independent[outcome], design_matrix(independent), family=FAMILIES[family])
    peer = glm.fit(cov_type="HC0", tol=1e-13)
    np.testing.assert_allclose(fit.values, peer.params, rtol=1e-8)
    np.testing.assert_allclose(fit.covariance, peer.cov_params() * 500 / 499, rtol=1e-7, atol=1e-14)


def test_weights_that_count_copies_give_the_coefficients_of_the_copies(independent):
    copies = np.random.default_rng(2).integers(1, 4, len(independent))
    weighted = me.SurveyDesign(independent.assign(w=copies), weights="w")
    repeated = independent.loc[np.repeat(independent.index, copies)].reset_index(drop=True)
    for outcome, family in (
        ("yes", "binomial"),
        ("count", "negative_binomial"),
        ("level", "ordinal"),
        ("g", "multinomial"),
    ):
        formula = f"{outcome} ~ x"
        one = me.regress(formula, weighted, family=family)
        other = me.regress(formula, me.SurveyDesign(repeated), family=family)
        np.testing.assert_allclose(one.values, other.values, rtol=1e-7)


def test_likelihood_families_without_weights_are_those_of_statsmodels(independent):
    design, X = me.SurveyDesign(independent), design_matrix(independent)
    counts = me.regress("count ~ g + x", design, family="negative_binomial")
    peer = sm.NegativeBinomial(independent["count"], X).fit(disp=0, method="newton", maxiter=200)
    np.testing.assert_allclose(counts.values, peer.params[:-1], rtol=1e-5)
    multinomial = me.regress("level ~ g + x", design, family="multinomial")
    peer = sm.MNLogit(independent["level"].cat.codes, X).fit(disp=0, method="newton", maxiter=200)
    np.testing.assert_allclose(multinomial.values, peer.params.to_numpy().T.ravel(), rtol=1e-6)
    ordinal = me.regress("level ~ g + x", design, family="ordinal")
    peer = OrderedModel(independent["level"], X.drop(columns="const"), distr="logit").fit(
        disp=0, method="bfgs", gtol=1e-8
    )
    np.testing.assert_allclose(ordinal.values[:3], peer.params[:3], rtol=1e-4)


def test_splines_and_interactions_span_what_they_should(independent):
    design = me.SurveyDesign(independent)
    spline = me.regress("share ~ bs(x, df=4)", design)
    assert len(spline.terms) == 5
    assert spline.term_test("bs(x, df=4)").df1 == 4
    assert spline.fit["r_squared"] >= me.regress("share ~ x", design).fit["r_squared"]
    full = me.regress("share ~ g * x", design)
    for level in "abc":
        alone = me.regress("share ~ x", design.where(f"g == '{level}'"))
        own = "x" if level == "a" else f"x + `g[T.{level}]:x`"
        assert full.contrast(own).values[0] == pytest.approx(alone.values[1], rel=1e-9)


def test_t_test_is_welch_like_on_independent_rows(independent):
    two = me.SurveyDesign(independent).where("g != 'c'")
    found = me.t_test("share", two, by="g").table.iloc[0]
    a, b = (independent.loc[independent["g"] == g, "share"] for g in "ab")
    assert found["estimate"] == pytest.approx(b.mean() - a.mean(), rel=1e-12)
    assert found["statistic"] == pytest.approx(stats.ttest_ind(b, a, equal_var=False).statistic, rel=0.01)
