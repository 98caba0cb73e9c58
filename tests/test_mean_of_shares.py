"""Means of 0/1 columns with logit limits."""

import pandas as pd
import pytest

import migration_effects as me

DATA = pd.DataFrame(
    {
        "rare": [1.0, 0, 0, 0, 0, 0, 0, None, 0, 0, 0, 0],
        "group": list("aabbaabbaabb"),
        "psu": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
        "w": [1.0, 2, 1, 3, 1, 1, 2, 1, 1, 2, 2, 1],
    }
)
DESIGN = me.SurveyDesign(DATA, weights="w", psu="psu")


def test_logit_limits_are_those_of_the_proportion_and_stay_within_0_and_1():
    mean, share = me.mean("rare", DESIGN, method="logit"), me.proportion("rare", DESIGN)
    own, other = mean.table.iloc[0], share.table.set_index("term").loc["rare[1]"]
    for column in ("estimate", "std_error", "df", "conf_low", "conf_high"):
        assert own[column] == pytest.approx(other[column], rel=1e-12)
    assert 0 < own["conf_low"] < own["estimate"] < own["conf_high"] < 1
    assert me.mean("rare", DESIGN).table["conf_low"].iloc[0] < 0


def test_logit_limits_ask_for_shares():
    with pytest.raises(me.SpecificationError, match=r"'psu' has 10 values other than 0 and 1, for example 2"):
        me.mean("psu", DESIGN, method="logit")
    with pytest.raises(me.SpecificationError, match="Allowed: wald, logit"):
        me.mean("rare", DESIGN, method="beta")
