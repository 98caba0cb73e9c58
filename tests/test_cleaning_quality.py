"""Data quality: age heaping, interviewers, interviews that resemble each other."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me


def test_whipple_and_myers_of_extreme_reports():
    even = pd.Series(np.tile(np.arange(0, 100), 3))
    found = me.cleaning.age_heaping(even)
    assert (found.whipple, found.myers) == (100, pytest.approx(0, abs=1e-9))
    fives = (even / 5).round() * 5
    assert me.cleaning.age_heaping(fives).whipple == 500
    tens = even // 10 * 10
    worst = me.cleaning.age_heaping(tens)
    assert worst.myers == pytest.approx(90)
    assert worst.digits.tolist() == [100, *[0] * 9]


def test_myers_is_not_misled_by_declining_numbers():
    falling = pd.Series(np.repeat(np.arange(10, 90), np.arange(160, 0, -2)))
    found = me.cleaning.age_heaping(falling)
    assert found.myers < 0.5
    naive = falling.mod(10).value_counts(normalize=True) * 100
    assert (naive - 10).abs().sum() / 2 > found.myers


def test_heaping_weights_are_replicated_rows_and_missing_ages_leave():
    rng = np.random.default_rng(3)
    ages = pd.Series(rng.integers(10, 90, 500).astype(float))
    weight = pd.Series(rng.integers(1, 4, 500))
    weighted = me.cleaning.age_heaping(ages, weights=weight)
    repeated = me.cleaning.age_heaping(ages.loc[ages.index.repeat(weight)].reset_index(drop=True))
    assert weighted.whipple == pytest.approx(repeated.whipple)
    assert weighted.myers == pytest.approx(repeated.myers)
    gap = ages.mask(ages.index < 20)
    assert me.cleaning.age_heaping(gap).n == me.cleaning.age_heaping(ages.iloc[20:]).n
    with pytest.raises(me.SpecificationError, match="1 ages are no completed years"):
        me.cleaning.age_heaping(pd.Series([20.5, 30]))
    with pytest.raises(me.SpecificationError, match="multiples of ten"):
        me.cleaning.age_heaping(ages, first=15)
    assert np.isnan(me.cleaning.age_heaping(pd.Series([5.0])).whipple)


def test_interviewers_who_stand_out_are_marked():
    rng = np.random.default_rng(8)
    rows = 600
    frame = pd.DataFrame(rng.integers(0, 4, (rows, 6)), columns=list("abcdef"), dtype=float)
    frame["who"] = np.repeat([f"i{k:02d}" for k in range(12)], 50)
    frame = frame.mask(rng.random((rows, 7)) < 0.02).assign(who=frame["who"])
    frame.loc[0, list("abcdef")] = 1.0
    lazy = frame["who"].eq("i03")
    frame.loc[lazy, list("abcdef")] = 2.0
    silent = frame["who"].eq("i07")
    frame.loc[silent, "a"] = np.nan
    found = me.cleaning.interviewer_checks(frame, "who", list("abcdef"), batteries={"mood": list("bcdef")})
    assert found.loc["i03", "straight_mood"] == 1
    assert "straight_mood" in found.loc["i03", "marked"]
    assert found.loc["i07", "missing_share"] > 1 / 6
    assert "missing_share" in found.loc["i07", "marked"]
    assert found["interviews"].eq(50).all()
    assert found.drop(["i03", "i07"])["marked"].eq("").sum() >= 8
    with pytest.raises(me.SpecificationError, match="no column z"):
        me.cleaning.interviewer_checks(frame, "who", ["a", "z"])


def test_copied_interviews_are_found_across_blocks():
    rng = np.random.default_rng(4)
    answers = pd.DataFrame(rng.integers(0, 5, (700, 40)), columns=[f"q{i}" for i in range(40)], dtype=float)
    answers.loc[650] = answers.loc[3]
    answers.loc[650, ["q0", "q1"]] = [9, 9]
    answers.loc[10, "q5"] = np.nan
    found = me.cleaning.near_duplicates(answers, list(answers))
    assert found.index[found["marked"]].tolist() == [3, 650]
    assert found.loc[3, "largest_share"] == pytest.approx(38 / 40)
    for row in (0, 10, 699):
        others = answers.drop(row)
        same = others.eq(answers.loc[row]) | (others.isna() & answers.loc[row].isna())
        assert found.loc[row, "largest_share"] == pytest.approx(same.mean(axis=1).max())
    assert np.isnan(me.cleaning.near_duplicates(answers.iloc[:1], list(answers))["largest_share"].iloc[0])
    with pytest.raises(me.SpecificationError, match="not there: zz"):
        me.cleaning.near_duplicates(answers, ["zz"])
