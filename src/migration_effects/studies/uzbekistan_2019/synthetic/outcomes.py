"""Potential outcomes: the same noise under both regimes, so every child left behind has a known effect.

`y1` is the outcome under the household's own migration, `y0` the outcome had nobody migrated. For households
without a parent abroad the effect terms are zero and the two are equal, so `y1` is what the survey observes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .settings import Settings
from .terms import Terms, linear

Pair = tuple[np.ndarray, np.ndarray]
Equation = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """Potential and observed values of one outcome equation.

    Parameters
    ----------
    domain : str
        Who it refers to: ``household`` or a group of children.
    measures : dict of (ndarray, ndarray)
        Name of the measure to ``(y0, y1)``, one value per unit.
    observed : dict of ndarray
        Raw items and latent values under the household's own migration.
    """

    domain: str
    measures: dict[str, Pair]
    observed: dict[str, np.ndarray]


def potential(key: str, terms: Terms, settings: Settings) -> Outcome:
    """Generate the potential outcomes of one equation of ``params.toml``.

    Parameters
    ----------
    key : str
        ``"O1"`` … ``"O23"``.
    terms : dict of ndarray
        Terms of the units in the outcome's domain.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    Outcome
        Measures and observed values, one per unit.
    """
    equation = settings.params["outcomes"][key]
    predictors = _predictors(equation, terms, settings)
    return _KINDS[equation["kind"]](equation, predictors, terms, settings.rng(f"outcome.{key}"), settings)


def _predictors(equation: Equation, terms: Terms, settings: Settings, part: str = "") -> Pair:
    """Return the linear predictors without and with migration."""
    base = linear(equation[f"{part}untreated"], terms) + settings.hidden_u * terms["hidden"]
    return base, base + settings.effect_multiplier * linear(equation[f"{part}effect"], terms)


def _binary(eq: Equation, lp: Pair, terms: Terms, rng: np.random.Generator, settings: Settings) -> Outcome:
    """Yes or no, from one logistic draw."""
    noise = rng.logistic(size=len(lp[0]))
    y0, y1 = ((p + noise > 0).astype(float) for p in lp)
    return Outcome(
        eq["domain"],
        {eq["name"]: (y0, y1)},
        {eq["name"]: y1, f"{eq['name']}_noise": noise, f"{eq['name']}_lp": lp[1]},
    )


def _items(eq: Equation, lp: Pair, terms: Terms, rng: np.random.Generator, settings: Settings) -> Outcome:
    """Items from one latent trait: item = number of cuts that loading × trait + unique noise exceeds."""
    common = rng.normal(0, eq["noise"], len(lp[0]))
    unique = np.sqrt(1 - eq["loading"] ** 2) * rng.standard_normal((len(eq["items"]), len(lp[0])))
    scores, observed = [], {}
    for trait in (lp[0] + common, lp[1] + common):
        items = eq["loading"] * trait + unique
        answers = [
            (row[:, None] > np.array(cuts)).sum(axis=1) for row, cuts in zip(items, eq["cuts"], strict=True)
        ]
        scores.append(np.sum(answers, axis=0).astype(float))
        observed = dict(zip(eq["items"], answers, strict=True)) | {f"{eq['name']}_trait": trait}
    measures = {eq["name"]: (scores[0], scores[1])}
    if "high" in eq:
        measures[f"{eq['name']}_high"] = tuple((s >= eq["high"]).astype(float) for s in scores)
    return Outcome(eq["domain"], measures, observed)


def _count(eq: Equation, lp: Pair, terms: Terms, rng: np.random.Generator, settings: Settings) -> Outcome:
    """Negative binomial count: arrivals of one unit Poisson process until gamma × mean."""
    k, limit = eq["dispersion"], eq["limit"]
    gamma = rng.gamma(k, 1 / k, len(lp[0]))
    means = [np.exp(p) * gamma for p in lp]
    y0, y1, clock = (np.zeros(len(gamma)) for _ in range(3))
    for _ in range(limit):
        clock += rng.standard_exponential(len(gamma))
        y0 += clock < means[0]
        y1 += clock < means[1]
    days, some = eq["name"], f"{eq['name']}_any"
    return Outcome(
        eq["domain"], {days: (y0, y1), some: ((y0 > 0).astype(float), (y1 > 0).astype(float))}, {days: y1}
    )


def _graded(eq: Equation, lp: Pair, terms: Terms, rng: np.random.Generator, settings: Settings) -> Outcome:
    """One ordered grade from a latent value."""
    noise = rng.normal(0, eq["noise"], len(lp[0]))
    y0, y1 = (
        eq["first"] + (p + noise)[:, None].__gt__(np.array(eq["cuts"])).sum(axis=1).astype(float) for p in lp
    )
    return Outcome(eq["domain"], {eq["name"]: (y0, y1)}, {eq["name"]: y1})


def _hours(eq: Equation, lp: Pair, terms: Terms, rng: np.random.Generator, settings: Settings) -> Outcome:
    """Hours: none, or lognormal hours, rounded and cut."""
    any_lp = _predictors(eq, terms, settings, "any_")
    hurdle = rng.logistic(size=len(lp[0]))
    noise = rng.normal(0, eq["noise"], len(lp[0]))
    values = []
    for start, mean in zip(any_lp, lp, strict=True):
        hours = np.minimum(np.rint(np.exp(mean + noise)), eq["limit"])
        values.append(np.where(start + hurdle > 0, hours, 0.0))
    return Outcome(eq["domain"], {eq["name"]: (values[0], values[1])}, {eq["name"]: values[1]})


def _nested(eq: Equation, lp: Pair, terms: Terms, rng: np.random.Generator, settings: Settings) -> Outcome:
    """Draw indicators inside each other: one draw, shifted thresholds."""
    noise = rng.logistic(size=len(lp[0]))
    measures = {
        name: ((lp[0] + shift + noise > 0).astype(float), (lp[1] + shift + noise > 0).astype(float))
        for name, shift in eq["levels"].items()
    }
    return Outcome(eq["domain"], measures, {name: pair[1] for name, pair in measures.items()})


def _rounded(eq: Equation, lp: Pair, terms: Terms, rng: np.random.Generator, settings: Settings) -> Outcome:
    """Draw a rounded normal count inside its range."""
    noise = rng.normal(0, eq["noise"], len(lp[0]))
    y0, y1 = (np.clip(np.rint(p + noise), eq["low"], eq["high"]) for p in lp)
    return Outcome(eq["domain"], {eq["name"]: (y0, y1)}, {eq["name"]: y1})


def _wealth(eq: Equation, lp: Pair, terms: Terms, rng: np.random.Generator, settings: Settings) -> Outcome:
    """Latent wealth Z and the six assets; the index itself needs weights and is made by `wealth_index`."""
    noise = rng.normal(0, eq["noise"], len(lp[0]))
    draws = rng.logistic(size=(len(eq["assets"]), len(lp[0])))
    measures, observed = {}, {"Z": lp[1] + noise}
    for draw, (asset, c) in zip(draws, eq["assets"].items(), strict=True):
        start = c["const"] + c.get("rural", 0.0) * terms["R"] + draw
        y0, y1 = ((start + c["slope"] * (p + noise) > 0).astype(float) for p in lp)
        measures[asset], observed[asset] = (y0, y1), y1
    return Outcome(eq["domain"], measures, observed)


_KINDS: dict[str, Callable[[Equation, Pair, Terms, np.random.Generator, Settings], Outcome]] = {
    "binary": _binary,
    "items": _items,
    "count": _count,
    "graded": _graded,
    "hours": _hours,
    "nested": _nested,
    "rounded": _rounded,
    "wealth": _wealth,
}


def wealth_index(assets: Outcome, weights: np.ndarray) -> Pair:
    """Return the wealth index under both regimes: first principal component of the six standardised assets.

    Loadings, means and standard deviations are those of the observed assets, for both regimes; the sign makes
    the car's loading positive.

    Parameters
    ----------
    assets : Outcome
        The outcome O1.
    weights : ndarray
        Household weights.

    Returns
    -------
    y0, y1 : ndarray
        Index values.
    """
    names = list(assets.measures)
    y0, y1 = (np.column_stack([assets.measures[name][regime] for name in names]) for regime in (0, 1))
    share = weights / weights.sum()
    mean = share @ y1
    spread = np.sqrt(share @ (y1 - mean) ** 2)
    z0, z1 = (y0 - mean) / spread, (y1 - mean) / spread
    _, vectors = np.linalg.eigh((z1 * share[:, None]).T @ z1)
    loadings = vectors[:, -1] * np.sign(vectors[names.index("as_car"), -1])
    return z0 @ loadings, z1 @ loadings
