"""Draw clustered samples with gaps, impute, pool, and count how often the intervals hold the truth.

`simulate_missing.py [--replications 1000] [--write docs/coverage_missing.md]`. PSUs are drawn with unequal
probability within strata and share an effect; a fifth of the scores, of the numbers of siblings and of the carers'
reports is missing, more often where the exposure, the area or the age is of a certain kind (missing at random).
"""

import argparse
import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import migration_effects as me

spec = importlib.util.spec_from_file_location(
    "simulate_coverage", Path(__file__).parent / "simulate_coverage.py"
)
coverage = importlib.util.module_from_spec(spec)
spec.loader.exec_module(coverage)

SEED = 33_111
LEAST_COVERAGE = 93.5
STRATA, DRAWN, CHILDREN, COPIES = 4, 12, 10, 5
TRUTH = {"mean": 10.9, "effect": 0.6, "slope": 0.5, "difference in share": 0.0, "complete cases, mean": 10.9}


def draw(rng):
    """Return one sample with gaps: PSUs of weight 1 and 3, the heavier ones with lower scores."""
    psu = np.repeat(np.arange(STRATA * DRAWN), CHILDREN)
    n = len(psu)
    heavy = (np.arange(STRATA * DRAWN) % 2 == 0)[psu]
    effect = rng.normal(0, 0.6, STRATA * DRAWN)[psu]
    away = (rng.random(n) < np.where(heavy, 0.3, 0.5)).astype(float)
    siblings = 2.0 + 0.8 * rng.normal(size=n) + rng.normal(0, 0.3, STRATA * DRAWN)[psu]
    age = rng.integers(11, 18, n)
    # Weighted means: away 0.35 (0.3 in the heavy PSUs, three quarters of the weight), siblings 2, heavy 0.75.
    score = 10.99 + 0.6 * away + 0.5 * (siblings - 2) - 0.4 * heavy + effect + rng.normal(0, 1, n)
    worried = (rng.random(n) < 0.4).astype(float)
    data = pd.DataFrame(
        {
            "stratum": psu % STRATA, "psu": psu, "w": np.where(heavy, 3.0, 1.0), "away": away, "age": age,
            "score": score, "siblings": siblings, "worried": worried,
        }
    )  # fmt: skip
    lost = 1 / (1 + np.exp(-(-2.2 + 1.2 * away + 0.9 * ~heavy + 0.15 * (age - 14))))
    for column in ("score", "siblings", "worried"):
        data.loc[rng.random(n) < lost, column] = np.nan
    return data


def estimates(data, seed):
    """Return the pooled estimates of one sample, and that of complete cases."""
    design = me.SurveyDesign(data, weights="w", psu="psu", strata="stratum")
    copies = me.impute(
        design,
        ["score", "siblings", "worried"],
        predictors=["away", "age"],
        m=COPIES,
        seed=seed,
    )
    fits = [me.regress("score ~ away + siblings + w", copy) for copy in copies]
    shares = [me.mean("worried", copy, by="away") for copy in copies]
    return {
        "mean": me.pool([me.mean("score", copy) for copy in copies]),
        "effect": me.pool([fit.contrast("away") for fit in fits]),
        "slope": me.pool([fit.contrast("siblings") for fit in fits]),
        "difference in share": me.pool([s.contrast("worried[1] - worried[0]") for s in shares]),
        "complete cases, mean": me.mean("score", design),
    }


def simulate(replications):
    """Return one row per estimate: bias, SE/SD and coverage, each with its Monte-Carlo error and its limits."""
    found = {name: [] for name in TRUTH}
    for child in np.random.SeedSequence([SEED, replications]).spawn(replications):
        seed = int(child.generate_state(1)[0])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for name, estimate in estimates(draw(np.random.default_rng(child)), seed).items():
                row = estimate.table[["estimate", "std_error", "conf_low", "conf_high"]].iloc[-1]
                found[name].append(row.tolist())
    table = pd.DataFrame([coverage.judged(name, TRUTH[name], np.array(rows)) for name, rows in found.items()])
    least = LEAST_COVERAGE - coverage.ERRORS * table["coverage_error"]
    return table.assign(kept=table["coverage"] >= least)


def page(table, replications):
    """Return the results as a page."""
    lines = [
        "# Coverage after multiple imputation",
        "",
        f"{replications:,} samples of {STRATA * DRAWN} PSUs of {CHILDREN} children in {STRATA} strata, weights 1, 3;",
        f"about a fifth of three variables is missing at random; {COPIES} imputations. Written by `make simulate`.",
        "",
        f"Limit: the 95 % interval holds the truth in at least {LEAST_COVERAGE} % of the samples, less",
        f"{coverage.ERRORS} Monte-Carlo errors (behind ±). Bias and SE/SD are printed beside it: matching pulls slopes",
        "inwards a little in samples of this size. The last row leaves rows without a score out instead: the bias that",
        "imputation repairs.",
        "",
        "| estimate | bias / SD | SE / SD | coverage, % | within limit |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    lines += [
        f"| {row['estimate']} | {row['bias']:+.3f} ± {row['bias_error']:.3f} | {row['ratio']:.3f} ± "
        f"{row['ratio_error']:.3f} | {row['coverage']:.1f} ± {row['coverage_error']:.1f} "
        f"| {'yes' if row['kept'] else 'NO'} |"
        for row in table.to_dict("records")
    ]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    text = page(simulate(options.replications), options.replications)
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
