"""Absorb fixed effects: compare within the levels of a column only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from migration_effects.errors import SpecificationError
from migration_effects.numerics.grouping import sum_by
from migration_effects.regression.formulas import ModelFrame

Array = NDArray[np.float64]


def absorb(
    model: ModelFrame, groups: NDArray[np.intp], weights: Array, name: str
) -> tuple[ModelFrame, tuple[str, ...]]:
    """Subtract weighted group means from outcome and covariates (Frisch, Waugh and Lovell).

    Parameters
    ----------
    model : ModelFrame
    groups : ndarray of int, shape (m,)
    weights : ndarray, shape (m,)
    name : str
        Column that the groups come from; for messages.

    Returns
    -------
    ModelFrame
        Without intercept and without columns that do not vary within any group.
    notes : tuple of str

    Raises
    ------
    SpecificationError
        Nothing varies within groups.
    """
    size = int(groups.max()) + 1
    sums = sum_by(groups, weights, size)
    safe = np.where(sums > 0, sums, 1.0)

    def within(values: Array) -> Array:
        """Return deviations from the group means."""
        means = sum_by(groups, weights[:, None] * values, size) / safe[:, None]
        return values - means[groups]

    outcome = within(model.outcome[:, None])[:, 0]
    matrix = within(model.matrix)
    spread = np.sqrt((matrix**2).mean(axis=0))
    scale = np.sqrt((model.matrix**2).mean(axis=0))
    varying = spread > 1e-10 * np.where(scale > 0, scale, 1.0)
    constant = [c for c, v in zip(model.columns, varying, strict=True) if not v and c != "Intercept"]
    if not varying.any():
        raise SpecificationError(
            f"No covariate varies within the levels of {name!r}, so nothing can be compared."
        )
    notes = (f"{', '.join(constant)}: constant within {name}, so absorbed.",) if constant else ()
    kept = np.flatnonzero(varying)
    place = {int(old): new for new, old in enumerate(kept)}
    return (
        replace(
            model,
            outcome=outcome,
            matrix=np.ascontiguousarray(matrix[:, kept]),
            columns=tuple(model.columns[j] for j in kept),
            terms={
                term: tuple(place[j] for j in positions if j in place)
                for term, positions in model.terms.items()
                if any(j in place for j in positions)
            },
        ),
        notes,
    )
