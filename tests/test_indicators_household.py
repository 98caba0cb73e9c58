"""Wealth, deprivation, reliability, ladder, crowding and diet: what the known answers do not show.

These stand in `migration_effects.certification`, `.households`, `.growth_and_food` and `.questionnaires`, and run in
`test_certify.py`.
"""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me

HOMES = pd.DataFrame(
    [[int(c) for c in row] for row in ["1110", "1100", "1001", "0001", "1110", "0011"]], columns=list("abcd")
)


def village(rows=1500, seed=3):
    rng = np.random.default_rng(seed)
    urban = rng.random(rows) < 0.4
    rich = rng.normal(size=rows) + 0.8 * urban
    owned = {
        f"a{i}": (rich + rng.normal(size=rows) > cut).astype(float)
        for i, cut in enumerate((-1, -0.5, 0, 0.5, 1))
    }
    owned["persons_per_room"] = np.exp(1 - 0.2 * rich + 0.1 * rng.normal(size=rows))
    owned["animals"] = ((~urban) & (rng.random(rows) < 0.5)).astype(float)
    frame = pd.DataFrame(owned)
    extra = {
        "area": np.where(urban, "urban", "rural"),
        "w": rng.uniform(0.5, 2, rows),
        "n": rng.integers(1, 9, rows),
    }
    return frame.assign(**extra), [*owned], rich


def test_quintiles_hold_a_fifth_of_the_population_and_follow_wealth():
    frame, assets, rich = village()
    index = me.indicators.wealth_index(frame, assets, weights="w", positive="a2", area="area", members="n")
    assert index.quintile_shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(index.quintile_shares, 0.2, atol=0.002)
    assert np.corrcoef(index.scores["wealth_score"], rich)[0, 1] > 0.7
    assert set(index.loadings) == {"all", "urban", "rural"}
    assert index.loadings.loc["a2"].gt(0).all()
    assert any("remittances" in note for note in index.notes)


def test_integer_weights_are_replicated_rows():
    weight = pd.Series([2, 1, 1, 2, 1, 1])
    weighted = me.indicators.wealth_index(HOMES.assign(w=weight), list("abcd"), weights="w", positive="a")
    repeated = HOMES.loc[HOMES.index.repeat(weight)].reset_index(drop=True)
    plain = me.indicators.wealth_index(repeated, list("abcd"), positive="a")
    np.testing.assert_allclose(weighted.eigenvalues, plain.eigenvalues, atol=1e-12)
    np.testing.assert_allclose(weighted.loadings, plain.loadings, atol=1e-12)


def test_wealth_leaves_out_what_does_not_vary_and_fills_gaps():
    frame, assets, _ = village(400)
    frame = frame.assign(rare=0.0, all_have=1.0)
    frame.loc[0, "rare"], frame.loc[3, "a1"], frame.loc[4, "persons_per_room"] = 1.0, np.nan, np.nan
    index = me.indicators.wealth_index(frame, [*assets, "rare", "all_have"], positive="a2", area="area")
    assert index.dropped == ("rare", "all_have")
    assert index.scores["wealth_score"].notna().all()
    few = me.indicators.wealth_index(frame.iloc[:150], assets, positive="a2", area="area")
    assert any("fewer than 100" in note for note in few.notes)
    assert set(few.loadings) == {"all"}
    with pytest.raises(me.SpecificationError, match="no column tv, car"):
        me.indicators.wealth_index(frame, ["tv", "car"], positive="tv")


G = pd.DataFrame([[0, 0, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0]], columns=list("abcd"))
QUARTERS = dict.fromkeys("abcd", 0.25)


def test_deprivation_scores_do_not_depend_on_the_cutoff():
    for k in (0.25, 0.75):
        found = me.indicators.alkire_foster(G, QUARTERS, k=k)
        assert found.scores["deprivation_score"].tolist() == [0.25, 0.5, 1, 0.25]


def test_alkire_foster_identities_and_tolerance():
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(rng.integers(0, 2, (300, 4)), columns=list("abcd")).assign(
        w=rng.uniform(0.5, 3, 300)
    )
    shares = {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1}
    weights = frame["w"] / frame["w"].sum()
    for k in (1e-6, 0.3, 0.6, 1.0):
        found = me.indicators.alkire_foster(frame, shares, k=k, weights="w")
        assert pytest.approx(found.H * found.A) == found.M0
        assert pytest.approx((found.censored * pd.Series(shares)).sum()) == found.M0
        half = np.arange(300) < 120
        parts = [
            (
                frame.loc[m, "w"].sum() / frame["w"].sum(),
                me.indicators.alkire_foster(frame[m], shares, k=k, weights="w").M0,
            )
            for m in (half, ~half)
        ]
        assert pytest.approx(sum(share * m0 for share, m0 in parts)) == found.M0
    union = me.indicators.alkire_foster(frame, shares, k=1e-6, weights="w").H
    assert union == pytest.approx(weights[frame[list("abcd")].any(axis=1)].sum())
    intersection = me.indicators.alkire_foster(frame, shares, k=1.0, weights="w").H
    assert intersection == pytest.approx(weights[frame[list("abcd")].all(axis=1)].sum())
    tenths = me.indicators.alkire_foster(G, {"a": 0.1, "b": 0.7, "c": 0.1, "d": 0.1}, k=0.8)
    assert tenths.scores["deprivation_poor"].tolist() == [0, 1, 1, 0]
    seven = pd.DataFrame([[1] * 7], columns=list("abcdefg"))
    assert me.indicators.alkire_foster(seven, dict.fromkeys("abcdefg", 1 / 7), k=1.0).H == 1


