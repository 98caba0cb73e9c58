"""The package's own words (headers, legends, notes, alternative texts) in each language.

The source text is English and is the key. Another language needs a complete catalogue: a missing message is an
error, never a silent return to English.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from migration_effects.errors import SpecificationError, nearest

LANGUAGES = ("en", "ru", "uz", "uz_Cyrl")
SYNTHETIC_MARK = "SYNTHETIC DATA — not findings"
_LOCALE = Path(__file__).parents[1] / "locale"


class _Missing(gettext.NullTranslations):
    """Last link of a catalogue's chain: raises instead of handing back the English."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def gettext(self, message: str) -> str:
        raise SpecificationError(
            f"The {self.language!r} catalogue has no translation of {message!r}. Add it, then rebuild."
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1)


@dataclass(frozen=True)
class Messages:
    """The package's messages in one language.

    Parameters
    ----------
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.
    catalogue : gettext translations
        English has none: the message is its own translation.

    Examples
    --------
    >>> messages("en").text("{count} households", count=3)
    '3 households'
    """

    language: str
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations, repr=False)

    def text(self, message: str, **values: object) -> str:
        """Return a message with its placeholders filled.

        Parameters
        ----------
        message : str
            English text; ``{name}`` marks a placeholder.
        **values : object
            One per placeholder; inserted as they are, never read as a template themselves.

        Returns
        -------
        str
            The text in this language.
        """
        translated = self.catalogue.gettext(message)
        return translated.format(**values) if values else translated


@lru_cache(maxsize=8)
def messages(language: str = "en") -> Messages:
    """Return the messages of a language.

    Parameters
    ----------
    language : str
        One of ``en, ru, uz, uz_Cyrl``.

    Returns
    -------
    Messages
        Ready to use.

    Raises
    ------
    SpecificationError
        For an unknown language, or one whose catalogue is not built.
    """
    if language not in LANGUAGES:
        raise SpecificationError(
            f"Unknown language {language!r}; allowed: {', '.join(LANGUAGES)}.{nearest(language, LANGUAGES)}"
        )
    if language == "en":
        return Messages("en")
    path = _LOCALE / language / "LC_MESSAGES" / "messages.mo"
    if not path.exists():
        raise SpecificationError(
            f"There is no message catalogue for {language!r} yet; the report can be built in English "
            "(LANGUAGES=en)."
        )
    with path.open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    catalogue.add_fallback(_Missing(language))
    return Messages(language, catalogue)
