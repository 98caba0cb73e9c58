"""The last section of a report in whose study published figures are entered: they and their counterparts.

Its exhibits are not declared, since there are none of them until somebody enters a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from migration_effects.report.cells import Cell, unit_decimals
from migration_effects.report.context import Context
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import ALT_TEXT, Figure, Point
from migration_effects.report.labels import TIMES, value_id
from migration_effects.report.messages import messages
from migration_effects.report.published import FILE
from migration_effects.report.published_compare import Comparison, compare_published
from migration_effects.report.render.document import Chapter, Document
from migration_effects.report.render.facts import StudyFacts
from migration_effects.report.render.prose import Block, Run
from migration_effects.report.render.view import view_of
from migration_effects.report.table import Column, Row, Table

TITLES = {
    "TA1": "Published figures and the figures that reproduce them",
    "FA1": "Published figures beside reproduced ones with their intervals",
    "TA2": "Numbers of cases, published and reproduced",
}
# Words that stand in these exhibits as label ids.
WORDS = {
    "published": "Published",
    "reproduced": "Reproduced",
    "difference": "Reproduced minus published",
    "inside": "Published figure lies in the interval",
    "published_n": "Published n",
    "reproduced_n": "Reproduced n",
    "exhibit": "Exhibit, row and column",
    "population": "Figures entered from published sources beside the same figures of this report; 1 for yes, – for no",
    "chart": "Figures entered from published sources beside the same figures of this report",
    "cases": "Unweighted cases entered from published sources beside those of this report",
    "synthetic": "On synthetic data a difference from a published figure is expected and carries no meaning.",
}
_EMPTY = Cell(symbol="not_applicable")


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
        Estimates as table and chart, numbers of cases as table; empty when no figure is entered.

    Raises
    ------
    StudyError
        With every fault of the file at once.
    """
    declared = [exhibit.id for exhibit in study.exhibits]
    found = compare_published(study.folder / FILE, exhibits, declared)
    cases = [c for c in found if c.published.statistic == "n"]
    estimates = [c for c in found if c.published.statistic != "n"]
    made: dict[str, Exhibit] = {}
    if estimates:
        made = {"TA1": _table(estimates, exhibits), "FA1": _chart(estimates, exhibits)}
    if cases:
        made["TA2"] = _cases(cases)
    notes = (WORDS["synthetic"],) if synthetic else ()
    return {
        name: replace(
            spec,
            source=_source(study, _shown(name, estimates, cases), "en"),
            notes=notes,
            context=_context(study, name, _shown(name, estimates, cases), languages, synthetic=synthetic),
        )
        for name, spec in made.items()
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
    names = [name for name in TITLES if name in exhibits]
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
    chapter = Chapter(number, text("Published and reproduced figures"), blocks, views)
    return replace(document, chapters=(*document.chapters, chapter))


def _shown(name: str, estimates: list[Comparison], cases: list[Comparison]) -> list[Comparison]:
    """Return the comparisons that an exhibit shows."""
    return cases if name == "TA2" else estimates


def _table(found: list[Comparison], exhibits: Mapping[str, Exhibit]) -> Table:
    """Return the table of estimates; a figure hidden for its small base hides what is computed from it."""
    digits = max(c.column.decimals for c in found)
    names = ("published", "reproduced", "difference", "inside", "published_n", "reproduced_n")
    decimals = (digits, digits, digits, 0, 0, 0)
    return Table(
        columns=tuple(
            Column(n, WORDS[n], "number" if not d else "", d) for n, d in zip(names, decimals, strict=True)
        ),
        rows=tuple(_row(c) for c in found),
        cells=tuple(_cells(c) for c in found),
        population=WORDS["population"],
        row_header=WORDS["exhibit"],
        weight=_weight(found, exhibits),
        n_place="none",
    )


def _cells(found: Comparison) -> tuple[Cell, ...]:
    """Return the cells of a row of estimates."""
    difference, inside, n = found.difference, found.inside, found.cell.n
    return (
        Cell(found.published.value),
        found.cell,
        Cell(difference, n=n) if difference is not None else replace(_EMPTY, n=n),
        _EMPTY if inside is None else Cell(float(inside)),
        _count(found.published.base_n),
        _count(n),
    )


def _count(n: int | None) -> Cell:
    """Return a number of cases as a cell."""
    return _EMPTY if n is None else Cell(float(n))


def _cases(found: list[Comparison]) -> Table:
    """Return the table of numbers of cases."""
    names = ("published", "reproduced", "difference")
    return Table(
        columns=tuple(Column(name, WORDS[name], "number", 0) for name in names),
        rows=tuple(_row(c) for c in found),
        cells=tuple((Cell(c.published.value), c.cell, Cell(c.difference)) for c in found),
        population=WORDS["cases"],
        row_header=WORDS["exhibit"],
        n_place="none",
    )


def _chart(found: list[Comparison], exhibits: Mapping[str, Exhibit]) -> Figure:
    """Return the chart of estimates; figures of one unit share a panel."""
    units = list(dict.fromkeys(_unit(c) for c in found))
    points = []
    for unit in units:
        for c in (c for c in found if _unit(c) == unit):
            panel = unit if len(units) > 1 else ""
            category = TIMES.join((value_id("exhibit", c.published.exhibit_id), _row(c).label))
            for name, cell in (("published", Cell(c.published.value)), ("reproduced", c.cell)):
                points.append(Point(category, WORDS[name], panel, "", unit, cell))
    return Figure(
        chart="dots",
        points=tuple(points),
        population=WORDS["chart"],
        weight=_weight(found, exhibits),
        decimals=max(unit_decimals(_unit(c)) for c in found),
        alt=ALT_TEXT["dots"],
    )


def _unit(found: Comparison) -> str:
    """Return the unit of a figure; exhibits with several units leave it to whoever enters the figure."""
    return found.column.unit or found.published.unit or "number"


def _row(found: Comparison) -> Row:
    """Return the row of a published figure, in the group of its exhibit."""
    parts = [found.row.label] + [found.column.label] * (found.column.label != "Estimate")
    if found.row.group and found.row.group not in parts[0]:
        parts.insert(0, found.row.group)
    if _unit(found) != "number":
        parts.append(_unit(found))
    return Row(
        TIMES.join(found.published.place), TIMES.join(parts), value_id("exhibit", found.published.exhibit_id)
    )


def _weight(found: list[Comparison], exhibits: Mapping[str, Exhibit]) -> str:
    """Return the weights behind the reproduced figures."""
    names = [name for c in found for name in exhibits[c.published.exhibit_id].weight.split(", ") if name]
    return ", ".join(dict.fromkeys(names))


def _context(
    study: StudyFacts, name: str, found: list[Comparison], languages: Sequence[str], *, synthetic: bool
) -> Context:
    """Return title, labels and the source in every language; titles of publications are names and stay as they are."""
    english = _source(study, found, "en")
    texts = {
        language: {**study.texts.get(language, {}), english: _source(study, found, language)}
        for language in languages
    }
    titles = {language: messages(language).text(TITLES[name]) for language in languages}
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
