"""What every weighting verb needs from a design: the rows it weights and their levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.columns import levels
from migration_effects.errors import SpecificationError, nearest

Array = NDArray[np.float64]


def weighted_rows(design: SurveyDesign, verb: str) -> NDArray[np.bool_]:
    """Return the rows that a step weights: all with a positive weight.

    Parameters
    ----------
    design : SurveyDesign
    verb : str
        For the message.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    SpecificationError
        The design is restricted to a domain or carries delivered replicate weights only.
    """
    require_design(design)
    rows = design.final_weights > 0
    outside = int((rows & ~design.domain.to_numpy()).sum())
    if outside:
        raise SpecificationError(
            f"me.{verb} weights the whole sample, but the design is restricted to a domain that leaves out "
            f"{outside} rows. Weight first, then use .where()."
        )
    return rows


def margin_codes(
    design: SurveyDesign, column: str, targets: Mapping[object, float], rows: NDArray[np.bool_], verb: str
) -> tuple[NDArray[np.intp], Array, list[object]]:
    """Match the levels of a column with population totals.

    Parameters
    ----------
    design : SurveyDesign
    column : str
    targets : mapping of level to total
    rows : ndarray of bool, shape (n,)
        Rows that are weighted.
    verb : str
        For the message.

    Returns
    -------
    codes : ndarray of int, shape (n,)
        Position among the targets; -1 for rows not weighted.
    totals : ndarray
    wanted : list
        The levels, in the order of the targets.

    Raises
    ------
    SpecificationError
        Missing values, levels without a target, targets without rows, totals that are not positive.
    """
    found = levels(design.data, column)
    wanted = list(targets)
    totals = np.array([float(targets[level]) for level in wanted])
    faults = []
    everyone = bool(rows.all())
    inside = found.codes if everyone else found.codes[rows]
    missing = int((inside < 0).sum())
    if missing:
        faults.append(
            f"{missing} weighted rows have no value of {column!r}: complete it or move them out first"
        )
    bad = [
        level for level, total in zip(wanted, totals, strict=True) if not (np.isfinite(total) and total > 0)
    ]
    if bad:
        faults.append(f"the totals of {_listed(bad)} are not positive finite numbers")
    position = {level: i for i, level in enumerate(wanted)}
    by_text = {str(level): i for i, level in enumerate(wanted)}
    match = np.array(
        [position.get(level, by_text.get(str(level), -1)) for level in found.levels] + [-1], dtype=np.intp
    )
    codes = match[found.codes] if everyone else np.where(rows, match[found.codes], -1)
    used = np.bincount(inside + 1, minlength=len(found.levels) + 1)[1:]
    unknown = [level for level, n, m in zip(found.levels, used, match[:-1], strict=True) if n and m < 0]
    if unknown:
        counted = ", ".join(f"{level!r} ({used[found.levels.index(level)]} rows)" for level in unknown[:8])
        hint = nearest(str(unknown[0]), map(str, wanted))
        faults.append(f"no total is given for {counted}{hint}".removesuffix("?"))
    sampled = np.zeros(len(wanted) + 1, dtype=np.intp)
    np.add.at(sampled, match[:-1], used)
    sampled = sampled[:-1]  # the last collects levels without a target
    absent = [level for level, n in zip(wanted, sampled, strict=True) if not n]
    if absent:
        faults.append(
            f"the sample has no weighted row for {_listed(absent)}: merge it with another level of the margin"
        )
    if faults:
        raise SpecificationError(f"me.{verb}, margin {column!r}: " + "; ".join(faults) + ".")
    return codes, totals, wanted


def _listed(values: Sequence[object]) -> str:
    """Return a few values as text."""
    return ", ".join(repr(value) for value in values[:8]) + (", ..." if len(values) > 8 else "")
