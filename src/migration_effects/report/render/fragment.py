"""An exhibit as an HTML fragment: what notebooks display, and what the report is put together from."""

from __future__ import annotations

import base64
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from migration_effects.report.exhibit import Exhibit
from migration_effects.report.render.headers import header_ids
from migration_effects.report.render.view import View, view_of

_TEMPLATES = ("exhibit.html", "report.html", "exhibit.css", "report.css")
_PIXELS_PER_POINT = 96 / 72


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates; everything that enters them is escaped and must exist.

    Returns
    -------
    Environment
        With automatic escaping.
    """
    folder = files("migration_effects.report.render") / "templates"
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in _TEMPLATES}
    return Environment(loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined)


def source(name: str) -> str:
    """Return a template's own text.

    Parameters
    ----------
    name : str
        File among the templates.

    Returns
    -------
    str
        Its text.
    """
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


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
    macro = environment().get_template("exhibit.html").module.exhibit  # type: ignore[attr-defined]
    return f"<style>{source('exhibit.css')}</style>\n{macro(shown(view_of(exhibit, language), csv=''))}"


def shown(view: View, *, csv: str) -> dict[str, Any]:
    """Return a view as the template takes it.

    Parameters
    ----------
    view : View
        An exhibit in one language.
    csv : str
        Link to its CSV file; empty for none.

    Returns
    -------
    dict
        Variables of the template.
    """
    image = base64.b64encode(view.svg.encode()).decode()
    width, height = (round(side * _PIXELS_PER_POINT) for side in view.size)
    return {
        **{name: getattr(view, name) for name in view.__dataclass_fields__},
        "image": Markup(f"data:image/svg+xml;base64,{image}"),
        "width": width,
        "height": height,
        "csv": csv,
        "words": {"data_table": view.data_words},
        "named": header_ids(view.printed, view.id),
    }
