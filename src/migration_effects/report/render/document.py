"""The report in one language, ready for any renderer: cover, contents, chapters with prose and exhibits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migration_effects import __version__
from migration_effects.errors import StudyError
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.formatting import SYMBOLS, Formatter
from migration_effects.report.labels import Labels
from migration_effects.report.layout import interval_text
from migration_effects.report.messages import SYNTHETIC_MARK, Messages, messages
from migration_effects.report.plain import plain
from migration_effects.report.presentation import mark_legends, present
from migration_effects.report.remarks import GAPS, NO_WEIGHTS, UNKNOWN_SAMPLING
from migration_effects.report.render.drawings import Drawings
from migration_effects.report.render.facts import StudyFacts
from migration_effects.report.render.placement import check_places, prose_file
from migration_effects.report.render.prose import Block, Value, parse_prose
from migration_effects.report.render.view import View, view_of
from migration_effects.report.rendered import NOT_AVAILABLE

CHAPTER = "Chapter {number}"
CHAPTERS = {0: "Background and method", 10: "Programme follow-up"}
# Standard errors between zero and what a two-sided test at 5% finds with 80% power.
DETECTABLE = 2.8
ETHICS = {
    "review_reference": "Ethics review",
    "consent_scope": "Scope of consent",
    "child_assent": "Children's assent",
    "retention_until": "Data kept until",
    "data_controller": "Data controller",
    "safeguarding_contact": "Safeguarding contact",
}


@dataclass(frozen=True)
class Chapter:
    """A chapter.

    Parameters
    ----------
    number : int
        As in study.toml.
    title : str
        Heading.
    blocks : tuple of Block
        Prose and places of exhibits.
    views : tuple of View
        Exhibits, in the order in which they are printed.
    section : str
        Name of a section beside the chapters, for links to it; empty for a chapter.
    """

    number: int
    title: str
    blocks: tuple[Block, ...]
    views: tuple[View, ...]
    section: str = ""

    @property
    def anchor(self) -> str:
        """Where links to it lead: ``chapter-7``, ``summary``."""
        return self.section or f"chapter-{self.number}"


@dataclass(frozen=True)
class Document:
    """The report in one language.

    Parameters
    ----------
    language, html_language : str
        Code of the catalogue, and as HTML writes it.
    title, mark : str
        Title; mark of synthetic data, empty on real data.
    facts, ethics : tuple of (str, str)
        Lines of the cover and of the ethics block.
    about : tuple of str
        How to read the report.
    words : mapping of str to str
        Words of the template.
    chapters : tuple of Chapter
        In order.
    end : str
        Last line.
    legends : tuple of str
        Meaning of every mark that may occur.
    programs : mapping of str to str
        Notebook by id of the exhibit.
    screened : tuple of (str, str)
        Columns that the personal-data screen passes by declaration, with the reasons.
    """

    language: str
    html_language: str
    title: str
    mark: str
    facts: tuple[tuple[str, str], ...]
    ethics: tuple[tuple[str, str], ...]
    about: tuple[str, ...]
    words: Mapping[str, str]
    chapters: tuple[Chapter, ...]
    end: str
    legends: tuple[str, ...]
    programs: Mapping[str, str] = field(default_factory=dict)
    screened: tuple[tuple[str, str], ...] = ()

    def with_drawings(self, drawings: Drawings) -> Document:
        """Return the report with its charts.

        Parameters
        ----------
        drawings : mapping of (str, str) to (str, bytes)
            SVG and PNG by language and id.

        Returns
        -------
        Document
            Otherwise the same.
        """

        def drawn(view: View) -> View:
            return view if view.kind == "table" else view.with_drawing(*drawings[self.language, view.id])

        chapters = (replace(c, views=tuple(drawn(view) for view in c.views)) for c in self.chapters)
        return replace(self, chapters=tuple(chapters))


def compose_document(
    study: StudyFacts, exhibits: Mapping[str, Exhibit], *, synthetic: bool, language: str, draw: bool = True
) -> Document:
    """Return the report in one language.

    Parameters
    ----------
    study : StudyFacts
        Titles, declared exhibits, labels, ethics block and prose.
    exhibits : mapping of str to Table or Figure
        Registered exhibits with their context, by id.
    synthetic : bool
        Whether the figures come from synthetic data.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.
    draw : bool
        Without it the charts are left empty, for :meth:`Document.with_drawings`.

    Returns
    -------
    Document
        Every text final.

    Raises
    ------
    StudyError
        When prose has faults, or title is missing in that language.
    """
    words = messages(language)
    if not study.title.get(language):
        raise StudyError(f"study.toml of {study.id} has no title in {language!r}. Add title.{language}.")
    numbers = sorted({exhibit.chapter for exhibit in study.exhibits})
    public = any(exhibit.context.public for exhibit in exhibits.values())
    return Document(
        language=language,
        html_language=language.replace("_", "-"),
        title=plain(study.title[language]),
        mark=words.text(SYNTHETIC_MARK) if synthetic else "",
        facts=_facts(study, synthetic, words),
        ethics=tuple(
            (words.text(label), plain(study.ethics.get(key, "")) or words.text("not declared"))
            for key, label in ETHICS.items()
        ),
        about=(*_about(synthetic, words, public), *_gaps(exhibits, words)),
        words=_words(words, public),
        chapters=tuple(_chapter(study, exhibits, number, language, draw) for number in numbers),
        end=words.text("Made with migration_effects {version}", version=__version__),
        legends=tuple(legend for _, legend in mark_legends(words, public)),
        screened=_screened(study, words),
    )


def _screened(study: StudyFacts, words: Messages) -> tuple[tuple[str, str], ...]:
    """Return the columns that the personal-data screen passes by declaration, with the study's reasons."""
    labels = Labels(words, None, study.texts.get(words.language, {}))
    return tuple((plain(name), labels.text(reason)) for name, reason in study.screen_overrides.items())


