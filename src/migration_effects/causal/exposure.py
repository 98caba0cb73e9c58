"""Which rows are exposed, which are compared with them, and which leave the domain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import levels
from migration_effects.errors import SpecificationError, nearest

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """Two groups of rows of a design.

    Parameters
    ----------
    name : str
        Column of the exposure.
    level, reference : str
        Values of the exposed and of the comparison group.
    rows : ndarray of bool, shape (n,)
        Rows of either group in the domain.
    exposed : ndarray of bool, shape (n,)
    notes : tuple of str
        Rows left out.
    """

    name: str
    level: str
    reference: str
    rows: Mask
    exposed: Mask
    notes: tuple[str, ...]


def read_exposure(design: SurveyDesign, name: str, level: object, reference: object) -> Exposure:
    """Return the exposed and the comparison rows of the domain.

    Parameters
    ----------
    design : SurveyDesign
    name : str
    level, reference : object
        Values of the column, as themselves or as text; None for the second and the first of two values.

    Returns
    -------
    Exposure

    Raises
    ------
    SpecificationError
        More than two values without `level`, a value that does not occur, or an empty group.
    """
    found = levels(design.data, name)
    known = design.in_use & (found.codes >= 0)
    sizes = np.bincount(found.codes[known], minlength=len(found.levels))
    used = [value for value, size in zip(found.levels, sizes, strict=True) if size]
    if len(used) < 2:
        shown = repr(used[0]) if used else "missing"
        raise SpecificationError(
            f"Exposure {name!r} is {shown} in every row of the domain, so there is nothing to compare. "
            "Use a larger domain or another exposure."
        )
    if level is None and len(used) > 2:
        counted = ", ".join(
            f"{v!r} ({s} rows)" for v, s in zip(found.levels, sizes, strict=True) if s
        )  # every level, so that the reader can choose
        raise SpecificationError(
            f"Exposure {name!r} has {len(used)} values in the domain: {counted}. Say which one is compared, for "
            f"example level={used[-1]!r}, reference={used[0]!r}; the others then leave the domain."
        )
    against = used[0] if reference is None else _matched(reference, used, name, "reference")
    chosen = _matched(level, used, name, "level") if level is not None else _other(used, against)
    if chosen == against:
        raise SpecificationError(
            f"Exposure {name!r}: level and reference are both {chosen!r}. Choose two of {used}."
        )
    exposed = known & (found.codes == found.levels.index(chosen))
    rows = exposed | (known & (found.codes == found.levels.index(against)))
    return Exposure(name, str(chosen), str(against), rows, exposed, _notes(design, name, known, rows))


def _matched(value: object, used: list[object], name: str, argument: str) -> object:
    """Return the level in use that a value names."""
    for candidate in used:
        if candidate == value or str(candidate) == str(value):
            return candidate
    raise SpecificationError(
        f"{argument}={value!r} does not occur in exposure {name!r} within the domain. Values: {used}."
        f"{nearest(str(value), map(str, used))}"
    )


def _other(used: list[object], against: object) -> object:
    """Return the one of two levels that is not the reference."""
    return next(value for value in used if value != against)


def _notes(design: SurveyDesign, name: str, known: Mask, rows: Mask) -> tuple[str, ...]:
    """Count the rows of the domain that belong to neither group."""
    notes = []
    missing = int((design.in_use & ~known).sum())
    if missing:
        notes.append(f"{missing} rows without a value of {name} are left out.")
    others = int((known & ~rows).sum())
    if others:
        notes.append(f"{others} rows with another value of {name} are left out.")
    return tuple(notes)
