"""Joint covariance where effects have replicates of their own: few PSUs, weak overlap, bootstrap, imputed copies."""

import numpy as np
import pytest

import migration_effects as me
from law_samples import sample

pytestmark = pytest.mark.filterwarnings("ignore::migration_effects.errors.MigrationEffectsWarning")
SAMPLING = {"weights": "w", "psu": "psu", "strata": "stratum"}
COVARIATES = ["x", "sex"]


@pytest.fixture(scope="module")
def data():
    frame = sample(12, strata=4, psus=4, size=320)
    sizes = {"s0": 9, "s1": 12, "s2": 4, "s3": 20}  # the third stratum is sampled completely
    return frame.assign(N=frame["stratum"].map(sizes), score=frame["count"] + frame["x"])


def raked(data):
    design = me.SurveyDesign(data, **SAMPLING)
    girls, boys = (float(data["w"][data["sex"] == s].sum()) for s in ("girl", "boy"))
    return me.rake(design, {"sex": {"girl": 1.1 * girls, "boy": 1.1 * boys}})


DESIGNS = {
    "strata": lambda data: me.SurveyDesign(data, **SAMPLING),
    "no strata": lambda data: me.SurveyDesign(
        data.assign(psu=data["stratum"] + data["psu"].astype(str)), psu="psu"
    ),
    "fpc": lambda data: me.SurveyDesign(data, **SAMPLING, fpc="N"),
    "raked": raked,
    "domain": lambda data: me.SurveyDesign(data, **SAMPLING).where("count < 4"),
    "certainty": lambda data: me.SurveyDesign(
        data[(data["stratum"] != "s0") | (data["psu"] == 0)].reset_index(drop=True),
        **SAMPLING,
        lonely_psu="certainty",
    ),
}


def jackknifed(outcome, design, method="ipw"):
    found = me.effect(outcome, me.balance_weights("z", COVARIATES, design, method=method))
    assert found.influence is None
    return found


@pytest.mark.parametrize("name", DESIGNS)
def test_jackknifed_and_linearised_estimates_have_a_joint_covariance(name, data):
    design = DESIGNS[name](data)
    effect = jackknifed("score", design)
    parts = [
        me.mean("score", design, by="sex"),
        effect,
        me.total("count", design),
        me.regress("score ~ x", design),
    ]
    joint = me.stack(parts, names=["m", "e", "t", "r"])
    np.testing.assert_allclose(
        joint.std_error, np.concatenate([part.std_error for part in parts]), rtol=1e-10
    )
    np.testing.assert_array_equal(joint.df, np.concatenate([part.df for part in parts]))
    # What is linear in the weights has the replicates of a real jackknife.
    repeated = me.replicate(design, method="jkn")
    if name != "raked":
        real = me.stack([jackknifed("score", repeated), me.total("count", repeated)])
        assert joint.vcov.loc["e:score", "t:count"] == pytest.approx(
            real.vcov.loc["score", "count"], rel=1e-10
        )
    inside = joint.vcov.loc[["m:score[boy]", "m:score[girl]"], ["m:score[boy]", "m:score[girl]"]]
    np.testing.assert_allclose(inside, parts[0].vcov, rtol=1e-9)


def test_effects_of_different_weights_are_compared_replicate_by_replicate(data):
    design = me.SurveyDesign(data, **SAMPLING)
    one, other = jackknifed("score", design), jackknifed("score", design, "entropy")
    repeated = me.replicate(design, method="jkn")
    by_hand = me.stack([jackknifed("score", repeated), jackknifed("score", repeated, "entropy")])
    found = me.stack([one, other])
    np.testing.assert_allclose(found.vcov, by_hand.vcov, rtol=1e-12)
    difference = found.contrast("`e2:score` - `e1:score`")
    assert difference.std_error[0] < 0.9 * np.hypot(*found.std_error)  # they share their sample
    assert me.adjust([one, other]).table["p_adjusted"].notna().all()


def test_bootstraps_join_when_their_draws_are_the_same(data):
    design = me.SurveyDesign(data, **SAMPLING)
    weights = me.balance_weights("z", COVARIATES, design)

    def drawn(outcome, seed):
        return me.effect(outcome, weights, variance="bootstrap", replicates=40, seed=seed)

    joint = me.stack([drawn("score", 3), drawn("count", 3)])
    together = me.effect(["score", "count"], weights, variance="bootstrap", replicates=40, seed=3)
    np.testing.assert_allclose(joint.vcov, together.vcov, rtol=1e-12)
    for other in (drawn("count", 4), me.mean("count", design)):
        with pytest.raises(
            me.SpecificationError, match=r"joint covariance is not known.*seed.*me\.replicate"
        ):
            me.stack([drawn("score", 3), other])


def test_later_stages_that_add_variance_are_not_lost_in_silence(data):
    two = data.assign(N2=40, row=np.arange(len(data)))
    design = me.SurveyDesign(two, weights="w", psu=["psu", "row"], strata="stratum", fpc=["N", "N2"])
    with pytest.raises(me.SpecificationError, match="joint covariance is not known"):
        me.stack([jackknifed("score", design), me.mean("count", design)])


def test_effects_of_imputed_copies_are_pooled_whatever_their_variance(data):
    gaps = data.assign(score=data["score"].where(np.arange(len(data)) % 7 > 0))
    copies = me.impute(me.SurveyDesign(gaps, **SAMPLING), ["score"], predictors=["x", "count"], m=3, seed=2)
    found = [jackknifed("score", copy) for copy in copies]
    pooled = me.pool(found)
    between = np.var([part.values[0] for part in found], ddof=1)
    within = np.mean([part.std_error[0] ** 2 for part in found])
    assert pooled.values[0] == pytest.approx(np.mean([part.values[0] for part in found]), rel=1e-12)
    assert pooled.std_error[0] ** 2 == pytest.approx(within + 4 / 3 * between, rel=1e-12)
    other = jackknifed("score", me.SurveyDesign(data.assign(w=1.0), **SAMPLING))
    with pytest.raises(me.SpecificationError, match="another sample or other weights"):
        me.pool([found[0], other])
