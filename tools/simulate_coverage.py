"""Draw samples from a population whose truth is known, and count how often the intervals hold it.

`simulate_coverage.py [--replications 1000] [--write docs/coverage.md]`. The population is made once from a fixed seed:
20 strata, 60 PSUs in each, children in PSUs, outcomes that share PSU and stratum effects. A sample is drawn in two
stages without replacement, four PSUs a stratum and seven to ten children a PSU, then children answer or not.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import migration_effects as me

SEED = 20190
STRATA, PSUS, DRAWN = 20, 60, 4
LIMITS = {"coverage": (93.5, 96.5), "ratio": (0.95, 1.05), "bias": 0.05}
ERRORS = 2.5  # Monte-Carlo standard errors that a figure may lie outside its limit


def population():
    """Return every child of the population."""
    rng = np.random.default_rng(SEED)
    size = rng.integers(20, 61, STRATA * PSUS)
    psu = np.repeat(np.arange(STRATA * PSUS), size)
    stratum = psu // PSUS
    n = len(psu)
    shared = rng.normal(0, 1, STRATA)[stratum] + rng.normal(0, 0.6, STRATA * PSUS)[psu]
    area = np.where(rng.random(STRATA * PSUS)[psu] < 0.4, "urban", "rural")
    sex = rng.choice(["girl", "boy"], n)
    away = rng.random(n) < 1 / (1 + np.exp(1.2 - 0.4 * shared))
    score = 10 + shared + 0.8 * away + 0.5 * (sex == "girl") + rng.normal(0, 2, n)
    days = rng.poisson(np.exp(2.5 + 0.1 * shared))
    missed = rng.binomial(days, np.clip(0.1 + 0.03 * away, 0, 1))
    chance = 0.6 + 0.2 * (sex == "girl") + 0.1 * (area == "rural")
    return pd.DataFrame(
        {
            "stratum": stratum, "psu": psu, "area": area, "sex": sex, "away": away.astype(int), "score": score,
            "days": days, "missed": missed, "chance": chance, "psus": PSUS, "children": size[psu],
        }
    )  # fmt: skip


def draw(people, rows_of, rng):
    """Draw one sample: PSUs within strata, children within PSUs, both without replacement."""
    chosen = []
    for h in range(STRATA):
        for psu in h * PSUS + rng.choice(PSUS, DRAWN, replace=False):
            rows = rows_of[psu]
            chosen.append(rng.choice(rows, 6 + len(rows) // 15, replace=False))
    sample = people.iloc[np.concatenate(chosen)].reset_index(drop=True)
    sample["answered"] = rng.random(len(sample)) < sample["chance"]
    return sample.sample(frac=1, random_state=int(rng.integers(2**31))).reset_index(drop=True)


def true_variance(people, values):
    """Return the variance of the estimated total of some values, in closed form.

    The two stages of Särndal, Swensson and Wretman (1992), result 4.3.1: spread of PSU totals within strata, and of
    children within PSUs.
    """
    groups = pd.Series(values).groupby(people["psu"].to_numpy())
    totals, size, spread = groups.sum(), groups.size(), groups.var(ddof=1)
    drawn = 6 + size // 15
    within = size**2 * (1 - drawn / size) * spread / drawn
    between = totals.groupby(totals.index // PSUS).var(ddof=1)
    return float(PSUS**2 * (1 - DRAWN / PSUS) / DRAWN * between.sum() + PSUS / DRAWN * within.sum())


def counts(people, column):
    return people[column].value_counts().sort_index().to_dict()


def truths(people):
    """Return the true value of each estimate."""
    mean = people["score"].mean()
    return {
        "mean": mean,
        "total": people["score"].sum(),
        "ratio": people["missed"].sum() / people["days"].sum(),
        "mean in a domain": people.loc[people["away"] == 1, "score"].mean(),
        "difference of domains": people.groupby("away")["score"].mean().diff().iloc[-1],
        "proportion (logit)": people["away"].mean(),
        "median (Woodruff)": float(np.sort(people["score"])[(len(people) - 1) // 2]),
        "mean, post-stratified": mean,
        "mean, raked": mean,
        "mean, response classes, raked": mean,
        "mean, jackknife": mean,
    }


def estimates(sample, known):
    """Return every estimate of one sample."""
    stages = {"psu": ["psu", "row"], "fpc": ["psus", "children"]}
    sample["row"] = np.arange(len(sample))
    design = me.SurveyDesign(sample, strata="stratum", **stages)
    margins = {"sex": known["sex"], "area": known["area"]}
    cells = pd.Series(known["sex"]).rename_axis("sex")
    answered = me.adjust_nonresponse(design, "answered", within=["sex", "area"])
    groups = me.mean("score", design, by="away")
    return {
        "mean": me.mean("score", design),
        "total": me.total("score", design),
        "ratio": me.ratio("missed", "days", design),
        "mean in a domain": me.mean("score", design.where("away == 1")),
        "difference of domains": groups.contrast("score[1] - score[0]"),
        "proportion (logit)": me.proportion("away", design),
        "median (Woodruff)": me.quantile("score", design),
        "mean, post-stratified": me.mean("score", me.poststratify(design, cells)),
        "mean, raked": me.mean("score", me.rake(design, margins)),
        "mean, response classes, raked": me.mean("score", me.rake(answered, margins)),
        "mean, jackknife": me.mean("score", me.replicate(design, method="jkn")),
    }


def simulate(replications):
    """Return one row per estimate: bias, SE/SD and coverage, each with its Monte-Carlo error and its limits."""
    people = population()
    rows_of = [np.asarray(rows) for rows in people.groupby("psu").indices.values()]
    known = {name: counts(people, name) for name in ("sex", "area")}
    truth = truths(people)
    found = {name: [] for name in truth}
    for seed in np.random.SeedSequence([SEED, replications]).spawn(replications):
        sample = draw(people, rows_of, np.random.default_rng(seed))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for name, estimate in estimates(sample, known).items():
                found[name].append(
                    estimate.table[["estimate", "std_error", "conf_low", "conf_high"]].iloc[-1].tolist()
                )
    return pd.DataFrame([judged(name, truth[name], np.array(rows)) for name, rows in found.items()])


def judged(name, truth, rows):
    """Measure one estimate and say whether it keeps its limits."""
    value, error, low, high = rows.T
    n, spread = len(value), value.std(ddof=1)
    bias, bias_error = (value.mean() - truth) / spread, 1 / np.sqrt(n)
    ratio = error.mean() / spread
    ratio_error = ratio / np.sqrt(2 * (n - 1))
    coverage = 100 * np.mean((low <= truth) & (truth <= high))
    coverage_error = 100 * np.sqrt(0.95 * 0.05 / n)
    kept = (
        abs(bias) <= LIMITS["bias"] + ERRORS * bias_error
        and LIMITS["ratio"][0] - ERRORS * ratio_error <= ratio <= LIMITS["ratio"][1] + ERRORS * ratio_error
        and LIMITS["coverage"][0] - ERRORS * coverage_error <= coverage
        and coverage <= LIMITS["coverage"][1] + ERRORS * coverage_error
    )
    return {
        "estimate": name, "truth": truth, "bias": bias, "bias_error": bias_error, "ratio": ratio,
        "ratio_error": ratio_error, "coverage": coverage, "coverage_error": coverage_error,
        "variance": (error**2).mean(), "variance_error": (error**2).std(ddof=1) / np.sqrt(n), "kept": bool(kept),
    }  # fmt: skip


def page(table, replications):
    """Return the results as a page."""
    low, high = LIMITS["ratio"]
    least, most = LIMITS["coverage"]
    lines = [
        "# Coverage: do the intervals hold the truth as often as they say?",
        "",
        f"{replications:,} samples from a made-up population of known truth: {STRATA} strata of {PSUS} PSUs, of which",
        f"{DRAWN} a stratum are drawn, then 7 to 10 children a PSU, both without replacement; where the name says so,",
        "children answer with a probability that depends on sex and area. Written by `make simulate`.",
        "",
        f"Limits: bias within {LIMITS['bias']} standard deviations; mean standard error over the standard deviation of",
        f"the estimates {low} to {high}; coverage of the 95 % interval {least} to {most} %. A figure may lie {ERRORS}",
        "of its Monte-Carlo errors (behind ±) outside. The test suite draws 200 other samples under the same limits.",
        "",
        "| estimate | bias / SD | SE / SD | coverage, % | within limits |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for row in table.to_dict("records"):
        lines.append(
            f"| {row['estimate']} | {row['bias']:+.3f} ± {row['bias_error']:.3f} "
            f"| {row['ratio']:.3f} ± {row['ratio_error']:.3f} "
            f"| {row['coverage']:.1f} ± {row['coverage_error']:.1f} | {'yes' if row['kept'] else 'NO'} |"
        )
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    table = simulate(arguments.replications)
    text = page(table, arguments.replications)
    print(text)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    return 0 if table["kept"].all() else 1


if __name__ == "__main__":
    raise SystemExit(main())
