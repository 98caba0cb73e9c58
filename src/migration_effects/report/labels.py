"""From label ids to words: ``region`` and ``region=Bukhara`` through the codebook, other text as a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from migration_effects.io.codebook import Codebook
from migration_effects.report.messages import Messages, messages
from migration_effects.report.plain import plain

TOTAL = "Total"
TIMES = " × "
YES_NO = {"1": "Yes", "1.0": "Yes", "True": "Yes", "0": "No", "0.0": "No", "False": "No"}

# Ids of exhibits, numbers, years and single letters are the same in every language.
_SAME = re.compile(r"[TF][BMP]?\d+(?:\.\d+)?|[\d\s.,–-]*|[a-z]")


def value_id(variable: str, value: object) -> str:
    """Return the label id of a variable's value.

    Parameters
    ----------
    variable : str
        Name of the variable.
    value : object
        Its value, normally the English label.

    Returns
    -------
    str
        ``"variable=value"``; whole floats lose their ``.0``.

    Examples
    --------
    >>> value_id("region", "Bukhara"), value_id("age", 11.0)
    ('region=Bukhara', 'age=11')
    """
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{variable}={text}"


@dataclass(frozen=True)
class Labels:
    """Resolve label ids in one language.

    Parameters
    ----------
    messages : Messages
        The package's own words.
    codebook : Codebook, optional
        Variable and value labels of the study; without one, names and values stand for themselves.
    texts : mapping of str to str
        The study's own translations of titles, population lines and notes, by English text.

    Examples
    --------
    >>> labels = Labels()
    >>> labels("region=Bukhara"), labels("Total"), labels("sex=girl × age=11")
    ('Bukhara', 'Total', 'girl × 11')
    """

    messages: Messages = field(default_factory=messages)
    codebook: Codebook | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """Language of the labels."""
        return self.messages.language

    def __call__(self, label_id: str) -> str:
        """Return the words for a label id.

        Parameters
        ----------
        label_id : str
            ``"variable"``, ``"variable=value"``, several of them joined by `` × ``, or English text.

        Returns
        -------
        str
            Plain text without control characters; the renderers escape it.
        """
        return plain(self._words(label_id))

    def _words(self, label_id: str) -> str:
        """Return the words for a label id, as they stand in codebook or catalogue."""
        if TIMES in label_id:
            return TIMES.join(self._words(part) for part in label_id.split(TIMES))
        variable, equals, value = label_id.partition("=")
        if equals and variable.isidentifier():
            return self._value(variable, value)
        if self.codebook is not None and label_id in self.codebook:
            return self.codebook.label(label_id, self.language)
        return self.text(label_id)

    def knows(self, name: str) -> bool:
        """Whether the study has a label for a variable.

        Parameters
        ----------
        name : str
            Name of the variable.

        Returns
        -------
        bool
            True where the codebook names it.
        """
        return self.codebook is not None and name in self.codebook

    def text(self, text: str) -> str:
        """Return free text of a study (notes, population lines) in this language.

        Parameters
        ----------
        text : str
            English text.

        Returns
        -------
        str
            Its translation; English is its own.
        """
        if self.language == "en" or _SAME.fullmatch(text):
            return plain(text)
        return plain(self.texts[text] if text in self.texts else self.messages.text(text))

    def _value(self, variable: str, value: str) -> str:
        """Return the label of a value; yes/no and numeric variables have none of their own."""
        if self.codebook is not None and variable in self.codebook:
            kind = self.codebook[variable].kind
            if kind == "yesno" and value in YES_NO:
                return self.messages.text(YES_NO[value])
            if kind == "categorical":
                return self.codebook.value_label(variable, value, self.language)
        return value if value.replace(".", "", 1).isdigit() else self.text(value)
