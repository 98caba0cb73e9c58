"""What a study declares in study.toml, as frozen objects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from migration_effects.study.publication import Publication

LANGUAGES = ("en", "ru", "uz")
OPTIONAL_LANGUAGES = ("uz_Cyrl",)
DIRECTIONS = ("harmful", "beneficial", "neutral")
ETHICS_FIELDS = (
    "review_reference",
    "consent_scope",
    "child_assent",
    "retention_until",
    "retention_override",
    "data_controller",
    "safeguarding_contact",
)
CALIBRATIONS = ("A", "B", "C", "A/C", "B/C", "-")
LONELY_PSU = ("fail", "certainty", "adjust", "average")
EXHIBIT_ID = re.compile(r"([TF])([BMP]?)(?:(\d+)\.)?(\d+)")
# Exhibits without a chapter number: background and method belong to chapter 0, the programme to 10.
LETTER_CHAPTERS = {"B": 0, "M": 0, "P": 10}


@dataclass(frozen=True)
class RawFile:
    """One raw file of a study.

    Parameters
    ----------
    unit : str
        What a row is, for example ``"children"``.
    name : str
        File name, without a folder.
    sha256 : str
        Expected checksum, or empty when any content is accepted.
    producer : str
        Who publishes the file.
    obtain : str
        How to get it: printed when it is missing.
    optional : bool
        Whether the study also works without it.
    """

    unit: str
    name: str
    sha256: str = ""
    producer: str = ""
    obtain: str = ""
    optional: bool = False


@dataclass(frozen=True)
class DesignColumns:
    """Columns of an analysis frame that describe how its rows were sampled.

    Parameters
    ----------
    weights : str, optional
        Weight column.
    psu : tuple of str
        Primary sampling unit, then further stages.
    strata : str, optional
        Stratum column.
    fpc : tuple of str
        Finite population corrections, one per stage.
    lonely_psu : str
        What to do with a stratum of one PSU: ``fail``, ``certainty``, ``adjust`` or ``average``.
    """

    weights: str | None = None
    psu: tuple[str, ...] = ()
    strata: str | None = None
    fpc: tuple[str, ...] = ()
    lonely_psu: Literal["fail", "certainty", "adjust", "average"] = "fail"

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns named, in the order weights, psu, strata, fpc."""
        single = [(self.weights,), self.psu, (self.strata,), self.fpc]
        return tuple(c for group in single for c in group if c)


@dataclass(frozen=True)
class Exposure:
    """The exposure of a study.

    Parameters
    ----------
    binary : str
        Variable that is 1 for exposed children and 0 for the comparison group.
    groups : str
        Categorical variable with all groups.
    reference : str
        Level of ``groups`` that is compared with.
    definition : mapping of language to str
        What counts as exposed, for notes under exhibits.
    """

    binary: str
    groups: str
    reference: str
    definition: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """An outcome declared in advance.

    Parameters
    ----------
    name : str
        Variable of the analysis frame.
    frame : str
        Unit of the frame that holds it.
    label : mapping of language to str
        Short name for tables.
    unit : str
        Unit of measurement of an effect: ``SD``, ``percentage points``, ``days``.
    direction : str
        What a higher value means: ``harmful``, ``beneficial`` or ``neutral``.
    family : str
        Outcomes tested together.
    domain : str
        Whom it describes, in words.
    """

    name: str
    frame: str
    label: Mapping[str, str]
    unit: str
    direction: str
    family: str
    domain: str


@dataclass(frozen=True)
class Exhibit:
    """A table or figure declared in advance.

    Parameters
    ----------
    id : str
        ``T`` or ``F``, chapter, running number: ``T7.1``, ``FM1``.
    chapter : int
        Chapter of the report, which is the number of its notebook.
    title : mapping of language to str
        Printed title.
    prespecified : bool
        False for exploratory exhibits, which are labelled in print.
    core : bool
        One exhibit per heading of the original report.
    basis : str
        Why it is there: heading (``T``), recommendation (``R``), verified source (``V``), own choice (``I``).
    calibration : str
        Class of the levels on synthetic data: ``A`` official, ``B`` anchored, ``C`` assumed, ``-`` none.

    Examples
    --------
    >>> Exhibit("F5.9", 5, {"en": "Emotional well-being"}).kind
    'figure'
    """

    id: str
    chapter: int
    title: Mapping[str, str]
    prespecified: bool = True
    core: bool = False
    basis: str = ""
    calibration: str = "-"

    @property
    def kind(self) -> str:
        """``table`` or ``figure``, as the first letter of the id says."""
        return "table" if self.id.startswith("T") else "figure"


@dataclass(frozen=True)
class Definition:
    """Everything study.toml says.

    Parameters
    ----------
    id : str
        Name of the study, used in paths.
    title : mapping of language to str
        Title of the report.
    seed : int
        Seed of everything random in this study.
    notebooks : str
        Folder of its notebooks, relative to the project.
    files : mapping of str to RawFile
        Raw file per unit.
    counts : mapping of str to int
        Rows each frame must have after cleaning.
    design : mapping of str to DesignColumns
        Design columns per unit.
    exposure : Exposure, optional
        The exposure.
    outcomes : mapping of str to Outcome
        Outcomes by name.
    covariates : mapping of str to tuple of str
        Named covariate sets.
    exhibits : tuple of Exhibit
        In report order.
    ethics : mapping of str to str
        The ethics block; an empty text prints as not declared.
    screen_overrides : mapping of str to str
        Column and the reason why the personal-data screen may pass it.
    release : Publication
        Exhibits outside the rules for small numbers, and the reviewers of a release.
    """

    id: str
    title: Mapping[str, str]
    seed: int
    notebooks: str
    files: Mapping[str, RawFile]
    counts: Mapping[str, int] = field(default_factory=dict)
    design: Mapping[str, DesignColumns] = field(default_factory=dict)
    exposure: Exposure | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    covariates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exhibits: tuple[Exhibit, ...] = ()
    ethics: Mapping[str, str] = field(default_factory=dict)
    screen_overrides: Mapping[str, str] = field(default_factory=dict)
    release: Publication = field(default_factory=Publication)


def chapter_of(exhibit_id: str) -> int | None:
    """Return the chapter an exhibit id belongs to.

    Parameters
    ----------
    exhibit_id : str
        For example ``"T7.1"`` or ``"FM1"``.

    Returns
    -------
    int or None
        None when the id is not written as ``T`` or ``F``, chapter, number.

    Examples
    --------
    >>> chapter_of("T7.1"), chapter_of("FM1"), chapter_of("TP2"), chapter_of("X1")
    (7, 0, 10, None)
    """
    match = EXHIBIT_ID.fullmatch(exhibit_id)
    if match is None:
        return None
    _, letter, chapter, _ = match.groups()
    if bool(letter) == bool(chapter):
        return None
    return LETTER_CHAPTERS[letter] if letter else int(chapter)
