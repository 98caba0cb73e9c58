"""Fonts cut to the characters a document uses, under a name of their own.

Source Sans Pro carries the Reserved Font Name "Source": a subset is a modified font and must not bear it.
"""

from __future__ import annotations

import base64
import io
import re

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from migration_effects.report.style import FONTS

NAME = "Report Sans"
_FACES = (("SourceSansPro-Regular.ttf", 400, "normal"), ("SourceSansPro-Bold.ttf", 700, "normal"))
# Names that carry the reserved one: family, unique id, full name, PostScript name, trademark, typographic family.
_NAME_IDS = (1, 3, 4, 6, 7, 16, 18, 21)
_DATA = re.compile(r'"data:[^"]*"')


def font_faces(html: str) -> str:
    """Return the ``@font-face`` rules for a document.

    Parameters
    ----------
    html : str
        The document; its characters are kept.

    Returns
    -------
    str
        CSS with the fonts as data URIs.
    """
    characters = set(_DATA.sub("", html))
    rules = []
    for file, weight, style in _FACES:
        data = base64.b64encode(subset_font(file, characters)).decode()
        rules.append(
            f"@font-face {{ font-family: '{NAME}'; font-weight: {weight}; font-style: {style}; "
            f"src: url(data:font/woff;base64,{data}) format('woff'); }}"
        )
    return "\n".join(rules)


def subset_font(file: str, characters: set[str]) -> bytes:
    """Return a vendored font cut to some characters and renamed.

    Parameters
    ----------
    file : str
        Name of the file among the vendored fonts.
    characters : set of str
        What must stay.

    Returns
    -------
    bytes
        WOFF, the same on every run.
    """
    font = TTFont(FONTS / file, recalcTimestamp=False)
    options = Options()
    options.flavor = "woff"
    options.layout_features = ["kern", "tnum", "lnum", "mark", "mkmk", "ccmp"]
    options.hinting = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, characters)))
    subsetter.subset(font)
    for record in list(font["name"].names):
        if record.nameID in _NAME_IDS:
            font["name"].setName(NAME, record.nameID, record.platformID, record.platEncID, record.langID)
    font.flavor = "woff"
    stream = io.BytesIO()
    font.save(stream, reorderTables=None)
    return stream.getvalue()
