"""The codebook: all variables of a study, found by name, with labels by language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migration_effects.errors import CodebookError, counted, nearest
from migration_effects.io.variable import FILE_LANGUAGE, Code, Variable, text_in

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12  # variables in the repr
ENGLISH_REASONS = {"dont_know": "don't know", "no_answer": "no answer"}


def _shown_label(variable: Variable) -> str:
    """Return the label of a variable for the repr: English, else that of the file, else nothing."""
    label = variable.label.get("en") or variable.label.get(FILE_LANGUAGE)
    return f": {label}" if label else ""


@dataclass(frozen=True, repr=False)
class Codebook:
    """All variables of a study, or of one file.

    Parameters
    ----------
    variables : tuple of Variable
        Unique by (file, name).
    reasons : mapping of str to mapping of language to str
        Labels of the reasons for missing values.

    Examples
    --------
    >>> book = Codebook((Variable("age", "roster", "p_age", "count", label={"en": "Age", "ru": "Возраст"}),))
    >>> book
    Codebook: 1 variables of roster
      age (count): Age
    >>> book["age"].kind, book.label("age", "ru")
    ('count', 'Возраст')
    """

    variables: tuple[Variable, ...]
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = [(v.file, v.name) for v in self.variables]
        twice = sorted({f"{name} ({file})" for file, name in keys if keys.count((file, name)) > 1})
        if twice:
            raise CodebookError(
                f"Variables defined twice in one file: {', '.join(twice)}. Keep one line each."
            )

    @classmethod
    def read(cls, folder: str | Path) -> Codebook:
        """Read ``codebook.csv``, ``values.csv`` and, where it exists, ``ranges.csv`` of a study folder.

        Parameters
        ----------
        folder : str or Path
            The study folder.

        Returns
        -------
        Codebook
            In the order of the file.

        Raises
        ------
        CodebookError
            Listing every fault of the tables at once.
        """
        from migration_effects.io.codebook_files import read_codebook

        return read_codebook(Path(folder))

    def __repr__(self) -> str:
        shown = [f"  {v.name} ({v.kind}){_shown_label(v)}" for v in self.variables[:SHOWN]]
        more = len(self.variables) - SHOWN
        last = [f"  … and {more} more"] if more > 0 else []
        files = f" of {', '.join(self.files)}" if self.variables else ""
        return "\n".join([f"Codebook: {len(self.variables)} variables{files}", *shown, *last])

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)

    def __contains__(self, name: object) -> bool:
        return any(v.name == name for v in self.variables)

    def __getitem__(self, name: str) -> Variable:
        return self.variable(name)

    @property
    def files(self) -> list[str]:
        """Units in order of first appearance."""
        return list(dict.fromkeys(v.file for v in self.variables))

    def of(self, file: str) -> Codebook:
        """Return the codebook of one file.

        Parameters
        ----------
        file : str
            Unit, for example ``"roster"``.

        Returns
        -------
        Codebook
            Only the variables of that file.

        Raises
        ------
        CodebookError
            When no variable belongs to that file.
        """
        chosen = tuple(v for v in self.variables if v.file == file)
        if not chosen:
            have = ", ".join(self.files)
            raise CodebookError(
                f"The codebook has no file {file!r}; it has {have}.{nearest(file, self.files)}"
            )
        return Codebook(chosen, self.reasons)

    def variable(self, name: str, file: str | None = None) -> Variable:
        """Return a variable by name.

        Parameters
        ----------
        name : str
            Analysis name.
        file : str, optional
            Unit; without it the first variable of that name.

        Returns
        -------
        Variable
            The definition.

        Raises
        ------
        CodebookError
            For an unknown name, with the nearest valid one.
        """
        for v in self.variables:
            if v.name == name and file in (None, v.file):
                return v
        place = f" of file {file!r}" if file else ""
        names = [v.name for v in self.variables if file in (None, v.file)]
        raise CodebookError(f"The codebook{place} has no variable {name!r}.{nearest(name, names)}")

    def label(self, name: str, language: str = "en") -> str:
        """Return the label of a variable.

        Parameters
        ----------
        name : str
            Analysis name.
        language : str
            ``en``, ``ru`` or ``uz``.

        Returns
        -------
        str
            The label.
        """
        return text_in(self[name].label, language, f"variable {name}")

    def value_label(self, name: str, value: Code, language: str = "en") -> str:
        """Return the label of a value, given as a code or as its English label.

        Parameters
        ----------
        name : str
            Analysis name.
        value : int, float or str
            Code, or the English label that stands in the analysis frames.
        language : str
            ``en``, ``ru`` or ``uz``.

        Returns
        -------
        str
            The label in that language.

        Raises
        ------
        CodebookError
            When the variable has no such value.
        """
        variable = self[name]
        for code, labels in variable.values.items():
            if code == value or value in (labels.get("en"), labels.get(FILE_LANGUAGE)):
                return text_in(labels, language, f"value {value!r} of {name}")
        known = ", ".join(map(str, variable.values)) or "none"
        raise CodebookError(f"{name} has no value {value!r}; its codes are {known}.")

    def reason_label(self, reason: str, language: str = "en") -> str:
        """Return the label of a reason for a missing value (``dont_know`` → ``don't know``).

        Parameters
        ----------
        reason : str
            As in the codebook.
        language : str
            ``en``, ``ru`` or ``uz``.

        Returns
        -------
        str
            The label; without one the English words of the reason.
        """
        return self.reasons.get(reason, {}).get(language) or ENGLISH_REASONS.get(
            reason, reason.replace("_", " ")
        )

    def faults(self, frame: pd.DataFrame, *, file: str | None = None) -> list[str]:
        """Compare a raw frame with the codebook.

        Parameters
        ----------
        frame : DataFrame
            Raw columns, codes kept.
        file : str, optional
            Unit the frame belongs to; needed when the codebook holds several files.

        Returns
        -------
        list of str
            Missing and unknown columns, wrong types, undeclared codes with their counts.
        """
        from migration_effects.io.codebook_check import frame_faults

        return frame_faults(self.of(file) if file else self, frame)

    def check(self, frame: pd.DataFrame, *, file: str | None = None) -> None:
        """Raise when a raw frame disagrees with the codebook.

        Parameters
        ----------
        frame : DataFrame
            Raw columns, codes kept.
        file : str, optional
            Unit the frame belongs to; needed when the codebook holds several files.

        Raises
        ------
        CodebookError
            Listing every disagreement with variable and count.
        """
        faults = self.faults(frame, file=file)
        if faults:
            where = f" of {file}" if file else ""
            lines = "\n".join(f"  - {fault}" for fault in faults)
            raise CodebookError(
                f"The data{where} disagree with the codebook in {counted(len(faults), 'place')}:\n{lines}\n"
                "Correct codebook.csv and values.csv, or clean the data by a stated rule."
            )
