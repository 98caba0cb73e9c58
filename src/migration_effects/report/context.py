"""What is declared about an exhibit outside its numbers: id, titles, basis, calibration, data origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from migration_effects.errors import StudyError
from migration_effects.io.codebook import Codebook
from migration_effects.report.published import PublishedFigure


@dataclass(frozen=True)
class Context:
    """Declared facts of an exhibit.

    Parameters
    ----------
    id : str
        ``"T7.1"``; empty for an exhibit that is not (yet) registered.
    titles : mapping of str to str
        Title per language.
    basis, calibration : str
        Codes of the study's list, printed in the footer.
    prespecified : bool
        Exploratory exhibits are labelled in print.
    synthetic : bool or None
        Whether the figures come from synthetic data; None where unknown.
    codebook : Codebook, optional
        Labels of the study.
    study_titles : mapping of str to str
        Title of the study per language, for the source line.
    texts : mapping of str to mapping
        The study's own translations, by language and English text.
    public : bool
        Whether this is the version for publication: small figures hidden, cases rounded.
    published : tuple of PublishedFigure or None
        Figures of published sources entered for the exhibit; None where the study keeps no list of them.
    """

    id: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    calibration: str = ""
    prespecified: bool = True
    synthetic: bool | None = None
    codebook: Codebook | None = None
    study_titles: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    public: bool = False
    published: tuple[PublishedFigure, ...] | None = None

    def title(self, language: str) -> str:
        """Return the title in a language.

        Parameters
        ----------
        language : str
            ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

        Returns
        -------
        str
            Empty for an exhibit that is not registered.

        Raises
        ------
        StudyError
            When a registered exhibit has no title in that language.
        """
        if not self.id:
            return ""
        if not self.titles.get(language):
            raise StudyError(
                f"Exhibit {self.id} has no title in {language!r}. Add title.{language} in study.toml."
            )
        return self.titles[language]
