"""The screen for personal data: names and labels of columns, their values, and the shape of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.disclosure.patterns import (
    LATITUDES,
    LONGITUDES,
    NINE_DIGITS,
    matching_kinds,
    personal_tokens,
)

COLUMNS = ("column", "rule", "count", "detail")
NINE_DIGIT_SHARE = 0.80
DISTINCT_SHARE, MEAN_LENGTH, LONG_TEXT = 0.30, 6, 20
DECIMALS = 3

Finding = tuple[str, str, int, str]


def screen(frame: pd.DataFrame, labels: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """Find columns that may identify people.

    Names and labels are searched for whole words (``name``, ``telefon``, ``манзил`` …), values for phone
    numbers, personal numbers, passports, e-mail addresses and coordinates, numeric columns included; text
    columns with many different or long values are found by their shape. The result holds no value.

    Parameters
    ----------
    frame : DataFrame
        Records.
    labels : mapping of str to sequence of str, optional
        Labels per column, in any languages.

    Returns
    -------
    DataFrame
        ``column, rule, count, detail``: rule is ``word``, ``value`` or ``shape``; count the rows concerned.

    Examples
    --------
    >>> people = pd.DataFrame({"respName": ["A", "B"], "q1": ["+998 90 123 45 67", "none"], "age": [12, 13]})
    >>> screen(people)[["column", "rule", "count"]].to_numpy().tolist()
    [['respName', 'word', 2], ['q1', 'value', 1], ['q1', 'shape', 2]]
    """
    findings: list[Finding] = []
    for name in map(str, frame.columns):
        column = frame[name].dropna()
        findings += _words(name, (labels or {}).get(name, ()), len(column))
        findings += _values(name, column)
        if not is_numeric_dtype(column):
            findings += _shape(name, column.astype(str))
    findings += _coordinate_pairs(frame)
    return pd.DataFrame(findings, columns=list(COLUMNS))


def _words(name: str, labels: Sequence[str], rows: int) -> Iterator[Finding]:
    """Return a finding when a column's name or label has a word of personal data."""
    words = dict.fromkeys(word for text in (name, *labels) for word in personal_tokens(text))
    if words:
        yield name, "word", rows, ", ".join(words)


def _values(name: str, column: pd.Series) -> Iterator[Finding]:
    """Return findings on values that look like personal data."""
    counts = column.value_counts()
    texts = {_as_text(value): int(count) for value, count in counts.items()}
    kinds: Counter[str] = Counter()
    for text, count in texts.items():
        for kind in matching_kinds(text):
            kinds[kind] += count
    nine = sum(count for text, count in texts.items() if NINE_DIGITS.fullmatch(text))
    if nine and nine >= NINE_DIGIT_SHARE * len(column):
        kinds["phone"] += nine
    for kind, count in kinds.items():
        yield name, "value", count, kind


def _as_text(value: object) -> str:
    """Return a value as text; fractions are cut, lest their digits look like a personal number."""
    if isinstance(value, (int, float)):
        return f"{value:.0f}" if value == int(value) else f"{value:.6g}"
    return str(value)


def _shape(name: str, texts: pd.Series) -> Iterator[Finding]:
    """Return findings on text that varies as only names and free text do."""
    if texts.empty:
        return
    length, distinct = texts.str.len(), texts.nunique()
    if distinct > DISTINCT_SHARE * len(texts) and length.mean() > MEAN_LENGTH:
        yield name, "shape", len(texts), f"{distinct} different values, mean length {length.mean():.0f}"
    long = int((length > LONG_TEXT).sum())
    if long:
        yield name, "shape", long, f"text over {LONG_TEXT} characters"


def _coordinate_pairs(frame: pd.DataFrame) -> Iterator[Finding]:
    """Return pairs of columns that hold latitudes and longitudes of the country."""
    fine = [
        str(name)
        for name in frame.columns
        if is_numeric_dtype(frame[name]) and _is_fine(frame[name].dropna())
    ]
    for first, second in permutations(fine, 2):
        if (
            frame[first].dropna().between(*LATITUDES).all()
            and frame[second].dropna().between(*LONGITUDES).all()
        ):
            yield first, "value", int(frame[first].notna().sum()), f"coordinates, with {second}"


def _is_fine(column: pd.Series) -> bool:
    """Return whether most values have three or more decimals."""
    if column.empty:
        return False
    scaled = column * 10 ** (DECIMALS - 1)
    return bool((scaled.sub(scaled.round()).abs() > 1e-6).mean() > 0.5)
