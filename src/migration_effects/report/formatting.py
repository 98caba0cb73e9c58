"""How a number looks: decimals, signs, intervals and the marks of small bases, the same in every format.

Small bases follow the practice of MICS and DHS reports: an estimate on 25–49 unweighted cases stands in
parentheses, one on fewer than 25 is replaced by an asterisk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from babel.numbers import format_decimal

Mark = Literal["", "few", "hidden", "reference", "not_applicable", "not_available", "none"]

HIDDEN_BELOW = 25
FEW_BELOW = 50
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

# Printed symbol and legend of each mark, in the order in which legends are printed.
LEGENDS: dict[str, str] = {
    "few": "Figures in parentheses are based on 25–49 unweighted cases.",
    "hidden": "An asterisk (*) replaces a figure based on fewer than 25 unweighted cases.",
    "none": "– means zero or none.",
    "reference": "ref. means reference category.",
    "not_applicable": "na means not applicable.",
    "not_available": "[x] means not available.",
}
SYMBOLS: dict[str, str] = {
    "hidden": "*",
    "none": "–",
    "reference": "ref.",
    "not_applicable": "na",
    "not_available": "[x]",
}


@lru_cache(maxsize=65536)
def _localised(rounded: float, decimals: int, language: str) -> str:
    """Return a rounded number as text; the same one stands in a chart, its table and its alternative text."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded, pattern, locale=language).replace("-", MINUS)


def base_mark(n: int | None) -> Mark:
    """Return the mark that a base of ``n`` unweighted cases calls for.

    Parameters
    ----------
    n : int or None
        Unweighted cases behind the figure; None where the figure is no survey estimate.

    Returns
    -------
    str
        ``""``, ``"few"`` (25–49) or ``"hidden"`` (below 25).

    Examples
    --------
    >>> [base_mark(n) for n in (24, 25, 49, 50, None)]
    ['hidden', 'few', 'few', '', '']
    """
    if n is None or n >= FEW_BELOW:
        return ""
    return "hidden" if n < HIDDEN_BELOW else "few"


@dataclass(frozen=True)
class Formatter:
    r"""Format numbers for one language.

    Parameters
    ----------
    language : str
        A Babel locale: ``en``, ``ru``, ``uz``, ``uz_Cyrl``.

    Examples
    --------
    >>> en, ru = Formatter("en"), Formatter("ru")
    >>> en.number(-1234.56, 1), ru.number(-1234.56, 1)
    ('−1,234.6', '−1\xa0234,6')
    >>> en.interval(10.12, 14.46, 1), en.interval(-0.2, 0.31, 2)
    ('10.1–14.5', '−0.20\xa0to\xa00.31')
    """

    language: str = "en"

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with fixed decimals, grouping and a true minus sign.

        Parameters
        ----------
        value : float
            Finite number.
        decimals : int
            Digits after the decimal sign.

        Returns
        -------
        str
            Localised text; a value that rounds to zero has no sign.
        """
        return _localised(round(float(value), decimals) + 0.0, decimals, self.language)

    def count(self, value: float) -> str:
        """Return a whole number.

        Parameters
        ----------
        value : float
            Number of cases.

        Returns
        -------
        str
            Localised text without decimals.
        """
        return self.number(value, 0)

    def interval(self, low: float, high: float, decimals: int = 1) -> str:
        """Return an interval that never breaks over lines.

        Parameters
        ----------
        low, high : float
            Bounds.
        decimals : int
            Digits after the decimal sign.

        Returns
        -------
        str
            ``low–high``; with a negative bound the dash would be read as a sign, so it is spelled out.
        """
        first, last = self.number(low, decimals), self.number(high, decimals)
        if MINUS in first + last:
            word = {"en": "to", "ru": "…", "uz": "…", "uz_Cyrl": "…"}[self.language]
            return f"{first}{NO_BREAK}{word}{NO_BREAK}{last}"
        return f"{first}–{last}"

    def p_value(self, value: float) -> str:
        """Return a p-value; very small ones as a bound.

        Parameters
        ----------
        value : float
            Between 0 and 1.

        Returns
        -------
        str
            Three decimals.

        Examples
        --------
        >>> Formatter().p_value(0.00004), Formatter().p_value(0.0312)
        ('<0.001', '0.031')
        """
        return f"<{self.number(0.001, 3)}" if value < 0.001 else self.number(value, 3)

    def estimate(self, value: float | None, mark: Mark, decimals: int = 1, *, suffix: str = "") -> str:
        """Return an estimate with the mark its base calls for.

        Parameters
        ----------
        value : float or None
            The estimate in printed units.
        mark : str
            From :func:`base_mark`, or one of the explained symbols.
        decimals : int
            Digits after the decimal sign.
        suffix : str
            Unit that follows the number directly; symbols have none.

        Returns
        -------
        str
            ``12.3``, ``(12.3)`` or a symbol.

        Examples
        --------
        >>> [Formatter().estimate(12.34, base_mark(n)) for n in (120, 30, 12)]
        ['12.3', '(12.3)', '*']
        """
        if mark in SYMBOLS:
            return SYMBOLS[mark]
        if value is None or not math.isfinite(value):
            return SYMBOLS["not_available"]
        text = self.number(value, decimals) + suffix
        return f"({text})" if mark == "few" else text
