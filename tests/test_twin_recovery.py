"""The twin at ten times the size: targets of the questionnaire, and recovery of what was planted."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from migration_effects.studies.uzbekistan_2019.synthetic import build_twin, make_settings
from migration_effects.studies.uzbekistan_2019.synthetic.effects import measures, sample_weights
from migration_effects.studies.uzbekistan_2019.synthetic.expressions import holds
from migration_effects.studies.uzbekistan_2019.synthetic.files import study_codebook
from migration_effects.studies.uzbekistan_2019.synthetic.sample import draw_sample
from migration_effects.studies.uzbekistan_2019.synthetic.truth import (
    planted_table,
    truth_summary,
    unit_factor,
)
from twin_checks import Clusters, adjusted_att, raw_gap

TARGETS = Path(__file__).parent / "reference" / "twin_targets.csv"
NULL_TWINS = 20


@pytest.fixture(scope="module")
def twin():
    return build_twin(make_settings(scale=10, dirt=False))


@pytest.fixture(scope="module")
def clusters(twin):
    return Clusters(twin.clean["sample"])


@pytest.fixture(scope="module")
def planted(twin):
    return {m.name: m for m in measures(twin.sample.units, sample_weights(twin.sample))}


def weights_of(twin, unit: str, statistic: str) -> np.ndarray:
    frame = twin.clean[unit]
    if statistic.endswith("_unweighted"):
        return np.ones(len(frame))
    if unit == "children":
        return frame["w_child"].to_numpy()
    return twin.clean["caregivers"].set_index("hh_id")["w_hh"].reindex(frame["hh_id"]).fillna(0).to_numpy()


def valid_values(twin, unit: str, variable: str) -> pd.Series:
    frame = twin.clean[unit]
    if variable == "fies_raw":
        items = frame[[f"fies_{k}" for k in range(1, 9)]]
        return (items == 1).sum(axis=1).where((items < 90).all(axis=1))
    missing = list(study_codebook().variable(variable, unit).missing)
    return frame[variable].mask(frame[variable].isin(missing))


def deviations(target: dict, twin, clusters: Clusters) -> list[tuple[str, float]]:
    """Distances from one line of targets, in standard errors."""
    unit, statistic = target["file"], target["statistic"]
    frame, context = twin.clean[unit], twin.contexts[unit].reset_index(drop=True)
    facts = pd.concat([context[[c for c in context if c not in frame]], frame], axis=1)
    values = valid_values(twin, unit, target["variable"])
    keep = values.notna().to_numpy() & holds(target["where"], facts)
    w = weights_of(twin, unit, statistic) * keep
    rows, y = clusters.rows(frame["hh_id"]), values.fillna(0).to_numpy(float)
    n_effective = w.sum() ** 2 / (w**2).sum()
    name = f"{unit}.{target['variable']} [{target['where']}]"

    def distance(hits: np.ndarray, share: float) -> float:
        estimate, se = clusters.mean(hits.astype(float), w, rows)
        if share in (0, 1):
            return 0.0 if estimate == pytest.approx(share, abs=1e-12) else np.inf
        # The standard error under the target itself: that of a rare answer depends on how many were seen.
        return (estimate - share) / max(se, np.sqrt(share * (1 - share) / n_effective))

    if statistic == "mean":
        estimate, se = clusters.mean(y, w, rows)
        return [(name, (estimate - float(target["values"])) / se)]
    if statistic == "median":
        at = float(target["values"])
        below, until = distance(y < at, 0.5), distance(y <= at, 0.5)
        return [(f"{name} median", max(below, 0) + min(until, 0))]
    found = []
    for part in target["values"].split():
        code, share = part.rsplit(":", 1)
        low, high = code.split("-") if statistic == "between" else (code, code)
        hits = (y >= float(low)) & (y <= float(high))
        found.append((f"{name} {code}", distance(hits, float(share) / 100)))
    return found


def test_targets_of_the_questionnaire(twin, clusters):
    with TARGETS.open(encoding="utf-8", newline="") as handle:
        found = [d for target in csv.DictReader(handle) for d in deviations(target, twin, clusters)]
    distances = pd.Series(dict(found)).abs()
    assert len(found) > 400
    far = distances[distances > 3]
    assert len(far) <= 0.01 * len(found), far.to_string()
    assert distances.max() < 4.5, far.to_string()


def test_effects_are_recovered_by_adjustment(twin, clusters, planted):
    truth = truth_summary(twin.sample, twin.settings)["outcomes"]
    distances = {}
    for name, measure in planted.items():
        estimate, se = adjusted_att(measure, twin.sample.units, clusters)
        own = truth[name]["sample"]["att"] / unit_factor(name)
        distances[name] = abs(estimate - own) / se
    far = sorted(distances.values(), reverse=True)
    assert far[0] < 4, distances
    assert far[1] < 3, distances


@pytest.mark.parametrize("name", ["wealth", "food_insecurity", "mark", "wants_higher"])
def test_without_adjustment_the_truth_is_missed(name, twin, clusters, planted):
    gap, se = raw_gap(planted[name], twin.sample.units, clusters)
    own = truth_summary(twin.sample, twin.settings)["outcomes"][name]["sample"]["att"] / unit_factor(name)
    assert abs(gap - own) > 1.5 * se


def test_sample_effects_agree_with_the_population(twin):
    """The sample average of known effects differs from the population's by the composition of the sample only."""
    outcomes = truth_summary(twin.sample, twin.settings)["outcomes"]
    tolerance = {"sd": 0.03, "pp": 1.0, "own": 0.25}
    for name, row in planted_table().items():
        assert outcomes[name]["sample"]["att"] == pytest.approx(row["att"], abs=tolerance[row["unit"]]), name


