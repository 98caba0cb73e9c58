"""Risk of being recognised: brute force over subsets, laws.

The published vectors stand in `migration_effects.certification.privacy` and run in `test_certify.py`.
"""

from itertools import combinations
from math import prod

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import migration_effects as me
from migration_effects.certification.privacy import keyed
from migration_effects.disclosure.uniqueness import minimal_unique_subsets
from migration_effects.errors import SpecificationError

disclosure = me.disclosure

FIRST = keyed("first")
KEYS = ["a", "b", "c"]

frames = st.lists(
    st.tuples(*[st.sampled_from([0.0, 1.0, 2.0, np.nan])] * 3, st.floats(1, 50)), min_size=1, max_size=14
).map(lambda rows: pd.DataFrame(rows, columns=["a", "b", "c", "w"]))


def test_the_risk_within_the_sample_is_one_in_the_class():
    found = disclosure.k_anonymity(FIRST, KEYS, weights="w")
    assert found["risk"].tolist() == pytest.approx([1 / f for f in found["f"]])
    assert (found["f"] == 1).sum() == 3
    assert (found["f"] == 2).sum() == 2


def test_who_is_all_of_the_population_has_the_risk_of_the_sample():
    found = disclosure.individual_risk(FIRST.assign(w=1.0), KEYS, weights="w")
    assert found["risk"].tolist() == pytest.approx((1 / found["f"]).tolist())


@pytest.mark.parametrize("q", [1e-2, 1.1e-3, 0.9e-3, 1e-5, 1e-8])
def test_pairs_near_a_census_keep_their_digits(q):
    from decimal import Decimal, getcontext

    getcontext().prec = 60
    frame = pd.DataFrame({"a": [1, 1], "w": [1 / (1 - q)] * 2})
    p = Decimal(2) / (2 * Decimal(float(frame["w"][0])))
    odds = p / (1 - p)
    exact = odds - odds**2 * (1 / p).ln()
    found = disclosure.individual_risk(frame, ["a"], weights="w")["risk"][0]
    assert found == pytest.approx(float(exact), rel=1e-9)


def test_variety_of_answers():
    frame = pd.DataFrame({"k": ["x"] * 5 + ["y"] * 2, "s": [*"aaabc", "d", None]})
    found = disclosure.l_diversity(frame, ["k"], "s").set_index("k")
    assert found.loc["x", ["n", "missing"]].tolist() == [5, 0]
    assert found.loc["y", ["n", "missing", "distinct", "entropy"]].tolist() == [2, 1, 1, 1.0]
    assert np.isinf(found.loc["y", "recursive"])


def test_variety_where_a_key_mixes_numbers_and_texts():
    frame = pd.DataFrame({"key": ["a", 1, "a", None], "answer": ["x", "x", "y", "x"]})
    found = me.disclosure.l_diversity(frame, ["key"], "answer")
    assert found["key"].tolist()[:2] == [1, "a"]
    assert found["n"].tolist() == [2, 3, 4]
    assert found["distinct"].tolist() == [1, 2, 2]


def test_a_class_with_a_gap_takes_in_all_that_match():
    frame = pd.DataFrame({"k": ["x", "x", "y", None], "s": [1, 2, 3, 4]})
    found = disclosure.l_diversity(frame, ["k"], "s")
    assert found["distinct"].tolist() == [3, 2, 4]
    assert found["n"].tolist() == [3, 2, 4]


def test_scores_of_special_uniques():
    frame = pd.DataFrame({"a": [2, 1, 1], "b": [0, 3, 0], "c": [0, 6, 0]})
    found = disclosure.suda(frame, KEYS)
    assert minimal_unique_subsets(frame, KEYS).keys() == {("a",), ("b",), ("c",), ("a", "b"), ("a", "c")}
    # All are unique, none is one of a pair: the file's probability is 1, and so is everybody's.
    assert found.dis == 1.0
    assert found.records["dis"].tolist() == [1.0, 1.0, 1.0]


