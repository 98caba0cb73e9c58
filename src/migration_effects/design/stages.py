"""The stages of sampling as integer codes, built once per design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design.columns import numeric, positions, series
from migration_effects.errors import DesignError, SpecificationError
from migration_effects.numerics.grouping import compress

LonelyPsu = Literal["fail", "certainty", "adjust", "average"]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of sampling.

    Parameters
    ----------
    unit : ndarray of int, shape (n,)
        Sampling unit of each row, numbered from 0 across the whole sample.
    group_of_unit : ndarray of int, shape (units,)
        Stratum of each unit (at later stages: the unit of the stage before, by stratum).
    size : ndarray of int, shape (groups,)
        Units sampled in each group.
    sampled_fraction : ndarray of float, shape (groups,)
        First-stage (or stage) sampling fraction n/N; 0 without a finite population correction.
    multiplier : ndarray of float, shape (groups,)
        Product of the sampling fractions of the stages before.
    labels : tuple of str
        How to name a group in a message.
    """

    unit: NDArray[np.intp]
    group_of_unit: NDArray[np.intp]
    size: NDArray[np.intp]
    sampled_fraction: NDArray[np.float64]
    multiplier: NDArray[np.float64]
    labels: tuple[str, ...]

    @property
    def units(self) -> int:
        """Number of sampling units."""
        return len(self.group_of_unit)

    @property
    def groups(self) -> int:
        """Number of groups the units were drawn from."""
        return len(self.size)


def build_stages(
    data: pd.DataFrame, psu: list[str], strata: list[str], fpc: list[str], *, n_rows: int
) -> tuple[Stage, ...]:
    """Return the stages of a design, one per `psu` column (one for rows when there is none).

    Parameters
    ----------
    data : DataFrame
    psu, strata, fpc : list of str
        Columns per stage. Ids of units are nested in their stratum and in the units of the stage before.
    n_rows : int

    Returns
    -------
    tuple of Stage
        Stages after the first count only when the stages before have a finite population correction: with
        replacement, the first stage alone carries the variance.
    """
    count = max(len(psu), 1)
    if len(strata) > count:
        raise DesignError(
            f"strata has {len(strata)} columns for {count} stage{'s' if count > 1 else ''} of sampling. Give one "
            f"column per stage; strata crossed from several columns are one column: "
            f"data.groupby({list(strata)}, observed=True).ngroup()."
        )
    if len(fpc) > count:
        raise DesignError(
            f"fpc has {len(fpc)} columns but psu names {len(psu)} stages. Give one fpc column per stage."
        )
    stages: list[Stage] = []
    parent = np.zeros(n_rows, dtype=np.intp)
    parent_names: list[str] = []
    fraction_of_parent = np.ones(1)
    for level in range(count):
        stratum = strata[level] if level < len(strata) else None
        stage = _stage(
            data,
            unit_column=psu[level] if psu else None,
            stratum_column=stratum,
            fpc_column=fpc[level] if level < len(fpc) else None,
            parent=parent,
            fraction_of_parent=fraction_of_parent,
            number=level + 1,
        )
        stages.append(stage)
        parent = stage.unit
        parent_names = [*parent_names, psu[level] if psu else "row"]
        fraction_of_parent = (stage.multiplier * stage.sampled_fraction)[stage.group_of_unit]
        if level >= len(fpc):
            break
    return tuple(stages)


def _stage(
    data: pd.DataFrame,
    *,
    unit_column: str | None,
    stratum_column: str | None,
    fpc_column: str | None,
    parent: NDArray[np.intp],
    fraction_of_parent: NDArray[np.float64],
    number: int,
) -> Stage:
    """Factorise one stage and read its finite population correction."""
    n = len(parent)
    if stratum_column is None:
        group, groups = parent, int(parent.max(initial=-1)) + 1
    else:
        group, groups = _codes(data, stratum_column, f"strata of stage {number}")
        parents = int(parent.max(initial=0)) + 1
        if parents > 1:
            group, groups = compress(parent * groups + group, parents * groups)
    if unit_column is None:
        unit, units = np.arange(n, dtype=np.intp), n
    else:
        codes, found = _codes(data, unit_column, f"psu of stage {number}")
        unit, units = compress(group * found + codes, groups * found)
    first_row = np.empty(units, dtype=np.intp)
    first_row[unit[::-1]] = np.arange(n - 1, -1, -1, dtype=np.intp)
    group_of_unit = group[first_row]
    size = np.bincount(group_of_unit, minlength=groups).astype(np.intp)
    first_of_group = np.empty(groups, dtype=np.intp)
    first_of_group[group_of_unit[::-1]] = first_row[::-1]
    labels = _labels(data, stratum_column, first_of_group)
    multiplier = fraction_of_parent[parent[first_of_group]]
    no_correction = np.zeros(groups)
    fraction = _fractions(data, fpc_column, group, size, labels, number) if fpc_column else no_correction
    return Stage(unit, group_of_unit, size, fraction, multiplier, labels)


def _codes(data: pd.DataFrame, column: str, purpose: str) -> tuple[NDArray[np.intp], int]:
    """Factorise one design column; a missing value is a fault of the design."""
    try:
        return positions(data, [column], purpose=purpose)
    except SpecificationError as error:
        raise DesignError(str(error)) from error


def _labels(data: pd.DataFrame, stratum_column: str | None, rows: NDArray[np.intp]) -> tuple[str, ...]:
    """Name each group by the value of its stratum column in one of its rows."""
    if stratum_column is None:
        return tuple(str(i) for i in range(len(rows)))
    return tuple(str(value) for value in series(data, stratum_column).iloc[rows])


def _fractions(
    data: pd.DataFrame,
    column: str,
    group: NDArray[np.intp],
    size: NDArray[np.intp],
    labels: tuple[str, ...],
    number: int,
) -> NDArray[np.float64]:
    """Read an fpc column: population sizes, or sampling fractions when none exceeds 1."""
    try:
        values = numeric(data, column, purpose="fpc")
    except SpecificationError as error:
        raise DesignError(str(error)) from error
    bad = int(np.sum(~(values > 0)))
    if bad:
        raise DesignError(
            f"fpc column {column!r} is missing, zero or negative in {bad} rows. "
            "It holds population sizes (counts of units) or sampling fractions up to 1."
        )
    groups = len(size)
    low = np.full(groups, np.inf)
    high = np.full(groups, -np.inf)
    np.minimum.at(low, group, values)
    np.maximum.at(high, group, values)
    varying = np.flatnonzero(high - low > 1e-9 * high)
    if len(varying):
        raise DesignError(
            f"fpc column {column!r} varies within {len(varying)} groups of stage {number} "
            f"(first: {labels[varying[0]]!r}, {low[varying[0]]:g} to {high[varying[0]]:g}). "
            "It must be one number per stratum of the first stage, per unit of the stage before at later stages."
        )
    if values.max() <= 1:
        return low
    if values.min() <= 1 < values.max() and np.any(low[size > 1] <= 1):
        raise DesignError(
            f"fpc column {column!r} mixes sampling fractions (up to 1) and population sizes (above 1). "
            "Use one of the two throughout."
        )
    small = np.flatnonzero(low < size)
    if len(small):
        i = small[0]
        raise DesignError(
            f"fpc column {column!r}: {len(small)} groups have more sampled units than population units "
            f"(first: {labels[i]!r}, {size[i]} sampled of {low[i]:g}). Correct the population sizes."
        )
    return size / low
