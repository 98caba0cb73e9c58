"""Answers that are missing: refused, do not know, no answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from .expressions import holds
from .files import Files, asked_of, study_codebook
from .settings import Settings

REASONS = ("refused", "dont_know", "no_answer")
RICHEST = 5


def plant_missing(files: Files, contexts: Files, settings: Settings) -> Files:
    """Replace answers by missing codes, completely at random except for amounts of money.

    Where a gate question lost its answer, what it opens was not asked and becomes blank. Identifiers, links, design
    variables, ages, sexes, whereabouts and the confounders have no missing codes.

    Parameters
    ----------
    files : dict of pandas.DataFrame
        The five files, complete.
    contexts : dict of pandas.DataFrame
        Facts that universes name, same rows.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    dict of pandas.DataFrame
        The five files with missing codes; unchanged when ``item_missing`` is off.
    """
    if not settings.item_missing:
        return files
    planted: Files = {}
    for unit, frame in files.items():
        columns = {name: _with_codes(unit, frame[name], contexts[unit], settings) for name in frame.columns}
        context = contexts[unit]
        if unit == "children":
            context = context.assign(attends=_attends(context, planted["roster"]))
        planted[unit] = blank_unasked(pd.DataFrame(columns), context, asked_of(unit))
    return planted


def _with_codes(unit: str, column: pd.Series, context: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return one variable with missing codes."""
    p = settings.params["item_missing"]
    name = str(column.name)
    codes = {reason: code for code, reason in study_codebook().variable(name, unit).missing.items()}
    if not codes or name in p["exempt"]:
        return column
    kind = "ordinary"
    if name in p["sensitive_variables"]:
        kind = "sensitive"
    elif name in p["amount_variables"]:
        kind = "amounts"
    rates = np.tile(np.array(p[kind]) / 100, (len(column), 1))
    if kind == "amounts":
        rates[(context["fifth"] == RICHEST).to_numpy(), 0] *= p["amounts_richest"]
    uniform = settings.rng(f"missing.{name}").uniform(size=len(column))
    position = (uniform[:, None] >= np.cumsum(rates, axis=1)).sum(axis=1)
    lost = np.array([float(codes[r]) if r in codes else np.nan for r in REASONS] + [np.nan])[position]
    return column.where(np.isnan(lost) | column.isna(), lost)


def _attends(context: pd.DataFrame, roster: pd.DataFrame) -> np.ndarray:
    """Return whether the adolescent attends, as the roster now says."""
    attend = roster.set_index(["hh_id", "p_line"])["p_attend"]
    keys = pd.MultiIndex.from_frame(context[["hh_id", "k_line"]].astype({"k_line": float}))
    return (attend.reindex(keys) == 1).to_numpy()


def blank_unasked(frame: pd.DataFrame, context: pd.DataFrame, universes: dict[str, str]) -> pd.DataFrame:
    """Blank the answers of those who are not asked.

    Parameters
    ----------
    frame : pandas.DataFrame
        One file; gates stand before what they open.
    context : pandas.DataFrame
        Facts that the expressions name and the file does not hold; same rows.
    universes : dict
        Variable to expression.

    Returns
    -------
    pandas.DataFrame
        The file with blanks.
    """
    extra = context[[c for c in context.columns if c not in frame.columns]]
    facts = pd.concat([frame.reset_index(drop=True), extra.reset_index(drop=True)], axis=1)
    for name, condition in universes.items():
        blank = np.nan if is_numeric_dtype(facts[name]) else ""
        facts[name] = facts[name].where(holds(condition, facts), blank)
    return facts[list(frame.columns)]
