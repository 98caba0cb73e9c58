"""How varied a sensitive answer is among records that cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.disclosure.classes import MISSING, classes_of, require_columns


def l_diversity(frame: pd.DataFrame, keys: Sequence[str], sensitive: str) -> pd.DataFrame:
    """Measure the variety of a sensitive answer in each class of records.

    Who knows a child's class learns the answer when all in the class gave the same. A missing key value matches
    every value, so the classes of records with a gap overlap with others. Missing answers are counted and are no
    value of their own.

    Parameters
    ----------
    frame : DataFrame
        Records.
    keys : sequence of str
        Identifying columns.
    sensitive : str
        Column with the sensitive answer.

    Returns
    -------
    DataFrame
        One row per combination of key values: the keys, ``n`` (records of the class), ``missing`` (of them without
        an answer), ``distinct`` (different answers), ``entropy`` (exp(−Σ p ln p): the number of equally frequent
        answers that would be as varied), ``recursive``: the limit above which c must lie for recursive
        (c, 2)-diversity, r₁ / (r₂ + … + r_m) with the answers' counts in falling order; infinite for one answer.

    Raises
    ------
    SpecificationError
        For unknown columns.

    Notes
    -----
    Machanavajjhala, A. et al. (2007), l-diversity: privacy beyond k-anonymity.

    Examples
    --------
    >>> frame = pd.DataFrame({"sex": ["girl"] * 5, "beaten": ["no", "no", "no", "once", "often"]})
    >>> l_diversity(frame, ["sex"], "beaten").round(6)
        sex  n  missing  distinct   entropy  recursive
    0  girl  5        0         3  2.586409        1.5
    """
    require_columns(frame, [sensitive], "sensitive")
    classes = classes_of(frame, keys)
    codes, values = pd.factorize(frame[sensitive], use_na_sentinel=True)
    # One row per combination of keys, one column per answer, the last for missing ones.
    table = np.zeros((len(classes.patterns), len(values) + 1), dtype=int)
    np.add.at(table, (classes.of_record, codes), 1)
    own = np.bincount(classes.of_record, minlength=len(classes.patterns))
    first = pd.Series(np.arange(len(frame))).groupby(classes.of_record).first()
    rows = []
    gaps = (classes.patterns == MISSING).any()
    for i in range(len(classes.patterns)):
        counts = table[classes.matching(i)].sum(axis=0) if gaps else table[i]
        rows.append((int(counts.sum()) if gaps else int(own[i]), int(counts[-1]), *_variety(counts[:-1])))
    found = pd.DataFrame(rows, columns=["n", "missing", "distinct", "entropy", "recursive"])
    labels = frame[list(keys)].iloc[first.to_numpy(dtype=int)].reset_index(drop=True)
    whole = pd.concat([labels, found], axis=1)
    return whole.sort_values(list(keys), kind="stable", ignore_index=True, key=_sortable)


def _sortable(column: pd.Series) -> pd.Series:
    """Return a column in a form that has an order: texts, where it mixes kinds of values."""
    mixed = pd.api.types.infer_dtype(column, skipna=True).startswith("mixed")
    return column.map(str, na_action="ignore") if mixed else column


def _variety(counts: NDArray[np.int_]) -> tuple[int, float, float]:
    """Return distinct values, exponentiated entropy and the limit of c; nothing is known without an answer."""
    found = np.sort(counts[counts > 0])[::-1]
    if not len(found):
        return 0, float("nan"), float("nan")
    shares = found / found.sum()
    rest = int(found[1:].sum())
    limit = float(found[0]) / rest if rest else float("inf")
    return len(found), float(np.exp(-(shares * np.log(shares)).sum())), limit
