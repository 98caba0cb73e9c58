"""PDF by typst: tagged (PDF/UA-1), with alternative texts, the same bytes on every run."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import typst

from migration_effects import __version__
from migration_effects.errors import MigrationEffectsError
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.plain import plain
from migration_effects.report.render.document import Document
from migration_effects.report.render.view import View, view_of
from migration_effects.report.render.widths import PAGE, column_widths
from migration_effects.report.style import FONTS

TALLEST = 560.0  # points of a page that a drawing may take
_UNUSED = ("svg", "png", "grid")  # what the template does not take from a view
_FALLBACK = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


class TypesettingError(MigrationEffectsError):
    """The typesetter refused the report or warned about it."""


def exhibit_json(exhibit: Exhibit, language: str) -> str:
    """Return an exhibit as the typst template reads it.

    Parameters
    ----------
    exhibit : Table or Figure
        The specification.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    str
        JSON; the drawing is named, not contained.
    """
    return _json(_view(view_of(exhibit, language)))


def report_pdf(document: Document) -> bytes:
    """Return the report as PDF.

    Parameters
    ----------
    document : Document
        The report in one language.

    Returns
    -------
    bytes
        PDF/UA-1.

    Raises
    ------
    TypesettingError
        When the typesetter reports an error or a warning: a chart without alternative text, a character that no
        vendored font has.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = files("migration_effects.report.render") / "templates" / "report.typ"
        (folder / "report.typ").write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "report.json").write_text(_json(_content(document)), encoding="utf-8")
        for chapter in document.chapters:
            for view in chapter.views:
                if view.svg:
                    (folder / _image(view)).write_text(view.svg, encoding="utf-8")
        return _compile(folder)


def _compile(folder: Path) -> bytes:
    """Run typst on a folder that holds nothing but its inputs; a warning is an error."""
    # Only these two faces: the folder they come from also has a font that draws a box for any character.
    fallback = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in _FALLBACK:
        shutil.copy(fallback / name, folder)
    try:
        pdf, warnings = typst.compile_with_warnings(
            folder / "report.typ",
            root=folder,
            font_paths=[FONTS, folder],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
        )
    except typst.TypstError as error:
        raise TypesettingError(f"The PDF could not be made: {error.message}\n{error.diagnostic}") from error
    if warnings:
        lines = "\n".join(f"  - {warning.message}" for warning in warnings)
        raise TypesettingError(
            f"The PDF has {len(warnings)} warnings, each of which changes its look:\n{lines}"
        )
    assert isinstance(pdf, bytes)
    return pdf


def _content(document: Document) -> dict[str, Any]:
    """Return the report as the template reads it."""
    content = {name: getattr(document, name) for name in document.__dataclass_fields__ if name != "chapters"}
    content["version"] = __version__
    content["typst_language"] = document.language.split("_")[0]
    content["chapters"] = [
        {
            "title": chapter.title,
            "blocks": [asdict(block) for block in chapter.blocks],
            "views": {view.id: _view(view) for view in chapter.views},
        }
        for chapter in document.chapters
    ]
    return content


def _view(view: View) -> dict[str, Any]:
    """Return an exhibit as the template reads it."""
    names = [name for name in view.__dataclass_fields__ if name not in _UNUSED]
    content = {name: getattr(view, name) for name in names} | {"printed": asdict(view.printed)}
    content["image"] = _image(view) if view.svg else ""
    size, widths = column_widths(view.printed)
    content["printed"] |= {"width": view.printed.width, "size": size, "widths": widths}
    content["image_width"] = drawing_width(view)
    content["image_height"] = view.size[1] * content["image_width"] / view.size[0] if view.size[0] else 0.0
    return content


def drawing_width(view: View) -> float:
    """Return the width at which a drawing fits on a page with its title and notes.

    Parameters
    ----------
    view : View
        A chart.

    Returns
    -------
    float
        Points; at most the width of the text.
    """
    width, height = view.size
    return PAGE if not height else PAGE * min(1.0, TALLEST / (PAGE * height / width))


def _image(view: View) -> str:
    """Return the file name of a drawing."""
    return f"{view.id or 'exhibit'}.svg"


def _json(content: dict[str, Any]) -> str:
    """Return JSON without control characters in any text."""
    return json.dumps(_plain(content), sort_keys=True, ensure_ascii=False, allow_nan=False)


def _plain(content: Any) -> Any:
    """Return nested content with every text made safe."""
    if isinstance(content, str):
        return plain(content)
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    return [_plain(item) for item in content] if isinstance(content, list | tuple) else content
