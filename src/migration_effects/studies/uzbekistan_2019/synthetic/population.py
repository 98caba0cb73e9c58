"""Units and their potential outcomes, for the sample and for runs of the whole frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .frame import build_frame
from .households import list_children, list_households
from .migration import draw_carer, draw_type
from .outcomes import Outcome, potential
from .settings import Settings
from .terms import child_terms, household_terms

CHILD_DOMAINS = {
    "adolescent": (11, 17),
    "attender": (11, 17),
    "discipline": (1, 14),
    "child": (0, 17),
    "under_five": (0, 4),
}


@dataclass(frozen=True)
class Units:
    """Households, their children, and the outcomes of both.

    Parameters
    ----------
    households, children : pandas.DataFrame
        As listed, with type and carer.
    outcomes : dict of Outcome
        By the key of the equation.
    rows : dict of ndarray
        By domain: row positions (in `households` or `children`) of the units the outcomes refer to.
    """

    households: pd.DataFrame
    children: pd.DataFrame
    outcomes: dict[str, Outcome]
    rows: dict[str, np.ndarray]


def list_units(mahallas: pd.DataFrame, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List households and children of mahallas, with migration type and carer.

    Parameters
    ----------
    mahallas : pandas.DataFrame
        Rows of the frame.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    households, children : pandas.DataFrame
        Joined by ``children["hh"]``, the row position of the household.
    """
    house = list_households(mahallas, settings)
    house["type"] = draw_type(house, settings)
    house["carer"], house["changed"] = draw_carer(house, settings)
    return house, list_children(house, settings)


def draw_outcomes(house: pd.DataFrame, children: pd.DataFrame, settings: Settings) -> Units:
    """Generate the potential outcomes of all households and children given.

    Parameters
    ----------
    house, children : pandas.DataFrame
        Output of :func:`list_units`, or a selection of it with ``hh`` renumbered.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    Units
        With outcomes. Domain ``attender`` holds all adolescents; who attends is outcome O6.
    """
    age = children["age"].to_numpy()
    rows = {name: np.flatnonzero((age >= low) & (age <= high)) for name, (low, high) in CHILD_DOMAINS.items()}
    rows["household"] = np.arange(len(house))
    base = household_terms(house)
    terms = {"household": base}
    for name, (low, high) in CHILD_DOMAINS.items():
        same = next((n for n, span in CHILD_DOMAINS.items() if span == (low, high) and n in terms), None)
        terms[name] = terms[same] if same else child_terms(base, children.iloc[rows[name]])
    outcomes = {
        key: potential(key, terms[equation["domain"]], settings)
        for key, equation in settings.params["outcomes"].items()
    }
    return Units(house, children, outcomes, rows)


def population_run(settings: Settings, mahallas: int = 520) -> Units:
    """List and observe a simple random sample of mahallas of the frame, everybody in them.

    The share of mahallas taken is the same in every region, so each household and child counts once.

    Parameters
    ----------
    settings : Settings
        Parameters and knobs.
    mahallas : int
        Number of mahallas.

    Returns
    -------
    Units
        Households, children and their potential outcomes.
    """
    frame = build_frame(settings)
    chosen = np.sort(settings.rng("population.run").choice(len(frame), mahallas, replace=False))
    house, children = list_units(frame.iloc[chosen].reset_index(drop=True), settings)
    return draw_outcomes(house, children, settings)