def test_equal_scores_share_the_file_probability():
    frame = pd.DataFrame({"a": [1, 2, 3, 4, 4, 5, 5], "b": [0] * 7})
    found = disclosure.suda(frame, ["a", "b"], sampling_fraction=0.01)
    # Three uniques, two pairs: 3 × 0.01 / (3 × 0.01 + 2 × 0.99).
    assert found.dis == pytest.approx(0.03 / 2.01)
    assert found.records["dis"].tolist() == pytest.approx([0.03 / 2.01] * 3 + [0.0] * 4)


def test_a_higher_score_has_a_higher_probability():
    rows = [(1, 0, 0), (2, 0, 0), (2, 0, 0), (3, 1, 1), (3, 2, 1), (3, 2, 2), (3, 1, 2), (3, 3, 3), (3, 3, 3)]
    records = disclosure.suda(pd.DataFrame(rows, columns=KEYS), KEYS).records
    unique = records[records["score"] > 0].sort_values("score")
    assert len(set(unique["score"])) > 1
    assert unique["dis"].is_monotonic_increasing
    assert unique["dis"].between(0, 1, inclusive="neither").all()


def like(one, other):
    return all(x == y or x != x or y != y for x, y in zip(one, other, strict=True))


@settings(deadline=None, max_examples=60)
@given(frames)
def test_brute_force(frame):
    rows = frame[KEYS].to_numpy().tolist()
    found = disclosure.k_anonymity(frame, KEYS, weights="w")
    for i, row in enumerate(rows):
        same = [like(row, other) for other in rows]
        assert found["f"].iloc[i] == sum(same)
        assert found["F"].iloc[i] == pytest.approx(frame["w"][same].sum())
    records = disclosure.suda(frame, KEYS).records
    for i, row in enumerate(rows):
        unique = [
            set(s)
            for size in (1, 2, 3)
            for s in combinations(range(3), size)
            if sum(like([row[k] for k in s], [other[k] for k in s]) for other in rows) == 1
        ]
        minimal = [s for s in unique if not any(other < s for other in unique)]
        assert records["msu"].iloc[i] == len(minimal)
        assert records["score"].iloc[i] == sum(prod(3 - j for j in range(len(s), 3)) for s in minimal)


@settings(deadline=None, max_examples=40)
@given(frames, st.randoms(use_true_random=False), st.permutations(KEYS))
def test_order_and_names_of_values_do_not_matter(frame, random, keys):
    order = random.sample(range(len(frame)), len(frame))
    other = frame.iloc[order].assign(**{k: frame[k].map({0.0: "z", 1.0: "y", 2.0: "x"}) for k in KEYS})
    for verb in (disclosure.k_anonymity, disclosure.individual_risk):
        first, second = verb(frame, KEYS, weights="w"), verb(other, keys, weights="w")
        pd.testing.assert_frame_equal(first, second.sort_index())
    first, second = disclosure.suda(frame, KEYS), disclosure.suda(other, keys)
    pd.testing.assert_frame_equal(first.records, second.records.sort_index())
    assert first.contributions.to_dict() == pytest.approx(second.contributions.to_dict())
    first, second = (disclosure.l_diversity(f, KEYS[:2], "c") for f in (frame, other))
    assert sorted(first["entropy"].dropna()) == pytest.approx(sorted(second["entropy"].dropna()))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: disclosure.k_anonymity(FIRST, ["a", "bb"]), "no column 'bb'"),
        (lambda: disclosure.k_anonymity(FIRST, "a"), "list of columns"),
        (lambda: disclosure.k_anonymity(FIRST, []), "at least one"),
        (lambda: disclosure.k_anonymity(FIRST, ["a", "a"]), "more than once"),
        (lambda: disclosure.k_anonymity(FIRST.assign(w=-1), ["a"], weights="w"), "negative in 8 records"),
        (
            lambda: disclosure.individual_risk(FIRST.assign(w=0.5), ["a"], weights="w"),
            "add up to the population",
        ),
        (lambda: disclosure.l_diversity(FIRST, ["a"], "s"), "no column 's'"),
        (lambda: disclosure.suda(FIRST, ["a"], sampling_fraction=1), "between 0 and 1"),
        (
            lambda: disclosure.suda(
                pd.DataFrame(0, [0], [f"k{i}" for i in range(13)]), [f"k{i}" for i in range(13)]
            ),
            "at most 12",
        ),
    ],
)
def test_faults(call, words):
    with pytest.raises(SpecificationError, match=words):
        call()
