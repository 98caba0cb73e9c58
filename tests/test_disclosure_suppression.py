"""Hiding and rounding counts: published vectors, limits against an enumeration of all tables, laws."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import migration_effects as me
from migration_effects.disclosure.intervals import limits
from migration_effects.disclosure.suppression import exposed_cells, hidden_cells
from migration_effects.errors import DisclosureError, SpecificationError

disclosure = me.disclosure

SMALL = [[3, 20], [15, 12]]
LARGE = [[3, 9, 14], [10, 2, 20], [30, 25, 40]]
HOLED = [[3, 0, 14], [0, 2, 20], [30, 25, 40]]
BLOCK = [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("table", "cells", "intervals", "passes"),
    [
        (SMALL, [(0, 0)], [[3, 3]], False),
        (SMALL, [(0, 0), (0, 1)], [[3, 3], [20, 20]], False),
        (SMALL, BLOCK, [[0, 18], [5, 23], [0, 18], [9, 27]], True),
        (LARGE, BLOCK, [[1, 12], [0, 11], [1, 12], [0, 11]], True),
        (HOLED, BLOCK, [[1, 3], [0, 2], [0, 2], [0, 2]], False),
    ],
)
def test_limits_of_hidden_cells(table, cells, intervals, passes):
    values = np.array(table, dtype=float)
    hidden = np.zeros(values.shape, dtype=bool)
    hidden[tuple(zip(*cells, strict=True))] = True
    low, high = disclosure.cell_intervals(pd.DataFrame(values), pd.DataFrame(hidden))
    assert [[low.loc[c], high.loc[c]] for c in cells] == intervals
    assert exposed_cells(values, hidden).any() != passes


def test_the_cells_hidden():
    assert hidden_cells(np.array(SMALL, dtype=float)).all()
    wanted = np.zeros((3, 3), dtype=bool)
    wanted[:2, :2] = True
    assert (hidden_cells(np.array(LARGE, dtype=float)) == wanted).all()
    # Two per row and column do not do here: more than the upper left block goes.
    holed = hidden_cells(np.array(HOLED, dtype=float))
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


def test_redacted_and_rounded():
    counts = pd.Series([0, 1, 4, 7, 8, 12, 13, 17, 18, 22, 23, 31, 44])
    rounded = disclosure.round_counts(counts)
    assert rounded.isna().tolist() == [False, True, True, True] + [False] * 9
    assert rounded.dropna().tolist() == [0, 10, 10, 15, 15, 20, 20, 25, 30, 45]


@pytest.mark.parametrize(
    ("row", "shown", "total"),
    [((3, 8, 16, 23), [None, 10, 15, 25], 50), ((18, 23, 31, 44), [20, 25, 30, 45], 120)],
)
def test_totals_come_from_what_is_shown(row, shown, total):
    rounded = disclosure.round_counts(pd.Series(row, index=list("abcd")), total="Total")
    assert [None if np.isnan(v) else v for v in rounded[:-1]] == shown
    assert rounded["Total"] == total
    frame = disclosure.round_counts(pd.DataFrame([row, row], columns=list("abcd")), total="Total")
    assert frame.loc[0, "Total"] == frame.loc[1, "Total"] == total
    assert frame.loc["Total", "Total"] == 2 * total


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
