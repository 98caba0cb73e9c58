"""Run a scenario many times and judge it."""

import itertools
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

import migration_effects as me
from effect_simulation.estimators import COVARIATES, RIGHT
from effect_simulation.population import observed, populate
from effect_simulation.sample import draw
from effect_simulation.scenarios import ESTIMAND, SCENARIOS

SEED = 20190
ERRORS = 2.5  # Monte-Carlo standard errors that a figure may lie outside its limit


def replicate(position, people, seeds, full):
    """Return what every sample of some seeds says."""
    scenario, results = SCENARIOS[position], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", me.MigrationEffectsWarning)
        for seed in seeds:
            frame = draw(people, scenario.knobs, np.random.default_rng(seed), scenario.outcomes)
            results.append(scenario.run(frame, int(seed.generate_state(1)[0]), full))
    return results


def batch(position, low, high, replications, full):
    """Return the results of a slice of the replications; the unit of work of one process."""
    seeds = np.random.SeedSequence([SEED, position, replications]).spawn(replications)
    return replicate(position, populate(SCENARIOS[position].knobs), seeds[low:high], full)


def run(position, replications, *, full=True, processes=1, progress=None):
    """Return all results of one scenario, in order whatever the number of processes."""
    if processes == 1:
        return batch(position, 0, replications, replications, full)
    edges = np.linspace(0, replications, min(20, replications) + 1).astype(int)
    slices = list(itertools.pairwise(edges))
    with ProcessPoolExecutor(processes) as pool:
        waiting = [pool.submit(batch, position, low, high, replications, full) for low, high in slices]
        results = []
        for done, one in enumerate(waiting, start=1):
            results += one.result()
            if progress:
                progress(done / len(waiting))
    return results


def judge(position, results):
    """Return one row per estimator and outcome, and one per event."""
    scenario = SCENARIOS[position]
    people = populate(scenario.knobs)
    rows = []
    for estimator, outcome in results[0][0]:
        numbers = np.array([found[estimator, outcome] for found, _ in results])
        base = estimator.split(",")[0]
        truth = people.truth[outcome][ESTIMAND.get(base, base)]
        limits = scenario.limits(estimator)
        rows.append(
            {
                "scenario": scenario.name,
                "estimator": estimator,
                "outcome": outcome,
                **measured(numbers, truth, people.truth[outcome]["sd"], limits),
            }
        )
    events = {name: np.array([one[name] for _, one in results]) for name in results[0][1]}
    happened = [
        {"scenario": scenario.name, "event": name, **counted(x, scenario.events.get(name))}
        for name, x in events.items()
    ]
    return pd.DataFrame(rows), pd.DataFrame(happened)


def counted(x, limits):
    """Return the mean of an event with its Monte-Carlo error, and whether it keeps its limits."""
    low, high = limits or (np.nan, np.nan)
    error = x.std(ddof=1) / np.sqrt(len(x))
    kept = limits is None or low - ERRORS * error <= x.mean() <= high + ERRORS * error
    return {
        "mean": x.mean(), "error": error, "largest": x.max(), "low": low, "high": high,
        "judged": limits is not None, "kept": bool(kept),
    }  # fmt: skip


def measured(numbers, truth, sd, limits):
    """Return bias, SE/SD, coverage and size with their Monte-Carlo errors, and whether they keep the limits."""
    value, error, low, high = numbers.T
    n, spread = len(value), value.std(ddof=1)
    bias, bias_error = (value.mean() - truth) / sd, spread / np.sqrt(n) / sd
    ratio = error.mean() / spread
    ratio_error = ratio / np.sqrt(2 * (n - 1))
    coverage = 100 * np.mean((low <= truth) & (truth <= high))
    size = 100 * np.mean((low > 0) | (high < 0))
    share_error = 100 * np.sqrt(0.05 * 0.95 / n)
    kept = all(
        [
            limits.bias is None or abs(bias) <= limits.bias + ERRORS * bias_error,
            inside(ratio, limits.ratio, ratio_error),
            inside(coverage, limits.coverage, share_error),
            inside(size, limits.size, share_error),
        ]
    )
    judged = any(x is not None for x in (limits.bias, limits.ratio, limits.coverage, limits.size))
    return {
        "n": n, "truth": truth, "mean": value.mean(), "bias": bias, "bias_error": bias_error, "se": error.mean(),
        "sd": spread, "ratio": ratio, "ratio_error": ratio_error, "coverage": coverage, "size": size,
        "share_error": share_error, "judged": judged, "kept": kept,
    }  # fmt: skip


def inside(figure, limits, error):
    """Return whether a figure lies within limits, give or take its Monte-Carlo error."""
    return limits is None or limits[0] - ERRORS * error <= figure <= limits[1] + ERRORS * error


@dataclass(frozen=True)
class Theory:
    """What a biased normal estimate does, beside what it did: two figures, each with its Monte-Carlo error."""

    bias: float
    expected_bias: float
    bias_error: float
    coverage: float
    expected_coverage: float
    coverage_error: float

    @property
    def kept(self):
        near = abs(self.bias - self.expected_bias) <= ERRORS * self.bias_error
        return near and abs(self.coverage - self.expected_coverage) <= 1 + ERRORS * self.coverage_error


def theory(row, census_bias, df):
    """Compare a row of `judge` with theory: its bias with that of the whole population, its coverage with its bias.

    Coverage is expected from the samples' own bias, so that the luck of the draw is not counted twice; a point is
    allowed for the standard error's own variation.
    """
    reach, gap = stats.t.ppf(0.975, df) * row["se"], row["mean"] - row["truth"]
    expected = float(stats.norm.cdf((reach - gap) / row["sd"]) - stats.norm.cdf((-reach - gap) / row["sd"]))
    return Theory(
        bias=gap,
        expected_bias=census_bias,
        bias_error=row["sd"] / np.sqrt(row["n"]),
        coverage=row["coverage"],
        expected_coverage=100 * expected,
        coverage_error=100 * np.sqrt(expected * (1 - expected) / row["n"]),
    )


def census(position):
    """Return the bias of ipw and the robustness value when every child is in the sample."""
    people = populate(SCENARIOS[position].knobs)
    frame = pd.DataFrame({**people.columns, "score": observed(people, "score")})
    design = me.SurveyDesign(frame, psu="psu")
    weights = me.balance_weights("away", COVARIATES, design)
    bias = me.effect("score", weights, variance="linearised").values[0] - people.truth["score"]["ATT"]
    fit = me.regress(f"score ~ away + {RIGHT}", design)
    table = me.sensitivity(fit, exposure="away", benchmark=[]).table.set_index("measure")["value"]
    return float(bias), float(table["robustness_value"])
