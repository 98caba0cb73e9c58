"""From the registered exhibits of a build to the files of each language, moved into place only when all are ready."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from migration_effects.errors import StudyError, counted
from migration_effects.report.completeness import completeness_faults, programs
from migration_effects.report.exhibit import Exhibit, read_exhibit
from migration_effects.report.messages import gathering
from migration_effects.report.published import FILE as PUBLISHED
from migration_effects.report.published import parse_published
from migration_effects.report.register import declared_context
from migration_effects.report.render.document import Document, compose_document
from migration_effects.report.render.drawings import draw_charts
from migration_effects.report.render.facts import StudyFacts, study_facts
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import report_pdf
from migration_effects.report.render.placement import prose_file
from migration_effects.report.render.processes import in_two_processes
from migration_effects.report.render.programs import with_programs
from migration_effects.report.render.published import published_exhibits, with_published
from migration_effects.report.render.sections import section_faults, with_sections
from migration_effects.report.render.word import report_docx
from migration_effects.report.render.workbook import report_xlsx
from migration_effects.report.texts import FILE, missing_lines

RENDERERS: dict[str, Callable[[Document], str | bytes]] = {
    "html": report_html,
    "pdf": report_pdf,
    "xlsx": report_xlsx,
    "docx": report_docx,
}


def assemble(study: str, languages: Sequence[str], *, root: Path) -> list[Path]:
    """Write the report of a study in some languages.

    Parameters
    ----------
    study : str
        Id or folder.
    languages : sequence of str
        ``en``, ``ru``, ``uz``, ``uz_Cyrl``.
    root : Path
        The project; exhibits are read from ``build/<study>/exhibits``.

    Returns
    -------
    list of Path
        ``reports/<study>/<language>`` for each, replaced as a whole; on an error all stay as they were.

    Raises
    ------
    StudyError
        When declared and registered exhibits differ, a prose file has faults, or texts lack a translation.
    """
    facts = study_facts(study)
    notebooks = sorted((root / facts.notebooks).glob("*.ipynb"))
    faults = completeness_faults(facts.exhibits, notebooks)
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise StudyError(
            f"Declared and registered exhibits of {facts.id} differ in {counted(len(faults), 'place')}:\n{lines}"
        )
    registered, synthetic = read_exhibits(facts, root / "build" / facts.id / "exhibits")
    exhibits = {**registered, **published_exhibits(facts, registered, languages, synthetic=synthetic)}
    documents = compose_languages(facts, exhibits, languages, synthetic=synthetic)
    made_by = programs(notebooks, facts.notebooks)
    files = report_files(facts, exhibits, [with_programs(document, made_by) for document in documents])
    targets = {language: root / "reports" / facts.id / language for language in languages}
    fresh = {language: target.with_name(f".{language}.new") for language, target in targets.items()}
    try:
        for folder in fresh.values():
            shutil.rmtree(folder, ignore_errors=True)
        for name, content in files.items():
            language, _, rest = name.partition("/")
            path = fresh[language] / rest
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for language, target in targets.items():
            put_in_place(target, fresh[language])
    finally:
        for folder in fresh.values():
            shutil.rmtree(folder, ignore_errors=True)
    return list(targets.values())


def report_files(
    facts: StudyFacts, exhibits: Mapping[str, Exhibit], documents: Sequence[Document]
) -> dict[str, bytes]:
    """Return all files of a report.

    Parameters
    ----------
    facts : StudyFacts
        The study.
    exhibits : mapping of str to Table or Figure
        With their context.
    documents : sequence of Document
        The report in each language, charts left empty.

    Returns
    -------
    dict of str to bytes
        By path below the folder of the report: ``en/csv/T1.1.csv`` and the like.
    """
    drawings = draw_charts(exhibits, [document.language for document in documents])
    drawn = [document.with_drawings(drawings) for document in documents]
    stem = f"{facts.id}_report{'_SYNTHETIC' if any(document.mark for document in documents) else ''}"
    tasks = [(kind, document) for kind in RENDERERS for document in drawn]
    contents = in_two_processes(_rendered, tasks)
    files = {
        f"{document.language}/csv/{name}.csv": csv_bytes(exhibit, document.language)
        for document in documents
        for name, exhibit in exhibits.items()
    }
    for (kind, document), content in zip(tasks, contents, strict=True):
        files[f"{document.language}/{stem}.{kind}"] = content
    return files


def compose_languages(
    facts: StudyFacts, exhibits: Mapping[str, Exhibit], languages: Sequence[str], *, synthetic: bool
) -> list[Document]:
    """Return the report in each language, charts left empty.

    Parameters
    ----------
    facts : StudyFacts
        The study.
    exhibits : mapping of str to Table or Figure
        With their context.
    languages : sequence of str
        In the order wanted.
    synthetic : bool
        Whether the figures come from synthetic data.

    Returns
    -------
    list of Document
        One per language.

    Raises
    ------
    StudyError
        With all titles, chapters and texts that lack a translation.
    """
    faults = [fault for language in languages for fault in translation_faults(facts, language)]
    if faults:
        raise StudyError(
            f"The report of {facts.id} is not translated in {counted(len(faults), 'place')}:\n"
            + "\n".join(f"  - {fault}" for fault in faults)
        )
    documents, untranslated = [], {}
    for language in languages:
        with gathering() as missing:
            document = compose_document(facts, exhibits, synthetic=synthetic, language=language, draw=False)
            documents.append(with_sections(with_published(document, exhibits), facts.folder, exhibits))
        if missing:
            untranslated[language] = missing
    if untranslated:
        lines = [
            f"{counted(len(m), 'text')} without {name!r}:\n{missing_lines(m)}"
            for name, m in untranslated.items()
        ]
        raise StudyError(
            f"The report of {facts.id} is not translated. Fill in these lines in {FILE} of the study folder "
            "(columns en, ru, uz, status):\n" + "\n".join(lines)
        )
    return documents


def translation_faults(facts: StudyFacts, language: str) -> list[str]:
    """Return the titles and chapters that a language lacks.

    Parameters
    ----------
    facts : StudyFacts
        The study.
    language : str
        One language.

    Returns
    -------
    list of str
        One fault per title, chapter and section that has English prose only.
    """
    faults = [f"exhibit {e.id} has no title.{language}" for e in facts.exhibits if not e.title.get(language)]
    for chapter in sorted({exhibit.chapter for exhibit in facts.exhibits}):
        english = prose_file(facts.folder, "en", chapter)
        if english is not None and prose_file(facts.folder, language, chapter) is None:
            faults.append(f"text/{language}/{english.name} is missing; text/en/{english.name} exists")
    return faults + section_faults(facts.folder, language)


def _rendered(task: tuple[str, Document]) -> bytes:
    """Return one file of the report."""
    kind, document = task
    content = RENDERERS[kind](document)
    return content.encode() if isinstance(content, str) else content


def csv_bytes(exhibit: Exhibit, language: str) -> bytes:
    """Return the figures of an exhibit as its CSV file holds them.

    Parameters
    ----------
    exhibit : Table or Figure
        With its context.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    bytes
        UTF-8; the byte order mark makes spreadsheet programs read Cyrillic as such.
    """
    return exhibit.to_csv(language).encode("utf-8-sig")


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
    published = parse_published(facts.folder / PUBLISHED)[0]
    for declared in facts.exhibits:
        spec = read_exhibit(json.dumps(contents[declared.id]["spec"]))
        context = declared_context(
            facts, declared, synthetic=synthetic, texts=facts.texts, published=published
        )
        exhibits[declared.id] = replace(spec, context=context)
    return exhibits, synthetic


def put_in_place(target: Path, fresh: Path) -> None:
    """Put a finished folder in the place of an earlier one.

    Parameters
    ----------
    target : Path
        Where it belongs; an earlier one is removed.
    fresh : Path
        The finished folder, on the same disk.
    """
    earlier = target.with_name(f".{target.name}.old")
    shutil.rmtree(earlier, ignore_errors=True)
    if target.exists():
        target.rename(earlier)
    fresh.rename(target)
    shutil.rmtree(earlier, ignore_errors=True)
