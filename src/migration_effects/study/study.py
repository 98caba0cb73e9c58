"""The study object: what notebooks and the report start from."""

from __future__ import annotations

import html
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pandas as pd

from migration_effects.errors import SpecificationError, StudyError, nearest
from migration_effects.io.codebook import Codebook
from migration_effects.study.definition import Definition, DesignColumns, Exhibit, Exposure, Outcome
from migration_effects.study.mapping import RawMapping
from migration_effects.study.reference import read_reference
from migration_effects.study.store import Store

if TYPE_CHECKING:
    from migration_effects.design import SurveyDesign

SYNTHETIC_MARK = "SYNTHETIC DATA — not findings"


@dataclass(frozen=True, repr=False)
class Study:
    """A study with its prepared data.

    Made by `load_study`; reading it never changes it.

    Parameters
    ----------
    folder : Path
        The study folder.
    definition : Definition
        What study.toml says.
    codebook : Codebook
        Names, kinds and labels of all variables.
    synthetic : bool
        Whether the data are synthetic.
    store : Store, optional
        The prepared frames; None while they are being prepared.
    code : module, optional
        The study's prepare.py.
    mapping : RawMapping, optional
        How delivered files stand for those of the codebook, where they differ.
    unavailable : mapping of str to str
        Variables the files do not hold, and derived ones that rest on them, with the reason.
    derivations : mapping of str to tuple of str
        Raw variables that derived ones rest on.
    """

    folder: Path
    definition: Definition
    codebook: Codebook
    synthetic: bool
    store: Store | None = None
    code: ModuleType | None = None
    mapping: RawMapping | None = None
    unavailable: Mapping[str, str] = field(default_factory=dict)
    derivations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _designs: dict[str, SurveyDesign] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """Name of the study, used in paths."""
        return self.definition.id

    @property
    def title(self) -> Mapping[str, str]:
        """Title per language."""
        return self.definition.title

    @property
    def seed(self) -> int:
        """Seed for everything random."""
        return self.definition.seed

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """Declared tables and figures in report order."""
        return self.definition.exhibits

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Declared outcomes by name; without those that are not available in the data."""
        return {n: outcome for n, outcome in self.definition.outcomes.items() if n not in self.unavailable}

    @property
    def exposure(self) -> Exposure | None:
        """The declared exposure."""
        return self.definition.exposure

    @property
    def ethics(self) -> Mapping[str, str]:
        """The ethics block; an empty text prints as not declared."""
        return self.definition.ethics

    @property
    def units(self) -> list[str]:
        """Units that have an analysis frame."""
        return list(self._prepared)

    @property
    def audit(self) -> pd.DataFrame:
        """What cleaning found and did: ``check, file, variable, count, action, detail``."""
        return self._prepared["audit"]

    @property
    def flow(self) -> pd.DataFrame:
        """Sample flow: ``unit, criterion, kept, dropped``."""
        return self._prepared["flow"]

    @property
    def raw(self) -> pd.DataFrame:
        """The raw files read: ``unit, name, sha256, content_hash, rows, columns``."""
        return pd.DataFrame(self._prepared.description["raw"])

    @property
    def check_digit(self) -> bool:
        """Whether the identifiers carry the check digit of the study's own scheme; a mapping may deny it."""
        return self.mapping is None or self.mapping.check_digit

    @property
    def _prepared(self) -> Store:
        """The store, or an error while prepare.py is still running."""
        if self.store is None:
            raise StudyError(
                f"Study {self.id} is being prepared: prepare(files, study) gets raw files, no frames."
            )
        return self.store

    def frame(self, unit: str) -> pd.DataFrame:
        """Return the analysis frame of a unit.

        Parameters
        ----------
        unit : str
            For example ``"children"``.

        Returns
        -------
        DataFrame
            One row per unit, cleaned; a copy.

        Raises
        ------
        SpecificationError
            For an unknown unit, with the nearest valid one.
        """
        self._known("frame", unit, self.units)
        return self._prepared[unit]

    def design(self, unit: str) -> SurveyDesign:
        """Return the survey design of a unit, weighted and ready for estimation.

        The study's own weight chain when prepare.py defines ``design``, else the columns that
        ``[design.<unit>]`` of study.toml names. Where weight, strata or PSU are not available in the data, the
        sampling is unknown: estimates have no standard errors; without weights every record counts once.

        Parameters
        ----------
        unit : str
            For example ``"children"``.

        Returns
        -------
        SurveyDesign
            Of all rows; restrict it with ``.where``.

        Raises
        ------
        SpecificationError
            When the study declares no design for that unit.
        """
        self._known("design", unit, list(self.definition.design))
        if unit not in self._designs:
            chain = None if self.unknown_sampling(unit) else getattr(self.code, "design", None)
            made = chain(unit, self._prepared, self) if chain else None
            # A study may build a weight chain for some units and leave the others to their columns.
            self._designs[unit] = made if made is not None else self._column_design(unit)
        return self._designs[unit]

    def _column_design(self, unit: str) -> SurveyDesign:
        """Return the design that the columns of study.toml describe."""
        from migration_effects.design import SurveyDesign

        columns = self.definition.design[unit]
        if self.unknown_sampling(unit):
            return SurveyDesign(self.frame(unit), weights=columns.weights, sampling="unknown")
        return SurveyDesign(self.frame(unit), **design_arguments(columns))

    def lacking(self, name: str) -> tuple[str, ...]:
        """Return the raw variables that are not available and that a variable rests on.

        Parameters
        ----------
        name : str
            Raw or derived variable.

        Returns
        -------
        tuple of str
            Empty for a variable that is available.
        """
        return tuple(n for n in self.derivations.get(name, (name,)) if n in self.unavailable)

    def unknown_sampling(self, unit: str) -> bool:
        """Return whether a weight, stratum or PSU of a unit is not available in the data.

        Parameters
        ----------
        unit : str
            A unit with a declared design.

        Returns
        -------
        bool
            True where estimates can have no standard errors.
        """
        return any(column in self.unavailable for column in self.definition.design[unit].columns)

    def covariates(self, name: str = "core") -> list[str]:
        """Return a named covariate set.

        Parameters
        ----------
        name : str
            Name in ``[covariates]`` of study.toml.

        Returns
        -------
        list of str
            Columns of the analysis frames.

        Raises
        ------
        SpecificationError
            For an unknown set, with the nearest valid one.
        """
        self._known("covariate set", name, list(self.definition.covariates))
        return list(self.definition.covariates[name])

    def exhibit(self, exhibit_id: str) -> Exhibit:
        """Return a declared exhibit.

        Parameters
        ----------
        exhibit_id : str
            For example ``"T5.1"``.

        Returns
        -------
        Exhibit
            Its declaration.

        Raises
        ------
        SpecificationError
            When it is not declared, with the nearest id.
        """
        declared = {exhibit.id: exhibit for exhibit in self.exhibits}
        self._known("exhibit", exhibit_id, list(declared))
        return declared[exhibit_id]

    def reference(self, name: str) -> pd.DataFrame:
        """Return a reference table of the study, such as ``"margins"``.

        Parameters
        ----------
        name : str
            File in the folder ``reference``, without ``.csv``.

        Returns
        -------
        DataFrame
            Columns of numbers as numbers, all others as text; blank text is missing.

        Raises
        ------
        SpecificationError
            For an unknown table, with the nearest valid one.
        """
        tables = sorted(path.stem for path in (self.folder / "reference").glob("*.csv"))
        self._known("reference table", name, tables)
        return read_reference(self.folder / "reference" / f"{name}.csv")

    def report(self, *, chapter: int) -> Any:
        """Return the register for the exhibits of one chapter.

        Parameters
        ----------
        chapter : int
            Chapter number, as in study.toml.

        Returns
        -------
        Report
            With ``.table(id, spec)`` and ``.figure(id, spec)``.
        """
        # By name, since the report room builds on this one.
        return importlib.import_module("migration_effects.report").Report(self, chapter=chapter)

    def _known(self, what: str, name: str, valid: list[str]) -> None:
        """Raise for a name the study does not have."""
        if name not in valid:
            listed = ", ".join(valid) or "none"
            raise SpecificationError(
                f"Study {self.id} has no {what} {name!r}; it has {listed}.{nearest(name, valid)}"
            )

    def _lines(self) -> list[str]:
        """Return the lines of the representation."""
        head = f"Study {self.id}: {self.title.get('en', '')}"
        mark = [SYNTHETIC_MARK] if self.synthetic else []
        if self.store is None:
            return [head, *mark, "frames: being prepared"]
        frames = ", ".join(f"{unit} ({self.store.rows(unit):,} rows)" for unit in self.units)
        sets = ", ".join(self.definition.covariates) or "none"
        return [
            head,
            *mark,
            f"frames: {frames}",
            f"covariate sets: {sets}",
            f"exhibits: {len(self.exhibits)}",
        ]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        """Return the representation for notebooks, escaped."""
        first, *rest = (html.escape(line) for line in self._lines())
        return f"<p><strong>{first}</strong><br>{'<br>'.join(rest)}</p>"


def design_arguments(columns: DesignColumns) -> dict[str, Any]:
    """Return the arguments of SurveyDesign that design columns stand for.

    Parameters
    ----------
    columns : DesignColumns
        As declared.

    Returns
    -------
    dict
        Keyword arguments.

    Examples
    --------
    >>> design_arguments(DesignColumns("w", ("psu",), "stratum"))
    {'weights': 'w', 'psu': 'psu', 'strata': 'stratum', 'fpc': None, 'lonely_psu': 'fail'}
    """
    return {
        "weights": columns.weights,
        "psu": _stages(columns.psu),
        "strata": columns.strata,
        "fpc": _stages(columns.fpc),
        "lonely_psu": columns.lonely_psu,
    }


def _stages(columns: tuple[str, ...]) -> str | list[str] | None:
    """Return no stage as None, one as its name, several as a list."""
    if len(columns) > 1:
        return list(columns)
    return columns[0] if columns else None
