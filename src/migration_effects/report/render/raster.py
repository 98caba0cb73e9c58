"""Charts as PNG, for the formats that take no SVG: drawn by typst from the SVG, the same bytes on every run."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import typst

from migration_effects.report.render.view import View

RESOLUTION = 200.0  # pixels per inch
_SETTINGS = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#set document(date: none)\n"


def rasterise(drawings: Sequence[str]) -> list[bytes]:
    """Return drawings as PNG on white.

    Parameters
    ----------
    drawings : sequence of str
        SVG; their text is paths, so no font is needed. Many at once take half the time of one by one.

    Returns
    -------
    list of bytes
        PNG with 200 pixels per inch, in the same order.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = [f"{number}.svg" for number in range(len(drawings))]
        for file, svg in zip(names, drawings, strict=True):
            (folder / file).write_text(svg, encoding="utf-8")
        pages = "\n#pagebreak()\n".join(f'#image("{file}")' for file in names)
        (folder / "pages.typ").write_text(_SETTINGS + pages, encoding="utf-8")
        compiled = typst.compile(folder / "pages.typ", root=folder, format="png", ppi=RESOLUTION)
    images = cast(
        "bytes | list[bytes]", compiled
    )  # of several pages it is a list, which the typesetter's stub omits
    return images if isinstance(images, list) else [images]


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
    return view.png or rasterise([view.svg])[0]
