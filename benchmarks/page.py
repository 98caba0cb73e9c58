"""Write docs/benchmarks.md from the results of the single scripts."""

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version

from contest import NAMES, RESULTS, ROOT, commands, shorter

ORDER = [
    "design_mean", "mean", "domains", "linear", "logit", "rake", "bootstrap", "replicate_logit",
]  # fmt: skip

HEAD = [
    "| rows | task | ours | numpy floor | svy | R survey |",
    "| ---: | --- | ---: | ---: | ---: | ---: |",
]
METHOD = """\
30 strata; 600, 1,800 and 6,000 PSUs; 8 coefficients. The whole verb is timed, with checks, labels and, for regressions,
the formula. Each contestant is one process that holds the sample; they take turns, the first round warms up, the best
of the others counts. Behind each peer: our time over its time (below 1 we are faster). The numpy floor is the
arithmetic alone: it knows that ids are small whole numbers, that nothing is missing and what the formula means."""
AGREEMENT = """\
Agreement with ours: the largest difference of the estimates (relative to the larger of estimate and standard error) and
of the standard errors. Replicates are drawn by each contestant, so their standard errors agree within the noise of 200
draws only; in raking the floor takes the weights as known, R's `rake` and svy leave another residual
([weighting.md](weighting.md)). The scripts stop when a limit is passed."""


def versions():
    """Return the version of every contestant, or that it is absent."""
    found = {
        "migration_effects": version("migration-effects"),
        "numpy": version("numpy"),
        "Python": platform.python_version(),
    }
    installed = commands()
    if installed["svy"]:
        code = "import svy, numpy; print(svy.__version__, 'with numpy', numpy.__version__)"
        found["svy"] = _says([installed["svy"][0], "-c", code])
    if installed["survey"]:
        code = "cat(format(getRversion()), 'with survey', format(packageVersion('survey')))"
        found["R"] = _says([installed["survey"][0], "-e", code])
    absent = [NAMES[who] for who, command in installed.items() if command is None]
    return ", ".join(f"{name} {text}" for name, text in found.items()), absent


def _says(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def results(kind):
    """Return the saved results of one kind, in the order of the table."""
    files = [RESULTS / f"{name}.{kind}.json" for name in ORDER]
    return [json.loads(path.read_text(encoding="utf-8")) for path in files if path.exists()]


def row(task, result, kind):
    """Return one line of the table."""
    found = result[kind]
    cells = [f"{result['n']:,}", task["title"], f"**{shorter(found['ours'], kind)}**"]
    for who in ("numpy", "svy", "survey"):
        cells.append(
            f"{shorter(found[who], kind)} ({found['ours'] / found[who]:.2f})" if who in found else "absent"
        )
    return "| " + " | ".join(cells) + " |"


def agreement(tasks):
    """Return the largest differences seen, by task."""
    lines = []
    for task in tasks:
        worst = {}
        for result in task["results"]:
            for who, (estimate, error) in result["agreement"].items():
                before = worst.get(who, (0, 0))
                worst[who] = (max(before[0], estimate), max(before[1], error))
        shown = "; ".join(f"{NAMES[who]} {e:.0e}, {s:.0e}" for who, (e, s) in worst.items())
        lines.append(f"| {task['title']} | {shown} |")
    return lines


def main():
    timed, peaks = results("seconds"), results("megabytes")
    found, absent = versions()
    lines = [
        "# Benchmarks",
        "",
        "`make benchmark` with `SVY_PYTHON` naming the Python of an environment that holds svy; R `survey` runs when",
        "`Rscript` is on the path. Written from the results by `benchmarks/page.py`.",
        "",
        f"Versions: {found}. {os.cpu_count()} cores, {platform.system()} {platform.machine()}.",
    ]
    loads = [result["load"] for task in timed for result in task["results"]]
    lines.append(
        f"Load of the machine while measuring: {min(loads):.1f} to {max(loads):.1f} (a quiet run stays near 1)."
    )
    if absent:
        lines.append(f"Absent in this run: {', '.join(absent)}.")
    lines += [
        "",
        METHOD,
        "",
        *HEAD,
    ]
    lines += [row(task, result, "seconds") for task in timed for result in task["results"]]
    lines += [
        "",
        "The same in processor time of all threads, which other work on the machine hardly changes:",
        "",
    ]
    lines += HEAD
    lines += [row(task, result, "processor") for task in timed for result in task["results"]]
    if peaks:
        lines += ["", "Peak memory of the whole process, data and interpreter included:", ""]
        lines += HEAD
        lines += [row(task, result, "megabytes") for task in peaks for result in task["results"]]
    lines += [
        "",
        AGREEMENT,
        "",
        "| task | peer: estimate, standard error |",
        "| --- | --- |",
        *agreement(timed),
    ]
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
