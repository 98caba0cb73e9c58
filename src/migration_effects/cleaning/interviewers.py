"""Interviewers compared: item non-response, answers in one straight line, interviews in a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError


def interviewer_checks(
    frame: pd.DataFrame,
    interviewer: str,
    items: Sequence[str],
    *,
    batteries: Mapping[str, Sequence[str]] | None = None,
    limit: float = 3.0,
) -> pd.DataFrame:
    """Compare interviewers on the quality of their interviews.

    Parameters
    ----------
    frame : DataFrame
        One row per interview, missing answers blank.
    interviewer : str
        Column with the interviewer's number.
    items : sequence of str
        Questions asked of everybody.
    batteries : mapping of str to sequence of str, optional
        Name → items of one answer scale; an interview whose answers to all of them are the same counts as a straight
        line.
    limit : float
        An interviewer is marked where the mean lies more than this many standard errors from that of all others.
        Areas differ too: a mark is a reason to look, not a finding.

    Returns
    -------
    DataFrame
        Index interviewer; columns ``interviews, missing_share``, ``straight_<battery>`` (shares 0–1) and ``marked``:
        the names of the columns that stand out, separated by blanks.

    Raises
    ------
    SpecificationError
        For columns that do not exist.

    Examples
    --------
    >>> done = pd.DataFrame({"who": list("aaaabbbb") * 5, "x": [1, 2, 1, 2, None, None, None, None] * 5, "y": [1] * 40})
    >>> interviewer_checks(done, "who", ["x", "y"])["marked"].to_dict()
    {'a': 'missing_share', 'b': 'missing_share'}
    """
    batteries = dict(batteries or {})
    wanted = [interviewer, *items, *(name for names in batteries.values() for name in names)]
    absent = [name for name in dict.fromkeys(wanted) if name not in frame.columns]
    if absent:
        raise SpecificationError(f"interviewer_checks: no column {', '.join(absent)} in the frame.")
    per_interview = {"missing_share": frame[list(items)].isna().mean(axis=1)}
    for name, names in batteries.items():
        answers = frame[list(names)]
        complete = answers.notna().all(axis=1)
        per_interview[f"straight_{name}"] = answers.nunique(axis=1).eq(1).astype(float).where(complete)
    values = pd.DataFrame(per_interview)
    groups = values.groupby(frame[interviewer], sort=True)
    table = groups.mean()
    table.insert(0, "interviews", groups.size())
    return table.assign(marked=_marked(values, frame[interviewer], limit))


def _marked(values: pd.DataFrame, interviewer: pd.Series, limit: float) -> pd.Series:
    """Return which columns of each interviewer stand out from the interviews of all others."""
    names = {}
    for who, rows in interviewer.groupby(interviewer, sort=True).groups.items():
        own, others = values.loc[rows], values.drop(index=rows)
        far = [name for name in values if _distance(own[name].dropna(), others[name].dropna()) > limit]
        names[who] = " ".join(far)
    return pd.Series(names, dtype=object)


def _distance(own: pd.Series, others: pd.Series) -> float:
    """Return how many standard errors the mean of some interviews lies from that of the others."""
    if own.empty or len(others) < 2:
        return 0.0
    spread = float(others.std())
    if spread == 0:
        # All others agree: the spread of a share that has been seen once in one more interview.
        share = (float(others.sum()) + 1) / (len(others) + 2)
        spread = float(np.sqrt(share * (1 - share)))
    return abs(float(own.mean() - others.mean())) / (spread / np.sqrt(len(own)))
