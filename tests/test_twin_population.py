"""Runs of the synthetic frame against the planted numbers: whole mahallas, no sampling error but that of the run."""

import numpy as np
import pytest

from migration_effects.studies.uzbekistan_2019.synthetic import make_settings
from migration_effects.studies.uzbekistan_2019.synthetic.effects import GROUPS, measures, population_weights
from migration_effects.studies.uzbekistan_2019.synthetic.migration import parents_at_home
from migration_effects.studies.uzbekistan_2019.synthetic.population import population_run
from migration_effects.studies.uzbekistan_2019.synthetic.truth import planted_table, unit_factor

RUNS = 2
# Monte-Carlo error of two runs of 520 mahallas and rounding of the table, by unit of the outcome.
EFFECT = {"sd": 0.015, "pp": 0.4, "own": 0.06}
SUBGROUP = {"sd": 0.04, "pp": 1.6, "own": 0.20}


@pytest.fixture(scope="module")
def runs():
    return [population_run(make_settings(seed=41 + i)) for i in range(RUNS)]


@pytest.fixture(scope="module")
def effects(runs):
    found: dict[str, list[dict[str, float]]] = {}
    for units in runs:
        for measure in measures(units, population_weights(units)):
            found.setdefault(measure.name, []).append(measure.summary())
    return {name: {k: np.mean([row[k] for row in rows]) for k in rows[0]} for name, rows in found.items()}


def test_parents_abroad_by_region(runs):
    for region, target in enumerate((10.2, 10.7, 13.2, 12.5), start=1):
        shares = []
        for units in runs:
            kind = units.households["type"].to_numpy()[units.children["hh"]]
            inside = units.households["region"].to_numpy()[units.children["hh"]] == region
            shares.append(100 * np.isin(kind[inside], (1, 2, 3)).mean())
        assert np.mean(shares) == pytest.approx(target, abs=1.0)


def test_households_by_type(runs):
    kinds = np.concatenate([units.households["type"].to_numpy() for units in runs])
    found = [100 * np.isin(kinds, group).mean() for group in ([1, 2, 3], [4], [5], [0])]
    assert found == pytest.approx([11.1, 5.3, 5.8, 77.8], abs=1.0)


def test_living_arrangements_against_the_survey_of_2021(runs):
    found = []
    for units in runs:
        mother, father = (home[units.children["hh"]] for home in parents_at_home(units.households))
        shares = (mother & father, mother & ~father, ~mother & father, ~mother & ~father)
        found.append([100 * s.mean() for s in shares])
    assert np.mean(found, axis=0) == pytest.approx([79, 16, 2, 3], abs=1.0)


def test_violent_discipline_and_high_emotional_score_against_their_anchors(runs):
    violent = np.concatenate([units.outcomes["O14"].measures["violent"][1] for units in runs])
    high = np.concatenate([units.outcomes["O2"].measures["emotional_high"][1] for units in runs])
    assert 100 * violent.mean() == pytest.approx(62, abs=1.5)
    assert 100 * high.mean() == pytest.approx(9.8, abs=1.5)


@pytest.mark.parametrize("name", sorted(planted_table()))
def test_planted_effects(name, effects):
    planted, found, factor = planted_table()[name], effects[name], unit_factor(name)
    unit = planted["unit"]
    assert found["att"] * factor == pytest.approx(planted["att"], abs=EFFECT[unit])
    for group in (*GROUPS[1:], "raw"):
        if planted[group] is None:
            assert np.isnan(found[group])
        else:
            assert found[group] * factor == pytest.approx(planted[group], abs=SUBGROUP[unit]), group
    tolerance = {"sd": 0.03, "pp": 0.008, "own": 0.06}[unit]
    assert found["comparison"] == pytest.approx(planted["comparison"], abs=tolerance)
    if planted["sd"]:
        assert found["sd"] == pytest.approx(planted["sd"], rel=0.02)


def test_narrow_effects(runs):
    """Boys 14–17 miss 0.63 days more; chores of 21 hours at 11–14 gain 3.7 points, girls 7.1."""
    boys, chores, girls_chores = [], [], []
    for units in runs:
        rows = units.rows["adolescent"]
        children = units.children.iloc[rows]
        kind = units.households["type"].to_numpy()[children["hh"]]
        left, age, girl = np.isin(kind, (1, 2, 3)), children["age"].to_numpy(), children["girl"].to_numpy()
        days0, days1 = units.outcomes["O5"].measures["days_missed"]
        hours0, hours1 = units.outcomes["O11"].measures["chore_hours"]
        boys.append((days1 - days0)[left & (girl == 0) & (age >= 14)].mean())
        many = (hours1 >= 21).astype(float) - (hours0 >= 21)
        chores.append(100 * many[left & (age <= 14)].mean())
        girls_chores.append(100 * many[left & (age <= 14) & (girl == 1)].mean())
    assert np.mean(boys) == pytest.approx(0.63, abs=0.12)
    assert np.mean(chores) == pytest.approx(3.7, abs=0.8)
    assert np.mean(girls_chores) == pytest.approx(7.1, abs=1.2)


def test_scale_reliability(runs):
    items = runs[0].outcomes
    for key, alpha in (("O2", 0.68), ("O10", 0.58), ("O4", 0.65)):
        names = make_settings().params["outcomes"][key]["items"]
        answers = np.column_stack([items[key].observed[name] for name in names])
        k = answers.shape[1]
        found = k / (k - 1) * (1 - answers.var(axis=0).sum() / answers.sum(axis=1).var())
        assert found == pytest.approx(alpha, abs=0.02)