def test_no_effect_means_no_findings():
    """Share of 5 % tests that reject in twins without effects."""
    rejections = []
    for seed in range(NULL_TWINS):
        sample = draw_sample(make_settings(seed=9000 + seed, effect_multiplier=0))
        clusters = Clusters(sample.units.households)
        for measure in measures(sample.units, sample_weights(sample)):
            assert (measure.units["y0"] == measure.units["y1"]).all()
            estimate, se = adjusted_att(measure, sample.units, clusters)
            rejections.append(abs(estimate) > 2.021 * se)  # t with 40 degrees of freedom
    assert 0 < np.mean(rejections) < 0.20


def test_a_hidden_confounder_defeats_adjustment():
    sample = draw_sample(make_settings(scale=10, hidden_u=0.5))
    clusters = Clusters(sample.units.households)
    measure = next(m for m in measures(sample.units, sample_weights(sample)) if m.name == "emotional")
    estimate, se = adjusted_att(measure, sample.units, clusters)
    assert estimate - measure.summary()["att"] > 3 * se


def test_migrant_profile(twin):
    """Class B anchors. Basic education stays above its anchor of 10 %: 12 % of households have no more than that."""
    migrants, roster = twin.contexts["migrants"], twin.contexts["roster"]
    people = roster[roster["migrant"] > 0]
    assert 100 * (people["p_sex"] == 1).mean() == pytest.approx(80, abs=2)
    households = twin.clean["caregivers"].set_index("hh_id")["w_hh"]
    w = households.reindex(people["hh_id"]).to_numpy()
    edu = [100 * np.average(people["p_edu"].isin(codes), weights=w) for codes in ([0, 1, 2], [3, 4], [5])]
    assert edu == pytest.approx([14, 80, 6], abs=1.5)
    assert 100 * np.average(people["rural"], weights=w) == pytest.approx(65.5, abs=3)
    russia = 100 * np.average(migrants["m_dest"] == 1, weights=households.reindex(migrants["hh_id"]))
    assert russia == pytest.approx(80, abs=2)


def weighted_kappa(a: pd.Series, b: pd.Series) -> float:
    """Cohen's kappa with quadratic weights."""
    table = pd.crosstab(a, b).reindex(
        index=sorted(set(a) | set(b)), columns=sorted(set(a) | set(b)), fill_value=0
    )
    share = table.to_numpy() / table.to_numpy().sum()
    cost = np.subtract.outer(table.index, table.columns).astype(float) ** 2
    return 1 - (cost * share).sum() / (cost * np.outer(share.sum(axis=1), share.sum(axis=0))).sum()


def test_answers_of_caregiver_and_adolescent_agree_as_planned(twin):
    children = twin.contexts["children"].set_index("hh_id")
    caregivers = twin.contexts["caregivers"].set_index("hh_id").reindex(children.index)
    assert weighted_kappa(caregivers["a_health"], children["k_health"]) == pytest.approx(0.40, abs=0.03)
    both = children["k_perf"].notna()
    assert weighted_kappa(caregivers["a_perf"][both], children["k_perf"][both]) == pytest.approx(
        0.35, abs=0.03
    )
    assert (caregivers["a_asp"] == children["k_asp"]).mean() == pytest.approx(0.74, abs=0.02)
    emotional = children[[f"emo_{k}" for k in range(1, 6)]].sum(axis=1)
    assert np.corrcoef(emotional, children["k_hope"])[0, 1] == pytest.approx(-0.35, abs=0.03)
    told = children["k_trust"].isin([1, 2, 3, 4, 7])
    for group in (caregivers["hhtype"] == 4, caregivers["hhtype"] == 1):
        yes, at_home = caregivers["a_tell"][group] == 1, told[group]
        expected = yes.mean() * at_home.mean() + (1 - yes.mean()) * (1 - at_home.mean())
        assert ((yes == at_home).mean() - expected) / (1 - expected) == pytest.approx(0.3, abs=0.06)
