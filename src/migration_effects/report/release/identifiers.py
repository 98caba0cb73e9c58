"""Whether a published file holds the identifier of a household or person of the study."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from migration_effects.disclosure.artefacts import readable_parts

# Shorter ones, such as line numbers within a household, are numbers like any other.
SHORTEST = 6
# A word by itself: the decimals of a number are none.
_WORD = re.compile(rf"(?<![\w.-])[\w-]{{{SHORTEST},}}(?![\w-]|\.\d)")


def identifiers_of(frames: Iterable[pd.DataFrame], names: frozenset[str]) -> frozenset[str]:
    """Return all identifiers in the records of a study.

    Parameters
    ----------
    frames : iterable of DataFrame
        Prepared records.
    names : frozenset of str
        Columns that identify.

    Returns
    -------
    frozenset of str
        Those of six characters and more.
    """
    found: set[str] = set()
    for frame in frames:
        for name in sorted(names & set(frame.columns)):
            found.update(frame[name].dropna().astype(str))
    return frozenset(text for text in found if len(text) >= SHORTEST)


def identifying_files(files: Mapping[str, bytes], identifiers: frozenset[str]) -> dict[str, int]:
    r"""Return the files that hold identifiers.

    Parameters
    ----------
    files : mapping of str to bytes
        By name.
    identifiers : frozenset of str
        From :func:`identifiers_of`.

    Returns
    -------
    dict of str to int
        Different identifiers per file; files without any are left out.

    Examples
    --------
    >>> identifying_files({"a.csv": b"household,n\n10010015,1\n"}, frozenset({"10010015"}))
    {'a.csv': 1}
    >>> identifying_files({"a.csv": b"share\n0.10010015\n"}, frozenset({"10010015"}))
    {}
    """
    found = {}
    for name, content in files.items():
        words = {word for text in readable_parts(name, content) for word in _WORD.findall(text)}
        if count := len(words & identifiers):
            found[name] = count
    return found
