"""Values outside the plausible range become missing, counted."""

from __future__ import annotations

import pandas as pd

from migration_effects.cleaning.audit import Audit
from migration_effects.io.codebook import Codebook
from migration_effects.io.codebook_check import holds


def blank_out_of_range(frame: pd.DataFrame, codebook: Codebook, *, file: str) -> tuple[pd.DataFrame, Audit]:
    """Set values outside the declared bounds missing; declared missing codes are left alone.

    Parameters
    ----------
    frame : DataFrame
        Raw codes.
    codebook : Codebook
        With bounds (ranges.csv).
    file : str
        Unit of the frame.

    Returns
    -------
    frame : DataFrame
        A copy.
    audit : Audit
        One finding per variable concerned.

    Examples
    --------
    >>> from migration_effects.io.codebook import Variable
    >>> age = Variable("age", "children", "k_age", "count", missing={98: "dont_know"}, bounds=(11, 17))
    >>> raw = pd.DataFrame({"k_age": [12.0, 71.0, 98.0]})
    >>> found, audit = blank_out_of_range(raw, Codebook((age,)), file="children")
    >>> found["k_age"].tolist(), len(audit.table)
    ([12.0, nan, 98.0], 1)
    """
    changed, audit = {}, Audit()
    for variable in codebook.of(file):
        if variable.bounds is None or variable.source not in frame:
            continue
        low, high = variable.bounds
        column = frame[variable.source]
        inside = column.between(low, high) | holds(column, variable.missing)
        outside = column.notna() & ~inside
        changed[variable.source] = column.mask(outside)
        detail = f"allowed {low:g} to {high:g}"
        audit = audit.add("out of range", file, variable.source, int(outside.sum()), "set missing", detail)
    return frame.assign(**changed), audit
