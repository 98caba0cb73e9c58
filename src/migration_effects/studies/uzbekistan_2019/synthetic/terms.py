"""Terms of the outcome equations and their linear predictors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

Terms = dict[str, np.ndarray]


def household_terms(house: pd.DataFrame) -> Terms:
    """Return the terms that households have, one array per name.

    Parameters
    ----------
    house : pandas.DataFrame
        Households with ``type``, ``carer`` and ``changed``.

    Returns
    -------
    dict of ndarray
        ``const, L, E0, E2, R, N, v, q, hidden`` and the effect terms ``F, M, D, T, X, mother_cares``.
    """
    kind = house["type"].to_numpy()
    terms = {
        "const": np.ones(len(house)),
        "L": house["L"].to_numpy(),
        "E0": (house["edu"] == 0).to_numpy(float),
        "E2": (house["edu"] == 2).to_numpy(float),
        "R": (house["resid"] == 2).to_numpy(float),
        "N": house["n_child"].to_numpy() - 2.0,
        "v": house["v"].to_numpy(),
        "q": house["q"].to_numpy(),
        "hidden": house["hidden"].to_numpy(),
        "F": (kind == 1).astype(float),
        "M": (kind == 2).astype(float),
        "D": (kind == 3).astype(float),
        "X": house["changed"].to_numpy(float),
        "mother_cares": (house["carer"] == 0).to_numpy(float),
    }
    terms["T"] = terms["F"] + terms["M"] + terms["D"]
    return terms


def child_terms(house: Terms, children: pd.DataFrame) -> Terms:
    """Return the household terms spread over children, with those of age and sex.

    Parameters
    ----------
    house : dict of ndarray
        Output of :func:`household_terms`.
    children : pandas.DataFrame
        ``hh`` (row position of the household), ``age``, ``girl``.

    Returns
    -------
    dict of ndarray
        One value per child.
    """
    hh, age, girl = (children[c].to_numpy() for c in ("hh", "age", "girl"))
    terms = {name: values[hh] for name, values in house.items()}
    terms |= {"G": girl.astype(float), "B": 1.0 - girl, "girl_half": girl - 0.5, "age_14": age - 14.0}
    terms |= {f"over_{k}": np.maximum(age - k, 0.0) for k in (9, 13, 14)}
    terms |= {f"from_{k}": (age >= k).astype(float) for k in (14, 15)}
    return terms


def linear(coefficients: Mapping[str, float], terms: Terms) -> np.ndarray:
    """Return the sum of coefficient × term, where ``"a:b"`` is the product of terms a and b.

    Examples
    --------
    >>> linear({"const": 1.0, "T:G": 0.5}, {"const": np.ones(2), "T": np.ones(2), "G": np.array([0.0, 1.0])})
    array([1. , 1.5])
    """
    total = np.zeros(len(terms["const"]))
    for name, coefficient in coefficients.items():
        product = np.full(len(total), float(coefficient))
        for part in name.split(":"):
            product *= terms[part]
        total += product
    return total
