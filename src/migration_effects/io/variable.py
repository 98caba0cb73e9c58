"""One variable of a codebook: what it is called, means, and may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from migration_effects.errors import CodebookError

Code = int | float | str
Kind = Literal["id", "text", "categorical", "yesno", "count", "continuous", "weight", "yearmonth", "scale"]
KINDS: tuple[str, ...] = get_args(Kind)
TEXT_KINDS = frozenset({"id", "text"})
CODED_KINDS = frozenset({"categorical", "yesno"})
# Language key of labels that come from a data file itself: nobody said which language they are in.
FILE_LANGUAGE = "file"


@dataclass(frozen=True)
class Variable:
    """One line of a codebook.

    Parameters
    ----------
    name : str
        Name in the analysis.
    file : str
        Unit whose file holds it (``"roster"``), or ``"derived"``.
    source : str
        Column in the raw file; empty for derived variables.
    kind : str
        One of ``id, text, categorical, yesno, count, continuous, weight, yearmonth, scale``.
    values : mapping of code to mapping of language to label
        Valid codes of a categorical or yes/no variable, in code order.
    missing : mapping of code to str
        Declared missing codes and their reason (``refused``, ``dont_know``, ``no_answer``).
    asked_of : str
        Expression that says who is asked; empty means everybody.
    label : mapping of language to str
        Variable label.
    status : str
        ``draft`` or ``reviewed``.
    value_set : str
        Name of the set the values come from.
    bounds : tuple of float, optional
        Smallest and largest plausible value of a numeric variable, both included.

    Examples
    --------
    >>> sex = Variable("sex", "roster", "p_sex", "categorical",
    ...                values={1: {"en": "male"}, 2: {"en": "female"}}, label={"en": "Sex"})
    >>> sex.values[2]["en"]
    'female'
    """

    name: str
    file: str
    source: str
    kind: str
    values: Mapping[Code, Mapping[str, str]] = field(default_factory=dict)
    missing: Mapping[Code, str] = field(default_factory=dict)
    asked_of: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    status: str = "draft"
    value_set: str = ""
    bounds: tuple[float, float] | None = None

    @property
    def is_text(self) -> bool:
        """Whether the values are text (identifiers and free text)."""
        return self.kind in TEXT_KINDS

    @property
    def is_coded(self) -> bool:
        """Whether only the listed codes are valid."""
        return self.kind in CODED_KINDS

    def categories(self, language: str = "en") -> list[str]:
        """Return the value labels in code order.

        Parameters
        ----------
        language : str
            Language of the labels.

        Returns
        -------
        list of str
            One label per code.
        """
        return [
            text_in(labels, language, f"code {code} of {self.name}") for code, labels in self.values.items()
        ]


def text_in(labels: Mapping[str, str], language: str, what: str) -> str:
    """Return a label in a language; labels of unstated language (from a data file) serve every language."""
    for key in (language, FILE_LANGUAGE):
        if labels.get(key):
            return labels[key]
    have = ", ".join(k for k, text in labels.items() if text) or "no language"
    raise CodebookError(f"No {language!r} label for {what}; it has labels in {have}. Add label_{language}.")
