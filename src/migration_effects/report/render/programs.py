"""The appendix that names, for each exhibit, the notebook that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from migration_effects.report.messages import messages
from migration_effects.report.render.document import Chapter, Document
from migration_effects.report.render.prose import Block, Run

PROGRAMS = "programs"


def with_programs(document: Document, programs: Mapping[str, str]) -> Document:
    """Return a report that ends with the list of its exhibits and their programs.

    Parameters
    ----------
    document : Document
        The report in one language.
    programs : mapping of str to str
        Path of the notebook inside the project, by id of the exhibit; see
        :func:`migration_effects.report.completeness.programs`.

    Returns
    -------
    Document
        With ``programs`` set, from which the workbook fills a column of its contents, and a last chapter.
        Exhibits that no notebook registers are not listed; without any program the report is the same.
    """
    views = [view for chapter in document.chapters for view in chapter.views if view.id in programs]
    if not views:
        return document
    text = messages(document.language).text
    about = text(
        "Each exhibit is made by the notebook named beside it; the figures in the text come from exhibits."
    )
    rows = tuple((view.heading, view.title, programs[view.id]) for view in views)
    head = (text("Exhibit"), text("Title"), text("Program"))
    blocks = (Block("paragraph", runs=(Run(about),)), Block("table", head=head, rows=rows))
    number = max(chapter.number for chapter in document.chapters) + 1
    chapter = Chapter(number, text("List of exhibits and programs"), blocks, (), PROGRAMS)
    shown = {view.id: programs[view.id] for view in views}
    return replace(document, chapters=(*document.chapters, chapter), programs=shown)
