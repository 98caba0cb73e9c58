"""Cut-offs: one versioned table for all instruments; an unverified band is never printed as a finding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError, nearest
from migration_effects.indicators.arithmetic import round_half_up

NOT_VERIFIED = "cut-off not verified"


@dataclass(frozen=True)
class Scheme:
    """The bands of one scale, most favourable first.

    Parameters
    ----------
    names : tuple of str
        Bands by position.
    lower, upper : tuple of float
        Limits of each band, both included.
    enabled : bool
        Whether the limits are verified; otherwise every band is NA.
    source, mark, version : str
        Where the limits come from, their evidence mark, version of the table.
    """

    names: tuple[str, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    enabled: bool
    source: str
    mark: str
    version: str

    def apply(self, score: pd.Series, step: float = 1.0) -> pd.Series:
        """Return the band of each score, rounded half up to the step first.

        Parameters
        ----------
        score : Series of float
            Missing scores have no band.
        step : float
            Distance of two neighbouring scores.

        Returns
        -------
        Series
            Ordered categorical, most favourable first; all NA where the limits are not verified.
        """
        dtype = pd.CategoricalDtype(list(self.names), ordered=True)
        rounded = round_half_up(score / step) * step
        codes = np.full(len(score), -1)
        if self.enabled:
            for position, (low, high) in enumerate(zip(self.lower, self.upper, strict=True)):
                codes[((rounded >= low) & (rounded <= high)).to_numpy()] = position
        return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype), index=score.index)


@cache
def cutoff_table() -> pd.DataFrame:
    """Return the table of cut-offs.

    Returns
    -------
    DataFrame
        Text columns except ``position, lower, upper`` (numbers) and ``enabled`` (bool).

    Examples
    --------
    >>> table = cutoff_table()
    >>> table.query("instrument == 'who5' and band == 'poor'")[["lower", "upper"]].to_numpy().tolist()
    [[0.0, 50.0]]
    """
    path = resources.files("migration_effects.indicators") / "cutoffs.csv"
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table = table.astype({"position": int, "lower": float, "upper": float})
    return table.assign(enabled=table["enabled"].eq("true"))


def scheme_of(instrument: str, scale: str, *, scheme: str, informant: str = "") -> Scheme:
    """Return the bands of a scale.

    Parameters
    ----------
    instrument, scale : str
        For example ``sdq`` and ``total``.
    scheme : str
        Name of the set of bands.
    informant : str
        For instruments whose norms depend on who answers.

    Returns
    -------
    Scheme
        Bands by position.

    Raises
    ------
    SpecificationError
        When the table has no such bands, with what it has.

    Examples
    --------
    >>> scheme_of("sdq", "total", scheme="3band-2001", informant="self").upper
    (15.0, 19.0, 40.0)
    """
    table = cutoff_table()
    mine = table[table["instrument"].eq(instrument) & table["scale"].eq(scale)]
    rows = mine[mine["scheme"].eq(scheme) & mine["informant"].isin(["", informant])].sort_values("position")
    if rows.empty:
        have = sorted(
            {f"{s} ({i})" if i else s for s, i in zip(mine["scheme"], mine["informant"], strict=True)}
        )
        raise SpecificationError(
            f"{instrument}: no cut-offs of scheme {scheme!r} for {scale}, informant {informant or 'any'!r}; "
            f"there are {', '.join(have) or 'none'}.{nearest(scheme, set(mine['scheme']))}"
        )
    first = rows.iloc[0]
    return Scheme(
        tuple(rows["band"]),
        tuple(rows["lower"]),
        tuple(rows["upper"]),
        bool(rows["enabled"].all()),
        first["source"],
        first["mark"],
        first["table_version"],
    )
