"""What the renderers need of a study, read from its folder alone: no data, no statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migration_effects.errors import StudyError
from migration_effects.io.codebook import Codebook
from migration_effects.study.definition import Exhibit as Declared
from migration_effects.study.load import read_folder
from migration_effects.study.locate import study_folder


@dataclass(frozen=True)
class StudyFacts:
    """A study without its data.

    Parameters
    ----------
    folder : Path
        The study folder.
    id : str
        Name in paths.
    title : mapping of str to str
        Title per language.
    exhibits : tuple of Exhibit
        As declared, in report order.
    ethics : mapping of str to str
        The ethics block.
    codebook : Codebook
        Labels.
    notebooks : str
        Folder of the notebooks.
    """

    folder: Path
    id: str
    title: Mapping[str, str]
    exhibits: tuple[Declared, ...]
    ethics: Mapping[str, str]
    codebook: Codebook
    notebooks: str


def study_facts(id_or_folder: str | Path) -> StudyFacts:
    """Read a study folder.

    Parameters
    ----------
    id_or_folder : str or Path
        As for ``load_study``.

    Returns
    -------
    StudyFacts
        Without data.

    Raises
    ------
    StudyError
        With every fault of the folder at once.
    """
    folder = study_folder(id_or_folder)
    definition, codebook, faults = read_folder(folder)
    if faults or definition is None or codebook is None:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise StudyError(f"The study folder {folder.name} has {len(faults)} faults:\n{lines}")
    return StudyFacts(
        folder,
        definition.id,
        definition.title,
        definition.exhibits,
        definition.ethics,
        codebook,
        definition.notebooks,
    )
