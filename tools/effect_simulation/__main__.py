"""Run every scenario: python -m effect_simulation --replications 1000 --processes 2 --write docs."""

import argparse
import sys
from pathlib import Path

import pandas as pd

from effect_simulation import page, study
from effect_simulation.scenarios import SCENARIOS


def progress(name):
    """Return a bar that is drawn again as the share done grows."""

    def draw(share):
        filled = round(40 * share)
        end = "\n" if share >= 1 else ""
        sys.stderr.write(f"\r{name:<14} [{'#' * filled}{'.' * (40 - filled)}] {share:4.0%}{end}")
        sys.stderr.flush()

    return draw


def theory(table, events):
    """Say whether the hidden confounder does what theory says, in words and as a verdict."""
    position = next(i for i, s in enumerate(SCENARIOS) if s.name == "hidden")
    bias, value = study.census(position)
    row = table[(table["scenario"] == "hidden") & (table["estimator"] == "ipw")].iloc[0]
    found = study.theory(row, bias, SCENARIOS[position].knobs.psus - 1)
    events = events[events["scenario"] == "hidden"].set_index("event")
    gap = events.loc["gap to omitted-variable bias", "largest"]
    kept = found.kept and gap < 1e-8
    text = (
        f"Among all children of the population ipw is off by {bias:.3f}; the samples were off by {found.bias:.3f} ± "
        f"{found.bias_error:.3f}. Theory expects {found.expected_coverage:.1f} % coverage from that; "
        f"{found.coverage:.1f} ± {found.coverage_error:.1f} % was found. The bias that the planted confounder's two "
        f"partial R squared predict equals the one it causes in every sample (largest gap {gap:.1g}). Robustness value "
        f"of the population's least-squares fit: {value:.3f}. Within limits: {'yes' if kept else 'NO'}."
    )
    return text, kept


def command(arguments):
    """Return the command that gives the same numbers."""
    short = " --short" if arguments.short else ""
    return f"PYTHONPATH=tools python -m effect_simulation --replications {arguments.replications}{short} --write docs"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--short", action="store_true", help="leave out what takes long, as the test run does"
    )
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    tables, events = [], []
    for position, scenario in enumerate(SCENARIOS):
        results = study.run(
            position,
            arguments.replications,
            full=not arguments.short,
            processes=arguments.processes,
            progress=progress(scenario.name),
        )
        one, other = study.judge(position, results)
        tables.append(one)
        events.append(other)
    table, happened = pd.concat(tables, ignore_index=True), pd.concat(events, ignore_index=True)
    text, kept = theory(table, happened)
    written = page.page(table, happened, text, arguments.replications, command(arguments))
    sys.stdout.write(written)
    if arguments.write:
        (arguments.write / "effect_simulation.md").write_text(written, encoding="utf-8")
        (arguments.write / "effect_simulation.svg").write_text(page.chart(table), encoding="utf-8")
        (arguments.write / "effect_simulation.csv").write_text(
            page.numbers(table, happened), encoding="utf-8"
        )
    return 0 if kept and table["kept"].all() and happened["kept"].all() else 1


if __name__ == "__main__":
    raise SystemExit(main())
