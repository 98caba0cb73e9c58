"""The planted truth: effects unit by unit, and their averages in the sample and in the population."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .files import Files
from .outcomes import Pair, wealth_index
from .population import Units
from .sample import Sample
from .settings import Settings

TABLE = Path(__file__).with_name("population.csv")
LEVELS = {"household": "household", "discipline": "discipline child"}
LEFT = (1, 2, 3)  # positions of father, mother and both away among the types
GROUPS = ("att", "father", "mother", "both", "boys", "girls", "same", "changed")


@dataclass(frozen=True)
class Measure:
    """Potential outcomes of one measure for the units of its domain that carry weight.

    Parameters
    ----------
    key, name, domain : str
        Outcome equation, measure, whom it refers to.
    units : pandas.DataFrame
        ``hh`` (row of the household), ``child`` (row of the child, −1 for households), ``type``, ``X``, ``girl``,
        ``weight, y0, y1``.
    """

    key: str
    name: str
    domain: str
    units: pd.DataFrame

    def summary(self) -> dict[str, float]:
        """Return comparison mean and SD, average effects by group, and the unadjusted gap.

        Returns
        -------
        dict
            ``comparison, sd``, the names in ``GROUPS`` and ``raw``, in the measure's own unit; NaN where a group
            does not exist.
        """
        u = self.units
        kind, weight = u["type"].to_numpy(), u["weight"].to_numpy()
        y0, y1, girl, changed = (u[c].to_numpy() for c in ("y0", "y1", "girl", "X"))
        left, comparison = np.isin(kind, LEFT), kind == 0
        everybody = np.ones(len(u), dtype=bool)
        groups = [
            everybody,
            kind == 1,
            kind == 2,
            kind == 3,
            girl == 0,
            girl == 1,
            changed == 0,
            changed == 1,
        ]
        mean = _mean(y0, weight, comparison)
        spread = np.sqrt(_mean((y0 - mean) ** 2, weight, comparison))
        effects = {
            name: _mean(y1 - y0, weight, left & rows) for name, rows in zip(GROUPS, groups, strict=True)
        }
        return {"comparison": mean, "sd": float(spread), **effects, "raw": _mean(y1, weight, left) - mean}


def _mean(values: np.ndarray, weight: np.ndarray, rows: np.ndarray) -> float:
    """Return the weighted mean over some rows, NaN without any."""
    return float(np.average(values[rows], weights=weight[rows])) if rows.any() else float("nan")


def measures(units: Units, weights: dict[str, np.ndarray]) -> Iterator[Measure]:
    """Yield every measure of every outcome for the units with positive weight.

    Parameters
    ----------
    units : Units
        Households, children and their potential outcomes.
    weights : dict of ndarray
        By domain, one weight per unit of the domain.

    Yields
    ------
    Measure
        In the order of the parameters.
    """
    house, children = units.households, units.children
    for key, outcome in units.outcomes.items():
        rows, weight = units.rows[outcome.domain], weights[outcome.domain]
        keep = weight > 0
        child = np.full(len(rows), -1) if outcome.domain == "household" else rows
        hh = rows if outcome.domain == "household" else children["hh"].to_numpy()[rows]
        girl = (
            np.full(len(rows), np.nan) if outcome.domain == "household" else children["girl"].to_numpy()[rows]
        )
        base = {
            "hh": hh,
            "child": child,
            "type": house["type"].to_numpy()[hh],
            "X": house["changed"].to_numpy()[hh],
        }
        pairs: dict[str, Pair] = outcome.measures
        if key == "O1":
            pairs = {"wealth": wealth_index(outcome, weight)}
        for name, (y0, y1) in pairs.items():
            frame = pd.DataFrame({**base, "girl": girl, "weight": weight, "y0": y0, "y1": y1})
            yield Measure(key, name, outcome.domain, frame[keep])


def population_weights(units: Units) -> dict[str, np.ndarray]:
    """Return weight one for everybody; adolescents who do not attend have none in the domain of attenders.

    Parameters
    ----------
    units : Units
        A run of the frame.

    Returns
    -------
    dict of ndarray
        By domain.
    """
    weights = {domain: np.ones(len(rows)) for domain, rows in units.rows.items()}
    return weights | {"attender": units.outcomes["O6"].observed["attends"]}


def sample_weights(sample: Sample) -> dict[str, np.ndarray]:
    """Return the final weights of the units in the sample, zero for the others.

    Parameters
    ----------
    sample : Sample
        The sample.

    Returns
    -------
    dict of ndarray
        By domain: ``w_hh``, ``w_child``, ``w_hh`` × children 1–14 for the discipline child, ``w_hh`` for children.
    """
    units = sample.units
    hh, age = units.children["hh"].to_numpy(), units.children["age"].to_numpy()
    w_hh = units.households["w_hh"].to_numpy()
    number = np.bincount(hh[(age >= 1) & (age <= 14)], minlength=len(w_hh))
    chosen = np.zeros(len(hh))
    picked = sample.disciplined >= 0
    chosen[sample.disciplined[picked]] = (w_hh * number)[picked]
    of_child = {"adolescent": sample.w_child, "discipline": chosen, "child": w_hh[hh], "under_five": w_hh[hh]}
    weights = {domain: values[units.rows[domain]] for domain, values in of_child.items()}
    weights["attender"] = weights["adolescent"] * units.outcomes["O6"].observed["attends"]
    return weights | {"household": w_hh}


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
