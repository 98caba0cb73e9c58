"""Time `make report` in a copy of the tree: from nothing, again, after a change; write docs/report_times.md.

The clock decides, as a user sees it; the load of the machine stands beside it, since other work can double a time.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
STUDY = "uzbekistan_2019"
NOTEBOOK = "notebooks/10_programme.ipynb"
HEAD = """\
# Times of `make report`

Written by `python benchmarks/report.py` (part of `make benchmark`): seconds on the clock in a copy of the working tree,
the environment installed, no data, no cache and no compiled file before the first line. The study is the twin with all
of its exhibits, in HTML, PDF, DOCX, XLSX and CSV.

"""
FOOT = """
Where the seconds of the last build go (notebooks run two at a time):

| stage | s |
| --- | ---: |
"""


def main():
    """Measure, and write the page."""
    rows, load = [], os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        one, three = Path(name) / "one", Path(name) / "three"
        _copy(one)
        rows.append(("one language, from nothing", "under 60", _make(one, "en")))
        rows.append(("again, nothing changed", "under 1", _make(one, "en")))
        _change(one / NOTEBOOK)
        rows.append(("one notebook changed", "", _make(one, "en")))
        _copy(three)
        rows.append(("three languages, from nothing", "under 90", _make(three, "en ru uz")))
        manifest = json.loads((three / "reports" / STUDY / "manifest.json").read_text(encoding="utf-8"))
    lines = [
        f"{platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}; load of the "
        f"machine before: {load:.1f}.",
        "",
        "| build | s | target |",
        "| --- | ---: | --- |",
        *(f"| {what} | {seconds:.1f} | {target} |" for what, target, seconds in rows),
    ]
    stages = [f"| {stage} | {seconds:.1f} |" for stage, seconds in sorted(manifest["seconds"].items())]
    page = HEAD + "Python " + "\n".join(lines) + "\n" + FOOT + "\n".join(stages) + "\n"
    (ROOT / "docs" / "report_times.md").write_text(page, encoding="utf-8")
    return 0


def _copy(target):
    """Copy the tracked files as they stand."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for file in filter(None, listed.stdout.split("\0")):
        if (ROOT / file).is_file():
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, target / file)


def _make(folder, languages):
    """Return the seconds that the report takes."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    command = ["make", "report", f"PY={sys.executable}", f"LANGUAGES={languages}"]
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _change(path):
    """Add a sentence to the first cell of words in a notebook."""
    book = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in book["cells"] if cell["cell_type"] == "markdown")
    cell["source"] = ["".join(cell["source"]) + " Read again."]
    path.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
