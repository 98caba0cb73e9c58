"""Tables and charts as specifications: layout, small bases, faults, the way to JSON and CSV and back."""

import csv
import io
import json

import pandas as pd
import pytest

from migration_effects.errors import SpecificationError
from migration_effects.report.exhibit import read_exhibit
from migration_effects.report.figure import Figure
from migration_effects.report.layout import print_table
from migration_effects.report.presentation import present
from migration_effects.report.table import Table
from report_toy import KEYS, SMALL, declared, estimate, facts, in_context, small_figure, small_table

BY_SEX = [("boy", "sad", 0.2, 0.1, 300), ("girl", "sad", 0.3, 0.1, 310)]


def printed(table):
    return print_table(table, present(table, "en"))


def texts(table):
    return {line.label: [cell.text for cell in line.cells] for line in printed(table).lines}


def test_a_sequence_stacks_total_and_background_with_one_column_of_cases():
    estimates = [estimate([("sad", 0.25, 0.1, 610)]), estimate(BY_SEX, ["sex"])]
    table = Table.from_estimates(estimates, **KEYS)
    assert [(r.key, r.group) for r in table.rows] == [("Total", ""), ("sex=boy", "sex"), ("sex=girl", "sex")]
    assert texts(table)["boy"] == ["20.0", "10.0–30.0", "300"]
    assert [line.kind for line in printed(table).lines] == ["total", "group", "row", "row"]
    assert [head.text for head in printed(table).heads] == ["sad", "Unweighted n"]


def test_a_mapping_puts_models_side_by_side_with_references_and_foot():
    terms = [("Intercept", 1.0, 0.2, 688), ("away[T.both]", -0.5, 0.25, 688), ("sex[T.girl]", 0.1, 0.2, 688)]
    more = [*terms, ("away[T.both]:sex[T.girl]", 0.02, 0.3, 688)]
    models = {"Model 1": estimate(terms), "Model 2": estimate(more)}
    table = Table.from_estimates(
        models, rows="term", unit="SD", references={"away": "none", "sex": "boy"}, **KEYS
    )
    found = texts(table)
    assert found["none"] == ["ref.", "ref."]
    assert found["both"] == ["−0.50", "−0.75\xa0to\xa0−0.25"] * 2
    assert found["both × girl"] == ["na", "0.02", "−0.28\xa0to\xa00.32"]
    assert found["Unweighted n"] == ["688", "688"]
    assert found["Degrees of freedom"] == ["40", "40"]
    assert any("reference category" in legend for legend in printed(table).legends)
    assert "95% CI" in [head.text for head in printed(table).measures]


def test_wide_tables_put_intervals_below():
    rows = [(f"item{i}", 0.1 * i, 0.05, 200) for i in range(1, 5)]
    cells = printed(Table.from_estimates(estimate(rows), **KEYS)).lines[0].cells
    assert (cells[0].text, cells[0].under) == ("10.0", "5.0–15.0")


def test_cases_that_differ_between_columns_stand_beside_each():
    table = Table.from_estimates(estimate([("a", 0.5, 0.1, 90), ("b", 0.5, 0.1, 80)]), **KEYS)
    assert texts(table)["Total"] == ["50.0", "40.0–60.0", "90", "50.0", "40.0–60.0", "80"]


def test_units_scale_and_set_decimals():
    children = estimate([("children", 152345.0, 2000.0, 600)])
    table = Table.from_estimates({"Number": children, "Share": estimate([("share", 0.123, 0.01, 600)])},
                                 unit={"Number": "thousand", "Share": "%"}, **KEYS)  # fmt: skip
    assert [column.unit for column in table.columns] == ["thousand", "%"]
    assert [cell.value for cell in table.cells[0]] == [152.345, 12.3]


@pytest.mark.parametrize(("fault", "message"), [
    ({"unit": {"sat": "%"}}, "Did you mean 'sad'"),
    ({"references": {"sex": "boy"}, "rows": "term"}, "'sex'"),
])  # fmt: skip
def test_unknown_names_are_refused_with_the_nearest(fault, message):
    with pytest.raises(SpecificationError, match=message):
        Table.from_estimates(estimate(BY_SEX, ["sex"]), **KEYS, **fault)


def test_two_estimates_for_one_cell_are_refused():
    with pytest.raises(SpecificationError, match="as a mapping"):
        Table.from_estimates([estimate([("sad", 0.1, 0.1, 90)]), estimate([("sad", 0.2, 0.1, 90)])], **KEYS)


def test_nothing_to_show_is_refused():
    with pytest.raises(SpecificationError, match="nothing to show"):
        Table.from_estimates([], **KEYS)
    with pytest.raises(SpecificationError, match="cannot be shown"):
        Table.from_estimates(pd.DataFrame({"value": [1]}), **KEYS)


def test_a_frame_becomes_a_table_and_unknown_columns_are_named():
    frame = pd.DataFrame(
        {"region": ["A", "A"], "area": ["urban", "rural"], "rate": [0.912, 0.0], "cases": [40, 500]}
    )
    options = {"rows": ["region", "area"], "columns": {"rate": "Response rate"}, "unit": "%"}
    table = Table.from_frame(frame, **options, n="cases", population="Households")
    assert texts(table) == {"A": [], "urban": ["(91.2)", "40"], "rural": ["–", "500"]}
    with pytest.raises(SpecificationError, match="Did you mean 'rate'"):
        Table.from_frame(frame, rows="region", columns={"rat": "Rate"}, population="Households")


