"""The sample: frame, selection, listing, outcomes, response and weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .frame import build_frame, select_psus
from .population import Units, draw_outcomes, list_units
from .response import draw_adolescent_response, draw_response, pick_child
from .sampling import select_households
from .settings import Settings
from .weights import adolescent_weights, household_weights


@dataclass(frozen=True)
class Sample:
    """Selected households, their children, what would happen to them, and who answered.

    Parameters
    ----------
    units : Units
        ``households`` has ``result, k_result, w_base, w_hh`` besides the listing; all are selected households.
    adolescent, disciplined : ndarray of int
        By household: row of the interviewed adolescent and of the child of the discipline questions, −1 without.
    w_child : ndarray
        By child: final weight of interviewed adolescents, 0 for the others.
    """

    units: Units
    adolescent: np.ndarray
    disciplined: np.ndarray
    w_child: np.ndarray

    @property
    def complete(self) -> np.ndarray:
        """Which households took part."""
        return (self.units.households["result"] == 1).to_numpy()


def draw_sample(settings: Settings) -> Sample:
    """Draw the sample of the study.

    Parameters
    ----------
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    Sample
        Exactly 1,016 × scale households and 702 × scale adolescents took part.
    """
    psus = select_psus(build_frame(settings), settings)
    house, children = select_households(*list_units(psus, settings), psus, settings)
    units = draw_outcomes(house, children, settings)
    house["result"] = draw_response(house, settings)
    age = children["age"]
    selected = pick_child(house, children[age >= 11], "sampling.adolescent", settings)
    house["k_result"] = draw_adolescent_response(house, children, selected, settings)
    disciplined = pick_child(house, children[(age >= 1) & (age <= 14)], "sampling.discipline", settings)
    house["w_hh"] = household_weights(house, settings)
    adolescent = np.where(house["k_result"] == 1, selected, -1)
    return Sample(units, adolescent, disciplined, _child_weights(house, children, adolescent, settings))


def _child_weights(
    house: pd.DataFrame, children: pd.DataFrame, adolescent: np.ndarray, settings: Settings
) -> np.ndarray:
    """Return `w_child` by child, from the rows that weighting of adolescents needs."""
    hh = children["hh"].to_numpy()
    rows = children.assign(
        w_hh=np.round(house["w_hh"], 6).to_numpy()[hh],
        region=house["region"].to_numpy()[hh],
        interviewed=adolescent[hh] == np.arange(len(children)),
    )
    rows = rows[rows["age"] >= 11]
    rows["n_1117"] = rows.groupby("hh")["age"].transform("size")
    result = house["k_result"].to_numpy()[rows["hh"]]
    rows = rows[(result >= 2) | rows["interviewed"]]
    weights = np.zeros(len(children))
    weights[rows.index] = adolescent_weights(rows, settings)
    return weights
