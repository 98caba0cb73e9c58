"""``reports/<study>/manifest.json``: what went in, what came out, with what versions, in how many seconds."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from migration_effects.errors import MigrationEffectsError
from migration_effects.study.code import has_twin
from migration_effects.study.load import read_study
from migration_effects.study.locate import raw_place, study_folder
from migration_effects.study.raw import raw_names

_PACKAGES = (
    "migration-effects", "numpy", "pandas", "scipy", "statsmodels", "formulaic", "matplotlib", "pyreadstat",
    "nbclient", "nbformat", "ipykernel", "jinja2", "babel", "typst", "python-docx", "XlsxWriter", "markdown-it-py",
    "fonttools",
)  # fmt: skip
_SKIPPED = ("__pycache__",)


def write_manifest(study: str, *, root: Path) -> Path:
    """Write the manifest of a study's report.

    Parameters
    ----------
    study : str
        Id or folder.
    root : Path
        The project.

    Returns
    -------
    Path
        The manifest. Only ``seconds`` differs between two builds of the same inputs.
    """
    definition, _ = read_study(study)
    folder = study_folder(study)
    place = raw_place(definition, data=None, has_twin=has_twin(folder))
    reports = root / "reports" / definition.id
    package = Path(__file__).parents[1]
    notebooks = sorted((root / definition.notebooks).glob("*.ipynb"))
    raw = [place.folder / name for name in raw_names(definition, place.folder)]
    content = {
        "study": definition.id,
        "synthetic": place.synthetic,
        "commit": _commit(root),
        "inputs": {
            "raw": {path.name: _sha256(path) for path in sorted(raw)},
            "study": _hashes(sorted(folder.rglob("*")), folder),
            "notebooks": {path.name: _sha256(path) for path in notebooks},
            "package": _joint([p for p in sorted(package.rglob("*")) if "studies" not in p.parts], package),
        },
        "outputs": _hashes([p for p in sorted(reports.rglob("*")) if p.name != "manifest.json"], reports),
        "versions": _versions(),
        "seconds": _seconds(root / "build" / definition.id / "seconds"),
    }
    target = reports / "manifest.json"
    target.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return target


def _sha256(path: Path) -> str:
    """Return the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hashes(paths: list[Path], base: Path) -> dict[str, str]:
    """Return the checksum of each file by its path below a folder."""
    kept = [path for path in paths if path.is_file() and not set(_SKIPPED) & set(path.parts)]
    return {path.relative_to(base).as_posix(): _sha256(path) for path in kept}


def _joint(paths: list[Path], base: Path) -> str:
    """Return one checksum of many files."""
    text = json.dumps(_hashes(paths, base), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that make the report."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _commit(root: Path) -> str | None:
    """Return the commit of the project, or None outside a repository."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _seconds(folder: Path) -> dict[str, float]:
    """Return the seconds each stage took when it last ran."""
    return {path.name: float(path.read_text()) for path in sorted(folder.glob("*"))}


def main(arguments: list[str]) -> int:
    """Write the manifest of the study named on the command line.

    Parameters
    ----------
    arguments : list of str
        The study.

    Returns
    -------
    int
        0, or 1 with one message on stderr.
    """
    try:
        write_manifest(arguments[0], root=Path.cwd())
    except MigrationEffectsError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