def test_small_bases_are_marked_the_same_everywhere():
    table, study = small_table(), facts(".", declared("T1.1"), declared("F1.1"))
    marks = [(line.label, line.cells[0].text) for line in printed(table).lines if line.kind == "row"]
    expected = [("Bukhara", "*"), ("Ferghana", "(23.4)"), ("Khorezm", "(34.6)"), ("Surkhandarya", "45.7")]
    assert marks == expected
    assert len(printed(table).legends) == 2
    figure = in_context(small_figure(), study)
    alt = figure.alt_text()
    assert all(text in alt for text in ("Bukhara *", "Ferghana (23.4%)", "Surkhandarya 45.7%"))
    for text in (table.to_html(), table.to_typst(), table.to_markdown(), table.to_csv(), figure.to_html(),
                 figure.to_csv(), figure.to_typst(), figure.to_markdown(), alt):  # fmt: skip
        assert not any(hidden in text for hidden in ("12.3", "0.1234"))


def test_without_small_bases_no_legend_is_printed():
    table = Table.from_estimates(estimate(SMALL[3:], ["region"]), **KEYS)
    assert printed(table).legends == ()


def test_csv_has_unrounded_figures_and_flags():
    lines = list(csv.DictReader(io.StringIO(small_table().to_csv("en"))))
    assert [(line["value"], line["flag"]) for line in lines] == [
        ("", "hidden"), ("23.45", "few"), ("34.56", "few"), ("45.67", ""),
    ]  # fmt: skip
    assert lines[0]["std_error"] == lines[0]["conf_low"] == ""
    assert float(lines[3]["conf_high"]) == pytest.approx(50.67)
    assert {line["n"] for line in lines} == {"24", "25", "49", "50"}


def test_csv_says_where_the_data_come_from():
    study = facts(".", declared("T1.1"))
    for synthetic, origin in ((True, "SYNTHETIC DATA — not findings"), (False, "survey")):
        lines = csv.DictReader(
            io.StringIO(in_context(small_table(), study, synthetic=synthetic).to_csv("en"))
        )
        assert {line["data_origin"] for line in lines} == {origin}


def test_specifications_survive_json():
    rows = [("Intercept", 1 / 3, 0.2, 688), ("away[T.both]", float("nan"), 0.2, 688)]
    layout = {"rows": "term", "unit": "SD", "references": {"away": "none"}, "notes": ["A note"]}
    table = Table.from_estimates(
        estimate(rows, notes=["2 rows without a value of away are left out."]), **layout, **KEYS
    )
    for spec in (table, small_table(), small_figure(reference=20.0, notes=["A note"])):
        assert read_exhibit(spec.to_json()) == spec
        assert "NaN" not in spec.to_json()
    assert "0.3333333333" in table.to_json()
    assert json.loads(table.to_json())["remarks"] == ["2 rows without a value of away are left out."]


def test_remarks_on_missing_values_become_one_line_with_labels():
    notes = ["62 rows without a value of hit are left out.", "Levels without a row: none."]
    table = Table.from_estimates(estimate(SMALL, ["region"], notes), **KEYS)
    words = present(in_context(table, facts(".", declared("T1.1"))), "en")
    assert words.remark == "Rows without a value, left out: Was hit 62. Levels without a row: none."


def test_values_are_found_by_key():
    cell, column = small_table().cell("region=Khorezm", "hit")
    assert (cell.value, column.unit) == (34.56, "%")
    with pytest.raises(SpecificationError, match="Did you mean 'region=Khorezm'"):
        small_table().cell("region=Korezm", "hit")


def test_figures_need_every_dimension_to_have_a_place():
    rows = [(s, f"mood[{m}]", 0.5, 0.1, 90) for s in ("boy", "girl") for m in ("sad", "glad")]
    with pytest.raises(SpecificationError, match="'level'"):
        Figure.from_estimates(estimate(rows, ["sex"]), kind="bars", category="by", **KEYS)
    with pytest.raises(SpecificationError, match="Did you mean 'sex'"):
        Figure.from_estimates(estimate(rows, ["sex"]), kind="bars", series="sexx", **KEYS)
    figure = Figure.from_estimates(estimate(rows, ["sex"]), kind="stacked", **KEYS)
    assert figure.distinct("series") == ["mood=sad", "mood=glad"]
    assert [row.key for row in figure.data().rows] == ["sex=boy", "sex=girl"]


def test_variables_on_one_scale_share_their_series():
    levels = ("sad", "glad")
    then = estimate([(f"mood0[{m}]", 0.5, 0.1, 90) for m in levels])
    now = estimate([(f"mood1[{m}]", 0.5, 0.1, 90) for m in levels])
    figure = Figure.from_estimates([then, now], kind="diverging", category="outcome", **KEYS)
    assert figure.distinct("series") == ["mood0=sad", "mood0=glad"]
    assert figure.distinct("category") == ["mood0", "mood1"]


def test_ranked_charts_sort_by_value_with_hidden_figures_last():
    figure = small_figure(kind="ranked")
    assert figure.distinct("category") == [
        f"region={r}" for r in ("Surkhandarya", "Khorezm", "Ferghana", "Bukhara")
    ]


def test_unknown_kinds_are_refused():
    with pytest.raises(SpecificationError, match="Did you mean 'bars'"):
        small_figure(kind="bar")
