"""From the registered exhibits of a build to the files of one language, moved into place only when all are ready."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from migration_effects.errors import StudyError
from migration_effects.report.completeness import completeness_faults
from migration_effects.report.exhibit import Exhibit, read_exhibit
from migration_effects.report.register import declared_context
from migration_effects.report.render.document import Document, compose_document
from migration_effects.report.render.facts import StudyFacts, study_facts
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import report_pdf
from migration_effects.report.render.word import report_docx
from migration_effects.report.render.workbook import report_xlsx


def assemble(study: str, language: str, *, root: Path) -> Path:
    """Write the report of a study in one language.

    Parameters
    ----------
    study : str
        Id or folder.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.
    root : Path
        The project; exhibits are read from ``build/<study>/exhibits``.

    Returns
    -------
    Path
        ``reports/<study>/<language>``, replaced as a whole; on an error it stays as it was.

    Raises
    ------
    StudyError
        When declared and registered exhibits differ, or a title or prose file has faults.
    """
    facts = study_facts(study)
    notebooks = sorted((root / facts.notebooks).glob("*.ipynb"))
    faults = completeness_faults(facts.exhibits, notebooks)
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise StudyError(
            f"Declared and registered exhibits of {facts.id} differ in {len(faults)} places:\n{lines}"
        )
    exhibits, synthetic = read_exhibits(facts, root / "build" / facts.id / "exhibits")
    document = compose_document(facts, exhibits, synthetic=synthetic, language=language)
    target = root / "reports" / facts.id / language
    fresh = target.with_name(f".{language}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        _write(fresh, document, exhibits, f"{facts.id}_report{'_SYNTHETIC' if synthetic else ''}")
        _replace(target, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def _write(folder: Path, document: Document, exhibits: Mapping[str, Exhibit], stem: str) -> None:
    """Write all files of one language."""
    (folder / "csv").mkdir(parents=True)
    (folder / f"{stem}.html").write_text(report_html(document), encoding="utf-8")
    (folder / f"{stem}.pdf").write_bytes(report_pdf(document))
    (folder / f"{stem}.docx").write_bytes(report_docx(document))
    (folder / f"{stem}.xlsx").write_bytes(report_xlsx(document))
    for exhibit_id, exhibit in exhibits.items():
        # The byte order mark makes spreadsheet programs read Cyrillic as such.
        text = exhibit.to_csv(document.language)
        (folder / "csv" / f"{exhibit_id}.csv").write_text(text, encoding="utf-8-sig")


def read_exhibits(facts: StudyFacts, folder: Path) -> tuple[Mapping[str, Exhibit], bool]:
    """Return the registered exhibits with their context, in report order.

    Parameters
    ----------
    facts : StudyFacts
        Declares them.
    folder : Path
        Where the notebooks left them.

    Returns
    -------
    exhibits : mapping of str to Table or Figure
        By id.
    synthetic : bool
        Whether their figures come from synthetic data.

    Raises
    ------
    StudyError
        When one is missing, or real and synthetic figures would be mixed.
    """
    missing = [e.id for e in facts.exhibits if not (folder / f"{e.id}.json").is_file()]
    if missing:
        raise StudyError(
            f"No notebook has produced {', '.join(missing)}. Run `make report STUDY={facts.id}`."
        )
    contents = {
        e.id: json.loads((folder / f"{e.id}.json").read_text(encoding="utf-8")) for e in facts.exhibits
    }
    origins = {bool(content["synthetic"]) for content in contents.values()}
    if len(origins) > 1:
        raise StudyError(
            f"Some exhibits of {facts.id} come from synthetic data and some do not. Remove build/{facts.id} and "
            "build again."
        )
    synthetic = origins == {True}
    exhibits: dict[str, Exhibit] = {}
    for declared in facts.exhibits:
        spec = read_exhibit(json.dumps(contents[declared.id]["spec"]))
        context = declared_context(facts, declared, synthetic=synthetic)
        exhibits[declared.id] = replace(spec, context=context)
    return exhibits, synthetic


def _replace(target: Path, fresh: Path) -> None:
    """Put a finished folder in the place of an earlier one."""
    earlier = target.with_name(f".{target.name}.old")
    shutil.rmtree(earlier, ignore_errors=True)
    if target.exists():
        target.rename(earlier)
    fresh.rename(target)
    shutil.rmtree(earlier, ignore_errors=True)
