"""Listing strata, selection of households and their identifiers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .settings import Settings

ID_WIDTH = 3  # digits of the mahalla's and of the household's serial number


def listing_stratum(house: pd.DataFrame, children: pd.DataFrame) -> np.ndarray:
    """Return the listing stratum 1–6 of every household: migration group by presence of a child 11–17.

    Parameters
    ----------
    house, children : pandas.DataFrame
        Listed households with ``type`` and their children.

    Returns
    -------
    ndarray of int
        1, 2 parent abroad; 3, 4 other or returned migrant; 5, 6 comparison; odd: with a child 11–17.
    """
    with_adolescent = np.zeros(len(house), dtype=bool)
    with_adolescent[children["hh"].to_numpy()[children["age"].to_numpy() >= 11]] = True
    group = np.array([2, 0, 0, 0, 1, 1])[house["type"]]
    return 1 + 2 * group + ~with_adolescent


def select_households(
    house: pd.DataFrame, children: pd.DataFrame, psus: pd.DataFrame, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take a fixed number of households per listing stratum of every mahalla, at random.

    The second-stage probability is ``selected / list_n``; where a stratum is short all of it is taken.

    Parameters
    ----------
    house, children : pandas.DataFrame
        The listing.
    psus : pandas.DataFrame
        Selected mahallas, one row per value of ``house["mahalla"]``.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    house, children : pandas.DataFrame
        Those selected, ordered by identifier, with ``hh_id, psu, psu_size, list_str, list_n, w_base`` added
        and ``children["hh"]`` renumbered.
    """
    house = house.assign(list_str=listing_stratum(house, children))
    cell = house.groupby(["mahalla", "list_str"])["region"]
    house["list_n"] = cell.transform("size")
    shuffled = pd.Series(settings.rng("sampling.households").permutation(len(house)), index=house.index)
    rank = shuffled.groupby([house["mahalla"], house["list_str"]]).rank(method="first")
    take = np.array(settings.params["sample"]["take"])[house["list_str"] - 1]
    chosen = (rank <= take).to_numpy()
    selected = house[chosen].reset_index(drop=True)
    selected["psu"] = psus["psu"].to_numpy()[selected["mahalla"]]
    selected["psu_size"] = psus["size"].to_numpy()[selected["mahalla"]]
    pi1 = psus["pi1"].to_numpy()[selected["mahalla"]]
    pi2 = np.minimum(take[chosen] / selected["list_n"], 1.0)
    selected["w_base"] = np.round(1 / (pi1 * pi2), 6)
    selected["hh_id"] = household_ids(selected["psu"].to_numpy())
    kept = chosen[children["hh"].to_numpy()]
    new_row = np.cumsum(chosen) - 1
    young = children[kept].reset_index(drop=True)
    return selected, young.assign(hh=new_row[young["hh"]])


def household_ids(psu: np.ndarray) -> np.ndarray:
    """Return identifiers ``RPPPHHHC``: mahalla, serial number of the household in it, Luhn check digit.

    Parameters
    ----------
    psu : ndarray of int
        Region × 1000 + serial of the mahalla, ascending.

    Returns
    -------
    ndarray of str
        One text of eight digits per household.

    Examples
    --------
    >>> household_ids(np.array([1001, 1001, 1002])).tolist()
    ['10010015', '10010023', '10020014']
    """
    serial = pd.Series(psu).groupby(psu).cumcount().to_numpy() + 1
    return np.array(
        [
            f"{body}{luhn_digit(body)}"
            for body in (f"{p}{s:0{ID_WIDTH}d}" for p, s in zip(psu, serial, strict=True))
        ],
        dtype=object,
    )


def luhn_digit(digits: str) -> int:
    """Return the Luhn check digit of a number written without it.

    Examples
    --------
    >>> luhn_digit("7992739871")
    3
    """
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return -sum(value // 10 + value % 10 for value in doubled) % 10
