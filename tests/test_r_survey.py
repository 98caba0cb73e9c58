"""Every verb against R's survey package at full precision: estimate, standard error, df, interval, covariance.

The cases stand in tests/reference/outputs/*.json, written by the R scripts beside them; a case names the verb, the
design, the weighting steps and the arguments, and says what R answers. Tolerances (statistics.md): 1e-9 for closed
forms, 1e-7 for iterative ones, relative to the number itself, or to its standard error where the number is smaller
than that (a coefficient or limit near 0); covariances relative to the two standard errors.
"""

import pandas as pd
import pytest

import migration_effects as me
from r_cases import SPECS, TABLE, TOLERANCE, cases, close, compare, design_for, numbers, read

# A few PSUs are what these designs are about; the warning about it has its own test.
pytestmark = pytest.mark.filterwarnings("ignore::migration_effects.errors.MigrationEffectsWarning")


def by_columns(case):
    by = case["arguments"].get("by")
    return [] if by is None else [by] if isinstance(by, str) else by


@cases("mean")
def test_mean(case):
    design = design_for(case)
    estimate = me.mean(design=design, **case["arguments"])
    compare(estimate, case)
    by = by_columns(case)
    assert list(estimate.table.columns) == [*by, *TABLE]
    for key, row in zip(estimate.terms, estimate.table.to_dict("records"), strict=True):
        assert key == (f"{row['term']}[{', '.join(str(row[b]) for b in by)}]" if by else row["term"])


@cases("mean", having="deff")
def test_design_effect(case):
    for option, name in ((True, "deff"), ("replace", "deff_replace")):
        estimate = me.mean(design=design_for(case), deff=option, **case["arguments"])
        order = [list(estimate.terms).index(key) for key in case["expected"]["keys"]]
        assert list(estimate.table.columns)[-1] == "deff"
        close(estimate.table["deff"].iloc[order], numbers(case["expected"][name]), 0, 1e-9, name)


@cases("total")
def test_total(case):
    compare(me.total(design=design_for(case), **case["arguments"]), case)


@cases("ratio")
def test_ratio(case):
    compare(me.ratio(design=design_for(case), **case["arguments"]), case)


@cases("proportion")
def test_proportion(case):
    compare(me.proportion(design=design_for(case), **case["arguments"]), case)


@cases("quantile")
def test_quantile(case):
    compare(me.quantile(design=design_for(case), **case["arguments"]), case)


@cases("weights")
def test_weights(case):
    close(
        design_for(case).weights, case["expected"]["weights"], 1e-9, TOLERANCE[case["tolerance"]], case["id"]
    )


@cases("crosstab")
def test_crosstab(case):
    rows, columns = case["arguments"]["rows"], case["arguments"]["columns"]
    crosstab = me.crosstab(rows, columns, design_for(case))
    expected = case["expected"]
    for cell in expected["cells"]:
        found = crosstab.table[
            (crosstab.table[rows].astype(str) == str(cell["row"]))
            & (crosstab.table[columns].astype(str) == str(cell["column"]))
        ]
        assert len(found) == 1
        for name in ("n", "weight_sum", "share_total", "share_row", "share_column", "std_error"):
            close(found[name], [cell[name]], 0, 1e-9, name)
        for name in ("conf_low", "conf_high"):
            close(found[name], numbers([cell[name]]), 0, 1e-9, name)
    for name in ("statistic", "df1", "df2", "p_value"):
        close(getattr(crosstab.test, name), expected[name], 0, 1e-9, name)


@cases("t_test", "correlation")
def test_t_test_and_correlation(case):
    estimate = getattr(me, case["verb"])(design=design_for(case), **case["arguments"])
    assert len(estimate.table) == 1
    for name, wanted in case["expected"].items():
        scale = case["expected"]["std_error"] if name in ("estimate", "conf_low", "conf_high") else 0
        close(estimate.table[name], [wanted], scale, 1e-9, name)


@cases("regress")
def test_regression(case):
    compare(me.regress(design=design_for(case), **case["arguments"]), case)


@cases("regress", having="tests")
def test_wald_test_of_terms(case):
    fit = me.regress(design=design_for(case), **case["arguments"])
    for wanted in case["expected"]["tests"]:
        found = fit.test(" = ".join(f"`{key}`" for key in wanted["keys"]) + " = 0")
        assert (found.df1, found.df2) == (wanted["df1"], wanted["df2"])
        close(found.statistic, wanted["statistic"], 0, 10 * TOLERANCE[case["tolerance"]], "F")
        close(found.p_value, wanted["p_value"], 1e-12, 100 * TOLERANCE[case["tolerance"]], "p of F")


@cases("regress", having="contrasts")
def test_contrast_of_coefficients(case):
    fit = me.regress(design=design_for(case), **case["arguments"])
    for wanted in case["expected"]["contrasts"]:
        found = fit.contrast(" + ".join(f"{w} * `{key}`" for key, w in wanted["weights"].items())).table
        close(found["estimate"], [wanted["estimate"]], wanted["std_error"], 1e-9, "contrast")
        close(found["std_error"], [wanted["std_error"]], 0, 1e-9, "contrast SE")
        assert found["df"].tolist() == [wanted["df"]]


@cases("contrast")
def test_contrast_that_is_not_linear(case):
    found = me.mean(case["arguments"]["y"], design_for(case)).contrast(case["arguments"]["expression"])
    compare(found, case)


@cases("regress_levels")
def test_ordinal_and_multinomial_regression(case):
    arguments = dict(case["arguments"])
    outcome = arguments["formula"].split("~")[0].strip()
    spec = dict(SPECS[case["design"]])
    data = read(spec.pop("data"))
    ordered = pd.Categorical(data[outcome], categories=arguments.pop("levels"), ordered=True)
    design = me.SurveyDesign(data.assign(**{outcome: ordered}), **spec)
    if "where" in case:
        design = design.where(case["where"])
    compare(me.regress(design=design, **arguments), case)


@cases("rake_difference")
def test_raking_standard_error_is_that_of_calibrate(case):
    """R's rake() removes unweighted margin means: the same on equal weights, not on unequal ones."""
    found = me.mean(design=design_for(case), **case["arguments"]).table["std_error"].item()
    assert found == pytest.approx(case["expected"]["calibrate"], rel=1e-7)
    assert (found == pytest.approx(case["expected"]["rake"], rel=1e-7)) == case["expected"]["equal_weights"]
