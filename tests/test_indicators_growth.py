"""WHO growth: tails, ages at the joins, lying and standing, flags, the tables themselves.

The known answers stand in `migration_effects.certification.growth_and_food` and run in `test_certify.py`.
"""

import hashlib
from importlib import resources

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.indicators.growth_tables import FIRST_MONTH, continued, curves
from migration_effects.indicators.lms import restricted_z, value_at, z_score

REFERENCE = resources.files("migration_effects.indicators") / "growth_reference"
BOY, GIRL = 1, 2


def child(sex, height, weight, *, months=None, days=None, **extra):
    row = {"sex": sex, "height": height, "weight": weight} | extra
    row |= {"age_months": months} if days is None else {"age_days": days}
    frame = pd.DataFrame([row], dtype=float)
    return me.indicators.who_growth(frame, {name: name for name in row}).iloc[0]


def test_value_at_is_the_inverse_and_the_logarithm_is_its_limit():
    z = np.linspace(-3, 3, 13)
    for power in (-1.7, -0.3, 0.0, 0.4, 1.0):
        arrays = [np.full(13, v) for v in (power, 20.0, 0.1)]
        y = np.array([value_at(float(v), *(a[:1] for a in arrays))[0] for v in z])
        np.testing.assert_allclose(z_score(y, *arrays), z, atol=1e-12)
        np.testing.assert_allclose(restricted_z(y, *arrays), z, atol=1e-9)
    near = [np.array([v]) for v in (23.0, 1e-9, 20.0, 0.1)]
    exact = [np.array([v]) for v in (23.0, 0.0, 20.0, 0.1)]
    assert z_score(*near)[0] == pytest.approx(z_score(*exact)[0], abs=1e-7)


def test_restricted_tails_are_continuous_at_three():
    arrays = [np.array([v, v]) for v in (-1.2, 16.0, 0.11)]
    y = value_at(3.0, *arrays) + np.array([-1e-7, 1e-7])
    below, above = restricted_z(y, *arrays)
    assert above - below == pytest.approx(0, abs=1e-5)
    assert below < above


@pytest.mark.parametrize(
    ("months", "known"),
    [
        (59.99, {"haz", "waz", "whz", "baz"}),
        (60, {"haz", "waz", "baz"}),
        (120, {"haz", "waz", "baz"}),
        (120.01, {"haz", "baz"}),
        (228, {"haz", "baz"}),
        (228.01, set()),
        (0, {"haz", "waz", "baz", "whz"}),
    ],
)
def test_ages_at_the_joins(months, known):
    height = 50 if months == 0 else 110
    got = child(GIRL, height, 3.3 if months == 0 else 18, months=months)
    assert {name for name in ("haz", "waz", "whz", "baz") if not np.isnan(got[f"{name}_computed"])} == known


def test_lengths_become_heights_at_731_days():
    for days, lying, standing in ((730, 85.0, 84.3), (731, 85.7, 85.0)):
        a = child(BOY, lying, 12, days=days, measured=1)
        b = child(BOY, standing, 12, days=days, measured=2)
        assert (a["haz"], a["whz"], a["baz"]) == (b["haz"], b["whz"], b["baz"])
    plain = child(BOY, 85.0, 12, days=730)
    assert plain["haz"] == child(BOY, 85.0, 12, days=730, measured=1)["haz"]


def test_weight_for_height_interpolates_and_ends_with_its_table():
    between = [child(BOY, h, 12, months=40)["whz_computed"] for h in (90.0, 90.05, 90.1)]
    assert between[0] >= between[1] >= between[2]
    assert np.isnan(child(BOY, 120.1, 25, months=50)["whz_computed"])
    assert not np.isnan(child(BOY, 120.0, 25, months=50)["whz_computed"])
    assert np.isnan(child(BOY, 44.9, 2.4, days=10)["whz_computed"])


