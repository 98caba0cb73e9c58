"""Rows leave a sample only through named criteria, and the flow shows each."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from migration_effects.errors import SpecificationError

FLOW_COLUMNS = ("unit", "criterion", "kept", "dropped")


@dataclass(frozen=True)
class Selection:
    """A frame with the criteria that led to it.

    Parameters
    ----------
    frame : DataFrame
        The rows kept so far.
    unit : str
        What a row is, for the flow.
    steps : tuple of (str, int, int)
        Criterion, rows kept, rows dropped.

    Examples
    --------
    >>> people = pd.DataFrame({"age": [3.0, 12.0, None]})
    >>> chosen = Selection(people, "persons")
    >>> chosen = chosen.require("age known", chosen.frame["age"].notna())
    >>> chosen = chosen.require("aged 11-17", chosen.frame["age"].between(11, 17))
    >>> chosen.flow
          unit   criterion  kept  dropped
    0  persons  all records   3        0
    1  persons   age known     2        1
    2  persons  aged 11-17     1        1
    """

    frame: pd.DataFrame
    unit: str = "rows"
    steps: tuple[tuple[str, int, int], ...] = ()

    def require(self, criterion: str, mask: pd.Series) -> Selection:
        """Keep the rows that fulfil a criterion.

        Parameters
        ----------
        criterion : str
            Its name in the flow, said positively: ``"age known"``.
        mask : Series of bool
            True for the rows to keep, on the index of the frame, without missing values.

        Returns
        -------
        Selection
            With one more step.

        Raises
        ------
        SpecificationError
            When the mask does not fit the frame or has missing values.
        """
        if not mask.index.equals(self.frame.index):
            raise SpecificationError(f"Criterion {criterion!r}: the mask has another index than the frame.")
        if mask.isna().any() or not pd.api.types.is_bool_dtype(mask):
            count = int(mask.isna().sum())
            raise SpecificationError(
                f"Criterion {criterion!r} must be True or False for each row; it is {mask.dtype} with {count} missing."
            )
        kept = self.frame[mask]
        steps = (*self.steps, (criterion, len(kept), len(self.frame) - len(kept)))
        return Selection(kept, self.unit, steps)

    @property
    def flow(self) -> pd.DataFrame:
        """Columns ``unit, criterion, kept, dropped``; the first row is the number of records at the start."""
        start = self.steps[0][1] + self.steps[0][2] if self.steps else len(self.frame)
        rows = [(self.unit, "all records", start, 0), *((self.unit, *step) for step in self.steps)]
        return pd.DataFrame(rows, columns=list(FLOW_COLUMNS))
