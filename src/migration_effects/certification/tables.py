"""The small tables the vectors are calculated from; `data/README.md` says where each comes from."""

from __future__ import annotations

from importlib import resources

import pandas as pd


def read(name: str) -> pd.DataFrame:
    """Return a table of the certification.

    Parameters
    ----------
    name : str
        File name without ``.csv``.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> read("norris").shape
    (36, 2)
    """
    with (resources.files("migration_effects.certification") / "data" / f"{name}.csv").open() as file:
        return pd.read_csv(file)