def test_alkire_foster_missing_indicators_and_faults():
    gap = G.astype(float)
    gap.loc[1, "d"] = np.nan
    dropped = me.indicators.alkire_foster(gap, QUARTERS, k=0.5)
    assert (dropped.n, dropped.n_dropped, dropped.H) == (3, 1, pytest.approx(1 / 3))
    reweighted = me.indicators.alkire_foster(gap, QUARTERS, k=0.6, on_missing="reweight")
    assert reweighted.scores["deprivation_score"].tolist() == pytest.approx([0.25, 2 / 3, 1, 0.25])
    assert reweighted.H == 0.5
    with pytest.raises(me.SpecificationError) as fault:
        me.indicators.alkire_foster(G, {"a": 0.5, "z": 0.2}, k=2)
    assert "no column 'z'" in str(fault.value)
    assert "sum to 1, not 0.7" in str(fault.value)
    assert "not 2" in str(fault.value)


def test_moda_counts_dimensions_and_overlaps_add_up():
    dimensions = {"health": ["a", "b"], "school": ["c"], "home": ["d"]}
    found = me.indicators.moda(G.assign(age=["5", "5", "12", "12"]), dimensions, group="age")
    assert found.scores["deprivations"].tolist() == [1, 1, 3, 1]
    every = found.headcounts[found.headcounts["group"] == "all"].set_index("k")["headcount"]
    assert every.tolist() == [1, 0.25, 0.25]
    assert set(found.headcounts["group"]) == {"all", "5", "12"}
    assert found.overlaps["share"].sum() == pytest.approx(1)
    shares = found.overlaps.set_index("dimensions")["share"]
    assert shares["health and school and home"] == 0.25
    assert shares["health"] == 0.5


def test_omega_recovers_one_factor_and_equals_alpha_for_equal_loadings():
    rng = np.random.default_rng(5)
    factor = rng.normal(size=20_000)
    loadings = np.array([0.9, 0.7, 0.5, 0.8])
    frame = pd.DataFrame(
        factor[:, None] * loadings + rng.normal(size=(20_000, 4)) * 0.6, columns=list("abcd")
    )
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + 4 * 0.36)
    assert me.indicators.reliability(frame, list("abcd")).omega == pytest.approx(truth, abs=0.01)
    np.testing.assert_allclose(
        me.indicators.reliability(frame, list("abcd")).items["loading"], loadings, atol=0.03
    )
    equal = pd.DataFrame(factor[:, None] * 0.7 + rng.normal(size=(20_000, 4)) * 0.6, columns=list("abcd"))
    found = me.indicators.reliability(equal, list("abcd"))
    assert found.omega == pytest.approx(found.alpha, abs=0.005)


def test_reliability_reports_what_cannot_be_computed():
    opposite = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 2, 1.5]})
    assert me.indicators.reliability(opposite, ["a", "b"]).alpha < 0
    constant = pd.DataFrame({"a": [1.0, 1, 1], "b": [2.0, 2, 2]})
    assert np.isnan(me.indicators.reliability(constant, ["a", "b"]).alpha)
    assert me.indicators.reliability(constant.iloc[:1], ["a", "b"]).notes == (
        "fewer than two complete cases",
    )


def test_ladder_with_one_answer_and_the_source_of_the_crowding_limit():
    ladder = pd.DataFrame({"now": [7, 7, 4, 6, None], "future": [8, 7, 4, None, 3]})
    got = me.indicators.cantril(ladder, {"now": "now", "future": "future"})
    assert got["cantril_group"].isna().tolist() == [False, False, False, True, True]
    np.testing.assert_array_equal(got["cantril_high"], [1, 1, 0, 1, np.nan])
    homes = pd.DataFrame({"n": [6, 7, 4], "r": [2, 2, 0]})
    crowded = me.indicators.crowding(homes, {"members": "n", "rooms": "r"})
    assert "3 persons" in crowded.attrs["scores"]["crowding_ratio"]["from_memory"][0]


DAYS = ["staples", "pulses", "vegetables", "fruit", "meat", "dairy", "sugar", "oil"]


