"""Run the contestants of a task alternately, compare their numbers, and keep the best of the rounds.

Each contestant is one child process that holds the sample; a round asks every one of them once, so that a busy
moment of the machine hits all alike. The first round warms up and does not count where there are several. The best
round is the one least disturbed by whatever else the machine does. Beside the time on the clock stands the processor
time of all threads, which a busy machine hardly changes.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import sample

HERE = Path(__file__).parent
ROOT = HERE.parent
RESULTS = ROOT / "build" / "benchmarks"
SVY_PYTHON = "SVY_PYTHON"
NAMES = {"ours": "migration_effects", "numpy": "numpy floor", "svy": "svy", "survey": "R survey"}
# A replicate standard error of 200 draws is itself uncertain by 5 %; two independent ones lie within this.
MONTE_CARLO = 0.25


@dataclass(frozen=True)
class Task:
    """What is run and how closely the numbers must agree (relative to the standard error)."""

    name: str
    title: str
    estimate: float = 1e-9
    std_error: float = 1e-9
    loose: dict = field(default_factory=dict)  # contestant -> (estimate, std_error)
    rounds: dict = field(default_factory=lambda: {10_000: 9, 100_000: 4, 1_000_000: 2})


def commands():
    """Return how each contestant is started; one that is not installed has none."""
    found = {
        "ours": [sys.executable, str(HERE / "contestant_ours.py")],
        "numpy": [sys.executable, str(HERE / "contestant_numpy.py")],
        "svy": None,
        "survey": None,
    }
    svy = os.environ.get(SVY_PYTHON)
    if svy and Path(svy).exists():
        found["svy"] = [svy, str(HERE / "contestant_svy.py")]
    rscript = shutil.which("Rscript")
    if rscript and _has_survey(rscript):
        found["survey"] = [rscript, "--vanilla", str(HERE / "contestant_survey.R")]
    return found


def _has_survey(rscript):
    check = [rscript, "-e", "stopifnot(requireNamespace('survey'), requireNamespace('jsonlite'))"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


class Contestant:
    """A child process that answers one task at a time."""

    def __init__(self, command, folder):
        self.process = subprocess.Popen(
            [*command, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE
        )

    def ask(self, task):
        self.process.stdin.write(task + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args} ended without an answer to {task}.")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


@contextmanager
def sample_folder(n):
    """Write the sample of n rows into a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        sample.write(folder, n)
        yield folder


def timed(task, n, folder):
    """Return the least seconds of each contestant, by clock and processor, after comparing their numbers."""
    running = {who: Contestant(command, folder) for who, command in commands().items() if command}
    spent = {kind: {who: [] for who in running} for kind in ("seconds", "processor")}
    answers = {}
    for _ in range(task.rounds[n]):
        for who, contestant in running.items():
            answers[who] = contestant.ask(task.name)
            for kind, values in spent.items():
                values[who].append(answers[who][kind])
    for contestant in running.values():
        contestant.close()
    agreement = {who: compare(task, answers["ours"], answers[who], who) for who in answers if who != "ours"}
    least = {
        kind: {who: min(values[1:] or values) for who, values in found.items()}
        for kind, found in spent.items()
    }
    return {"n": n, **least, "agreement": agreement}


def peaks(task, n, folder):
    """Return the peak resident memory of each contestant's process after one run of a task, in MB."""
    found = {}
    for who, command in commands().items():
        if command:
            contestant = Contestant(command, folder)
            contestant.ask(task.name)
            found[who] = contestant.ask("peak")["megabytes"]
            contestant.close()
    return {"n": n, "megabytes": found}


def compare(task, ours, theirs, who):
    """Stop unless estimates and standard errors agree; return the largest differences."""
    ours_value, value = np.array(ours["estimate"]), np.array(theirs["estimate"])
    ours_error, error = np.array(ours["std_error"]), np.array(theirs["std_error"])
    differences = (
        float(np.max(np.abs(value - ours_value) / np.maximum(np.abs(ours_value), ours_error))),
        float(np.max(np.abs(error / ours_error - 1))),
    )
    limits = task.loose.get(who, (task.estimate, task.std_error))
    for what, difference, limit in zip(("estimate", "standard error"), differences, limits, strict=True):
        if not difference <= limit:
            sys.exit(
                f"{task.name}: the {what} of {NAMES[who]} differs by {difference:.2g}; allowed {limit:g}."
            )
    return differences


def run(task, *, measure=timed, sizes=tuple(sample.PSUS)):
    """Measure a task at each size, print the ratios, keep the results for the table."""
    wanted = [int(float(size)) for size in sys.argv[1:]] or list(sizes)
    results = []
    for n in wanted:
        with sample_folder(n) as folder:
            results.append({**measure(task, n, folder), "load": os.getloadavg()[0]})
        print(line(task, results[-1]), flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    kind = "seconds" if measure is timed else "megabytes"
    content = {"task": task.name, "title": task.title, "kind": kind, "results": results}
    (RESULTS / f"{task.name}.{kind}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")


def line(task, result):
    """Word one measurement: ours, then each other with the ratio."""
    kind = "seconds" if "seconds" in result else "megabytes"
    found = result[kind]
    shown = [f"ours {shorter(found['ours'], kind)}"]
    for who in ("numpy", "svy", "survey"):
        if who in found:
            shown.append(
                f"{NAMES[who]} {shorter(found[who], kind)} (ours / theirs {found['ours'] / found[who]:.2f})"
            )
        else:
            shown.append(f"{NAMES[who]} absent")
    return f"{task.title}, n = {result['n']:,}: " + ", ".join(shown)


def shorter(value, kind):
    if kind == "megabytes":
        return f"{value:.0f} MB"
    return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.1f} ms"
