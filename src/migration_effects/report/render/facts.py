"""What the renderers need of a study, read from its folder alone: no data, no statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migration_effects.io.codebook import Codebook
from migration_effects.report.texts import read_texts
from migration_effects.study.definition import Exhibit as Declared
from migration_effects.study.load import read_study
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
    texts : mapping of str to mapping
        Translations of what the notebooks write, by language and English text.
    screen_overrides : mapping of str to str
        Reason by column that the personal-data screen passes for it.
    """

    folder: Path
    id: str
    title: Mapping[str, str]
    exhibits: tuple[Declared, ...]
    ethics: Mapping[str, str]
    codebook: Codebook
    notebooks: str
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    screen_overrides: Mapping[str, str] = field(default_factory=dict)


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
    definition, codebook = read_study(id_or_folder)
    return StudyFacts(
        study_folder(id_or_folder),
        definition.id,
        definition.title,
        definition.exhibits,
        definition.ethics,
        codebook,
        definition.notebooks,
        read_texts(study_folder(id_or_folder)),
        definition.screen_overrides,
    )
