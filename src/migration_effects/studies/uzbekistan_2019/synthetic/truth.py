"""The planted truth as the tests read it."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .effects import GROUPS, LEFT, measures, sample_weights
from .files import Files
from .sample import Sample
from .settings import Settings

TABLE = Path(__file__).with_name("population.csv")
LEVELS = {"household": "household", "discipline": "discipline child"}


@cache
def planted_table() -> dict[str, dict[str, Any]]:
    """Return the planted population effects by measure.

    Returns
    -------
    dict
        Measure to ``outcome``, ``unit`` (``sd``, ``pp`` or ``own``) and numbers in that unit; comparison mean and SD
        in the measure's own unit.

    Examples
    --------
    >>> planted_table()["emotional"]["att"]
    0.235
    """
    table: dict[str, dict[str, Any]] = {}
    with TABLE.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            texts = {"outcome": row.pop("outcome"), "unit": row.pop("unit")}
            name = row.pop("measure")
            table[name] = texts | {k: float(v) if v else None for k, v in row.items()}
    return table


def unit_factor(name: str) -> float:
    """Return the factor from a measure's own unit to the unit of the planted table.

    Parameters
    ----------
    name : str
        Measure.

    Returns
    -------
    float
        1 / SD of the comparison group, 100 or 1.
    """
    row = planted_table()[name]
    return {"sd": 1 / row["sd"] if row["sd"] else 1.0, "pp": 100.0, "own": 1.0}[row["unit"]]


def truth_summary(sample: Sample, settings: Settings) -> dict[str, Any]:
    """Return the content of ``truth.json``.

    Parameters
    ----------
    sample : Sample
        The sample.
    settings : Settings
        Parameters and knobs; population values are given for the shipped equations only.

    Returns
    -------
    dict
        Per measure: outcome, domain, unit, ``population`` and ``sample`` effects in that unit, number left behind.
    """
    shipped = (settings.effect_multiplier, settings.hidden_u, settings.psu_confounding) == (1, 0, 0)
    outcomes = {}
    for measure in measures(sample.units, sample_weights(sample)):
        planted = planted_table()[measure.name]
        factor = unit_factor(measure.name)
        own = measure.summary()
        effects = {name: _rounded(own[name] * factor) for name in (*GROUPS, "raw")}
        population = {k: v for k, v in planted.items() if k not in ("outcome", "unit")}
        outcomes[measure.name] = {
            "outcome": planted["outcome"],
            "domain": measure.domain,
            "unit": planted["unit"],
            "unit_factor": factor,
            "population": population if shipped else None,
            "sample": {"comparison": _rounded(own["comparison"]), "sd": _rounded(own["sd"]), **effects},
            "n_left_behind": int(measure.units["type"].isin(LEFT).sum()),
        }
    nulls = sorted(name for name, row in planted_table().items() if row["att"] == 0)
    return {
        "notice": "SYNTHETIC DATA — not findings",
        "version": settings.params["version"],
        "seed": settings.seed,
        "scale": settings.scale,
        "effect_multiplier": settings.effect_multiplier,
        "hidden_u": settings.hidden_u,
        "psu_confounding": settings.psu_confounding,
        "nulls": nulls,
        "outcomes": outcomes,
    }


def _rounded(value: float) -> float | None:
    """Return a number for JSON, which has no NaN."""
    return None if np.isnan(value) else round(value, 6)


def unit_truth(sample: Sample, files: Files) -> pd.DataFrame:
    """Return potential outcomes and effects of every unit in the sample.

    Parameters
    ----------
    sample : Sample
        The sample.
    files : dict of pandas.DataFrame
        Contexts, for the roster lines.

    Returns
    -------
    pandas.DataFrame
        ``level, hh_id, line, type, X, outcome, measure, y0, y1, tau``; ``tau`` is blank without a parent abroad.
    """
    ids = sample.units.households["hh_id"].to_numpy()
    roster = files["roster"]
    line = roster[roster["child"] >= 0].set_index("child")["p_line"]
    parts = []
    for measure in measures(sample.units, sample_weights(sample)):
        u = measure.units
        left = u["type"].isin(LEFT)
        parts.append(
            pd.DataFrame(
                {
                    "level": LEVELS.get(measure.domain, "child"),
                    "hh_id": ids[u["hh"]],
                    "line": line.reindex(u["child"]).to_numpy(),
                    "type": u["type"],
                    "X": u["X"],
                    "outcome": measure.key,
                    "measure": measure.name,
                    "y0": u["y0"].round(6),
                    "y1": u["y1"].round(6),
                    "tau": (u["y1"] - u["y0"]).round(6).where(left),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
