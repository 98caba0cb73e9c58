"""The scenarios: what is different about the population, what is estimated, and within which limits."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import migration_effects as me
from effect_simulation import estimators
from effect_simulation.population import OUTCOMES, Knobs

ESTIMAND = {
    "ipw": "ATT",
    "aipw": "ATT",
    "entropy": "ATT",
    "matching": "ATT",
    "imputed": "ATT",
    "overlap": "ATO",
}
CURVED = [*estimators.COVARIATES, "I(wealth**2)"]


@dataclass(frozen=True)
class Limits:
    """Where a figure must lie; None: shown, not judged."""

    bias: float | None = None  # of standard deviations of the outcome
    ratio: tuple | None = None  # mean standard error over standard deviation of the estimates
    coverage: tuple | None = None  # percent
    size: tuple | None = None  # percent of samples in which no effect is rejected at 5 %


HONEST = Limits(bias=0.02, ratio=(0.95, 1.05), coverage=(93.5, 96.5))
COVERS = Limits(coverage=(93.0, 100.0))
SIZE = Limits(size=(3.5, 6.5))
SHOWN = Limits()


@dataclass(frozen=True)
class Scenario:
    """One row of the plan.

    `run(frame, seed, full)` returns {(estimator, outcome): four numbers} and {event: number}; `full` is off in the
    test run, which leaves out what takes long.
    """

    name: str
    title: str
    knobs: Knobs
    run: Callable
    outcomes: tuple = ("score",)
    limits: Callable = lambda estimator: HONEST
    events: dict = field(default_factory=dict)  # name to lowest and highest mean


def plain(frame, seed, full):
    outcomes = OUTCOMES if full else ("score",)
    models = {(name, "score"): row for name, row in estimators.models(frame).items()}
    found = {**models, **estimators.weighted(frame, outcomes)}
    if full:
        found["matching", "score"] = estimators.matched(frame, seed)
    return found, {"confounding hint": hint(found)}


def hint(found):
    """Return whether me.compare_effects would warn of community confounding."""
    within, ipw = found["within_community", "score"], found["ipw", "score"]
    return float(abs(within[0] - ipw[0]) > ipw[1])


def refitted(frame, seed, full):
    methods = ("ipw", "overlap", "entropy") if full else ("ipw",)
    found = estimators.weighted(frame, methods=methods, aipw=full, variance="jackknife")
    linearised = estimators.weighted(frame, methods=("ipw",), aipw=False)
    found["ipw, linearised", "score"] = linearised["ipw", "score"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        me.balance_weights("away", estimators.COVARIATES, estimators.design_of(frame))
    return found, {"overlap warning": float(any(w.category is me.OverlapWarning for w in caught))}


def community(frame, seed, full):
    models = {(name, "score"): row for name, row in estimators.models(frame).items()}
    methods = ("ipw", "overlap", "entropy") if full else ("ipw",)
    found = {**models, **estimators.weighted(frame, methods=methods, aipw=full)}
    return found, {"confounding hint": hint(found)}


def hidden(frame, seed, full):
    found = estimators.weighted(frame, methods=("ipw",), aipw=False)
    value, predicted, bias = estimators.strength(frame)
    return found, {"robustness value": value, "gap to omitted-variable bias": abs(predicted - abs(bias))}


def curved(frame, seed, full):
    design = estimators.design_of(frame)
    weights = me.balance_weights("away", estimators.COVARIATES, design)
    found = {("ipw", "score"): estimators.numbers(me.effect("score", weights, variance="linearised"))}
    right = me.effect("score", weights, adjust=" + ".join(CURVED), variance="linearised")
    found["aipw", "score"] = estimators.numbers(right)
    return found, {}


def nothing(frame, seed, full):
    models = {(name, "score"): row for name, row in estimators.models(frame).items()}
    methods = ("ipw", "overlap", "entropy") if full else ("ipw",)
    found = {**models, **estimators.weighted(frame, methods=methods, aipw=True)}
    single, adjusted = estimators.family_p_values(frame, OUTCOMES)
    return found, {
        "any of three outcomes, single p": float((single < 0.05).any()),
        "any of three outcomes, Romano-Wolf": float((adjusted < 0.05).any()),
    }


def lost(frame, seed, full):
    found = {("imputed", "score"): estimators.imputed(frame, seed, m=20 if full else 5)}
    complete = estimators.weighted(frame, methods=("ipw",), aipw=False)
    found["ipw, complete cases", "score"] = complete["ipw", "score"]
    return found, {"scores lost": float(frame["score"].isna().mean())}


def only(names, limits):
    return lambda estimator: limits if estimator in names else SHOWN


SCENARIOS = [
    Scenario(
        "A",
        "correct model, 50 PSUs",
        Knobs(),
        plain,
        OUTCOMES,
        lambda estimator: SHOWN if estimator == "matching" else HONEST,
        {"confounding hint": (0.0, 0.15)},
    ),
    Scenario(
        "few PSUs",
        "20 PSUs, jackknife that refits every step",
        Knobs(psus=20, seed=2),
        refitted,
        limits=lambda estimator: SHOWN if "linearised" in estimator else COVERS,
    ),
    Scenario(
        "weak overlap",
        "exposure driven three times as hard, jackknife that refits every step",
        Knobs(overlap=3.0, seed=3),
        refitted,
        limits=lambda estimator: SHOWN if "linearised" in estimator else COVERS,
    ),
    Scenario(
        "community",
        "an unmeasured trait of the community drives exposure and score",
        Knobs(community=0.27, effect=0.0, seed=4),
        community,
        limits=only(("within_community",), COVERS),
        events={"confounding hint": (0.35, 0.65)},
    ),
    Scenario(
        "hidden",
        "an unmeasured trait of the child drives exposure and score",
        Knobs(hidden=0.25, effect=0.0, seed=5),
        hidden,
        limits=only((), SHOWN),
    ),
    Scenario(
        "curved",
        "wealth squared drives exposure and score; only the outcome model knows",
        Knobs(curved=0.2, seed=6),
        curved,
        limits=only(("aipw",), Limits(bias=0.02, coverage=(93.5, 96.5))),
    ),
    Scenario(
        "nothing",
        "no effect",
        Knobs(effect=0.0, seed=7),
        nothing,
        OUTCOMES,
        lambda estimator: SIZE,
        {"any of three outcomes, Romano-Wolf": (0.0, 0.065)},
    ),
    Scenario(
        "missing",
        "20 % of scores missing at random",
        Knobs(missing=0.2, seed=8),
        lost,
        limits=only(("imputed",), Limits(coverage=(93.5, 100.0))),
    ),
]
