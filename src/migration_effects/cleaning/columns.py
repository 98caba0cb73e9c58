"""Only columns of the codebook are read: what nobody described stays outside."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from migration_effects.cleaning.audit import Audit
from migration_effects.errors import CodebookError
from migration_effects.io.codebook import Codebook
from migration_effects.io.codebook_check import missing_columns


def allowed_columns(
    frames: Mapping[str, pd.DataFrame], codebook: Codebook
) -> tuple[dict[str, pd.DataFrame], Audit]:
    """Keep the columns the codebook has, in its order.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Raw files by unit.
    codebook : Codebook
        The definitions.

    Returns
    -------
    frames : dict of str to DataFrame
        Without columns that are not in the codebook.
    audit : Audit
        The columns left out.

    Raises
    ------
    CodebookError
        Listing the columns that are missing, of all files at once.

    Examples
    --------
    >>> from migration_effects.io.codebook import Variable
    >>> book = Codebook((Variable("age", "children", "k_age", "count", label={"en": "Age"}),))
    >>> kept, audit = allowed_columns({"children": pd.DataFrame({"name": ["x"], "k_age": [12.0]})}, book)
    >>> list(kept["children"]), audit.table["variable"].tolist()
    (['k_age'], ['name'])
    """
    faults = [
        f"{unit}: {fault}"
        for unit, frame in frames.items()
        for fault in missing_columns(codebook.of(unit), frame)
    ]
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise CodebookError(
            f"The files lack {len(faults)} columns of the codebook:\n{lines}\nCorrect codebook.csv."
        )
    audit, kept = Audit(), {}
    for unit, frame in frames.items():
        wanted = [v.source for v in codebook.of(unit) if v.source]
        for name in frame.columns.difference(wanted, sort=False):
            audit = audit.add("column not in codebook", unit, str(name), len(frame), "left out")
        kept[unit] = frame[wanted]
    return kept, audit
