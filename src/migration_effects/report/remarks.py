"""What estimates say about themselves, in the reader's words.

The library notes in English what it left out or assumed, with names of variables. Here those sentences are recognised,
so that the report prints labels instead of names, and prints them in every language.
"""

from __future__ import annotations

import re
from functools import lru_cache

from migration_effects.report.formatting import Formatter
from migration_effects.report.labels import Labels, value_id
from migration_effects.report.rendered import NOT_AVAILABLE

# As in the notes of the library.
UNKNOWN_SAMPLING = (
    "The data do not say how they were sampled: no standard errors, intervals or p-values are known."
)
NO_WEIGHTS = "The data hold no weights: every record counts once."
LACKING = f"{NOT_AVAILABLE}: {{name}}."
# How the remarks begin of an exhibit whose data lack something.
GAPS = (NOT_AVAILABLE, UNKNOWN_SAMPLING, NO_WEIGHTS)
# Sentence of the library -> message of the report. ``{name}`` is a variable, ``{value}`` one or more of its values,
# ``{count}`` a number.
SENTENCES: dict[str, str] = {
    "{count} rows without a value of a model variable are left out.": (
        "Rows without a value of a model variable, left out: {count}."
    ),
    "{count} rows without a value of {name} are left out; weights not refitted.": (
        "Rows without a value, left out without fitting the weights again: {name} {count}."
    ),
    "{count} rows with another value of {name} are left out.": "Rows with another value, left out: {name} {count}.",
    "{count} rows without a value of {name} are left out: the total counts them as 0.": (
        "Rows without a value, counted as zero in the total: {name} {count}."
    ),
    "No row in use has {name} = {value}.": "No case in use: {name}, {value}.",
    "Standard errors are unconditional: the covariates count as sampled.": (
        "Standard errors count the covariates as sampled."
    ),
    "Standard errors are conditional on the covariates of the sample.": (
        "Standard errors take the covariates of the sample as given."
    ),
    "Jackknife of PSUs, every step refitted.": "Standard errors by the jackknife of PSUs, every step fitted again.",
    "Jackknife of PSUs, every step refitted, because of weak overlap.": (
        "Standard errors by the jackknife of PSUs, every step fitted again, because overlap is weak."
    ),
    "Jackknife of PSUs, every step refitted, because of {count} PSUs in use (fewer than 30).": (
        "Standard errors by the jackknife of PSUs, every step fitted again, because PSUs are few: {count}."
    ),
    "Jackknife of PSUs, every step refitted, because of {count} PSUs in use (fewer than 30) and weak overlap.": (
        "Standard errors by the jackknife of PSUs, every step fitted again, because PSUs are few ({count}) and overlap "
        "is weak."
    ),
    UNKNOWN_SAMPLING: UNKNOWN_SAMPLING,
    NO_WEIGHTS: NO_WEIGHTS,
    LACKING: LACKING,
}
_MISSING = re.compile(
    r"(\d+) rows? without a value of ([A-Za-z_]\w*(?: or [A-Za-z_]\w*)*) (?:are|is) left out\."
)
_PARTS = {"count": r"(?P<count>\d+)", "name": r"(?P<name>.+?)", "value": r"(?P<value>.+?)"}


def remark_text(remarks: tuple[str, ...], labels: Labels) -> str:
    """Return what the estimates of an exhibit say about themselves, as one paragraph.

    Parameters
    ----------
    remarks : tuple of str
        Sentences of the library.
    labels : Labels
        Of one language.

    Returns
    -------
    str
        Missing values first, as one list by label of the variable; the largest count of each.
    """
    missing: dict[str, int] = {}
    others: list[str] = []
    for remark in remarks:
        match = _MISSING.fullmatch(remark)
        if match and match[2] != "a model variable":
            missing[match[2]] = max(int(match[1]), missing.get(match[2], 0))
        else:
            others.append(_sentence(remark, labels))
    if missing:
        number = Formatter(labels.language).count
        counts = "; ".join(f"{_names(name, labels)} {number(n)}" for name, n in missing.items())
        others.insert(0, labels.messages.text("Rows without a value, left out: {counts}.", counts=counts))
    return " ".join(dict.fromkeys(others))


def _sentence(remark: str, labels: Labels) -> str:
    """Return one sentence; one that is not known is a text of the study like any note."""
    for pattern, message in _patterns():
        match = pattern.fullmatch(remark)
        if match:
            return labels.messages.text(message, **_filled(match.groupdict(), labels))
    return labels.text(remark)


def _filled(found: dict[str, str], labels: Labels) -> dict[str, str]:
    """Return what stands in the places of a sentence: labels for names and values, formatted counts."""
    filled = {}
    for part, text in found.items():
        if part == "count":
            filled[part] = Formatter(labels.language).count(int(text))
        elif part == "name":
            filled[part] = _names(text, labels)
        else:
            filled[part] = ", ".join(labels(value_id(found["name"], value)) for value in text.split(", "))
    return filled


def _names(text: str, labels: Labels) -> str:
    """Return the labels of variables joined by "or"."""
    return " / ".join(labels(name) if labels.knows(name) else name for name in text.split(" or "))


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the known sentences as patterns."""
    made = []
    for sentence, message in SENTENCES.items():
        pieces = re.split(r"\{(\w+)\}", sentence)
        pattern = "".join(_PARTS[p] if i % 2 else re.escape(p) for i, p in enumerate(pieces))
        made.append((re.compile(pattern), message))
    return tuple(made)
