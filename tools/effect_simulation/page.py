"""Write the results as a page with a table per scenario, a chart, and the numbers as CSV."""

import io

import matplotlib
import pandas as pd

from effect_simulation.scenarios import SCENARIOS
from effect_simulation.study import ERRORS, SEED

matplotlib.use("Agg")
WORDS = {"score": "emotional score", "attends": "attends school", "chores": "hours of chores"}


def page(table, events, theory, replications, command):
    """Return the page as markdown; `command` is what wrote it."""
    lines = [
        "# Do the effects and their intervals hold? Samples with planted truth",
        "",
        f"{replications:,} samples a scenario from made-up populations of 1,500 communities whose children have both",
        "potential outcomes on record; communities drawn by size, in each as many exposed as comparison children, so",
        f"the weights depend on exposure. Seed {SEED}; numbers in `effect_simulation.csv`. Written by",
        "",
        f"    {command}",
        "",
        "Truth is each estimator's own estimand, averaged from the potential outcomes: the effect on the exposed",
        "(ipw, entropy, aipw, matching), on the overlap population (overlap), and for the linear regressions the",
        "effect on the exposed weighted by how unexpected exposure was for them. Bias is in standard deviations of",
        f"the outcome. Behind ± stands the Monte-Carlo error; a figure fails when it lies more than {ERRORS} of them",
        "outside its limit.",
        "",
        "![Coverage by scenario and estimator](effect_simulation.svg)",
    ]
    for scenario in SCENARIOS:
        lines += ["", f"## {scenario.name}: {scenario.title}", "", *section(scenario, table, events, theory)]
    return "\n".join(lines) + "\n"


def section(scenario, table, events, theory):
    """Return the lines of one scenario."""
    rows = table[table["scenario"] == scenario.name]
    tested = scenario.name == "nothing"
    last = "rejected at 5 %" if tested else "coverage, %"
    lines = [
        f"| outcome | estimator | truth | bias | SE / SD | {last} | within limits |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows.to_dict("records"):
        share = row["size"] if tested else row["coverage"]
        verdict = ("yes" if row["kept"] else "NO") if row["judged"] else "not judged"
        lines.append(
            f"| {WORDS[row['outcome']]} | {row['estimator'].replace('_', ' ')} | {row['truth']:.3f} "
            f"| {row['bias']:+.3f} ± {row['bias_error']:.3f} | {row['ratio']:.2f} ± {row['ratio_error']:.2f} "
            f"| {share:.1f} ± {row['share_error']:.1f} | {verdict} |"
        )
    lines += ["", f"Limits: {words_of(scenario, list(dict.fromkeys(rows['estimator'])))}."]
    for row in events[events["scenario"] == scenario.name].to_dict("records"):
        lines.append(
            f"\n{row['event'].capitalize()}: {row['mean']:.3f} ± {row['error']:.3f} (largest {row['largest']:.3g})."
        )
    if scenario.name == "hidden":
        lines += ["", theory]
    return lines


def words_of(scenario, estimators):
    """Say the limits of a scenario."""
    names = {}
    for estimator in estimators:
        limits = scenario.limits(estimator)
        parts = []
        if limits.bias is not None:
            parts.append(f"bias within {limits.bias}")
        if limits.ratio:
            parts.append(f"SE / SD {limits.ratio[0]} to {limits.ratio[1]}")
        if limits.coverage:
            low, high = limits.coverage
            parts.append(f"coverage at least {low} %" if high == 100 else f"coverage {low} to {high} %")
        if limits.size:
            parts.append(f"rejections {limits.size[0]} to {limits.size[1]} %")
        names.setdefault(", ".join(parts) or "none", []).append(estimator.replace("_", " "))
    names.pop("none", None)
    return "; ".join(f"{text} ({', '.join(who)})" for text, who in names.items()) or "by theory, below"


def chart(table):
    """Return the coverage chart as SVG text, the same for the same numbers."""
    from matplotlib import pyplot as plt

    matplotlib.rcParams.update({"svg.hashsalt": "effects", "font.size": 9, "svg.fonttype": "none"})
    shown = table[(table["outcome"] == "score") & (table["scenario"] != "nothing")].iloc[::-1]
    figure, axes = plt.subplots(figsize=(7, 0.24 * len(shown) + 1))
    places = range(len(shown))
    axes.axvspan(93.5, 96.5, color="0.9")
    axes.axvline(95, color="0.6", linewidth=0.8)
    reach = 2.5 * shown["share_error"]
    axes.errorbar(shown["coverage"], places, xerr=reach, fmt="o", color="#0072B2", markersize=4, linewidth=1)
    axes.set_yticks(
        list(places),
        [f"{s}: {e.replace('_', ' ')}" for s, e in zip(shown["scenario"], shown["estimator"], strict=True)],
    )
    axes.set_xlabel("coverage of the 95 % interval, % (bars: 2.5 Monte-Carlo errors; band: 93.5 to 96.5)")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def numbers(table, events):
    """Return all numbers as CSV."""
    wide = pd.concat(
        [table, events.rename(columns={"event": "estimator", "mean": "mean", "error": "bias_error"})]
    )
    return wide.round(6).to_csv(index=False, lineterminator="\n")
