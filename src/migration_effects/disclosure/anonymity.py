"""How many records share their identifying values, and the risk that one is recognised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.disclosure.classes import classes_of, require_columns
from migration_effects.errors import SpecificationError

# Nearer to 1 than this, the closed form for pairs loses its digits and a series takes its place.
_NEAR_ONE = 1e-3


def k_anonymity(frame: pd.DataFrame, keys: Sequence[str], *, weights: str | None = None) -> pd.DataFrame:
    """Count the records that share the identifying values of each record.

    The risk is that of an intruder who knows that the person took part: 1/f, with f the size of the class in the
    sample. A missing value matches every value. A frame is k-anonymous when the smallest f is k.

    Parameters
    ----------
    frame : DataFrame
        Records.
    keys : sequence of str
        Identifying columns.
    weights : str, optional
        Column of weights that add up to the population; without it every record counts once.

    Returns
    -------
    DataFrame
        One row per record, index of ``frame``: ``f`` (records of the class), ``F`` (their weight sum), ``risk``.

    Raises
    ------
    SpecificationError
        For unknown columns, and weights that are missing or negative.

    Examples
    --------
    >>> people = pd.DataFrame({"sex": ["girl", "girl", "boy"], "age": [12, 12, 15], "w": [40.0, 50.0, 60.0]})
    >>> k_anonymity(people, ["sex", "age"], weights="w")
       f     F  risk
    0  2  90.0   0.5
    1  2  90.0   0.5
    2  1  60.0   1.0
    """
    f, total = _sizes(frame, keys, weights)
    return pd.DataFrame({"f": f.astype(int), "F": total, "risk": 1.0 / f}, index=frame.index)


def individual_risk(frame: pd.DataFrame, keys: Sequence[str], *, weights: str) -> pd.DataFrame:
    """Estimate the risk that a record is recognised by someone who does not know who took part.

    The expectation of 1/F given f under the negative binomial model of Benedetti and Franconi, with p = f / F̂:
    f = 1: p/(1−p) · ln(1/p); f = 2: p/(1−p) − (p/(1−p))² · ln(1/p); f > 2: p/(f − (1−p)); f = F̂: 1/f.

    Parameters
    ----------
    frame : DataFrame
        Records.
    keys : sequence of str
        Identifying columns; a missing value matches every value.
    weights : str
        Column of weights that add up to the population.

    Returns
    -------
    DataFrame
        One row per record, index of ``frame``: ``f, F, risk``.

    Raises
    ------
    SpecificationError
        For unknown columns, bad weights, and a class whose weights add up to less than its records.

    Notes
    -----
    Benedetti, R., Franconi, L. (1998), Statistical and technological solutions for controlled data dissemination.

    Examples
    --------
    >>> people = pd.DataFrame({"sex": ["girl", "girl", "boy"], "w": [18.0, 92.0, 17.0]})
    >>> individual_risk(people, ["sex"], weights="w").round(8)["risk"].tolist()
    [0.01714426, 0.01714426, 0.17707583]
    """
    f, total = _sizes(frame, keys, weights)
    short = total < f * (1 - 1e-12)
    if short.any():
        raise SpecificationError(
            f"{int(short.sum())} records belong to classes whose {weights!r} add up to less than the records there "
            "are. The weights must add up to the population, not to the sample; use k_anonymity without weights "
            "where there are none."
        )
    p = np.minimum(f / total, 1.0) if len(f) else f
    return pd.DataFrame({"f": f.astype(int), "F": total, "risk": _expected_risk(f, p)}, index=frame.index)


def _sizes(
    frame: pd.DataFrame, keys: Sequence[str], weights: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sample size and weight sum of each record's class."""
    classes = classes_of(frame, keys)
    ones = np.ones(len(frame))
    f = classes.sums(ones)[classes.of_record]
    if weights is None:
        return f, f.copy()
    require_columns(frame, [weights], "weights")
    amounts = frame[weights].to_numpy(dtype=float)
    bad = int((~(amounts >= 0)).sum())
    if bad:
        raise SpecificationError(
            f"Weight {weights!r} is missing or negative in {bad} records; keep records with a weight."
        )
    return f, classes.sums(amounts)[classes.of_record]


def _expected_risk(f: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the expectation of 1/F for classes of size f sampled with fraction p."""
    whole = p >= 1
    q = np.where(whole, 0.5, 1 - p)
    inner = 1 - q
    odds, log = inner / q, -np.log(inner)
    one = odds * log
    two = np.where(q < _NEAR_ONE, inner - inner**2 / 2 - inner**2 * (q / 3 + q**2 / 4), odds - odds**2 * log)
    many = inner / (f - q)
    return np.where(whole, 1 / f, np.select([f == 1, f == 2], [one, two], many))
