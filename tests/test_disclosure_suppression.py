"""Hiding and rounding counts: limits against an enumeration of all tables, laws.

The published vectors stand in `migration_effects.certification.privacy` and run in `test_certify.py`.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import migration_effects as me
from migration_effects.certification.privacy import INTERVALS, TOTALS
from migration_effects.disclosure.intervals import limits
from migration_effects.disclosure.suppression import exposed_cells, hidden_cells
from migration_effects.errors import DisclosureError, SpecificationError

disclosure = me.disclosure

SMALL, LARGE, HOLED = (
    np.array(table, dtype=float) for table in dict.fromkeys(table for table, _, _ in INTERVALS)
)


@pytest.mark.parametrize(("table", "cells", "limits_"), INTERVALS)
def test_hidden_cells_are_exposed_unless_the_small_ones_reach_from_one_to_seven(table, cells, limits_):
    values = np.array(table, dtype=float)
    hidden = np.zeros(values.shape, dtype=bool)
    hidden[tuple(zip(*cells, strict=True))] = True
    spans = dict(zip(cells, zip(limits_[::2], limits_[1::2], strict=True), strict=True))
    passes = all(low <= 1 and high >= 7 for cell, (low, high) in spans.items() if 1 <= values[cell] <= 7)
    assert exposed_cells(values, hidden).any() != passes


def test_the_cells_hidden():
    assert hidden_cells(SMALL).all()
    wanted = np.zeros((3, 3), dtype=bool)
    wanted[:2, :2] = True
    assert (hidden_cells(LARGE) == wanted).all()
    # Two per row and column do not do here: more than the upper left block goes.
    holed = hidden_cells(HOLED)
    assert holed[[0, 1], [0, 1]].all()
    assert holed.sum() > 4


def test_a_table_without_small_counts_stays_whole():
    table = pd.DataFrame([[0, 8], [25, 0]], index=["x", "y"], columns=["a", "b"])
    pd.testing.assert_frame_equal(disclosure.suppress(table), table.astype(float))


def test_one_row_of_counts_with_its_total():
    counts = pd.Series({"a": 3, "b": 8, "c": 16, "d": 23})
    assert disclosure.suppress(counts).isna().tolist() == [True, True, False, False]
    assert disclosure.suppress(counts, threshold=2).isna().sum() == 0
    # The total less the zeros leaves 0 to 9 for either: enough.
    assert disclosure.suppress(pd.Series([1, 8, 0])).isna().tolist() == [True, True, False]


@pytest.mark.parametrize("counts", [[3, 0, 0], [[2, 0], [0, 30]], [[1, 2], [1, 1]]])
def test_what_cannot_be_hidden_is_an_error(counts):
    table = pd.Series(counts) if np.ndim(counts) == 1 else pd.DataFrame(counts)
    with pytest.raises(DisclosureError, match="Join categories"):
        disclosure.suppress(table)


def enumerated(values, hidden):
    """Return the limits found by trying every table of whole numbers."""
    places = list(zip(*np.nonzero(hidden), strict=True))
    bounds = [int(min(values[i].sum(), values[:, j].sum())) for i, j in places]
    kept = []
    for guess in product(*(range(bound + 1) for bound in bounds)):
        trial = values.copy()
        for place, number in zip(places, guess, strict=True):
            trial[place] = number
        if (trial.sum(axis=0) == values.sum(axis=0)).all() and (
            trial.sum(axis=1) == values.sum(axis=1)
        ).all():
            kept.append(guess)
    found = np.array(kept)
    return {place: (found[:, k].min(), found[:, k].max()) for k, place in enumerate(places)}


cells = st.integers(0, 4)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.lists(cells, min_size=3, max_size=3), min_size=2, max_size=2),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_limits_are_those_of_all_tables(table, mask):
    values, hidden = np.array(table, dtype=float), np.array(mask).reshape(2, 3)
    assume(1 <= hidden.sum() <= 5)
    low, high = limits(values, hidden, hidden)
    for place, found in enumerated(values, hidden).items():
        assert (low[place], high[place]) == found


tables = st.integers(2, 4).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 40), min_size=columns, max_size=columns), min_size=2, max_size=4
    )
)


@settings(deadline=None, max_examples=40)
@given(tables)
def test_hiding_protects_every_small_count(table):
    frame = pd.DataFrame(table)
    try:
        shown = disclosure.suppress(frame)
    except DisclosureError:
        # Nothing protects them: not even hiding every count.
        values = frame.to_numpy(dtype=float)
        assert exposed_cells(values, values > 0).any()
        return
    low, high = disclosure.cell_intervals(frame, shown.isna())
    small = (frame >= 1) & (frame <= 7)
    assert shown[small].isna().all(axis=None)
    assert (low[small].fillna(0) <= 1).all(axis=None)
    assert (high[small].fillna(7) >= 7).all(axis=None)
    kept = shown.notna()
    pd.testing.assert_frame_equal(shown[kept], frame.astype(float)[kept])


@pytest.mark.parametrize(("row", "shown"), TOTALS.items())
def test_totals_come_from_what_is_shown(row, shown):
    frame = disclosure.round_counts(pd.DataFrame([row, row], columns=list("abcd")), total="Total")
    assert frame.loc[0, "Total"] == frame.loc[1, "Total"] == shown[-1]
    assert frame.loc["Total", "Total"] == 2 * shown[-1]


def test_midpoints_of_six():
    counts = pd.Series(range(25))
    wanted = [0] + [3] * 6 + [9] * 6 + [15] * 6 + [21] * 6
    assert disclosure.midpoint_six(counts).tolist() == wanted
    assert disclosure.midpoint_six(counts.to_frame())[0].tolist() == wanted


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_rounding_stays_near(counts):
    frame = pd.DataFrame({"n": counts})
    shown = disclosure.round_counts(frame)["n"].dropna()
    assert (shown % 5 == 0).all()
    assert ((shown - frame["n"][shown.index]).abs() <= 2).all()
    assert ((disclosure.midpoint_six(frame)["n"] - frame["n"]).abs() <= 3).all()


@pytest.mark.parametrize("verb", [disclosure.suppress, disclosure.round_counts, disclosure.midpoint_six])
@pytest.mark.parametrize(
    ("values", "words"),
    [([1.5], "1 no whole"), ([-1], "1 negative"), ([np.nan], "1 missing"), (["many"], "text")],
)
def test_what_is_no_count(verb, values, words):
    with pytest.raises(SpecificationError, match=words):
        verb(pd.Series(values))


def test_further_faults():
    with pytest.raises(SpecificationError, match="threshold"):
        disclosure.suppress(pd.Series([1]), threshold=0)
    with pytest.raises(SpecificationError, match="list"):
        disclosure.round_counts([1])