def _facts(study: StudyFacts, synthetic: bool, words: Messages) -> tuple[tuple[str, str], ...]:
    """Return the lines of the cover."""
    origin = words.text("Synthetic twin of the survey: no real child stands behind any figure")
    count = Formatter(words.language).count(len(study.exhibits))
    return (
        (words.text("Study"), study.id),
        (words.text("Data"), origin if synthetic else words.text("Survey data")),
        (words.text("Exhibits"), count),
    )


def _about(synthetic: bool, words: Messages, public: bool) -> tuple[str, ...]:
    """Return how to read the report."""
    text = words.text
    parts = [
        text(
            "Every figure is a survey estimate unless its source says otherwise: weighted, with a 95% confidence "
            "interval (CI) that accounts for strata and primary sampling units. The column n gives unweighted cases."
        ),
        text(
            "Figures based on 25–49 unweighted cases stand in parentheses; an asterisk replaces those based on "
            "fewer than 25. Titles state what is measured, not what was found."
        ),
        text(
            "The line under each exhibit names its basis: T a heading of the original report, R one of its "
            "recommendations, V a verified source, I our own choice. The figures behind every table and chart are "
            "in the folder csv beside this file, unrounded."
        ),
    ]
    if public:
        parts[1:] = [
            text(
                "This is the version for publication. Numbers of cases are rounded to 5; counts from 1 to 7 are not "
                "shown, and totals are sums of what is. An asterisk replaces figures on fewer than 25 cases, "
                "percentages that describe fewer than 10 people or leave out fewer than 10, and figures that would "
                "reveal these. Percentages of fewer than 100 cases are whole numbers. Figures based on 25–49 cases "
                "stand in parentheses. Titles state what is measured, not what was found."
            ),
            text(
                "The line under each exhibit names its basis: T a heading of the original report, R one of its "
                "recommendations, V a verified source, I our own choice. The figures behind every table and chart are "
                "in the folder csv beside this file, as printed."
            ),
        ]
    if synthetic:
        parts.insert(
            0,
            text(
                "All figures in this report come from synthetic data, made to test the analysis before the real "
                "files are available. They describe no child and no household, and must not be quoted as findings. "
                "The calibration class under each exhibit says what the levels of the figures were made to match."
            ),
        )
    return tuple(parts)


def _gaps(exhibits: Mapping[str, Exhibit], words: Messages) -> tuple[str, ...]:
    """Return what the data of some exhibits lack."""
    remarks = {remark for exhibit in exhibits.values() for remark in exhibit.remarks}
    found = [words.text(gap) for gap in (NO_WEIGHTS, UNKNOWN_SAMPLING) if gap in remarks]
    if any(remark.startswith(NOT_AVAILABLE) for remark in remarks):
        found.append(
            words.text(
                "The data lack variables that some exhibits need: these print [x], and their notes name the variables."
            )
        )
    return tuple(found)


