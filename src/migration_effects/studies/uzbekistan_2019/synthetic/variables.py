"""Fills the variables of `variables.csv` into a file's context, for those who are asked."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import migration_effects as me

from .expressions import holds
from .generators import KINDS, generate, latent
from .rules import Draws, Rule
from .settings import Settings

TABLE = Path(__file__).with_name("variables.csv")


@cache
def read_rules() -> dict[str, dict[str, tuple[Rule, ...]]]:
    """Return the rules of every variable by file, in the order of the table.

    Returns
    -------
    dict
        File to variable to rules.

    Raises
    ------
    StudyError
        Listing every line whose kind, shares or settings cannot be read.

    Examples
    --------
    >>> [rule.kind for rule in read_rules()["children"]["k_bfast"]]
    ['choice', 'choice']
    """
    rules: dict[str, dict[str, list[Rule]]] = {}
    faults = []
    with TABLE.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=2):
            try:
                shares = {c: float(s) for c, s in (part.rsplit(":", 1) for part in row["shares"].split())}
                settings = dict(part.split("=", 1) for part in row["settings"].split())
            except ValueError as error:
                faults.append(f"line {number}: {error}")
                continue
            if row["kind"] not in KINDS:
                faults.append(f"line {number}: kind {row['kind']!r} is none of {', '.join(sorted(KINDS))}")
            rule = Rule(row["variable"], row["when"], row["kind"], shares, settings)
            rules.setdefault(row["file"], {}).setdefault(row["variable"], []).append(rule)
    if faults:
        raise me.StudyError(f"{TABLE.name} has faults:\n" + "\n".join(f"- {fault}" for fault in faults))
    return {file: {name: tuple(rows) for name, rows in table.items()} for file, table in rules.items()}


def fill_variables(
    file: str, context: pd.DataFrame, asked_of: dict[str, str], settings: Settings
) -> pd.DataFrame:
    """Generate all variables of one file that the table describes.

    Parameters
    ----------
    file : str
        ``roster``, ``children``, ``caregivers`` or ``migrants``.
    context : pandas.DataFrame
        One row per unit with everything that conditions and expressions name.
    asked_of : dict
        Variable to the expression that says who is asked, from the codebook.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        The context with the variables added, and ``z_<variable>`` for the latent value of ordinal ones.
    """
    table = read_rules()[file]
    latents = [f"z_{name}" for name, rules in table.items() if rules[0].kind == "ordinal"]
    context = context.reindex(columns=[*context.columns, *table, *latents])
    for name, rules in table.items():
        draws = Draws.make(settings.rng(f"variable.{name}"), len(context))
        text = rules[0].kind == "text"
        values = np.full(len(context), "", dtype=object) if text else np.full(len(context), np.nan)
        hidden = np.full(len(context), np.nan)
        todo = holds(asked_of.get(name, ""), context)
        for rule in rules:
            rows = np.flatnonzero(todo & holds(rule.when, context))
            values[rows] = generate(rule, draws.at(rows), context.iloc[rows])
            if rule.kind == "ordinal":
                hidden[rows] = latent(rule, draws.at(rows), context.iloc[rows])
            todo[rows] = False
        context[name] = values
        if f"z_{name}" in latents:
            context[f"z_{name}"] = hidden
    return context
