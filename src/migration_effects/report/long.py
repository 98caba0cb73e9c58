"""Estimates of any shape as one long frame, one row per number, with a label id for everything it is about.

Columns: ``model`` (the name given to the estimate), ``by_group`` and ``by`` (whose value it is), one column per
``by`` variable, ``outcome`` and ``level`` (what is measured), then the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.report.compose_frame import need
from migration_effects.report.labels import TIMES, TOTAL, value_id
from migration_effects.report.table import Choice

NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "p_value", "n", "n_psu", "df")
DIMENSIONS = ("model", "by_group", "by", "outcome", "level")
_FACTOR = re.compile(r"(?:C\()?(?P<variable>[^\W\d]\w*)(?:,[^\[\]]*)?\)?\[(?:T\.)?(?P<level>.*)\]", re.DOTALL)


def split_term(term: str) -> tuple[str, str]:
    """Split a key of an estimate into what is measured and its level.

    Parameters
    ----------
    term : str
        ``score``, ``carer[mother]``, ``sex[T.girl]``, ``away[T.both]:sex[T.girl]`` or an expression.

    Returns
    -------
    tuple of str
        Outcome and level, both label ids; the level is empty where there is none.

    Examples
    --------
    >>> split_term("score"), split_term("carer[mother]"), split_term("sex[T.girl]")
    (('score', ''), ('carer', 'carer=mother'), ('sex', 'sex=girl'))
    >>> split_term("away[T.both]:sex[T.girl]"), split_term("work[other: trade [own]]")
    (('away × sex', 'away=both × sex=girl'), ('work', 'work=other: trade [own]'))
    """
    outcomes, levels = [], []
    for part in _factors(term):
        match = _FACTOR.fullmatch(part)
        # An expression such as `a[x] - a[y]` has two pairs of brackets and is no level.
        match = match if match and min(_depths(match["level"]), default=0) >= 0 else None
        outcomes.append(match["variable"] if match else part)
        levels.append(value_id(match["variable"], match["level"]) if match else part)
    if outcomes == levels:
        return TIMES.join(outcomes), ""
    return TIMES.join(outcomes), TIMES.join(levels)


def _factors(term: str) -> list[str]:
    """Split an interaction at its colons; a colon inside of brackets belongs to a level."""
    marked = [
        "\0" if letter == ":" and depth == 0 else letter
        for letter, depth in zip(term, _depths(term), strict=True)
    ]
    return "".join(marked).split("\0")


def _depths(text: str) -> list[int]:
    """Return how many brackets are open after each letter."""
    return list(accumulate((letter == "[") - (letter == "]") for letter in text))


def long_frame(estimates: Any) -> pd.DataFrame:
    """Return estimates as one long frame.

    Parameters
    ----------
    estimates : Estimate, DataFrame, sequence of them, or mapping of str to any of these
        A mapping names its entries (column ``model``). Frames need a column ``estimate``; every column that is
        none of the numbers is a dimension.

    Returns
    -------
    DataFrame
        In the order given.

    Raises
    ------
    SpecificationError
        When something is neither an estimate nor a frame with a column ``estimate``, or nothing is left.
    """
    parts = [_one(entry, model) for model, entry in entries(estimates, "")]
    if not parts or not sum(map(len, parts)):
        raise SpecificationError("There is nothing to show: no estimate was given, or all of them are empty.")
    frame = pd.concat(parts, ignore_index=True)
    for column in frame.columns.difference(NUMBERS):
        frame[column] = frame[column].fillna("").astype(str)
    return frame


def units_of(frame: pd.DataFrame, unit: Choice) -> list[str]:
    """Return the unit of each row of a long frame.

    Parameters
    ----------
    frame : DataFrame
        From :func:`long_frame`.
    unit : str or mapping of str to str
        One unit, or a unit per outcome, level or model.

    Returns
    -------
    list of str
        One per row.

    Raises
    ------
    SpecificationError
        For a name the estimates do not have, or an estimate without a unit.
    """
    if isinstance(unit, str):
        return [unit] * len(frame)
    known = {*frame["outcome"], *frame["model"], *frame["level"]} - {""}
    need(list(unit), sorted(known), "The estimates")
    units = []
    for row in frame.itertuples(index=False):
        found = [unit[str(name)] for name in (row.level, row.outcome, row.model) if str(name) in unit]
        if not found:
            raise SpecificationError(
                f"No unit for {row.outcome or row.model!r}; `unit` names {', '.join(unit)}. Add it."
            )
        units.append(found[0])
    return units


def estimate_notes(estimates: Any) -> tuple[str, ...]:
    """Return what the estimates say about themselves: missing rows, dropped levels, warnings.

    Parameters
    ----------
    estimates : Estimate, DataFrame, sequence of them, or mapping of str to any of these
        As for :func:`long_frame`.

    Returns
    -------
    tuple of str
        Without repeats, in order.
    """
    notes = [str(note) for _, entry in entries(estimates, "") for note in getattr(entry, "notes", ())]
    return tuple(dict.fromkeys(notes))


def entries(estimates: Any, model: str = "") -> list[tuple[str, Any]]:
    """Flatten mappings and sequences into (model, estimate).

    Parameters
    ----------
    estimates : Estimate, DataFrame, sequence of them, or mapping of str to any of these
    model : str
        Name of what has none.

    Returns
    -------
    list of (str, Estimate or DataFrame)
    """
    if isinstance(estimates, Mapping):
        return [pair for name, entry in estimates.items() for pair in entries(entry, str(name))]
    if isinstance(estimates, Sequence) and not isinstance(estimates, str):
        return [pair for entry in estimates for pair in entries(entry, model)]
    return [(model, estimates)]


def _one(entry: Any, model: str) -> pd.DataFrame:
    """Return one estimate, or one frame, in long form."""
    table = entry if isinstance(entry, pd.DataFrame) else getattr(entry, "table", None)
    if not isinstance(table, pd.DataFrame) or "estimate" not in table.columns:
        raise SpecificationError(
            f"{type(entry).__name__} cannot be shown: give an Estimate, or a frame with a column 'estimate' "
            "(and std_error, conf_low, conf_high, n where known)."
        )
    table = table.reset_index(drop=True)
    by = list(table.columns[: list(table.columns).index("term")]) if "term" in table.columns else []
    numbers = [name for name in NUMBERS if name in table.columns]
    # What follows the terms of an estimate are further statistics; in a plain frame it is what the figures are about.
    others = [] if "term" in table.columns else [c for c in table.columns if c not in numbers]
    frame = table[numbers].copy()
    frame.insert(0, "model", model)
    for name in by:
        frame[name] = [value_id(name, value) for value in table[name]]
    frame["by_group"] = TIMES.join(by)
    frame["by"] = [TIMES.join(row) for row in frame[by].itertuples(index=False)] if by else TOTAL
    split = [split_term(str(term)) for term in table["term"]] if "term" in table.columns else []
    frame["outcome"] = [outcome for outcome, _ in split] if split else ""
    frame["level"] = [level for _, level in split] if split else ""
    for name in others:
        frame[name] = (
            table[name].astype(str) if name in DIMENSIONS else [value_id(name, v) for v in table[name]]
        )
    return frame
