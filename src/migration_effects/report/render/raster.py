"""Charts as PNG, for the formats that take no SVG: drawn by typst from the SVG, the same bytes on every run."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typst

from migration_effects.report.render.view import View

RESOLUTION = 200.0  # pixels per inch
_PAGE = (
    "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#set document(date: none)\n"
    '#image("chart.svg")\n'
)


def rasterise(svg: str) -> bytes:
    """Return a drawing as PNG on white.

    Parameters
    ----------
    svg : str
        The drawing; its text is paths, so no font is needed.

    Returns
    -------
    bytes
        PNG with 200 pixels per inch.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "chart.svg").write_text(svg, encoding="utf-8")
        (folder / "page.typ").write_text(_PAGE, encoding="utf-8")
        image = typst.compile(folder / "page.typ", root=folder, format="png", ppi=RESOLUTION)
    assert isinstance(image, bytes)
    return image


def png_of(view: View) -> bytes:
    """Return the PNG of a chart, drawn now unless the build has drawn it already.

    Parameters
    ----------
    view : View
        A chart.

    Returns
    -------
    bytes
        PNG.
    """
    return view.png or rasterise(view.svg)
