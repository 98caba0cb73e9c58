"""Public versions of exhibits: what is hidden and rounded, and that the gates notice whatever is put back."""

from dataclasses import replace

import pandas as pd
import pytest

from migration_effects.report.cells import Cell
from migration_effects.report.figure import Figure
from migration_effects.report.grid import data_grid
from migration_effects.report.layout import print_table
from migration_effects.report.presentation import PUBLIC_LEGEND, PUBLIC_REMARK, present
from migration_effects.report.release.entries import cells_of, entries_of
from migration_effects.report.release.figures_kept import exact_numbers, leaking_files
from migration_effects.report.release.gates import exhibit_faults
from migration_effects.report.release.public import EXTREME, public_exhibit
from migration_effects.report.table import FootRow, Table
from report_toy import declared, estimate, facts, in_context, small_figure, small_table

WHOM = {"population": "Children: percentage hit", "weight": "w"}
REGIONS = (
    ("Bukhara", "hit", 0.42345678, 0.05, 24),
    ("Ferghana", "hit", 0.4345678, 0.05, 48),
    ("Khorezm", "hit", 0.3456789, 0.05, 252),
    ("Surkhandarya", "hit", 0.00456789, 0.002, 300),
)


def table(rows=REGIONS, **options):
    total = estimate([("hit", 0.234567891, 0.02, 624)], notes=["3 rows without a value of hit are left out."])
    return Table.from_estimates([total, estimate(rows, ["region"])], **{**WHOM, **options})


def counts():
    frame = pd.DataFrame(
        {
            "region": ["Bukhara", "Ferghana", "Khorezm", "Total"],
            "n": [3, 18, 44, 65],
            "share": [0.1, 0.2, 0.3, 0.2],
        }
    )
    columns = {"n": "Children", "share": "Share"}
    return Table.from_frame(
        frame, rows="region", columns=columns, unit={"n": "number", "share": "%"}, population="Children"
    )


def parts():
    """Return a row of shares that add up to 100, two of them small."""
    rows = [
        ("x", f"carer[{level}]", value, 0.02, 300)
        for level, value in zip("abcd", (0.01, 0.02, 0.4, 0.57), strict=True)
    ]
    rows += [
        ("y", f"carer[{level}]", value, 0.02, 200)
        for level, value in zip("abcd", (0.3, 0.3, 0.2, 0.2), strict=True)
    ]
    return Figure.from_estimates(estimate(rows, ["group"]), kind="stacked", category="by", **WHOM)


def shown(exhibit):
    return [cell.shown for cell in cells_of(exhibit)]


def test_small_bases_and_small_groups_are_hidden_and_the_rest_is_rounded():
    public = public_exhibit(table())
    assert public.hidden == ("", "base", "", "", "people")
    cells = cells_of(public.exhibit)
    assert [cell.n for cell in cells] == [625, None, 50, 250, 300]
    # A base below 100 in the column: whole numbers; no standard errors from which cases could be worked out.
    assert [cell.value for cell in cells] == [23.0, None, 43.0, 35.0, None]
    assert all(cell.std_error is None and cell.p_value is None for cell in cells)
    assert public.exhibit.columns[0].decimals == 0
    assert cells[2].mark == "few"  # 48 cases stay in parentheses although 50 is printed
    assert public.exhibit.remarks == ()


def test_decimals_stay_where_all_bases_allow():
    rows = [(r, t, v, h, n * 10) for r, t, v, h, n in REGIONS[:3]]
    public = public_exhibit(table(rows)).exhibit
    assert [cell.value for cell in cells_of(public)] == [23.5, 42.3, 43.5, 34.6]


def test_counts_are_redacted_and_totals_recomputed():
    public = public_exhibit(counts())
    # Nothing else need be hidden: the total is that of the rounded counts shown.
    assert [line[0].value for line in public.exhibit.cells] == [None, 20.0, 45.0, 65.0]
    # The shares are taken to be of as many: in the row of the total enough are behind it and behind its rest.
    assert [line[1].value for line in public.exhibit.cells] == [None, None, None, 20.0]
    assert public.hidden[0] == "count"


def test_shares_whose_number_of_cases_nobody_knows_are_not_shown():
    frame = pd.DataFrame({"region": ["Bukhara", "Ferghana"], "share": [0.4, 0.6]})
    exact = Table.from_frame(
        frame, rows="region", columns={"share": "Share"}, unit="%", population="Children"
    )
    assert public_exhibit(exact).hidden == ("base", "base")


def test_a_total_of_others_too_takes_company():
    exact = counts()
    rows = [[Cell(v), line[1]] for v, line in zip((3.0, 18.0, 44.0, 90.0), exact.cells, strict=True)]
    other = replace(exact, cells=tuple(map(tuple, rows)))
    assert [line[0].value for line in public_exhibit(other).exhibit.cells] == [None, None, 45.0, 90.0]


def test_totals_are_never_those_of_the_exact_counts():
    exact = counts()
    cells = [*exact.cells[:3], (Cell(68.0), exact.cells[3][1])]
    lines = [list(line) for line in cells]
    lines[0][0], lines[1][0], lines[2][0] = Cell(8.0), Cell(16.0), Cell(44.0)
    table = replace(exact, cells=tuple(map(tuple, lines)))
    assert [line[0].value for line in public_exhibit(table).exhibit.cells] == [10.0, 15.0, 45.0, 70.0]


def test_shares_that_add_up_hide_company():
    public = public_exhibit(parts())
    first = [
        reason
        for reason, point in zip(public.hidden, parts().points, strict=True)
        if point.category == "group=x"
    ]
    assert first.count("people") == 2
    assert sum(e.people for e, r in zip(entries_of(parts())[:4], first, strict=True) if r) >= 10


