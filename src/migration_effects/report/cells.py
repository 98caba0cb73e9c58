"""One figure of an exhibit: the value, its precision, its base, and why it may not be shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from migration_effects.report.formatting import Mark, base_mark

# Unit -> (factor from the estimate to the printed figure, usual decimals). Any other unit is printed as it is.
UNITS: dict[str, tuple[float, int]] = {
    "%": (100.0, 1),
    "percentage points": (100.0, 1),
    "thousand": (0.001, 1),
    "number": (1.0, 0),
}
NUMBERS = ("value", "std_error", "conf_low", "conf_high", "p_value")


def unit_scale(unit: str) -> float:
    """Return the factor from an estimate to the printed figure.

    Parameters
    ----------
    unit : str
        For example ``"%"``.

    Returns
    -------
    float
        100 for shares, 0.001 for thousands, otherwise 1.
    """
    return UNITS.get(unit, (1.0, 2))[0]


def unit_decimals(unit: str) -> int:
    """Return the usual number of decimals of a unit.

    Parameters
    ----------
    unit : str
        For example ``"%"``.

    Returns
    -------
    int
        Digits after the decimal sign.
    """
    return UNITS.get(unit, (1.0, 2))[1]


@dataclass(frozen=True)
class Cell:
    """A figure in printed units, unrounded.

    Parameters
    ----------
    value, std_error, conf_low, conf_high, p_value : float, optional
        None where unknown or not applicable.
    n : int, optional
        Unweighted cases it rests on; None where it is no survey estimate.
    symbol : str
        ``"reference"``, ``"not_applicable"`` or ``"not_available"`` where a symbol stands for the figure.

    Examples
    --------
    >>> Cell(12.3, n=31).mark, Cell(12.3, n=12).shown
    ('few', False)
    """

    value: float | None = None
    std_error: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    p_value: float | None = None
    n: int | None = None
    symbol: str = ""

    @property
    def mark(self) -> Mark:
        """Mark of the figure: a small base first, then a symbol."""
        if self.symbol:
            return self.symbol  # type: ignore[return-value]
        if base_mark(self.n) == "hidden":
            return "hidden"
        if self.value is None:
            return "not_available"
        # Zero with an interval is an estimate that rounds to zero, not the absence of anything.
        return base_mark(self.n) or ("none" if self.value == 0 and self.conf_low is None else "")

    @property
    def shown(self) -> bool:
        """Whether the number itself may be printed."""
        return self.value is not None and self.mark in ("", "few", "none")

    def record(self) -> dict[str, Any]:
        """Return the cell as it may be published: a hidden figure has no numbers, only its flag.

        Returns
        -------
        dict
            ``value, std_error, conf_low, conf_high, p_value, n, flag``.
        """
        numbers = {name: getattr(self, name) if self.shown else None for name in NUMBERS}
        return {**numbers, "n": self.n, "flag": self.mark}


def clean(number: Any) -> float | None:
    """Return a finite float with ten significant digits, or None.

    Parameters
    ----------
    number : float or None
        Any number.

    Returns
    -------
    float or None
        Rounded so that two machines write the same text.
    """
    if number is None or not math.isfinite(float(number)):
        return None
    return float(f"{float(number):.10g}") + 0.0


def cell_of(row: Mapping[str, Any], unit: str) -> Cell:
    """Return the cell of one row of estimates.

    Parameters
    ----------
    row : mapping
        ``estimate`` and, where known, ``std_error, conf_low, conf_high, p_value, n``.
    unit : str
        Unit to print in.

    Returns
    -------
    Cell
        Scaled, with ten significant digits.
    """
    factor = unit_scale(unit)
    keys = ("estimate", "std_error", "conf_low", "conf_high")
    value, error, low, high = (clean(row[key] * factor) if row.get(key) is not None else None for key in keys)
    cases = clean(row.get("n"))
    n = None if cases is None else int(cases)
    return Cell(value, error, low, high, clean(row.get("p_value")), n)
