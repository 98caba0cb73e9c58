"""The report that a release is made from: complete, unchanged, and of the study as it stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from migration_effects.errors import StudyError
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.render.assemble import csv_bytes
from migration_effects.report.render.facts import StudyFacts

MANIFEST = "manifest.json"
# Signatures and overrides are entered after the report: they change neither its figures nor its words.
DEFINITION = "study.toml"
# Software whose version a reader needs, of all that the manifest lists.
_SOFTWARE = ("python", "migration-effects", "numpy", "pandas", "scipy", "statsmodels", "matplotlib", "typst")
_NAMED = 5


def built_report(reports: Path, study: StudyFacts) -> tuple[dict[str, str], list[str]]:
    """Return versions and languages of a report, after comparing its files with its manifest.

    Parameters
    ----------
    reports : Path
        ``reports/<study>``.
    study : StudyFacts
        The study.

    Returns
    -------
    versions : dict of str to str
        Of the software that built it.
    languages : list of str
        Those built.

    Raises
    ------
    StudyError
        When there is no report, or its files or those of the study were changed, added or removed since.
    """
    path = reports / MANIFEST
    if not path.is_file():
        raise StudyError(
            f"There is no report of {study.id} to release. Run `make report STUDY={study.id}` first."
        )
    manifest = json.loads(path.read_text(encoding="utf-8"))
    outputs: dict[str, str] = manifest["outputs"]
    _require(
        _changed(reports, outputs, {MANIFEST}), f"files of reports/{study.id} are not those of its manifest"
    )
    inputs: dict[str, str] = manifest["inputs"]["study"]
    _require(
        _changed(study.folder, inputs, {DEFINITION}),
        f"files of the study {study.id} changed since its report",
    )
    languages = {name.partition("/")[0] for name in outputs if name.partition("/")[2].startswith("csv/")}
    versions = {name: manifest["versions"][name] for name in _SOFTWARE if name in manifest["versions"]}
    return versions, sorted(languages)


def require_same(reports: Path, exact: Mapping[str, Exhibit], languages: Sequence[str]) -> None:
    """Raise unless the exhibits of the build are those of the report, figure by figure.

    Parameters
    ----------
    reports : Path
        ``reports/<study>``.
    exact : mapping of str to Table or Figure
        Exhibits of the build.
    languages : sequence of str
        Languages of the report.

    Raises
    ------
    StudyError
        Naming the files that differ.
    """
    different = [
        f"{language}/csv/{name}.csv"
        for language in languages
        for name, exhibit in exact.items()
        if not (path := reports / language / "csv" / f"{name}.csv").is_file()
        or path.read_bytes() != csv_bytes(exhibit, language)
    ]
    _require(different, "exhibits have been built anew since the report")


def _changed(folder: Path, expected: Mapping[str, str], passed: set[str]) -> list[str]:
    """Return files of a folder that were changed, added or removed, by path below it."""
    present = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return sorted(
        name
        for name in {*expected, *present} - passed
        if name not in present or hashlib.sha256(present[name].read_bytes()).hexdigest() != expected.get(name)
    )


def _require(changed: Sequence[str], what: str) -> None:
    """Raise when anything changed."""
    if changed:
        named = ", ".join(changed[:_NAMED])
        more = " …" if len(changed) > _NAMED else ""
        raise StudyError(
            f"{len(changed)} {what}: {named}{more}. Run `make report` with all its languages again."
        )
