"""What a study's prepare.py returns: the analysis frames and how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from migration_effects.errors import StudyError

AUDIT_COLUMNS = ("check", "file", "variable", "count", "action", "detail")
FLOW_COLUMNS = ("unit", "criterion", "kept", "dropped")


@dataclass(frozen=True)
class Prepared:
    """Analysis frames of a study with the audit of the cleaning and the sample flow.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        One frame per unit, one row per unit of analysis.
    audit : DataFrame
        One row per finding: ``check, file, variable, count, action, detail``.
    flow : DataFrame
        One row per named criterion: ``unit, criterion, kept, dropped``.

    Raises
    ------
    StudyError
        When there is no frame or a table lacks a column.

    Examples
    --------
    >>> audit = pd.DataFrame(columns=list(AUDIT_COLUMNS))
    >>> flow = pd.DataFrame([("children", "aged 11-17", 2, 0)], columns=list(FLOW_COLUMNS))
    >>> Prepared({"children": pd.DataFrame({"age": [12.0, 15.0]})}, audit, flow).frames["children"].shape
    (2, 1)
    """

    frames: Mapping[str, pd.DataFrame]
    audit: pd.DataFrame
    flow: pd.DataFrame

    def __post_init__(self) -> None:
        faults = [] if self.frames else ["there is no analysis frame"]
        faults += [
            f"frame {unit!r} is a {type(frame).__name__}, not a DataFrame"
            for unit, frame in self.frames.items()
            if not isinstance(frame, pd.DataFrame)
        ]
        for name, table, wanted in (
            ("audit", self.audit, AUDIT_COLUMNS),
            ("flow", self.flow, FLOW_COLUMNS),
        ):
            if list(table.columns) != list(wanted):
                faults.append(f"{name} has the columns {', '.join(map(str, table.columns))}, "
                              f"not {', '.join(wanted)}")  # fmt: skip
        if faults:
            raise StudyError(f"prepare() returned something else than a study needs: {'; '.join(faults)}.")
