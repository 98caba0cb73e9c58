"""The package's own words (headers, legends, notes, alternative texts) in each language.

The source text is English and is the key. Another language needs a complete catalogue: a missing message is an
error, never a silent return to English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache

from migration_effects.errors import SpecificationError, nearest
from migration_effects.report.catalogue import read_catalogue

LANGUAGES = ("en", "ru", "uz", "uz_Cyrl")
SYNTHETIC_MARK = "SYNTHETIC DATA — not findings"
# Where a whole report is composed, missing translations are gathered here, to be reported all at once.
_gathered: ContextVar[dict[str, None] | None] = ContextVar("gathered", default=None)


@dataclass(frozen=True)
class Messages:
    """The package's messages in one language.

    Parameters
    ----------
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.
    translations : mapping of str to str
        By English text; English has none: the message is its own translation.

    Examples
    --------
    >>> messages("en").text("{count} households", count=3)
    '3 households'
    """

    language: str
    translations: Mapping[str, str] = field(default_factory=dict, repr=False)

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

        Raises
        ------
        SpecificationError
            When the language has no such message.
        """
        translated = message if self.language == "en" else self._translated(message)
        return translated.format(**values) if values else translated

    def _translated(self, message: str) -> str:
        """Return the translation of a message, or note that it is missing."""
        if message in self.translations:
            return self.translations[message]
        missing = _gathered.get()
        if missing is None:
            raise SpecificationError(
                f"{message!r} has no translation into {self.language!r}. A text of a notebook belongs in texts.csv of "
                "the study, a word of the package in its message catalogue."
            )
        missing[message] = None
        return message


@contextmanager
def gathering() -> Iterator[dict[str, None]]:
    """Gather missing translations instead of stopping at the first.

    Yields
    ------
    dict of str to None
        English texts without a translation, in the order in which they were wanted.
    """
    missing: dict[str, None] = {}
    token = _gathered.set(missing)
    try:
        yield missing
    finally:
        _gathered.reset(token)


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
        For an unknown language, or one without a sound catalogue.
    """
    if language not in LANGUAGES:
        raise SpecificationError(
            f"Unknown language {language!r}; allowed: {', '.join(LANGUAGES)}.{nearest(language, LANGUAGES)}"
        )
    return Messages(language, {} if language == "en" else read_catalogue(language))