def test_medians_have_z_zero_and_standard_deviations_their_number():
    for table, column in (("height_for_age_months", "haz"), ("bmi_for_age_months", "baz")):
        for sex in (BOY, GIRL):
            at = [np.asarray(v) for v in curves(table, sex).at(np.array([150.0]))]
            for z in (-2.0, 0.0, 2.0):
                value = float(value_at(z, *at)[0])
                height, weight = (value, 40) if column == "haz" else (150.0, value * 1.5**2)
                assert child(sex, height, weight, months=150)[column] == z


def test_flags_make_the_score_missing_and_keep_it_visible():
    got = child(BOY, 200, 30, months=100)
    assert got["haz_flag"] == 1
    assert np.isnan(got["haz"])
    assert got["haz_computed"] > 6
    assert np.isnan(got["growth_stunted"])


def test_oedema_and_impossible_measures():
    swollen = child(GIRL, 85, 12, months=30, oedema=1)
    assert np.isnan(swollen[["waz", "whz", "baz"]].astype(float)).all()
    assert swollen[["growth_wasted", "growth_severely_wasted", "growth_underweight"]].tolist() == [1, 1, 1]
    assert not np.isnan(swollen["haz"])
    nothing = child(GIRL, 0, -0.5, months=30)
    assert np.isnan(nothing[["haz", "waz", "whz", "baz"]].astype(float)).all()
    with pytest.raises(me.CodebookError, match=r"height \(item height\): 999\.9 \(1 times\)"):
        child(GIRL, 999.9, 12, months=30)


def test_classes_use_strict_limits():
    at = [np.asarray(v) for v in curves("height_for_age_months", BOY).at(np.array([150.0]))]
    two = float(value_at(-2.0, *at)[0])
    assert child(BOY, two, 30, months=150)["growth_stunted"] == 0
    assert child(BOY, two - 0.1, 30, months=150)["growth_stunted"] == 1
    heavy = child(BOY, 150, 60, months=150)
    assert heavy[["growth_overweight", "growth_obese", "growth_thin"]].tolist() == [1, 1, 0]
    assert np.isnan(heavy["growth_wasted"])


def test_one_age_is_needed():
    frame = pd.DataFrame({"sex": [1], "h": [100.0], "w": [15.0], "a": [40.0]})
    with pytest.raises(me.SpecificationError, match="exactly one of the items age_months and age_days"):
        me.indicators.who_growth(frame, {"sex": "sex", "height": "h", "weight": "w"})


# --- the tables ------------------------------------------------------------------------------------------------

TABLES = list(pd.read_csv(str(REFERENCE / "checksums.csv")).itertuples(index=False))


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row.file)
def test_tables_are_the_recorded_ones(row):
    content = (REFERENCE / row.file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == row.sha256
    assert content.count(b"\n") == row.rows + 1


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row.file)
def test_tables_are_smooth_and_without_gaps(row):
    table = pd.read_csv(str(REFERENCE / row.file))
    x = table.columns[1]
    for _, part in table.groupby("sex"):
        step = np.diff(part[x])
        np.testing.assert_allclose(step, step[0], atol=1e-9)
        assert (part["m"].diff().abs() / part["m"]).max() < 0.02
        assert part["s"].between(0.02, 0.3).all()


@pytest.mark.parametrize("table", ["height_for_age_months", "weight_for_age_months", "bmi_for_age_months"])
@pytest.mark.parametrize("sex", [BOY, GIRL])
def test_the_row_before_the_published_ones_continues_them(table, sex):
    found = curves(table, sex)
    assert found.x[0] == FIRST_MONTH
    again = continued(found.x[2:10], found.lms[2:10], 61)
    np.testing.assert_allclose(again, found.lms[1], rtol=3e-4)
    y = value_at(-2.0, *(found.lms[1:2, i] for i in range(3)))
    assert z_score(y, *(again[i : i + 1] for i in range(3)))[0] == pytest.approx(-2, abs=0.005)


def test_month_sixty_of_boys_is_the_known_median():
    assert curves("height_for_age_months", BOY).lms[0, 1] == pytest.approx(109.7265, abs=0.0015)
