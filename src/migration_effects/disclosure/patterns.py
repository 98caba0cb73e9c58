"""What names, labels and values of personal data look like in Uzbek, Russian and English surveys."""

from __future__ import annotations

import re

LATIN_WORDS = (
    "name surname firstname lastname fio phone tel telefon mobile address addr passport pasport pinfl jshshr "
    "jshshir gps lat latitude lon lng longitude email mail ism ismi familiya familiyasi manzil manzili mahalla "
    "kocha izoh comment comments remark remarks note notes"
)
CYRILLIC_WORDS = (
    "имя фамилия отчество фио тел телефон адрес паспорт пинфл жшшир комментарий примечание исм исми фамилияси "
    "манзил манзили маҳалла махалла кўча изоҳ"
)
TOKENS = frozenset([*LATIN_WORDS.split(), *CYRILLIC_WORDS.split()])
VALUE_PATTERNS = {
    "phone": re.compile(
        r"(?<![\d.])(?:\+?998[\s()-]*\d{2}[\s()-]*\d{3}[\s-]?\d{2}[\s-]?\d{2}"
        r"|\(?\d{2}\)?[\s-]\d{3}[\s-]\d{2}[\s-]\d{2})(?!\d)"
    ),
    "personal number": re.compile(r"(?<!\d)[1-6]\d{13}(?!\d)"),
    "passport": re.compile(r"(?<![A-Z0-9])[A-Z]{2}\s?\d{7}(?!\d)"),
    "e-mail": re.compile(r"[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}"),
    "coordinates": re.compile(r"(?<![\d.])(?:3[7-9]|4[0-6])\.\d{3,}[,;\s]+(?:5[6-9]|6\d|7[0-4])\.\d{3,}"),
}
NINE_DIGITS = re.compile(r"\d{9}")
# Uzbekistan lies within these.
LATITUDES, LONGITUDES = (37.0, 46.0), (56.0, 74.0)

APOSTROPHES = str.maketrans("", "", "'`\u00b4\u2018\u2019\u02bb\u02bc")
# Borders inside a name: lower to upper case, and the last capital of an acronym before a word.
BORDER = re.compile(r"(?<=[a-zа-яёўқғҳ])(?=[A-ZА-ЯЁЎҚҒҲ])|(?<=[A-ZА-ЯЁЎҚҒҲ])(?=[A-ZА-ЯЁЎҚҒҲ][a-zа-яёўқғҳ])")
NO_LETTERS = re.compile(r"[\W\d_]+")


def personal_tokens(text: str) -> list[str]:
    """Return the words of a name or label that announce personal data.

    Parameters
    ----------
    text : str
        Column name or label.

    Returns
    -------
    list of str
        Whole words only: ``filename`` holds no ``name``.

    Examples
    --------
    >>> personal_tokens("GPSLatitude"), personal_tokens("filename"), personal_tokens("Manzili (koʻcha, uy)")
    (['gps', 'latitude'], [], ['manzili', 'kocha'])
    """
    words = NO_LETTERS.split(BORDER.sub(" ", text.translate(APOSTROPHES)))
    return [word for word in (w.casefold() for w in words) if word in TOKENS]


def matching_kinds(value: str) -> list[str]:
    """Return which kinds of personal data a value looks like.

    Parameters
    ----------
    value : str
        One value as text.

    Returns
    -------
    list of str
        Empty for a harmless one.

    Examples
    --------
    >>> matching_kinds("+998 90 123 45 67"), matching_kinds("2019-06-20")
    (['phone'], [])
    """
    return [kind for kind, pattern in VALUE_PATTERNS.items() if pattern.search(value)]