def test_food_consumption_bands():
    from dataclasses import replace

    from migration_effects.indicators.bands import scheme_of

    frame = pd.DataFrame([[7, 2, 5, 1, 2, 3, 7, 7]], columns=DAYS)
    for scheme in ("standard", "sugar-oil"):
        got = me.indicators.food_consumption(frame, {d: d for d in DAYS}, scheme=scheme)
        assert got["food_consumption_score_band"].isna().all()
        bands = replace(scheme_of("food_consumption", "score", scheme=scheme), enabled=True)
        assert bands.apply(got["food_consumption_score"], 0.5).tolist() == ["acceptable"]
    bands = replace(scheme_of("food_consumption", "score", scheme="standard"), enabled=True)
    assert bands.apply(pd.Series([21, 21.5, 35, 35.5]), 0.5).tolist() == [
        "poor",
        "borderline",
        "borderline",
        "acceptable",
    ]


FOUR = pd.DataFrame([[0, 0, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0]], columns=list("abcd"))
WEIGHT_FAULTS = {
    "missing": ([1.0, np.nan, 1.0, 1.0], "1 of 4 rows used have a missing or negative weight in 'w'"),
    "negative": ([1.0, -1.0, np.nan, 1.0], "2 of 4 rows used have a missing or negative weight"),
    "text": (list("abcd"), "the weights 'w' are .*, not numbers"),
}


@pytest.mark.parametrize("fault", WEIGHT_FAULTS)
def test_deprivation_refuses_survey_weights_it_cannot_use(fault):
    values, message = WEIGHT_FAULTS[fault]
    frame = FOUR.assign(w=values)
    with pytest.raises(me.SpecificationError, match=message):
        me.indicators.alkire_foster(frame, dict.fromkeys("abcd", 0.25), k=0.5, weights="w")
    with pytest.raises(me.SpecificationError, match=message):
        me.indicators.moda(frame, {"one": ["a", "b"], "two": ["c", "d"]}, weights="w")


def test_deprivation_asks_for_weights_of_the_rows_it_uses_only():
    frame = FOUR.assign(w=[1.0, 2.0, 3.0, np.nan])
    frame.loc[3, "a"] = np.nan
    found = me.indicators.alkire_foster(frame, dict.fromkeys("abcd", 0.25), k=0.5, weights="w")
    assert (found.H, found.n, found.n_dropped) == (pytest.approx(5 / 6, rel=1e-12), 3, 1)


def test_deprivation_and_wealth_name_columns_that_are_absent_or_hold_text():
    shares = dict.fromkeys("abcd", 0.25)
    with pytest.raises(me.SpecificationError, match="no column 'v'"):
        me.indicators.alkire_foster(FOUR, shares, k=0.5, weights="v")
    with pytest.raises(me.SpecificationError, match="no column 'band'"):
        me.indicators.moda(FOUR, {"one": ["a"], "two": ["c"]}, group="band")
    with pytest.raises(me.SpecificationError, match=r"column 'a' is .*, not 0 and 1"):
        me.indicators.alkire_foster(FOUR.assign(a="yes"), shares, k=0.5)
    with pytest.raises(me.SpecificationError, match="a hold no numbers"):
        me.indicators.wealth_index(HOMES.assign(a="yes"), list("abcd"), positive="b")
    sized = HOMES.assign(n=[4, 0, np.nan, 5, 6, 3])
    with pytest.raises(
        me.SpecificationError, match="2 of 6 households have no or a missing number of members"
    ):
        me.indicators.wealth_index(sized, list("abcd"), positive="a", members="n")


def test_moda_of_rows_that_are_all_open_has_no_headcount():
    found = me.indicators.moda(FOUR.assign(c=np.nan), {"one": ["a"], "two": ["c"]})
    assert found.n_dropped == 4
    assert found.headcounts["headcount"].isna().all()


def test_diet_groups_need_all_answers_and_have_no_verified_cut():
    groups = ["grains", "pulses", "nuts", "dairy", "flesh", "eggs", "leafy_vegetables", "vitamin_a"]
    groups += ["other_vegetables", "other_fruit"]
    frame = pd.DataFrame([[1] * 5 + [2] * 5, [1] * 9 + [8]], columns=groups)
    got = me.indicators.diet_diversity(frame, {g: g for g in groups}, form="mdd_w", missing={8: "dk"})
    np.testing.assert_array_equal(got["diet_groups"], [5, np.nan])
    assert got["diet_groups_band"].isna().all()
    count = me.indicators.diet_diversity(frame, {g: g for g in groups}, form="count", missing={8: "dk"})
    assert count.attrs["scores"]["diet_groups"]["cutoffs"] == ""


def test_infant_meals_by_age_and_breastfeeding():
    columns = ["age_months", "breastfed", "meals", "milk_feeds", "groups"]
    rows = [
        [8, 1, 2, 0, 5],
        [9, 1, 2, 0, 5],
        [9, 1, 3, 0, 4],
        [12, 2, 1, 3, 6],
        [12, 2, 0, 5, 6],
        [12, 2, 3, 1, 6],
        [24, 1, 3, 0, 5],
    ]
    got = me.indicators.infant_meals(pd.DataFrame(rows, columns=columns), {c: c for c in columns})
    np.testing.assert_array_equal(got["diet_meal_frequency"], [1, 0, 1, 1, 0, 1, np.nan])
    np.testing.assert_array_equal(got["diet_acceptable"], [1, 0, 0, 1, 0, 0, np.nan])
