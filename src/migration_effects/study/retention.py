"""Until when the data of a study may be read."""

from __future__ import annotations

import datetime

from migration_effects.errors import DataFileError
from migration_effects.study.definition import Definition


def require_retention(definition: Definition, *, synthetic: bool, today: datetime.date | None = None) -> None:
    """Raise when the data should have been deleted.

    Parameters
    ----------
    definition : Definition
        Its ethics block says ``retention_until`` and, where somebody decided otherwise, ``retention_override``.
    synthetic : bool
        Synthetic data describe nobody and may be read at any time.
    today : date, optional
        The day to compare with; by default that of the clock.

    Raises
    ------
    DataFileError
        ``expired`` from the day after ``retention_until``, unless a reason is given.
    """
    until, reason = (definition.ethics.get(k, "") for k in ("retention_until", "retention_override"))
    if synthetic or not until or reason:
        return
    if (today or datetime.date.today()) > datetime.date.fromisoformat(until):
        raise DataFileError(
            f"The data of {definition.id} were to be kept until {until} and may no longer be read. Delete the raw and "
            "processed files; or, where whoever is responsible for them has decided to keep them longer, change "
            "retention_until, or give the reason as retention_override, under [ethics] in study.toml.",
            reason="expired",
        )