def _words(words: Messages, public: bool) -> dict[str, str]:
    """Return the words of the templates."""
    workbook = words.text(
        "Each sheet holds one exhibit. Numbers are not rounded; the cell format shows as many decimals as the "
        "report prints. Standard errors and the limits of 95% confidence intervals (CI) stand in columns of "
        "their own."
    )
    if public:
        workbook = words.text(
            "Each sheet holds one exhibit, with the numbers that are printed. The limits of 95% confidence intervals "
            "(CI) and, where they are published, standard errors stand in columns of their own."
        )
    return {
        "skip": words.text("Skip to the report"),
        "kind": words.text("Study report"),
        "contents": words.text("Contents"),
        "about": words.text("About this report"),
        "ethics": words.text("Ethics declaration"),
        "screened": words.text("Columns that the personal-data screen passes, with the reason"),
        "page": words.text("Page"),
        "about_data": words.text("Data"),
        "cover": words.text("Cover"),
        "notes": words.text("Notes"),
        "program": words.text("Program"),
        "back": words.text("Back to contents"),
        "workbook": workbook,
    }


def _chapter(
    study: StudyFacts, exhibits: Mapping[str, Exhibit], number: int, language: str, draw: bool
) -> Chapter:
    """Return a chapter: its prose with the exhibits in their places, or the exhibits alone."""
    ids = [exhibit.id for exhibit in study.exhibits if exhibit.chapter == number]
    path = prose_file(study.folder, language, number)
    if path is None:
        blocks = tuple(Block("exhibit", exhibit=exhibit_id) for exhibit_id in ids)
        title = messages(language).text(CHAPTERS.get(number, CHAPTER), number=number)
    else:
        value = value_of(exhibits, language)
        title, blocks = parse_prose(path.read_text(encoding="utf-8"), value, where=path.name)
        check_places([b.exhibit for b in blocks if b.kind == "exhibit"], ids, path.name)
    views = tuple(view_of(exhibits[b.exhibit], language, draw=draw) for b in blocks if b.kind == "exhibit")
    return Chapter(number, plain(title), blocks, views)


def _may_lack(exhibit: Exhibit) -> bool:
    """Whether prose may point to figures that are not there: it is written before real data are seen."""
    return exhibit.context.synthetic is False or any(remark.startswith(GAPS) for remark in exhibit.remarks)


def value_of(exhibits: Mapping[str, Exhibit], language: str) -> Value:
    """Return the function that prints a number of an exhibit for the prose.

    Parameters
    ----------
    exhibits : mapping of str to Table or Figure
        By id.
    language : str
        Language of the report.

    Returns
    -------
    callable
        From id, row, column and part to text. Part ``detectable`` is the smallest difference found with 80% power
        by a two-sided test at 5%: (z(0.975) + z(0.80)) × SE = 2.8 SE.
    """

    def value(exhibit_id: str, row: str, column: str, part: str) -> str:
        if exhibit_id not in exhibits:
            raise StudyError(f"value({exhibit_id!r}, …): no such exhibit")
        words = present(exhibits[exhibit_id], language)
        cell, shape = exhibits[exhibit_id].cell(row, column)
        if part == "n":
            return words.numbers.count(cell.n) if cell.n is not None else SYMBOLS["not_applicable"]
        if not cell.shown and cell.mark == "hidden" and words.public:
            return SYMBOLS["hidden"]
        if not cell.shown and _may_lack(exhibits[exhibit_id]):
            return SYMBOLS[cell.mark]
        if not cell.shown:
            raise StudyError(f"value({exhibit_id!r}, {row!r}, {column!r}) may not be shown: {cell.mark}")
        if part == "interval" and cell.conf_low is None and _may_lack(exhibits[exhibit_id]):
            return SYMBOLS["not_available"]
        if part == "interval":
            return interval_text(cell, shape.decimals, words).strip("()")
        if part == "detectable":
            if cell.std_error is None and words.public:
                return SYMBOLS["hidden"]
            if cell.std_error is None and _may_lack(exhibits[exhibit_id]):
                return SYMBOLS["not_available"]
            if cell.std_error is None:
                raise StudyError(f"value({exhibit_id!r}, {row!r}, {column!r}) has no standard error")
            return words.numbers.number(DETECTABLE * cell.std_error, shape.decimals)
        suffix = "%" if shape.unit == "%" else ""
        return words.numbers.estimate(cell.value, cell.mark, shape.decimals, suffix=suffix)

    return value
