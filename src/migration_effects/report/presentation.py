"""The words around an exhibit in one language: heading, title, population line, notes, source and footer."""

from __future__ import annotations

from dataclasses import dataclass

from migration_effects.report.exhibit import Exhibit
from migration_effects.report.formatting import LEGENDS, Formatter
from migration_effects.report.labels import Labels
from migration_effects.report.messages import SYNTHETIC_MARK, Messages, messages
from migration_effects.report.published import STATUS_WORDS, published_status
from migration_effects.report.remarks import remark_text

HEADINGS = {"table": "Table {number}", "figure": "Figure {number}"}
CALIBRATION = {
    "A": "A, official margin",
    "B": "B, national or external anchor",
    "C": "C, assumption",
    "A/C": "A/C, official margin and assumption",
    "-": "none",
}
# What an asterisk and a remark beside a figure mean in the version for publication.
PUBLIC_LEGEND = (
    "An asterisk (*) replaces a figure that is not published: it rests on fewer than 25 cases, it or its complement "
    "describes fewer than 10 people, or it would reveal such a figure."
)
PUBLIC_REMARK = "not published"


@dataclass(frozen=True)
class Presentation:
    """Words and formats for one exhibit in one language.

    Parameters
    ----------
    labels : Labels
        Resolves label ids.
    numbers : Formatter
        Formats numbers.
    heading, title, population : str
        ``Table 7.1``, the declared title, the population line.
    mark : str
        The mark of synthetic data, empty on real data.
    status : str
        ``Exploratory`` or empty.
    notes : tuple of str
        Notes of the exhibit.
    remark : str
        What the estimates say about themselves, in one paragraph.
    source, footer : str
        Source line; one line with basis, calibration, data origin, weight and unweighted cases.
    public : bool
        Whether this is the version for publication.
    """

    labels: Labels
    numbers: Formatter
    heading: str
    title: str
    population: str
    mark: str
    status: str
    notes: tuple[str, ...]
    remark: str
    source: str
    footer: str
    public: bool = False

    def legends(self, marks: set[str]) -> tuple[str, ...]:
        """Return the legends of the marks that occur.

        Parameters
        ----------
        marks : set of str
            Marks of the printed figures.

        Returns
        -------
        tuple of str
            In a fixed order.
        """
        return tuple(text for mark, text in mark_legends(self.labels.messages, self.public) if mark in marks)


def mark_legends(words: Messages, public: bool) -> list[tuple[str, str]]:
    """Return the legend of every mark.

    Parameters
    ----------
    words : Messages
        The package's own words.
    public : bool
        Whether for the version for publication, in which more is hidden.

    Returns
    -------
    list of (str, str)
        Mark and legend, in a fixed order.
    """
    return [
        (mark, words.text(PUBLIC_LEGEND if public and mark == "hidden" else legend))
        for mark, legend in LEGENDS.items()
    ]


def present(exhibit: Exhibit, language: str) -> Presentation:
    """Return the words around an exhibit.

    Parameters
    ----------
    exhibit : Table or Figure
        The specification, with its context.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    Presentation
        Everything but the figures themselves.
    """
    words = messages(language)
    context = exhibit.context
    labels = Labels(words, context.codebook, context.texts.get(language, {}))
    source = labels.text(exhibit.source) if exhibit.source else _study_source(exhibit, labels)
    return Presentation(
        labels=labels,
        numbers=Formatter(language),
        heading=_heading(exhibit, labels),
        title=context.title(language),
        population=labels.text(exhibit.population),
        mark=words.text(SYNTHETIC_MARK) if context.synthetic else "",
        status="" if context.prespecified else words.text("Exploratory"),
        notes=tuple(labels.text(note) for note in exhibit.notes),
        remark=remark_text(exhibit.remarks, labels),
        source=words.text("Source: {source}", source=source) if source else "",
        footer=_footer(exhibit, labels) if context.id else "",
        public=context.public,
    )


def _heading(exhibit: Exhibit, labels: Labels) -> str:
    """Return ``Table 7.1`` or ``Figure 7.4``."""
    if not exhibit.context.id:
        return ""
    return labels.messages.text(HEADINGS[exhibit.kind], number=exhibit.context.id[1:])


def _study_source(exhibit: Exhibit, labels: Labels) -> str:
    """Return the study as the source of an exhibit that names no other."""
    title = exhibit.context.study_titles.get(labels.language, "")
    if exhibit.context.synthetic and title:
        return labels.messages.text("synthetic twin of the study “{title}”", title=title)
    return title


def _footer(exhibit: Exhibit, labels: Labels) -> str:
    """Return basis, calibration, data origin, weight, cases and published status in one line."""
    text, context = labels.messages.text, exhibit.context
    parts = []
    if context.basis:
        parts.append(text("Basis: {basis}", basis=_basis(context.basis, labels)))
    if context.calibration and context.synthetic:
        meaning = text(CALIBRATION.get(context.calibration, context.calibration))
        parts.append(text("Calibration: {meaning}", meaning=meaning))
    if context.synthetic is not None:
        parts.append(text("Data: synthetic") if context.synthetic else text("Data: survey"))
    weight = (
        "; ".join(labels(name) for name in exhibit.weight.split(", ")) if exhibit.weight else text("none")
    )
    parts.append(text("Weight: {weight}", weight=weight))
    if exhibit.n is not None:
        n = Formatter(labels.language).count(exhibit.n)
        rounded = context.public
        parts.append(
            text("Unweighted n, rounded to 5: {n}", n=n) if rounded else text("Unweighted n: {n}", n=n)
        )
    if context.published is not None:
        parts.append(text(STATUS_WORDS[published_status(context.published)]))
    return " · ".join(parts)


def _basis(basis: str, labels: Labels) -> str:
    """Return the basis of an exhibit; names of headings after its letter are texts of the study."""
    parts = []
    for part in basis.split("; "):
        letter, _, name = part.partition(" ")
        named = bool(name) and not any(character.isdigit() for character in name)
        parts.append(f"{letter} {labels.text(name)}" if named else part)
    return "; ".join(parts)