def test_smallest_and_largest_values_are_hidden():
    frame = pd.DataFrame({"step": ["a", "b"], "median": [1.5, 2.5], "max": [9.5, 8.5], "cases": [100, 200]})
    exact = Table.from_frame(
        frame, rows="step", columns={"median": "Median", "max": "Largest"}, population="Weights", n="cases",
        decimals=1,
    )  # fmt: skip
    public = public_exhibit(exact)
    assert public.hidden == ("", EXTREME, "", EXTREME)
    assert shown(public_exhibit(exact, override=True).exhibit) == [True] * 4


def test_an_override_rounds_only():
    public = public_exhibit(table(), override=True)
    assert not any(public.hidden)
    cells = cells_of(public.exhibit)
    assert [cell.n for cell in cells] == [624, 24, 48, 252, 300]
    assert cells[0].value == 23.5


def test_words_of_the_public_version():
    study = facts(".", declared("T1.1"))
    public = public_exhibit(in_context(table(), study)).exhibit
    words = present(public, "en")
    assert "Unweighted n, rounded to 5: 625" in words.footer
    printed = print_table(public, words)
    assert PUBLIC_LEGEND in printed.legends
    assert PUBLIC_REMARK in [entry for line in data_grid(public, words).lines for entry in line]
    internal = present(in_context(table(), study), "en")
    assert "Unweighted n: 624" in internal.footer


def test_public_exhibits_pass_their_gates():
    exact = {
        "T1.1": table(),
        "T1.2": counts(),
        "F1.1": parts(),
        "F1.2": small_figure(),
        "T1.3": small_table(),
    }
    public = {name: public_exhibit(exhibit).exhibit for name, exhibit in exact.items()}
    assert exhibit_faults(exact, public, {}) == []
    # Not so the exact ones.
    assert {fault.partition(":")[0] for fault in exhibit_faults(exact, exact, {})} == set(exact)


def put(exhibit, position, **changes):
    """Return an exhibit with one figure changed."""
    flat = cells_of(exhibit)
    flat[position] = replace(flat[position], **changes)
    if isinstance(exhibit, Figure):
        points = [replace(p, cell=c) for p, c in zip(exhibit.points, flat, strict=True)]
        return replace(exhibit, points=tuple(points))
    width = len(exhibit.columns)
    return replace(exhibit, cells=tuple(tuple(flat[i : i + width]) for i in range(0, len(flat), width)))


@pytest.mark.parametrize(
    ("position", "changes", "fault"),
    [
        (1, {"symbol": "", "value": 12.0, "n": 25}, "too few people"),
        (1, {"n": 25}, "below the smallest base"),
        (4, {"symbol": "", "value": 0.0}, "too few people"),
        (3, {"n": 252}, "cases are not rounded"),
        (2, {"value": 43.5}, "have decimals"),
        (3, {"value": 34.56789}, "more than is printed"),
        (3, {"std_error": 1.0}, "more than is printed"),
        (1, {"conf_low": 3.0}, "more than is printed"),
    ],
)
def test_whatever_is_put_back_is_noticed(position, changes, fault):
    exact = {"T1.1": table()}
    public = {"T1.1": put(public_exhibit(table()).exhibit, position, **changes)}
    faults = exhibit_faults(exact, public, {})
    assert any(fault in found for found in faults), faults
    assert not any("34" in found or "252" in found for found in faults)


def test_a_figure_that_reveals_another_is_noticed():
    exact, public = parts(), public_exhibit(parts())
    company = next(i for i, reason in enumerate(public.hidden) if reason == "company")
    value = round(cells_of(exact)[company].value, 1)
    bare = {"F1.1": put(public.exhibit, company, symbol="", value=value)}
    assert any("be worked out" in fault for fault in exhibit_faults({"F1.1": exact}, bare, {}))


def test_models_remarks_and_numbers_under_them():
    exact = replace(table(), foot=(FootRow("Unweighted n", (624.0,)), FootRow("Degrees of freedom", (9.0,))))
    public = public_exhibit(exact).exhibit
    assert public.foot[0].values == (625.0,)
    assert any(
        "fewer than 10 degrees" in fault for fault in exhibit_faults({"T1.1": exact}, {"T1.1": public}, {})
    )
    free = replace(exact, foot=(exact.foot[0], FootRow("Degrees of freedom", (10.0,))))
    public = public_exhibit(free).exhibit
    assert exhibit_faults({"T1.1": free}, {"T1.1": public}, {}) == []
    counted = replace(public, remarks=("2 rows without a value of hit are left out.",))
    unrounded = replace(public, foot=free.foot)
    for wrong, fault in ((counted, "remarks count"), (unrounded, "under a model are not rounded")):
        assert any(fault in found for found in exhibit_faults({"T1.1": free}, {"T1.1": wrong}, {}))


def test_exhibits_that_come_or_go_are_noticed():
    public = public_exhibit(table()).exhibit
    assert exhibit_faults({"T1.1": table(), "T1.2": counts()}, {"T1.1": public}, {}) != []


def test_exact_figures_are_found_in_any_file():
    exact = exact_numbers([table()])
    study = facts(".", declared("T1.1"))
    inside = in_context(table(), study).to_csv("en").encode()
    public = in_context(public_exhibit(table()).exhibit, study).to_csv("en").encode()
    found = leaking_files({"a.csv": inside, "b.csv": public, "c.html": b"<td>34.56789</td>"}, exact)
    assert found.keys() == {"a.csv", "c.html"}
    assert found["c.html"] == 1
    assert found["a.csv"] >= 4
