"""A population of children in communities, with both potential outcomes of each."""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit

COMMUNITIES = 1500
OUTCOMES = ("score", "attends", "chores")


@dataclass(frozen=True)
class Knobs:
    """What makes one scenario differ from another."""

    psus: int = 50
    effect: float = 1.0  # multiplies every effect
    overlap: float = 1.0  # multiplies what drives exposure
    hidden: float = 0.0  # of an unmeasured covariate, on exposure and score
    community: float = 0.0  # of an unmeasured trait of the community, on exposure and score
    curved: float = 0.0  # squared wealth drives exposure and score
    missing: float = 0.0  # share of scores lost, at random given what is known
    seed: int = 1


@dataclass(frozen=True)
class Population:
    """Every child; `columns` are what a survey could see, the rest is the truth."""

    psu: np.ndarray
    start: np.ndarray  # first child of each community, children in order of community and exposure
    exposed_count: np.ndarray
    size: np.ndarray
    columns: dict
    untreated: dict
    treated: dict
    propensity: np.ndarray
    hidden: np.ndarray
    truth: dict = field(default_factory=dict)


def populate(knobs):
    """Make the population of one scenario; the same seed gives the same children in all."""
    rng = np.random.default_rng([20190, knobs.seed])
    size = rng.integers(60, 161, COMMUNITIES)
    psu = np.repeat(np.arange(COMMUNITIES), size)
    n = len(psu)

    def shared(spread):
        return rng.normal(0, spread, COMMUNITIES)[psu]

    wealth = shared(0.35) + rng.normal(0, 0.94, n)
    urban = (rng.random(n) < 0.4).astype(float)
    age = rng.integers(6, 18, n).astype(float)
    hidden, trait = rng.normal(size=n), shared(1.0)
    drive = 0.5 * wealth + 0.4 * urban - 0.06 * (age - 11.5) + knobs.curved * (wealth**2 - 1)
    drive = knobs.overlap * drive + knobs.hidden * hidden + knobs.community * trait
    propensity = expit(-1.2 + drive)
    away = rng.random(n) < propensity
    base = 0.4 * wealth + 0.3 * urban + 0.04 * (age - 11.5) + shared(0.25) + knobs.curved * (wealth**2 - 1)
    base = base + knobs.hidden * hidden + knobs.community * trait + rng.normal(0, 0.75, n)
    gain = knobs.effect * (0.3 + 0.15 * wealth)
    luck, logit = rng.random(n), 1.0 + 0.3 * wealth - 0.05 * (age - 11.5) + shared(0.3)
    load = rng.gamma(1.5, 1 / 1.5, n) * np.exp(1.2 + 0.06 * (age - 11.5) - 0.2 * wealth + shared(0.2))
    untreated = {"score": base, "attends": (luck < expit(logit)).astype(float), "chores": rng.poisson(load)}
    more = rng.poisson(load * np.expm1(0.2 * knobs.effect)) if knobs.effect else np.zeros(n)
    treated = {
        "score": base + gain,
        "attends": (luck < expit(logit - 0.4 * knobs.effect)).astype(float),
        "chores": untreated["chores"] + more,
    }
    order = np.lexsort((~away, psu))  # within a community the exposed come first
    columns = {"psu": psu, "wealth": wealth, "urban": urban, "age": age, "away": away.astype(int)}
    kept = {name: np.asarray(values, dtype=float)[order] for name, values in untreated.items()}
    moved = {name: np.asarray(values, dtype=float)[order] for name, values in treated.items()}
    return with_truth(
        Population(
            psu=psu[order],
            start=np.concatenate([[0], np.cumsum(size)[:-1]]),
            exposed_count=np.bincount(psu, weights=away, minlength=COMMUNITIES).astype(int),
            size=size,
            columns={name: values[order] for name, values in columns.items()},
            untreated=kept,
            treated=moved,
            propensity=propensity[order],
            hidden=hidden[order],
        )
    )


def with_truth(people):
    """Add the estimand of every estimator, averaged from the potential outcomes.

    Linear regressions estimate the effect on the exposed weighted by how unexpected exposure was for them: by the
    residual of exposure after covariates, over the population or within communities.
    """
    d = people.columns["away"].astype(float)
    X = np.column_stack([np.ones(len(d)), *(people.columns[c] for c in ("wealth", "urban", "age"))])
    unexpected = d - X @ np.linalg.lstsq(X, d, rcond=None)[0]
    inside = np.column_stack([X[:, 1:], d])
    means = np.column_stack([np.bincount(people.psu, weights=c) for c in inside.T]) / people.size[:, None]
    inside = inside - means[people.psu]
    within = inside[:, -1] - inside[:, :-1] @ np.linalg.lstsq(inside[:, :-1], inside[:, -1], rcond=None)[0]
    spread = people.propensity * (1 - people.propensity)
    truth = {}
    for name in OUTCOMES:
        gain = people.treated[name] - people.untreated[name]
        truth[name] = {
            "regression": np.average(gain, weights=unexpected * d),
            "within_community": np.average(gain, weights=within * d),
            "ATT": gain[d == 1].mean(),
            "ATO": np.average(gain, weights=spread),
            "sd": people.untreated[name].std(),
        }
    return Population(**{**people.__dict__, "truth": truth})


def observed(people, name):
    """Return the outcome that happened."""
    return np.where(people.columns["away"] == 1, people.treated[name], people.untreated[name])
