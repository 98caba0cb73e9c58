"""The package's translations: one ``.po`` file per language, read as it is, so that nothing compiled can be stale."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

from migration_effects.errors import SpecificationError, counted

LOCALE = Path(__file__).parents[1] / "locale"


def catalogue_file(language: str) -> Path:
    """Return where the catalogue of a language stands.

    Parameters
    ----------
    language : str
        For example ``ru``.

    Returns
    -------
    Path
        Whether or not it exists.
    """
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=8)
def read_catalogue(language: str) -> dict[str, str]:
    """Return the translations of a language by their English text.

    Parameters
    ----------
    language : str
        One that has a catalogue.

    Returns
    -------
    dict of str to str
        Complete entries only.

    Raises
    ------
    SpecificationError
        When there is no catalogue, or it has entries that are fuzzy or whose placeholders differ from the English.
    """
    path = catalogue_file(language)
    if not path.exists():
        raise SpecificationError(
            f"There is no message catalogue for {language!r} yet; the report can be built in English "
            "(LANGUAGES=en)."
        )
    with path.open("rb") as stream:
        entries = [m for m in read_po(stream, locale=language, abort_invalid=True) if m.id]
    faults = [f"{m.id!r} is fuzzy" for m in entries if m.fuzzy]
    faults += [
        f"{m.id!r} and {m.string!r} have different placeholders"
        for m in entries
        if m.string and placeholders(str(m.id)) != placeholders(str(m.string))
    ]
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise SpecificationError(f"The {language!r} catalogue has {counted(len(faults), 'fault')}:\n{lines}")
    return {str(m.id): str(m.string) for m in entries if m.string}


def placeholders(text: str) -> set[str]:
    """Return the names in braces of a message.

    Parameters
    ----------
    text : str
        A message.

    Returns
    -------
    set of str
        Without repeats.

    Examples
    --------
    >>> sorted(placeholders("{low} to {high}"))
    ['high', 'low']
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
