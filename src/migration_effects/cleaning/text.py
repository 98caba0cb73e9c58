"""Repairing free text by rules whose result is certain; nothing is guessed."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from migration_effects.cleaning.audit import Audit
from migration_effects.io.encodings import CYRILLIC, undo_cp1251

OKINA, TUTUQ = "\u02bb", "\u02bc"
APOSTROPHES = "'`\u00b4\u2018\u2019\u02bb\u02bc"
AFTER_O_OR_G = re.compile(f"(?<=[oOgG])[{APOSTROPHES}](?=\\w)")
BETWEEN_LETTERS = re.compile(f"(?<=[^\\W\\d_])(?<![oOgG])[{APOSTROPHES}](?=[^\\W\\d_])")
WORD = re.compile(r"\w+")
# Latin letters that look like Cyrillic ones, and what a Cyrillic word means by them.
LOOKALIKES = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
LATIN = re.compile("[A-Za-z]")


def repair_text(texts: pd.Series, *, file: str) -> tuple[pd.Series, Audit]:
    """Repair free text and count each kind of repair.

    In this order: UTF-8 read as cp1251 is undone, text brought to NFC, blanks at the ends cut, apostrophes of
    Uzbek Latin unified (U+02BB after o and g, U+02BC elsewhere between letters), Latin look-alikes inside
    Cyrillic words replaced. A word with a Latin letter that has no Cyrillic double stays as it is.

    Parameters
    ----------
    texts : Series of str
        Answers.
    file : str
        For the audit.

    Returns
    -------
    texts : Series of str
        Repaired; blank answers are missing.
    audit : Audit
        One finding per kind of repair.

    Examples
    --------
    >>> fixed, audit = repair_text(pd.Series(["Polsha ", "O`zbekiston"], name="m_desttxt"), file="migrants")
    >>> fixed.tolist(), audit.table["detail"].tolist()
    (['Polsha', 'Oʻzbekiston'], ['blanks at the ends', 'apostrophe variants'])
    """
    audit = Audit()
    for kind, rule in RULES:
        repaired = texts.map(rule, na_action="ignore")
        changed = texts.notna() & repaired.ne(texts)
        audit = audit.add("text damage", file, str(texts.name), int(changed.sum()), "repaired", kind)
        texts = repaired
    blank = texts.notna() & texts.eq("")
    audit = audit.add("text damage", file, str(texts.name), int(blank.sum()), "set missing", "blank")
    return texts.mask(blank), audit


def _undo_misreading(text: str) -> str:
    """Return UTF-8 text that was read as cp1251 as it was."""
    return undo_cp1251(text) or text


def _compose(text: str) -> str:
    """Return the text in NFC."""
    return unicodedata.normalize("NFC", text)


def _unify_apostrophes(text: str) -> str:
    """Return Uzbek Latin with one apostrophe per purpose."""
    return BETWEEN_LETTERS.sub(TUTUQ, AFTER_O_OR_G.sub(OKINA, text))


def _unmix_scripts(text: str) -> str:
    """Return Cyrillic words without Latin look-alikes."""
    return WORD.sub(lambda word: _unmix_word(word.group()), text)


def _unmix_word(word: str) -> str:
    """Return a mixed word in Cyrillic when every Latin letter in it has a double."""
    if not (CYRILLIC.search(word) and LATIN.search(word)):
        return word
    replaced = word.translate(LOOKALIKES)
    return word if LATIN.search(replaced) else replaced


RULES = (
    ("UTF-8 read as cp1251", _undo_misreading),
    ("not in NFC", _compose),
    ("blanks at the ends", str.strip),
    ("apostrophe variants", _unify_apostrophes),
    ("Latin letters in Cyrillic words", _unmix_scripts),
)
