"""The report as one self-contained accessible HTML file."""

from __future__ import annotations

from markupsafe import Markup, escape

from migration_effects.report.render.document import Document
from migration_effects.report.render.fragment import environment, shown, source
from migration_effects.report.render.prose import Run
from migration_effects.report.render.subset import font_faces


def inline(run: Run) -> Markup:
    """Return a run of prose.

    Parameters
    ----------
    run : Run
        Text and its style.

    Returns
    -------
    Markup
        Escaped text in its tags.
    """
    text = escape(run.text)
    if run.strong:
        text = Markup("<strong>{}</strong>").format(text)
    return Markup("<em>{}</em>").format(text) if run.emphasis else text


def report_html(document: Document) -> str:
    """Return the report as one HTML file: style, fonts and charts inside, no script, no request.

    Parameters
    ----------
    document : Document
        The report in one language.

    Returns
    -------
    str
        HTML.
    """
    chapters = []
    for chapter in document.chapters:
        views = {v.id: shown(v, csv=f"csv/{v.id}.csv") for v in chapter.views}
        blocks = [
            {"kind": "exhibit", "view": views[b.exhibit]} if b.kind == "exhibit" else b
            for b in chapter.blocks
        ]
        chapters.append(
            {
                "anchor": chapter.anchor,
                "title": chapter.title,
                "views": list(views.values()),
                "blocks": blocks,
            }
        )
    doc = {**{name: getattr(document, name) for name in document.__dataclass_fields__}, "chapters": chapters}
    template = environment().get_template("report.html")
    # Rendered twice: the fonts hold exactly the characters of the first rendering.
    bare = template.render(doc=doc, inline=inline, style="")
    style = "\n".join([font_faces(bare), source("report.css"), source("exhibit.css")])
    return template.render(doc=doc, inline=inline, style=Markup(style)) + "\n"
