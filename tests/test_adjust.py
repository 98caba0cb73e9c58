"""Adjusted p-values: R's p.adjust, Anderson's grid search for sharpened q, and the size of Romano-Wolf."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import migration_effects as me
from law_samples import sample
from migration_effects.numerics.multiple_tests import (
    benjamini_hochberg,
    holm,
    sharpened_q,
    step_down_max,
)
from r_cases import cases, close

DESIGN = {"weights": "w", "psu": "psu", "strata": "stratum"}


def family(seed=41, **options):
    design = me.SurveyDesign(sample(seed, psus=6, size=200).dropna(), **DESIGN)
    if options:
        design = me.replicate(design, **options)
    fit = me.regress("y ~ x + z + sex", design)
    return [fit.contrast(["x", "z", "sex[T.girl]"]), me.regress("count ~ x", design).contrast("x")]


@cases("p_adjust")
def test_against_r(case):
    p, expected = np.array(case["arguments"]["p"]), case["expected"]
    close(holm(p), expected["holm"], 0, 1e-12, "holm")
    close(benjamini_hochberg(p), expected["fdr"], 0, 1e-12, "fdr")
    # The grid finds the next level of three decimals at or above the exact one.
    grid = np.array(expected["sharpened_grid"])
    exact = sharpened_q(p)
    assert ((exact <= grid + 1e-9) & (grid < exact + 0.001 + 1e-9)).all()


def test_sharpened_q_is_the_level_where_rejection_begins():
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.2, 0.6])

    def rejected(q):
        first = q / (1 + q)
        r = (benjamini_hochberg(p) <= first).sum()
        second = np.inf if r == len(p) else first * len(p) / (len(p) - r)
        return benjamini_hochberg(p) <= second

    for j, q in enumerate(sharpened_q(p)):
        assert rejected(q * (1 + 1e-9))[j]
        assert not rejected(q * (1 - 1e-9))[j]


@pytest.mark.parametrize("method", ["holm", "fdr", "sharpened", "romano-wolf"])
def test_adjust_appends_one_column(method):
    parts = family()
    joint = me.stack(parts)
    found = me.adjust(parts, method=method)
    assert list(found.table.columns) == [*joint.table.columns, "p_adjusted"]
    pd.testing.assert_frame_equal(found.table[joint.table.columns], joint.table)
    assert "4 hypotheses" in found.notes[-1]
    direct = {"holm": holm, "fdr": benjamini_hochberg, "sharpened": sharpened_q}
    if method in direct:
        np.testing.assert_allclose(
            found.table["p_adjusted"], direct[method](joint.table["p_value"].to_numpy())
        )
    else:
        p = found.table["p_value"]
        assert (found.table["p_adjusted"] >= p * 0.8).all()
        assert (found.table["p_adjusted"] <= 4 * p + 0.01).all()


def test_romano_wolf_repeats_with_its_seed_and_uses_replicates():
    one, two = me.adjust(family()), me.adjust(family())
    pd.testing.assert_frame_equal(one.table, two.table)
    assert (me.adjust(family(), seed=1).table["p_adjusted"] != one.table["p_adjusted"]).any()
    jackknife = me.adjust(family(method="jkn"))
    assert jackknife.table["p_adjusted"].between(0, 1).all()


def test_romano_wolf_of_one_hypothesis_is_its_t_test():
    single = family()[1]
    found = me.adjust(single).table.iloc[0]
    assert found["p_adjusted"] == pytest.approx(found["p_value"], abs=4 * np.sqrt(0.25 / 10_000))


def test_copies_of_one_hypothesis_cost_nothing_and_independent_ones_what_theory_says():
    df, draws = np.full(5, 20.0), 100_000
    t = np.full(5, 2.5)
    copies = step_down_max(t, np.ones((5, 5)), df, draws, 3)
    np.testing.assert_allclose(copies, 2 * stats.t.sf(2.5, 20), rtol=0.06)
    normal = step_down_max(t, np.eye(5), np.full(5, np.inf), draws, 3)
    np.testing.assert_allclose(normal, 1 - (1 - 2 * stats.norm.sf(2.5)) ** 5, rtol=0.06)
    # Step-down: the second hypothesis competes with the four others only.
    stepped = step_down_max(np.array([9.0, 2.5, 0, 0, 0]), np.eye(5), np.full(5, np.inf), draws, 3)
    assert stepped[0] == pytest.approx(1 / (1 + draws))
    assert stepped[1] == pytest.approx(1 - (1 - 2 * stats.norm.sf(2.5)) ** 4, rel=0.06)


def test_different_degrees_of_freedom_share_one_scale():
    df = np.array([4.0, np.inf, 30.0])
    for j in range(3):
        t = np.zeros(3)
        t[j] = 3.0
        only = step_down_max(t[[j]], np.eye(1), df[[j]], 200_000, 5)[0]
        tail = stats.norm.sf(3) if np.isinf(df[j]) else stats.t.sf(3, df[j])
        assert only == pytest.approx(2 * tail, rel=0.1)


def test_family_wise_error_of_romano_wolf_keeps_its_level():
    """Correlated outcomes without any effect in clustered samples: at most 6.5 % plus Monte-Carlo error reject."""
    rng = np.random.default_rng(20_260)
    repetitions, psus, size = 200, 24, 8
    psu = np.repeat(np.arange(psus), size)
    differences = [f"{y}[1] - {y}[0]" for y in "abcd"]
    rejections = 0
    for _ in range(repetitions):
        away = np.repeat(rng.random(psus) < 0.5, size) ^ (rng.random(psus * size) < 0.3)
        common = rng.normal(size=(psus * size, 1))
        outcomes = 0.8 * common + rng.normal(size=(psus * size, 4)) + 0.4 * rng.normal(size=(psus, 4))[psu]
        data = pd.DataFrame(outcomes, columns=list("abcd")).assign(psu=psu, away=away.astype(int))
        effects = me.mean(list("abcd"), me.SurveyDesign(data, psu="psu"), by="away").contrast(differences)
        rejections += bool((me.adjust(effects, seed=7).table["p_adjusted"] <= 0.05).any())
    share = rejections / repetitions
    assert share <= 0.065 + 2.5 * np.sqrt(0.05 * 0.95 / repetitions), share
    assert share >= 0.02, share


def test_faults_and_unknown_p_values():
    parts = family()
    with pytest.raises(me.SpecificationError, match="Allowed: holm, fdr, sharpened, romano-wolf"):
        me.adjust(parts, method="bonferroni")
    with pytest.raises(me.SpecificationError, match="at least one"):
        me.adjust([])
    other = me.mean("x", me.SurveyDesign(sample(42)))
    with pytest.raises(me.SpecificationError, match="another sample"):
        me.adjust([parts[0], other])
    mixed = me.adjust([parts[0], other], method="holm")
    assert len(mixed.table) == 4
    lonely = me.SurveyDesign(sample(43).assign(one=1.0), **DESIGN)
    constant = me.mean(["one", "x"], lonely)
    with np.errstate(all="ignore"):
        found = me.adjust(constant)
    assert found.table["p_adjusted"].isna().tolist() == [True, False]
    assert "one: no p-value" in found.notes[-2]
