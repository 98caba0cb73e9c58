"""Ways in which free text gets damaged."""

from __future__ import annotations

from collections.abc import Callable

LATIN_FOR_CYRILLIC = str.maketrans("асеорх", "aceopx")
APOSTROPHES = {"\u02bb": "`", "\u02bc": "\u2019"}


def misread(text: str) -> str:
    """Return UTF-8 text as a program shows it that takes it for cp1251; unchanged where that is impossible.

    Examples
    --------
    >>> misread("Миср")
    'РњРёСЃСЂ'
    """
    try:
        return text.encode("utf-8").decode("cp1251")
    except UnicodeDecodeError:
        return text


def other_apostrophes(text: str) -> str:
    """Return Uzbek Latin with the apostrophes of a plain keyboard.

    Examples
    --------
    >>> other_apostrophes("Moʻgʻuliston")
    'Mo`g`uliston'
    """
    return "".join(APOSTROPHES.get(letter, letter) for letter in text)


def latin_inside(text: str) -> str:
    """Return a Cyrillic text in which letters that look alike are Latin, the first letter excepted.

    Examples
    --------
    >>> latin_inside("Польша") == "Польша", len(latin_inside("Польша"))
    (False, 6)
    """
    return text[:1] + text[1:].translate(LATIN_FOR_CYRILLIC)


def blanks_around(text: str) -> str:
    """Return the text with blanks at both ends; SPSS itself cuts those at the end.

    Examples
    --------
    >>> blanks_around("Polsha")
    '  Polsha  '
    """
    return f"  {text}  "


# How many cases of each, and how; the scarce kinds of text come first.
KINDS: dict[str, tuple[int, Callable[[str], str]]] = {
    "Latin letters inside a Cyrillic word": (3, latin_inside),
    "apostrophe variants": (6, other_apostrophes),
    "UTF-8 read as cp1251": (5, misread),
    "blanks at the ends": (4, blanks_around),
}
ON_TOP = "blanks at the ends"
