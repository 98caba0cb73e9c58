"""Regressions side by side as a table and as a chart of coefficients."""

import pytest

import migration_effects as me
from r_cases import design_of


@pytest.fixture(scope="module")
def fits():
    design = design_of("api_clus1")
    return {
        "Model 1": me.regress("api00 ~ stype", design),
        "Model 2": me.regress("api00 ~ stype + ell + meals", design),
    }


def table(estimates, **options):
    return me.Table.from_estimates(
        estimates, rows="term", unit="score", population="Schools", weight="pw", **options
    )


def test_models_stand_side_by_side_with_reference_rows_and_fit(fits):
    text = table(fits, references={"stype": "E"}).to_markdown()
    lines = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("|")}
    assert lines["E"].count("ref.") == 2
    assert lines["meals"].count("na") == 1
    for label, values in {"Unweighted n": 183, "PSUs": 15}.items():
        assert lines[label].count(f"| {values} |") == 2
    assert [cell.strip() for cell in lines["Degrees of freedom"].split("|")[2:5:2]] == ["12", "10"]
    wanted = [f"{fit.fit['r_squared']:.2f}" for fit in fits.values()]
    assert [cell.strip() for cell in lines["R²"].split("|")[2:5:2]] == wanted


def test_fit_survives_storage_and_is_left_out_where_there_is_none(fits):
    exhibit = table(fits)
    assert me.Table.from_json(exhibit.to_json()) == exhibit
    assert exhibit.foot[-1].decimals == 2
    assert "R²" in exhibit.to_csv()
    logit = me.regress("high ~ ell + meals", design_of("api_clus1"), family="binomial")
    odds = table({"odds": logit.exp()}).to_markdown()
    assert f"| R² | {logit.fit['r_squared']:.2f} |" in odds
    pooled = table({"pooled": me.pool([fits["Model 1"]] * 2)})
    assert "R²" not in pooled.to_markdown()


def test_coefficients_as_a_chart(fits):
    figure = me.Figure.from_estimates(
        fits,
        kind="dots",
        category="term",
        series="model",
        reference=0,
        unit="score",
        population="Schools",
        weight="pw",
    )
    assert figure.distinct("category") == ["Intercept", "stype=H", "stype=M", "ell", "meals"]
    assert [p.group for p in figure.points[:3]] == ["", "stype", "stype"]
    cell, _ = figure.cell("meals", "Model 2")
    assert cell.value == pytest.approx(fits["Model 2"].values[-1])
    assert figure.to_svg().startswith("<?xml")
    with pytest.raises(me.SpecificationError, match="share a place"):
        me.Figure.from_estimates(
            fits, kind="dots", category="term", unit="score", population="Schools", weight="pw"
        )
