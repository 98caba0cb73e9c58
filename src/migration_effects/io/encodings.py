"""Finding text that was decoded with the wrong encoding, and comparing labels whatever their apostrophes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

APOSTROPHES = dict.fromkeys(map(ord, "\u02bb\u02bc\u2018\u2019'`\u00b4"), "'")
CYRILLIC = re.compile("[\u0400-\u04ff]")
LETTER = re.compile(r"[^\W\d_]")
LATIN_1_LETTERS = re.compile("[\u00c0-\u00ff]")
BOXES = re.compile("[\u2500-\u257f]")
LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")
LATIN_1_SHARE = 0.20
LABEL_SHARE = 0.10
# In data a few damaged answers are dirt of the field; only a wrong encoding damages nearly all.
DATA_SHARE = 0.90
FEWEST = 2
HINT = 'Read it with encoding="cp1251", or save it as UTF-8 in the program that wrote it.'


def comparison_key(text: str) -> str:
    """Return a text as it is compared: NFC, one case, single spaces, one apostrophe.

    Parameters
    ----------
    text : str
        A label or answer.

    Returns
    -------
    str
        The key; the original text is what is kept and printed.

    Examples
    --------
    >>> comparison_key(" OʻZBEK  tili") == comparison_key("o'zbek tili")
    True
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(APOSTROPHES).casefold().split())


def undo_cp1251(text: str) -> str | None:
    """Return the text that was UTF-8 and has been read as cp1251, or None when it was not.

    Parameters
    ----------
    text : str
        A label or answer.

    Returns
    -------
    str or None
        The repaired text. Pure ASCII gives None, since it is the same in both.

    Examples
    --------
    >>> undo_cp1251("СѓР№"), undo_cp1251("Россия"), undo_cp1251("Seoul")
    ('уй', None, None)
    """
    if text.isascii():
        return None
    try:
        # cp1251 has no character for byte 0x98; readers pass it through as U+0098.
        parts = [b"\x98" if c == "\x98" else c.encode("cp1251") for c in text]
        return b"".join(parts).decode("utf-8")
    except UnicodeError:
        return None


def wrong_encoding(labels: Sequence[str], data: Iterable[str] = ()) -> str:
    """Say whether a file's text was decoded with the wrong encoding.

    Parameters
    ----------
    labels : sequence of str
        Variable and value labels.
    data : iterable of str
        Distinct text values.

    Returns
    -------
    str
        What happened and what to do, or an empty string.
    """
    data = list(data)
    texts = [*labels, *data]
    joined = "".join(texts)
    latin, letters = len(LATIN_1_LETTERS.findall(joined)), len(LETTER.findall(joined))
    if letters and not CYRILLIC.search(joined) and latin > LATIN_1_SHARE * letters:
        return f"cp1251 text was read as windows-1252. {HINT}"
    if _misread(labels, LABEL_SHARE) or _misread(data, DATA_SHARE):
        return "UTF-8 text was read as cp1251. Read it without encoding=…"
    if BOXES.search(joined):
        return f"Cyrillic text was read with code page 866. {HINT}"
    return ""


def _misread(texts: Sequence[str], share: float) -> bool:
    """Return whether enough of the non-ASCII texts are UTF-8 read as cp1251."""
    foreign = [text for text in texts if not text.isascii()]
    repaired = sum(undo_cp1251(text) is not None for text in foreign)
    return repaired >= FEWEST and repaired >= share * len(foreign)


def lost_letters(texts: Iterable[str]) -> int:
    """Count texts with a question mark between letters, the trace of characters an encoding did not have.

    Parameters
    ----------
    texts : iterable of str
        Labels and distinct text values.

    Returns
    -------
    int
        How many.
    """
    return sum(bool(LOST.search(text)) for text in texts)
