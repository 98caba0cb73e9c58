"""I: known answers of wealth, deprivation and crowding."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from migration_effects.certification.answers import first_row, known, named
from migration_effects.certification.vector import Answer, Vector
from migration_effects.indicators import alkire_foster, crowding, wealth_index

NAN = math.nan
HOMES = ["1110", "1100", "1001", "0001", "1110", "0011"]
# Weights: eigenvalues, share of the first, loadings, scores.
WEALTH = {
    None: (
        *(2.713352, 1, 0.286648, 0, 0.678338, 0.490420, 0.594155, 0.231186, -0.594155),
        *(0.978847, 0.722606, -0.594486, -1.171028, 0.978847, -0.914787),
    ),
    (2, 1, 1, 2, 1, 1): (
        *(2.978231, 0.776842, 0.244927, 0, 0.744558, 0.488381, 0.565378, 0.349543, -0.565378),
        *(1.076976, 0.671886, -0.638561, -1.223114, 1.076976, -0.818024),
    ),
}
DEPRIVED = ["0010", "1100", "1111", "0100"]
# Cut-off: H, A, M0, censored headcounts.
DEPRIVATION = {
    0.25: (1, 0.5, 0.5, 0.5, 0.75, 0.5, 0.25),
    0.5: (0.5, 0.75, 0.375, 0.5, 0.5, 0.25, 0.25),
    0.75: (0.25, 1, 0.25, 0.25, 0.25, 0.25, 0.25),
}
# Indicators of these weights, all of the poor deprived in the first ones: sums that fall short of k by rounding.
TOLERANCE: dict[str, tuple[tuple[float, ...], tuple[int, ...], float]]
TOLERANCE = {"0.1 + 0.7, k = 0.8": ((0.1, 0.7, 0.1, 0.1), (1, 1, 0, 0), 0.8)}
TOLERANCE |= {"seven times 1/7, k = 1": ((1 / 7,) * 7, (1,) * 7, 1.0)}
CROWDING = {(6, 2): 0, (7, 2): 1, (4, 0): NAN}


def vectors() -> Iterator[Vector]:
    """Yield the vectors of the wealth index, multidimensional deprivation and crowding.

    Yields
    ------
    Vector
    """
    for weights, index in WEALTH.items():
        title = "wealth index" if weights is None else "wealth index, weighted"
        yield known("I-wealth", title, index, _wealth, weights)
    title = "wealth index, whole weights are repeated rows"
    yield known("I-wealth", title, (0.0,) * 8, _repeated_homes, (2, 1, 1, 2, 1, 1))
    for k, poverty in DEPRIVATION.items():
        yield known("I-alkire_foster", f"Alkire-Foster, k = {k}", poverty, _deprivation, k)
    for what, (shares, deprived, k) in TOLERANCE.items():
        yield known("I-alkire_foster", f"poor in spite of rounding: {what}", [1], _poor, shares, deprived, k)
    for (members, rooms), crowded in CROWDING.items():
        yield known("I-crowding", f"{members} members, {rooms} rooms", [crowded], _crowding, members, rooms)


def _cells(rows: list[str]) -> pd.DataFrame:
    """Return rows of zeros and ones."""
    return pd.DataFrame([[int(c) for c in row] for row in rows], columns=list("abcd"))


def _wealth(weights: tuple[int, ...] | None) -> list[Answer]:
    """Return eigenvalues, share, loadings and scores of the wealth index."""
    frame = _cells(HOMES) if weights is None else _cells(HOMES).assign(w=weights)
    index = wealth_index(frame, list("abcd"), weights=None if weights is None else "w", positive="a")
    return [*index.eigenvalues, index.share, *index.loadings["all"], *index.scores["wealth_score"]]


def _repeated_homes(weights: tuple[int, ...]) -> list[Answer]:
    """Return eigenvalues and loadings under weights less those of repeated rows."""
    frame = _cells(HOMES)
    weighted = wealth_index(frame.assign(w=weights), list("abcd"), weights="w", positive="a")
    rows = frame.loc[frame.index.repeat(list(weights))].reset_index(drop=True)
    repeated = wealth_index(rows, list("abcd"), positive="a")
    eigenvalues = np.subtract(weighted.eigenvalues, repeated.eigenvalues)
    return np.r_[eigenvalues, weighted.loadings["all"] - repeated.loadings["all"]].tolist()


def _poor(shares: tuple[float, ...], deprived: tuple[int, ...], k: float) -> list[Answer]:
    """Return whether one child is poor at a cut-off that its score reaches but for rounding."""
    names = [f"i{number}" for number in range(len(shares))]
    frame = pd.DataFrame([deprived], columns=names)
    found = alkire_foster(frame, dict(zip(names, shares, strict=True)), k=k)
    return first_row(found.scores, ["deprivation_poor"])


def _deprivation(k: float) -> list[Answer]:
    """Return H, A, M0 and the censored headcounts."""
    found = alkire_foster(_cells(DEPRIVED), dict.fromkeys("abcd", 0.25), k=k)
    return [found.H, found.A, found.M0, *found.censored]


def _crowding(members: int, rooms: int) -> list[Answer]:
    """Return whether a home is overcrowded."""
    return first_row(crowding(*named(members=members, rooms=rooms)), ["crowding_overcrowded"])
