"""HTML: fragments for notebooks, and one self-contained accessible file for the report."""

from __future__ import annotations

import base64
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from migration_effects.report.exhibit import Exhibit
from migration_effects.report.render.document import Document
from migration_effects.report.render.prose import Run
from migration_effects.report.render.subset import font_faces
from migration_effects.report.render.view import View, view_of

_TEMPLATES = ("exhibit.html", "report.html", "exhibit.css", "report.css")
_PIXELS_PER_POINT = 96 / 72


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Return the templates; everything that enters them is escaped and must exist."""
    folder = files("migration_effects.report.render") / "templates"
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in _TEMPLATES}
    return Environment(loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined)


def _source(name: str) -> str:
    """Return a template's own text."""
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def exhibit_html(exhibit: Exhibit, language: str) -> str:
    """Return an exhibit as a fragment with its own style, for display in a notebook.

    Parameters
    ----------
    exhibit : Table or Figure
        The specification.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    str
        Escaped HTML.
    """
    macro = _environment().get_template("exhibit.html").module.exhibit  # type: ignore[attr-defined]
    return f"<style>{_source('exhibit.css')}</style>\n{macro(_shown(view_of(exhibit, language), csv=''))}"


def _shown(view: View, *, csv: str) -> dict[str, Any]:
    """Return a view as the template takes it."""
    image = base64.b64encode(view.svg.encode()).decode()
    width, height = (round(side * _PIXELS_PER_POINT) for side in view.size)
    return {
        **{name: getattr(view, name) for name in view.__dataclass_fields__},
        "image": Markup(f"data:image/svg+xml;base64,{image}"),
        "width": width,
        "height": height,
        "csv": csv,
        "words": {"data_table": view.data_words},
    }


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
        shown = {v.id: _shown(v, csv=f"csv/{v.id}.csv") for v in chapter.views}
        blocks = [
            {"kind": "exhibit", "view": shown[b.exhibit]} if b.kind == "exhibit" else b
            for b in chapter.blocks
        ]
        chapters.append(
            {
                "number": chapter.number,
                "title": chapter.title,
                "views": list(shown.values()),
                "blocks": blocks,
            }
        )
    doc = {**{name: getattr(document, name) for name in document.__dataclass_fields__}, "chapters": chapters}
    template = _environment().get_template("report.html")
    # Rendered twice: the fonts hold exactly the characters of the first rendering.
    bare = template.render(doc=doc, inline=inline, style="")
    style = "\n".join([font_faces(bare), _source("report.css"), _source("exhibit.css")])
    return template.render(doc=doc, inline=inline, style=Markup(style)) + "\n"
