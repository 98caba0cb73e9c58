"""``migration-effects release``: the only writer of ``release/``. All gates pass, or nothing is written."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from migration_effects.disclosure.artefacts import artefact_faults
from migration_effects.disclosure.differencing import (
    Released,
    differencing_faults,
    read_registry,
    registry_csv,
)
from migration_effects.errors import DisclosureError, counted
from migration_effects.io.codebook import Codebook
from migration_effects.report.completeness import programs
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.release.documents import document_faults
from migration_effects.report.release.figures_kept import exact_numbers, leaking_files
from migration_effects.report.release.gates import exhibit_faults
from migration_effects.report.release.identifiers import identifiers_of, identifying_files
from migration_effects.report.release.ledger import next_release, released_figures
from migration_effects.report.release.public import public_exhibit
from migration_effects.report.release.source import built_report, require_same
from migration_effects.report.release.statement import STATEMENT, Release, statement
from migration_effects.report.render.assemble import (
    compose_languages,
    put_in_place,
    read_exhibits,
    report_files,
)
from migration_effects.report.render.document import Document
from migration_effects.report.render.facts import StudyFacts, study_facts
from migration_effects.report.render.programs import with_programs
from migration_effects.report.render.published import published_exhibits
from migration_effects.study.load import read_study
from migration_effects.study.locate import processed_home, shown
from migration_effects.study.store import Store

REGISTRY = "release_registry.csv"


def release(study: str, *, root: Path) -> tuple[Path, Release]:
    """Write the public version of the report of a study.

    Parameters
    ----------
    study : str
        Id or folder.
    root : Path
        The project: the report is taken from ``reports/<study>`` and ``build/<study>``.

    Returns
    -------
    folder : Path
        ``release/<study>``, replaced as a whole.
    release : Release
        What it holds.

    Raises
    ------
    StudyError
        When there is no report, or it has been changed since it was built.
    DisclosureError
        With every gate that does not pass; nothing is written then, and an earlier release stays.
    """
    definition, codebook = read_study(study)
    facts = study_facts(study)
    versions, languages = built_report(root / "reports" / facts.id, facts)
    registered, synthetic = read_exhibits(facts, root / "build" / facts.id / "exhibits")
    exact = {**registered, **published_exhibits(facts, registered, languages, synthetic=synthetic)}
    require_same(root / "reports" / facts.id, exact, languages)
    overrides = definition.release.overrides
    made = {name: public_exhibit(exhibit, override=name in overrides) for name, exhibit in exact.items()}
    public = {name: found.exhibit for name, found in made.items()}
    earlier = _registry(root / "reports" / REGISTRY)
    number = next_release(earlier, facts.id, synthetic)
    new = released_figures(exact, made, facts.id, number, overrides, synthetic=synthetic)
    faults = exhibit_faults(exact, public, overrides)
    faults += [
        f"{name}: differs by one to seven people from {', '.join(sorted(others))}"
        for name, others in sorted(differencing_faults(new, earlier).items())
    ]
    _require(faults, facts.id)
    documents = _documents(facts, public, languages, root, synthetic=synthetic)
    files = report_files(facts, public, documents)
    again = report_files(facts, public, _documents(facts, public, languages, root, synthetic=synthetic))
    faults = file_faults(files, again, exact, documents, synthetic=synthetic)
    faults += _identifier_faults(files, codebook, facts.id, synthetic=synthetic)
    _require(faults, facts.id)
    found = Release(definition, synthetic, made, *_checksums(files), versions)
    text = statement(found).encode()
    _require(artefact_faults(STATEMENT, text), facts.id)
    target = _write(root / "release" / facts.id, {**files, STATEMENT: text})
    _append(root / "reports" / REGISTRY, earlier, new)
    return target, found


def file_faults(
    files: Mapping[str, bytes],
    again: Mapping[str, bytes],
    exact: Mapping[str, Exhibit],
    documents: Sequence[Document],
    *,
    synthetic: bool,
) -> list[str]:
    """Return what is wrong with finished files.

    Parameters
    ----------
    files, again : mapping of str to bytes
        Two builds of the same.
    exact : mapping of str to Table or Figure
        Exhibits of the internal report.
    documents : sequence of Document
        The texts the files were made from.
    synthetic : bool
        Whether they must carry the mark.

    Returns
    -------
    list of str
        By file; no figures, no text found.
    """
    faults = [fault for name, content in files.items() for fault in artefact_faults(name, content)]
    faults += [
        f"{name}: holds {count} figures finer than they are printed"
        for name, count in leaking_files(files, exact_numbers(exact.values())).items()
    ]
    faults += [
        f"{name}: two builds differ"
        for name in sorted({*files, *again})
        if files.get(name) != again.get(name)
    ]
    return faults + document_faults(files, documents, synthetic=synthetic)


def _identifier_faults(
    files: Mapping[str, bytes], codebook: Codebook, study: str, *, synthetic: bool
) -> list[str]:
    """Return the files that hold an identifier of the records, or that there are no records to take them from."""
    names = frozenset(variable.name for variable in codebook if variable.kind == "id")
    if not names:
        return []
    home = processed_home(study, synthetic=synthetic)
    store = Store.open(home)
    if store is None:
        return [
            f"the prepared records are not in {shown(home)}, so files cannot be searched for identifiers; run "
            f"`make data STUDY={study}`"
        ]
    found = identifying_files(files, identifiers_of(store.values(), names))
    return [f"{name}: holds {counted(count, 'identifier')} of the records" for name, count in found.items()]


def _documents(
    facts: StudyFacts, public: Mapping[str, Exhibit], languages: Sequence[str], root: Path, *, synthetic: bool
) -> list[Document]:
    """Return the public report in each language, charts left empty."""
    notebooks = sorted((root / facts.notebooks).glob("*.ipynb"))
    made_by = programs(notebooks, facts.notebooks)
    composed = compose_languages(facts, public, languages, synthetic=synthetic)
    return [with_programs(document, made_by) for document in composed]


def _registry(path: Path) -> list[Released]:
    """Return the figures of earlier releases."""
    return read_registry(path.read_text(encoding="utf-8") if path.is_file() else "")


def _append(path: Path, earlier: Sequence[Released], new: Sequence[Released]) -> None:
    """Add a release to the registry, unless one of the same figures is there."""
    known = {replace(row, release=0) for row in earlier}
    if any(replace(row, release=0) not in known for row in new):
        path.write_text(registry_csv([*earlier, *new]), encoding="utf-8")


def _require(faults: Sequence[str], study: str) -> None:
    """Raise with all faults."""
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise DisclosureError(
            f"The report of {study} may not be published: {counted(len(faults), 'fault')}.\n{lines}\n"
            "Nothing was written."
        )


def _checksums(files: Mapping[str, bytes]) -> tuple[dict[str, str], str]:
    """Return the checksum of each file, and one fingerprint of all."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return sums, hashlib.sha256(json.dumps(sums, sort_keys=True).encode()).hexdigest()[:16]


def _write(target: Path, files: Mapping[str, bytes]) -> Path:
    """Write all files aside, then put them in place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        for name, content in files.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        aside.chmod(0o755)
        put_in_place(target, aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target
