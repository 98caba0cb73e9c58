"""The questionnaires' scores, their contract and the table of cut-offs.

Their known answers stand in `migration_effects.certification.questionnaires` and run in `test_certify.py`.
"""

import math

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.indicators.arithmetic import round_half_up

SDQ = {str(i): f"q{i}" for i in range(1, 26)}


def rows(*answers, stem="q"):
    width = len(answers[0])
    return pd.DataFrame(
        [list(a) for a in answers], columns=[f"{stem}{i}" for i in range(1, width + 1)], dtype=float
    )


def numbered(count, stem="q"):
    return {str(i): f"{stem}{i}" for i in range(1, count + 1)}


def blank(answers, *items):
    return [math.nan if i in items else a for i, a in enumerate(answers, 1)]


MOD3 = [i % 3 for i in range(1, 26)]


def test_sdq_bands_not_verified_are_na_with_a_reason_and_the_score_stays():
    scores = me.indicators.sdq(rows(MOD3), SDQ, informant="parent", scheme="4band-2014")
    assert scores["sdq_total_band"].isna().all()
    assert scores["sdq_total"].iloc[0] == 17
    assert scores.attrs["scores"]["sdq_total"]["band_note"] == "cut-off not verified"


def test_sdq_prorates_half_up():
    two_two_zero = blank([2 if i in (3, 8) else 0 for i in range(1, 26)], 16, 24)
    one_one = blank([1 if i in (3, 8) else 0 for i in range(1, 26)], 24)
    scores = me.indicators.sdq(rows(two_two_zero, one_one), SDQ, informant="self")
    assert scores["sdq_emotional_n_valid"].tolist() == [3, 4]
    assert scores["sdq_emotional_n_missing"].tolist() == [2, 1]
    assert scores["sdq_emotional_prorated"].all()
    assert scores.attrs["scores"]["sdq_emotional"]["n_prorated"] == 2


def test_sdq_file_coded_one_to_three_needs_the_map_and_says_so():
    frame = rows(MOD3) + 1
    with pytest.raises(me.CodebookError, match=r"q2 \(item 2\): 3 \(1 times\); allowed: 0, 1, 2"):
        me.indicators.sdq(frame, SDQ, informant="self")
    scores = me.indicators.sdq(frame, SDQ, informant="self", codes={1: 0, 2: 1, 3: 2})
    assert scores["sdq_total"].iloc[0] == 17


IMPACT = ["problem", "distress", "home", "friends", "classroom", "leisure"]


def test_sdq_impact_points_skip_and_missing():
    frame = rows(MOD3, MOD3, MOD3, MOD3)
    frame[IMPACT] = [
        [1, 0, 1, 2, 3, 3],
        [0, None, None, None, None, None],
        [2, 3, 3, 3, 3, None],
        [3, 3, 3, 3, 3, 3],
    ]
    items = SDQ | {name: name for name in IMPACT}
    scores = me.indicators.sdq(frame, items, informant="parent")
    np.testing.assert_array_equal(scores["sdq_impact"], [5, 0, math.nan, 10])
    assert scores["sdq_impact_band"].isna().all()
    with pytest.raises(me.SpecificationError, match="teacher form has no impact item home, leisure"):
        me.indicators.sdq(frame, items, informant="teacher")
    teacher = {k: v for k, v in items.items() if k not in ("home", "leisure")}
    scores = me.indicators.sdq(frame, teacher, informant="teacher")
    np.testing.assert_array_equal(scores["sdq_impact"], [3, 0, 6, 6])


def test_who5_is_scored_from_complete_cases():
    scores = me.indicators.who5(rows([2, 2, 3, 2, None]), numbered(5))
    assert scores[["who5_raw", "who5_percent", "who5_percent_band"]].isna().all(axis=None)


