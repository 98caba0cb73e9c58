"""DISCLOSURE.md: what was hidden, by which rules, with which overrides, and who read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migration_effects.disclosure.publication import MIN_BASE, MIN_PEOPLE, WHOLE_BELOW
from migration_effects.disclosure.rounding import BASE, REDACT
from migration_effects.report.messages import SYNTHETIC_MARK
from migration_effects.report.release.gates import MIN_DF
from migration_effects.report.release.public import PublicExhibit, reason_text
from migration_effects.study.definition import Definition
from migration_effects.study.publication import REVIEWERS, Review

STATEMENT = "DISCLOSURE.md"
RULES = (
    f"No figure on fewer than {MIN_BASE} unweighted cases, and none whose number of cases is not known.",
    f"No percentage that describes fewer than {MIN_PEOPLE} people or leaves out fewer than {MIN_PEOPLE}; so none of 0 "
    "or 100. The people behind a weighted percentage are taken to be percentage × cases; since with weights that is "
    f"not exact, the limit is {MIN_PEOPLE} and not {REDACT + 1}.",
    f"No count from 1 to {REDACT}; other counts and all numbers of cases are rounded to {BASE}, totals are sums of the "
    "rounded counts shown.",
    "Where figures of one line divide people among themselves, none that would let a hidden one be worked out: at "
    f"least two are hidden, which together describe, and leave out, {MIN_PEOPLE} people or more.",
    f"Percentages of fewer than {WHOLE_BELOW} cases are whole numbers; percentages come without standard errors.",
    "No smallest or largest values, no records, no remarks that count people.",
    f"Models have at least {MIN_DF} degrees of freedom.",
    f"No figure of the same row and column differs from an earlier release, or from the same measure of another "
    f"population, by 1 to {REDACT} people.",
    "Every number in every file is the printed one.",
)
GATES = (
    "personal data, paths, hidden sheets, comments, metadata and image text in every file",
    "only the files of the report, of the kinds allowed",
    "small cells, complements, zeros and 100%",
    "figures that can be worked out from others",
    "differencing with earlier releases and between populations",
    "charts of aggregated figures only",
    "degrees of freedom",
    "two builds, the same bytes",
    "ethics block printed",
    "mark of synthetic data",
    "no figure finer than printed",
)
READERS = (
    "Cumulative percentages: neighbouring steps can differ by few people.",
    "One figure in two exhibits, hidden in one and shown in the other, or in text written by hand.",
    "Levels of categorical covariates of a model with few cases: the exhibits do not keep their numbers.",
    "Text of the pages of the PDF: it is set from the same text as the HTML, which is searched.",
    "Figures on violence, suicidality and exploitation: whether anybody could recognise a child in them.",
)


@dataclass(frozen=True)
class Release:
    """Everything the statement tells.

    Parameters
    ----------
    definition : Definition
        The study.
    synthetic : bool
        Whether the data are synthetic.
    exhibits : mapping of str to PublicExhibit
        By id.
    checksums : mapping of str to str
        SHA-256 of every file.
    content : str
        Fingerprint of all files, which reviewers sign.
    versions : mapping of str to str
        Software.
    """

    definition: Definition
    synthetic: bool
    exhibits: Mapping[str, PublicExhibit]
    checksums: Mapping[str, str]
    content: str
    versions: Mapping[str, str]

    @property
    def signatures(self) -> tuple[Review, ...]:
        """Signatures under these files."""
        return self.definition.release.signatures(self.content)

    @property
    def status(self) -> str:
        """``reviewed`` with two signatures, otherwise ``not reviewed``."""
        return "reviewed" if len(self.signatures) >= REVIEWERS else "not reviewed"


def statement(release: Release) -> str:
    """Return the statement that goes with a release.

    Parameters
    ----------
    release : Release
        What is released.

    Returns
    -------
    str
        Markdown, without dates other than those of the signatures.
    """
    return "\n".join(_lines(release)) + "\n"


def _lines(release: Release) -> Iterator[str]:
    """Yield the lines of the statement."""
    definition = release.definition
    yield from ("# Disclosure control", "")
    if release.synthetic:
        yield from (f"**{SYNTHETIC_MARK}**", "")
    yield f"Study: {definition.title.get('en', definition.id)} ({definition.id})  "
    yield f"Content: `{release.content}`  "
    yield from (f"Status: {release.status}", "", "## Reviewers", "")
    signed = [f"{review.name}, {review.date}" for review in release.signatures[:REVIEWERS]]
    for number in range(REVIEWERS):
        yield f"{number + 1}. {signed[number] if number < len(signed) else 'name: ____________ date: ____________'}"
    yield from ("", "## Rules", "", *(f"- {rule}" for rule in RULES))
    yield from ("", "## Gates passed", "", *(f"- {gate}" for gate in GATES))
    yield from ("", "## Left to the reviewers", "", *(f"- {duty}" for duty in READERS))
    yield from (
        "",
        "## Figures hidden",
        "",
        "| exhibit | figures | hidden | why |",
        "| :-- | --: | --: | :-- |",
    )
    yield from (_hidden_line(name, found) for name, found in release.exhibits.items())
    yield from ("", "## Overrides", "", *_reasons("exhibit", definition.release.overrides))
    yield from ("", "Columns that the screen for personal data was told to pass:", "")
    yield from _reasons("column", definition.screen_overrides)
    yield from ("", "## Ethics", "")
    yield from (f"- {name}: {text or 'not declared'}" for name, text in definition.ethics.items())
    yield from ("", "## Software", "", *(f"- {name} {version}" for name, version in release.versions.items()))
    yield from ("", "## Files", "", "| file | SHA-256 |", "| :-- | :-- |")
    yield from (f"| {name} | `{checksum}` |" for name, checksum in sorted(release.checksums.items()))


def _hidden_line(name: str, found: PublicExhibit) -> str:
    """Return the line of one exhibit."""
    reasons = Counter(reason for reason in found.hidden if reason)
    why = "; ".join(f"{count} × {reason_text(reason)}" for reason, count in sorted(reasons.items()))
    return f"| {name} | {len(found.hidden)} | {sum(reasons.values())} | {why or '–'} |"


def _reasons(what: str, reasons: Mapping[str, str]) -> list[str]:
    """Return overrides with their reasons."""
    return [f"- {what} {name}: {reason}" for name, reason in reasons.items()] or ["- none"]
