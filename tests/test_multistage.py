"""Three stages with a population size at each, against the recursion written out."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me

STAGES = {"psu": ["district", "mahalla", "household"], "strata": "region", "fpc": ["f1", "f2", "f3"]}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(6)
    rows = [
        {"region": r, "district": d, "mahalla": m, "household": h, "f1": 9 + r, "f2": 5 + d, "f3": 20 + m}
        for r in range(3)
        for d in range(3 + r)
        for m in range(2 + d % 2)
        for h in range(3 + (d + m) % 3)
        for _ in range(1 + h % 2)
    ]
    frame = pd.DataFrame(rows)
    frame["y"] = rng.normal(5, 2, len(frame)) + frame["region"] + rng.normal(size=6)[frame["district"]]
    frame["w"] = rng.uniform(1, 3, len(frame))
    return frame.sample(frac=1, random_state=1).reset_index(drop=True)


def spread(totals, population):
    """Return (1 - f) n / (n - 1) times the centred sum of squares, and f."""
    n = len(totals)
    f = n / population
    return (1 - f) * n / (n - 1) * ((totals - totals.mean()) ** 2).sum(), f


def by_hand(data, values):
    """Return the variance of the total by Särndal, Swensson and Wretman's recursion."""
    frame = data.assign(t=values)
    variance = 0.0
    for _, region in frame.groupby("region"):
        first, f1 = spread(region.groupby("district")["t"].sum(), region["f1"].iloc[0])
        variance += first
        for _, district in region.groupby("district"):
            second, f2 = spread(district.groupby("mahalla")["t"].sum(), district["f2"].iloc[0])
            variance += f1 * second
            for _, mahalla in district.groupby("mahalla"):
                third, _ = spread(mahalla.groupby("household")["t"].sum(), mahalla["f3"].iloc[0])
                variance += f1 * f2 * third
    return variance


def test_three_stages(data):
    design = me.SurveyDesign(data, weights="w", **STAGES)
    total = me.total("y", design)
    assert total.std_error[0] ** 2 == pytest.approx(by_hand(data, data["w"] * data["y"]), rel=1e-12)
    mean = me.mean("y", design)
    residual = data["w"] * (data["y"] - mean.values[0]) / data["w"].sum()
    assert mean.std_error[0] ** 2 == pytest.approx(by_hand(data, residual), rel=1e-12)
    assert mean.df[0] == 12 - 3


def test_a_domain_keeps_the_units_without_members(data):
    design = me.SurveyDesign(data, weights="w", **STAGES)
    inside = data["district"] < 2
    total = me.total("y", design.where("district < 2"))
    assert total.std_error[0] ** 2 == pytest.approx(by_hand(data, data["w"] * data["y"] * inside), rel=1e-12)


def test_later_stages_count_only_with_population_sizes_before_them(data):
    one = me.SurveyDesign(data, weights="w", psu=STAGES["psu"], strata="region")
    first_only = me.SurveyDesign(data, weights="w", psu="district", strata="region")
    assert me.mean("y", one).std_error[0] == me.mean("y", first_only).std_error[0]


def test_a_lonely_unit_of_a_later_stage_is_named_with_its_stage(data):
    lonely = data[(data["region"] != 0) | (data["district"] != 0) | (data["mahalla"] == 0)]
    with pytest.raises(me.DesignError, match="one PSU at stage 2"):
        me.mean("y", me.SurveyDesign(lonely, weights="w", **STAGES))
    chosen = me.SurveyDesign(lonely, weights="w", **STAGES, lonely_psu="certainty")
    assert me.mean("y", chosen).std_error[0] > 0


def test_weights_from_sampling_fractions(data):
    design = me.SurveyDesign(data, **STAGES)
    row = data.iloc[0]
    region = data[data["region"] == row["region"]]
    district = region[region["district"] == row["district"]]
    mahalla = district[district["mahalla"] == row["mahalla"]]
    expected = row["f1"] / region["district"].nunique()
    expected *= row["f2"] / district["mahalla"].nunique()
    expected *= row["f3"] / mahalla["household"].nunique()
    assert design.weights.iloc[0] == pytest.approx(expected, rel=1e-12)
