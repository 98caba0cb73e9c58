"""Effects unit by unit and their averages, in the sample or in a run of the frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .outcomes import Pair, wealth_index
from .population import Units
from .sample import Sample

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
