"""The love plot and the overlap plot show the numbers of the weights."""

import numpy as np
import pytest

import migration_effects as me
from causal_samples import design, small


@pytest.fixture(scope="module")
def weights():
    return me.balance_weights("away", "x + z + sex", design(small(41, psus=40)), method="entropy")


def test_love_plot_holds_the_differences_of_the_balance_table(weights):
    figure = me.love_plot(weights, population="Children", weight="w")
    table = weights.balance().set_index("covariate")
    table.index = ["sex=girl" if name == "sex[T.girl]" else name for name in table.index]
    for point in figure.points:
        column = "smd_before" if point.series == "before balancing" else "smd_after"
        assert point.cell.value == abs(table.loc[point.category, column])
    before = [p.cell.value for p in figure.points if p.series == "before balancing"]
    assert before == sorted(before, reverse=True)
    assert figure.reference == 0.1
    assert "girl" in figure.alt_text()
    assert figure.to_svg() == figure.to_svg()


def test_overlap_plot_is_three_distributions(weights):
    figure = me.overlap_plot(weights, population="Children")
    shares = {}
    for point in figure.points:
        shares.setdefault(point.series, []).append(point.cell.value)
    assert [round(sum(values), 9) for values in shares.values()] == [100, 100, 100]
    low, high = weights.factors.propensity.min(), weights.factors.propensity.max()
    inside = weights.exposed == 1
    middle = weights.factors.propensity[inside] < (low + high) / 2
    below = 100 * weights.survey_weights[inside][middle].sum() / weights.survey_weights[inside].sum()
    assert sum(shares["exposed"][:5]) == pytest.approx(below)
    assert figure.to_svg() == figure.to_svg()


def test_balancing_brings_the_comparison_to_the_exposed(weights):
    figure = me.overlap_plot(weights, population="Children")
    curve = {}
    for point in figure.points:
        curve.setdefault(point.series, []).append(point.cell.value)
    exposed, before, after = (np.array(values) for values in curve.values())
    assert np.abs(after - exposed).sum() < np.abs(before - exposed).sum()


def test_equal_propensities_are_one_interval():
    frame = small(42, psus=30)
    flat = me.balance_weights(
        "away",
        ["even"],
        design(frame.assign(even=np.arange(len(frame)) % 2, away=(np.arange(len(frame)) // 2) % 2, w=1.0)),
    )
    figure = me.overlap_plot(flat, population="Children")
    assert len(figure.distinct("category")) == 10
    assert max(point.cell.value for point in figure.points) == pytest.approx(100)
