"""The screening rules and well-being domains of the Uzbekistan study, by hand-made children."""

import numpy as np
import pandas as pd
import pytest

from migration_effects.studies.uzbekistan_2019.preparation import children, domains, risks

CALM = {
    "p_mwhere": "in household",
    "p_fwhere": "in household",
    "p_paper": None,
    "k_missed": 0.0,
    "attends": 1.0,
    "d_line": 3.0,
    "k_line": 3.0,
    "sf_home": "always",
    "p_ill30": 0.0,
    "p_care": None,
    "p_diff": 0.0,
    "wealth_q": "middle",
    "fies_raw": 0.0,
    "nobody": 0.0,
    "kd_hit": 0.0,
    "ac_unmet": 0.0,
    "emo_hi": 0.0,
    "child_lab": 0.0,
    "clb": 0.0,
    "rare": np.nan,
    "dis_hi": 0.0,
}

# Answers that differ from the calm child, severe punishment of the child selected, flags raised.
CASES = [
    ({}, 0.0, []),
    ({"wealth_q": "poorest", "fies_raw": 4.0}, 0.0, [1]),
    ({"wealth_q": "poorest", "fies_raw": 3.0}, 0.0, []),
    ({"p_mwhere": "dead", "p_fwhere": "abroad for work", "p_paper": "verbal only"}, 0.0, [2]),
    ({"p_mwhere": "dead", "p_fwhere": "abroad for work", "p_paper": "notarised consent"}, 0.0, []),
    ({"nobody": 1.0}, 0.0, [3]),
    ({"attends": 0.0, "k_missed": np.nan}, 0.0, [4]),
    ({"k_missed": 5.0}, 0.0, [4]),
    ({"k_missed": 4.0}, 0.0, []),
    ({}, 1.0, [5]),
    ({"d_line": 4.0}, 1.0, []),
    ({"kd_hit": 1.0, "sf_home": "rarely"}, 0.0, [5]),
    ({"kd_hit": 1.0}, 0.0, []),
    ({"ac_unmet": 1.0}, 0.0, [6]),
    ({"p_diff": 1.0, "p_ill30": 1.0, "p_care": "none"}, 0.0, [6]),
    ({"p_diff": 1.0}, 0.0, []),
    ({"emo_hi": 1.0, "child_lab": 1.0}, 0.0, [7, 8]),
    ({"clb": 1.0, "rare": 1.0}, 0.0, [9]),
    ({"dis_hi": 1.0}, 0.0, [10]),
]


@pytest.mark.parametrize(("answers", "severe", "raised"), CASES)
def test_each_risk_is_raised_by_its_condition_alone(answers, severe, raised):
    flags = risks.risks(pd.DataFrame([CALM | answers]), pd.Series([severe])).iloc[0]
    assert flags.notna().all()
    assert [i for i in range(1, 11) if flags[f"flag_{i}"] == 1] == raised


def test_a_missing_answer_raises_no_risk_and_is_counted():
    flags = risks.risks(pd.DataFrame([CALM | {"emo_hi": np.nan, "k_missed": np.nan}]), pd.Series([0.0]))
    found = risks.referral(flags).iloc[0]
    assert found["nflags"] == 0
    assert found["flags_missing"] == 2
    assert found["tier"] == 0


@pytest.mark.parametrize(
    ("raised", "tier", "group"),
    [([], 0, 0), ([3], 3, 1), ([3, 7], 2, 2), ([3, 7, 8], 2, 3), ([3, 7, 8, 10], 1, 3), ([5], 1, 1)],
)
def test_tiers_follow_number_and_violence(raised, tier, group):
    flags = pd.DataFrame([{name: float(int(name[5:]) in raised) for name in risks.RISKS}])
    found = risks.referral(flags).iloc[0]
    assert (found["nflags"], found["tier"], found["risk_group"]) == (len(raised), tier, group)


def test_standardised_on_the_weighted_comparison_group():
    values, weights = pd.Series([1.0, 3.0, 10.0, np.nan]), pd.Series([3.0, 1.0, 5.0, 2.0])
    found = domains.standardised(values, pd.Series([True, True, False, True]), weights)
    spread = np.sqrt(0.75 * 0.25 + 0.25 * 2.25)
    assert found[:3].to_numpy() == pytest.approx([-0.5 / spread, 1.5 / spread, 8.5 / spread])
    assert np.isnan(found[3])


def test_answers_keep_not_asked_apart_from_no():
    people = {"p_age": [5.0, 9.0, 9.0], "p_attend": [2.0, 2.0, 1.0], "p_paper": [np.nan, 3.0, 2.0]}
    people |= {"p_vcard": [np.nan] * 3, "p_care": [np.nan, 0.0, 5.0]}
    found = children.person_answers(pd.DataFrame(people))
    expected = {"out_of_school": [np.nan, 1.0, 0.0], "care_on_paper": [np.nan, 0.0, 1.0]}
    expected |= {"sought_care": [np.nan, 0.0, 1.0]}
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)
