"""SUDA2: records that are unique already on few of their identifying values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.disclosure.classes import classes_of
from migration_effects.errors import SpecificationError

# All subsets are looked at: 4,095 of them for twelve keys.
MOST_KEYS = 12
SAMPLING_FRACTION = 0.01


@dataclass(frozen=True)
class Suda:
    """What makes records special.

    Parameters
    ----------
    records : DataFrame
        One row per record: ``msu`` (minimal unique subsets of the keys), ``score``, ``dis`` (0 to 1: how likely the
        unique record is unique in the population too, by the score).
    contributions : Series
        Share of each key in all scores, in per cent; a key counts in every subset it belongs to.
    dis : float
        The file's probability that a sample unique is a population unique, over all records.
    """

    records: pd.DataFrame
    contributions: pd.Series
    dis: float


def suda(frame: pd.DataFrame, keys: Sequence[str], *, sampling_fraction: float = SAMPLING_FRACTION) -> Suda:
    """Find minimal unique subsets of the keys and score each record by them.

    A subset of the M keys is a minimal unique subset (MSU) of a record when nobody else has these values and this
    holds for no part of the subset. A record's score is Σ over its MSUs of Π (M − j) for j from the size of the MSU
    to M − 1: the smaller the subset, the higher. A missing value matches every value.

    The file's DIS is U·δ / (U·δ + D·(1 − δ)) with U unique records, D classes of exactly two and sampling fraction δ;
    a record's is 1 / (1 + (U/DIS − U) / (score^Q · Σ score^−Q)), Q = 1 + (8 − M)/20, the sum over unique records.

    Parameters
    ----------
    frame : DataFrame
        Records.
    keys : sequence of str
        Identifying columns, at most twelve.
    sampling_fraction : float
        δ of the method, between 0 and 1.

    Returns
    -------
    Suda
        ``.records`` (index of ``frame``), ``.contributions``, ``.dis``.

    Raises
    ------
    SpecificationError
        For unknown columns, more than twelve keys, or a fraction outside (0, 1).

    Notes
    -----
    Elliot, M. J. et al. (2002), SUDA: a program for detecting special uniques. Conventions differ between programs
    in what D counts; counting pairs once, as here, gives the higher and so the more cautious DIS.

    Examples
    --------
    >>> found = suda(pd.DataFrame({"a": [2, 1, 1], "b": [0, 3, 0], "c": [0, 6, 0]}), ["a", "b", "c"])
    >>> found.records["score"].tolist(), found.contributions.to_dict()
    ([2, 4, 2], {'a': 50.0, 'b': 37.5, 'c': 37.5})
    """
    if not 0 < sampling_fraction < 1:
        raise SpecificationError(f"sampling_fraction={sampling_fraction}: it lies between 0 and 1.")
    f = _size(frame, keys)
    if len(keys) > MOST_KEYS:
        raise SpecificationError(f"{len(keys)} keys; suda looks at all subsets of at most {MOST_KEYS}.")
    minimal = minimal_unique_subsets(frame, keys)
    msu = np.zeros(len(frame), dtype=int)
    score = np.zeros(len(frame), dtype=int)
    by_key = dict.fromkeys(keys, 0)
    for subset, rows in minimal.items():
        worth = prod(len(keys) - j for j in range(len(subset), len(keys)))
        msu[rows] += 1
        score[rows] += worth
        for key in subset:
            by_key[key] += worth * len(rows)
    whole = score.sum()
    shares = {key: 100.0 * value / whole if whole else 0.0 for key, value in by_key.items()}
    overall = _file_dis(int((f == 1).sum()), int((f == 2).sum()) / 2, sampling_fraction)
    records = pd.DataFrame(
        {"msu": msu, "score": score, "dis": _record_dis(score, overall, len(keys))}, index=frame.index
    )
    return Suda(records, pd.Series(shares, name="contribution"), overall)


def minimal_unique_subsets(
    frame: pd.DataFrame, keys: Sequence[str]
) -> dict[tuple[str, ...], NDArray[np.intp]]:
    """Return the records for which each subset of the keys is minimal and unique.

    Parameters
    ----------
    frame : DataFrame
        Records.
    keys : sequence of str
        Identifying columns.

    Returns
    -------
    dict of tuple of str to ndarray of int
        Positions of the records by subset; subsets that single out nobody are left out.
    """
    found: dict[tuple[str, ...], NDArray[np.intp]] = {}
    for size in range(1, len(keys) + 1):
        for subset in combinations(keys, size):
            unique = _size(frame, subset) == 1
            for smaller, rows in found.items():
                if set(smaller) < set(subset):
                    unique[rows] = False
            if unique.any():
                found[subset] = np.flatnonzero(unique)
    return found


def _size(frame: pd.DataFrame, keys: Sequence[str]) -> NDArray[np.float64]:
    """Return the number of records like each record."""
    classes = classes_of(frame, keys)
    return classes.sums(np.ones(len(frame)))[classes.of_record]


def _file_dis(uniques: int, pairs: float, fraction: float) -> float:
    """Return the probability that a sample unique is unique in the population."""
    top = uniques * fraction
    return top / (top + pairs * (1 - fraction)) if uniques else 0.0


def _record_dis(score: NDArray[np.int_], overall: float, keys: int) -> NDArray[np.float64]:
    """Return the file's probability spread over the unique records by their scores."""
    unique = score > 0
    found = np.zeros(len(score))
    if not unique.any():
        return found
    power = 1 + (8 - keys) / 20
    chosen = score[unique].astype(float)
    spread = chosen**power * (chosen**-power).sum()
    found[unique] = 1 / (1 + (unique.sum() / overall - unique.sum()) / spread)
    return found
