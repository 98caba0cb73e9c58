"""Reference tables of the Uzbekistan study: they add up, and each number says where it comes from."""

import pytest

from migration_effects.study.locate import SHIPPED
from migration_effects.study.parse import read_definition
from migration_effects.study.reference import read_reference

FOLDER = SHIPPED / "uzbekistan_2019"
REGIONS = ["Bukhara", "Ferghana", "Khorezm", "Surkhandarya"]


@pytest.fixture(scope="module")
def margins():
    return read_reference(FOLDER / "reference" / "margins.csv")


def total(margins, table, **where):
    rows = margins[margins["table"] == table]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows["value"].sum()


def test_margins_add_up_to_the_published_totals(margins):
    assert total(margins, "families") == 2_695_972
    assert total(margins, "families_with_children") == 1_521_353
    assert total(margins, "mahallas") == 3_136
    # The total was printed from unrounded ages; the rounded ones add up to one child more.
    assert total(margins, "children_by_age") == pytest.approx(3_533_866, abs=1)
    assert total(margins, "pupils_by_grade") == 321_919 + 671_909 + 357_230 + 511_905
    assert total(margins, "population", as_of="2019-01-01") == pytest.approx(9_996.3)


@pytest.mark.parametrize("region", REGIONS)
def test_margins_used_for_raking_agree_with_each_other(margins, region):
    families = total(margins, "families_with_children", region=region)
    assert total(margins, "families_with_children_by_residence", region=region) == pytest.approx(
        families, rel=1e-12
    )
    rural = total(margins, "families_with_children_by_residence", region=region, residence="rural")
    assert rural / families == pytest.approx(total(margins, "rural_share", region=region) / 100, rel=1e-9)
    adolescents = sum(
        total(margins, "children_by_age", region=region, age=a) for a in ("11-13", "14-15", "16-17")
    )
    assert total(margins, "children_by_sex", region=region) == pytest.approx(adolescents, rel=1e-12)
    girls = total(margins, "children_by_sex", region=region, sex="girl")
    assert girls / adolescents == pytest.approx(0.488, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("context_numbers", "id"),
        ("programme_monitoring", "indicator_id"),
        ("benchmarks", "id"),
        ("published", None),
    ],
)
def test_tables_have_unique_ids(name, key):
    table = read_reference(FOLDER / "reference" / f"{name}.csv")
    assert len(table)
    if key:
        assert table[key].is_unique


def test_every_number_carries_its_evidence_tag(margins):
    for table in (
        margins,
        *(read_reference(FOLDER / "reference" / f"{n}.csv") for n in ("context_numbers", "benchmarks")),
    ):
        assert set(table["tag"]) <= {"V", "C", "I", "M"}


def test_programme_numbers_add_up():
    table = read_reference(FOLDER / "reference" / "programme_monitoring.csv").set_index("indicator_id")
    for name in ("PM1", "PM3"):
        assert table.loc[name, "total"] == table.loc[name, "female"] + table.loc[name, "male"]
    assert (table.loc["PM5", "total"], table.loc["PM6", "total"]) == (1016, 702)


def test_no_published_value_has_been_entered():
    table = read_reference(FOLDER / "reference" / "published.csv")
    definition, _ = read_definition(FOLDER)
    assert list(table["exhibit_id"]) == [exhibit.id for exhibit in definition.exhibits]
    assert set(table["status"]) == {"none"}
    assert table["value"].isna().all()


def test_benchmark_intervals_hold_their_value():
    table = read_reference(FOLDER / "reference" / "benchmarks.csv").dropna(subset=["conf_low"])
    assert len(table) == 9
    assert ((table["conf_low"] <= table["value"]) & (table["value"] <= table["conf_high"])).all()