def test_who5_percent_and_raw_rule_agree_with_at_most_one_item_missing():
    import itertools

    full = rows(*itertools.product(range(6), repeat=5))
    full.iloc[: len(full) // 2, 4] = math.nan
    scores = me.indicators.who5(full, numbered(5), allow_missing=1)
    assert scores["who5_percent"].notna().all()
    assert ((scores["who5_raw"] < 13) == (scores["who5_percent_band"] == "poor")).all()


def test_who5_coded_one_to_six_is_refused_or_noted():
    with pytest.raises(me.CodebookError, match=r"q1 \(item 1\): 6 \(1 times\)"):
        me.indicators.who5(rows([6, 3, 3, 3, 3]), numbered(5))
    noted = me.indicators.who5(rows([5, 3, 3, 3, 3]), numbered(5), labelled=range(1, 7))
    assert "coded 1-6" in noted.attrs["scores"]["who5_raw"]["notes"][0]


def test_kidscreen_has_a_t_score_only_with_the_users_table():
    answers = rows([4, 4, 1, 1, 4, 4, 4, 3, 4, 4])
    without = me.indicators.kidscreen10(answers, numbered(10))
    assert "kidscreen10_t" not in without
    with pytest.raises(me.SpecificationError, match=r"no row for sum 41"):
        me.indicators.kidscreen10(answers, numbered(10), table=pd.DataFrame({"sum": [40], "pp": [1.0]}))
    with pytest.raises(me.SpecificationError, match=r"1 values of pp are outside"):
        me.indicators.kidscreen10(answers, numbered(10), table=pd.DataFrame({"sum": [41], "pp": [9.0]}))


def test_kidscreen27_dimensions():
    got = me.indicators.kidscreen27(rows([5] * 27), numbered(27), reversed_items=["1", "9"])
    scores = [
        got[f"kidscreen27_{d}"].iloc[0] for d in ("physical", "psychological", "parents", "peers", "school")
    ]
    assert scores == [21, 31, 35, 20, 20]


def test_phq9_major_depression_and_the_safeguarding_item():
    scores = me.indicators.phq9(rows([2, 2, 2, 2, 0, 0, 0, 0, 1]), numbered(9))
    assert scores[["phq9_total", "phq9_major", "phq9_other_depressive"]].to_numpy().tolist() == [[9, 1, 0]]
    assert not any(column.endswith("_9") for column in scores)
    assert "safeguarding" in scores.attrs["scores"]["phq9_total"]["notes"][0]


def test_phq_short_forms_and_adolescents():
    answers = rows([1, 2, 2, 1, 0, 1, 2, 1, 1])
    eight = me.indicators.phq9(answers, numbered(8), form="phq8")
    two = me.indicators.phq9(answers, numbered(2), form="phq2")
    adolescents = me.indicators.phq9(answers, numbered(9), form="phqa")
    assert eight[["phq8_total", "phq8_total_band"]].to_numpy().tolist() == [[10, "moderate"]]
    assert two[["phq2_total", "phq2_total_band"]].to_numpy().tolist() == [[3, "at or above cut"]]
    assert adolescents["phqa_total"].iloc[0] == 11
    assert adolescents["phqa_total_band"].isna().all()


def test_ces_dc_bands_and_missing_items():
    ces = me.indicators.ces_dc(rows(*([i] * 20 for i in range(4))), numbered(20))
    assert ces["ces_dc_total_band"].tolist() == ["below cut", *["at or above cut"] * 3]
    missing = me.indicators.ces_dc(
        rows(blank([1] * 20, 1, 2, 3, 5), blank([1] * 20, 1, 2, 3, 5, 6)), numbered(20)
    )
    assert missing["ces_dc_total"].iloc[0] == pytest.approx(4 * 2 * 20 / 16 + 12 * 20 / 16)
    assert math.isnan(missing["ces_dc_total"].iloc[1])


def test_round_half_up_is_not_bankers_rounding():
    assert round_half_up(np.array([2.5, 7.5, 0.1 + 0.7 - 0.3])).tolist() == [3, 8, 1]


# --- the contract, for every questionnaire ---------------------------------------------------------------------

SCORERS = {
    "sdq": (lambda f, i, **k: me.indicators.sdq(f, i, informant="parent", **k), 25, 0, 2, "sdq_total"),
    "who5": (me.indicators.who5, 5, 0, 5, "who5_percent"),
    "kidscreen10": (me.indicators.kidscreen10, 10, 1, 5, "kidscreen10_sum"),
    "phq9": (me.indicators.phq9, 9, 0, 3, "phq9_total"),
    "gad7": (me.indicators.gad7, 7, 0, 3, "gad7_total"),
    "ces_dc": (me.indicators.ces_dc, 20, 0, 3, "ces_dc_total"),
}
RANGES = {
    "sdq": (0, 40),
    "who5": (0, 100),
    "kidscreen10": (10, 50),
    "phq9": (0, 27),
    "gad7": (0, 21),
    "ces_dc": (0, 60),
}


@pytest.fixture(params=sorted(SCORERS))
def scorer(request):
    function, count, low, high, score = SCORERS[request.param]
    answers = np.random.default_rng(7).integers(low, high + 1, (40, count)).astype(float)
    return request.param, function, numbered(count), rows(*answers), score


def test_scores_stay_in_range_and_have_their_columns(scorer):
    name, function, items, frame, score = scorer
    got = function(frame, items)
    assert got[score].between(*RANGES[name]).all()
    assert {score, *(f"{score}_{s}" for s in ("n_valid", "n_missing", "prorated", "band"))} <= set(got)
    assert got.attrs["scores"][score]["instrument"] == name
    assert got.attrs["scores"][score]["missing_answers"] == {}


def test_row_order_index_and_added_rows_do_not_matter(scorer):
    _, function, items, frame, score = scorer
    expected = function(frame, items)[score]
    shuffled = frame.sample(frac=1, random_state=1).set_axis([f"c{i}" for i in range(len(frame))])
    order = frame.sample(frac=1, random_state=1).index
    np.testing.assert_array_equal(function(shuffled, items)[score], expected.loc[order])
    empty = pd.DataFrame([[math.nan] * frame.shape[1]], columns=frame.columns, index=[999])
    longer = function(pd.concat([frame, empty]), items)[score]
    np.testing.assert_array_equal(longer.iloc[:-1], expected)
    assert math.isnan(longer.iloc[-1])


@pytest.mark.parametrize("dtype", ["int64", "Int64", "category", "object", "float32"])
def test_input_types_agree(scorer, dtype):
    _, function, items, frame, _ = scorer
    pd.testing.assert_frame_equal(function(frame.astype(int).astype(dtype), items), function(frame, items))


def test_text_codes_of_a_csv_file_agree(scorer):
    _, function, items, frame, _ = scorer
    pd.testing.assert_frame_equal(function(frame.astype(int).astype(str), items), function(frame, items))


SCALES = {
    "sdq": [["3", "8", "13", "16", "24"], ["5", "12", "18", "22"], ["7"], ["11", "14"], ["21", "25"]],
    "who5": [["1", "2", "3", "4", "5"]],
    "kidscreen10": [["1", "2", "5", "6", "7", "8", "9", "10"], ["3", "4"]],
    "phq9": [["3", "4", "5", "6", "7", "8"], ["1", "2"]],
    "gad7": [["1", "2", "3", "4", "5", "6", "7"]],
    "ces_dc": [[str(i) for i in range(1, 21) if i not in (4, 8, 12, 16)], ["4", "8", "12", "16"]],
}


def test_permuting_items_within_a_scale_changes_nothing(scorer):
    name, function, items, frame, score = scorer
    turned = dict(items)
    for scale in SCALES[name]:
        turned |= dict(zip(scale, [items[i] for i in scale[1:] + scale[:1]], strict=True))
    assert turned != items
    np.testing.assert_array_equal(function(frame, turned)[score], function(frame, items)[score])


def test_reversing_twice_is_the_identity():
    from migration_effects.indicators.arithmetic import reverse

    frame = rows([0, 1, 2, math.nan])
    pd.testing.assert_frame_equal(
        reverse(reverse(frame, ("q1", "q3", "q4"), 2), ("q1", "q3", "q4"), 2), frame
    )


def test_raising_an_item_moves_the_score_one_way_only(scorer):
    _, function, items, frame, score = scorer
    top = frame.to_numpy().max()
    before = function(frame, items)[score]
    for column in frame:
        raised = function(frame.assign(**{column: np.minimum(frame[column] + 1, top)}), items)[score]
        assert (raised >= before).all() or (raised <= before).all()


def test_declared_missing_is_counted_and_undeclared_is_an_error(scorer):
    _, function, items, frame, score = scorer
    dirty = frame.copy()
    dirty.loc[[0, 1], "q1"], dirty.loc[2, "q2"] = 98, 77
    with pytest.raises(me.CodebookError) as fault:
        function(dirty, items)
    assert "q1 (item 1): 98 (2 times)" in str(fault.value)
    assert "q2 (item 2): 77 (1 times)" in str(fault.value)
    got = function(dirty, items, missing={98: "dont_know", 77: "refused"})
    assert got.attrs["scores"][score]["missing_answers"] == {"dk": 2, "refused": 1}


def test_every_fault_of_the_map_is_named_at_once(scorer):
    _, function, items, frame, _ = scorer
    wrong = {**items, "1": "nowhere", "99": "q2"}
    del wrong["4" if "4" in items else "2"]
    with pytest.raises(me.SpecificationError) as fault:
        function(frame, wrong)
    text = str(fault.value)
    assert "'99' is unknown" in text
    assert "no column is declared for item 4" in text
    assert "'nowhere' of item '1' is not in the frame" in text
    assert "q2 stands for more than one item" in text


def test_unknown_reason_is_refused():
    with pytest.raises(me.SpecificationError, match="whatever is no reason"):
        me.indicators.who5(rows([1] * 5), numbered(5), missing={9: "whatever"})


# --- the table of cut-offs -------------------------------------------------------------------------------------

COLUMNS = """
table_version instrument informant age_min age_max scale scheme band position lower upper source source_year mark
verified_by enabled
"""
STEP = {"food_consumption": 0.5}


def scales():
    keys = ["instrument", "informant", "scale", "scheme"]
    return [(key, rows) for key, rows in me.indicators.cutoff_table().groupby(keys, sort=True)]


def test_cutoff_table_columns_key_and_marks():
    table = me.indicators.cutoff_table()
    assert list(table) == COLUMNS.split()
    assert not table.duplicated(["instrument", "informant", "scale", "scheme", "band"]).any()
    assert set(table["mark"]) <= {"V", "V2", "M", "C"}
    unverified = table[table["mark"].eq("M") & table["verified_by"].eq("")]
    assert not unverified["enabled"].any()
    assert len(unverified)


@pytest.mark.parametrize(
    ("key", "bands"), scales(), ids=lambda k: "-".join(k) if isinstance(k, tuple) else ""
)
def test_bands_tile_the_score_range(key, bands):
    assert sorted(bands["position"]) == list(range(1, len(bands) + 1))
    step = STEP.get(key[0], 1)
    ordered = bands.sort_values("lower")
    np.testing.assert_array_equal(ordered["lower"].to_numpy()[1:] - ordered["upper"].to_numpy()[:-1], step)
    positions = ordered["position"].tolist()
    assert positions in (sorted(positions), sorted(positions, reverse=True))


@pytest.mark.parametrize("informant", ["parent", "teacher", "self"])
@pytest.mark.parametrize("scale", ["total", "emotional", "conduct", "hyperactivity", "peer", "prosocial"])
def test_each_band_boundary_of_the_sdq(informant, scale):
    from migration_effects.indicators.bands import scheme_of

    bands = scheme_of("sdq", scale, scheme="3band-2001", informant=informant)
    for name, low, high in zip(bands.names, bands.lower, bands.upper, strict=True):
        near = bands.apply(pd.Series([low - 1, low, high, high + 1])).astype(object).tolist()
        assert near[1:3] == [name, name]
        assert name not in (near[0], near[3])
