"""The last section of a report in whose study published figures are entered: they and their counterparts.

Its exhibits are not declared, since there are none of them until somebody enters a figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from migration_effects.report.context import Context
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.messages import messages
from migration_effects.report.published import FILE
from migration_effects.report.published_compare import Comparison, compare_published
from migration_effects.report.published_exhibits import WORDS, cases_table, estimates_charts, estimates_table
from migration_effects.report.render.document import Chapter, Document
from migration_effects.report.render.facts import StudyFacts
from migration_effects.report.render.prose import Block, Run
from migration_effects.report.render.view import view_of

# By the id without the number of a chart.
TITLES = {
    "TA1": "Published figures and the figures that reproduce them",
    "FA": "Published figures beside reproduced ones with their intervals",
    "TA2": "Numbers of cases, published and reproduced",
}
_ID = re.compile(r"TA[12]|FA\d+")


def published_exhibits(
    study: StudyFacts, exhibits: Mapping[str, Exhibit], languages: Sequence[str], *, synthetic: bool
) -> dict[str, Exhibit]:
    """Return the exhibits that compare published figures with reproduced ones.

    Parameters
    ----------
    study : StudyFacts
        Its folder holds ``reference/published.csv``.
    exhibits : mapping of str to Table or Figure
        All exhibits of the report, by id.
    languages : sequence of str
        Languages of the report.
    synthetic : bool
        Whether the reproduced figures come from synthetic data.

    Returns
    -------
    dict of str to Table or Figure
        Estimates as table and charts, numbers of cases as table; empty when no figure is entered.

    Raises
    ------
    StudyError
        With every fault of the file at once.
    """
    declared = [exhibit.id for exhibit in study.exhibits]
    entered = compare_published(study.folder / FILE, exhibits, declared)
    found = sorted(entered, key=lambda c: declared.index(c.published.exhibit_id))
    cases = [c for c in found if c.published.statistic == "n"]
    estimates = [c for c in found if c.published.statistic != "n"]
    made: dict[str, tuple[Exhibit, list[Comparison]]] = {}
    if estimates:
        made["TA1"] = estimates_table(estimates, exhibits), estimates
        for i, chart in enumerate(estimates_charts(estimates, exhibits), start=1):
            made[f"FA{i}"] = chart, estimates
    if cases:
        made["TA2"] = cases_table(cases), cases
    notes = (WORDS["synthetic"],) if synthetic else ()
    return {
        name: replace(
            spec,
            source=_source(study, shown, "en"),
            notes=notes,
            context=_context(study, name, shown, languages, synthetic=synthetic),
        )
        for name, (spec, shown) in made.items()
    }


def with_published(document: Document, exhibits: Mapping[str, Exhibit]) -> Document:
    """Return a report with the section on published figures, if it has such exhibits.

    Parameters
    ----------
    document : Document
        The report in one language, charts left empty.
    exhibits : mapping of str to Table or Figure
        All exhibits, with those of :func:`published_exhibits`.

    Returns
    -------
    Document
        Otherwise the same.
    """
    names = [name for name in exhibits if _ID.fullmatch(name)]
    if not names:
        return document
    text = messages(document.language).text
    about = text(
        "Figures entered from published sources stand beside the same figures of this report. The difference is "
        "the reproduced figure minus the published one."
    )
    views = tuple(view_of(exhibits[name], document.language, draw=False) for name in names)
    blocks = (Block("paragraph", runs=(Run(about),)), *(Block("exhibit", exhibit=name) for name in names))
    number = max((chapter.number for chapter in document.chapters), default=0) + 1
    chapter = Chapter(number, text("Published and reproduced figures"), blocks, views, "published-figures")
    return replace(document, chapters=(*document.chapters, chapter))


def _context(
    study: StudyFacts, name: str, found: list[Comparison], languages: Sequence[str], *, synthetic: bool
) -> Context:
    """Return title, labels and the source in every language; titles of publications are names and stay as they are."""
    english = _source(study, found, "en")
    texts = {
        language: {**study.texts.get(language, {}), english: _source(study, found, language)}
        for language in languages
    }
    titles = {
        language: messages(language).text(TITLES[name if name in TITLES else "FA"]) for language in languages
    }
    return Context(
        id=name,
        titles=titles,
        synthetic=synthetic,
        codebook=study.codebook,
        study_titles=study.title,
        texts=texts,
    )


def _source(study: StudyFacts, found: list[Comparison], language: str) -> str:
    """Return publications and pages with the exhibits they were compared with."""
    text = messages(language).text
    pages: dict[tuple[str, str], dict[str, None]] = {}
    for c in found:
        place = (c.published.source_title, c.published.page)
        pages.setdefault(place, {})[c.published.exhibit_id] = None
    parts = []
    for (title, page), ids in pages.items():
        named = study.texts.get(language, {}).get(title, title)
        listed = ", ".join(ids)
        parts.append(
            text("{title}, page {page} ({exhibits})", title=named, page=page, exhibits=listed)
            if page
            else f"{named} ({listed})"
        )
    return text("published: {sources}; reproduced: this report", sources="; ".join(parts))
