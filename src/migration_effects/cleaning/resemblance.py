"""Interviews that resemble each other too much: copied or invented answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError

BLOCK = 256
UNUSUAL = 0.85


def near_duplicates(frame: pd.DataFrame, items: Sequence[str], *, share: float = UNUSUAL) -> pd.DataFrame:
    """Return, for each row, the largest share of items on which another row gives the same answers.

    Parameters
    ----------
    frame : DataFrame
        One row per interview, missing answers blank.
    items : sequence of str
        Substantive questions, with several answers each. Two blanks agree.
    share : float
        From this share on a row is marked.

    Returns
    -------
    DataFrame
        On the index of ``frame``: ``largest_share`` (0–1; NaN for a single row) and ``marked`` (bool).

    Raises
    ------
    SpecificationError
        Without items, or for columns that do not exist.

    Notes
    -----
    Kuriakose and Robbins (2016), Don't get duped: fraud through duplication in public opinion surveys, Statistical
    Journal of the IAOS 32. High shares also occur in homogeneous groups: a mark is a reason to look, not a finding.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 1, 2], "b": [1, 1, 2], "c": [1, 2, 2], "d": [3, 3, 1]})
    >>> near_duplicates(answers, list("abcd"), share=0.7)["largest_share"].tolist()
    [0.75, 0.75, 0.25]
    """
    absent = [name for name in items if name not in frame.columns]
    if absent or not items:
        raise SpecificationError(
            f"near_duplicates needs columns of the frame; not there: {', '.join(absent) or 'none'}."
        )
    codes = np.column_stack([pd.factorize(frame[name])[0] for name in items]).astype(np.int32)
    rows = len(codes)
    largest = np.full(rows, np.nan if rows < 2 else 0.0)
    for start in range(0, rows if rows > 1 else 0, BLOCK):
        block = codes[start : start + BLOCK]
        same = np.zeros((len(block), rows), dtype=np.int32)
        for j in range(codes.shape[1]):
            same += block[:, j, None] == codes[None, :, j]
        same[np.arange(len(block)), np.arange(start, start + len(block))] = -1
        largest[start : start + BLOCK] = same.max(axis=1) / codes.shape[1]
    found = pd.DataFrame({"largest_share": largest}, index=frame.index)
    return found.assign(marked=found["largest_share"].ge(share - 1e-9))
