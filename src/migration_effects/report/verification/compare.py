"""Compare two sets of exhibits figure by figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from migration_effects.report.verification.lines import NUMBERS, STATISTICS, Line, by_key

RELATIVE = 1e-8
# A standard error of a constant is zero up to the rounding of the constant.
ROUNDING = 1e-14
# An estimate near zero, and its limits, are known as well as their standard error and no better.
_ON_THE_SCALE_OF_THE_ERROR = ("value", "conf_low", "conf_high")


@dataclass(frozen=True)
class Difference:
    """A figure that is not what was expected.

    Parameters
    ----------
    exhibit : str
        Id.
    place : str
        Row and column; empty when the whole exhibit is concerned.
    statistic : str
        ``value``, ``std_error``, …, ``line`` for a whole figure, ``exhibit`` for a whole exhibit.
    expected, found : str
        The two texts; empty for none.
    """

    exhibit: str
    place: str
    statistic: str
    expected: str
    found: str

    def __str__(self) -> str:
        place = f", {self.place}" if self.place else ""
        expected, found = self.expected or "nothing", self.found or "nothing"
        return f"{self.exhibit}{place}: {self.statistic} expected {expected}, found {found}"


def differences(expected: Iterable[Line], found: Iterable[Line]) -> list[Difference]:
    r"""Return every difference between reference values and a build.

    Two numbers :math:`e, f` agree when :math:`|e - f| \le 10^{-8} \max(|e|, |f|)`. For a value and its limits the
    standard error counts as a scale too; two standard errors that differ by less than :math:`10^{-14}` of
    the value agree. Numbers of cases must be equal, flags the same text.

    Parameters
    ----------
    expected : iterable of Line
        Reference values.
    found : iterable of Line
        Of the build.

    Returns
    -------
    list of Difference
        In the order of the reference, then what only the build has. An exhibit that is missing or new is one
        difference, as is a figure.

    Examples
    --------
    >>> line = Line("T1.1", ("girls",), ("sad",), dict.fromkeys(STATISTICS, "") | {"value": "12.5"}, "survey")
    >>> other = Line("T1.1", ("girls",), ("sad",), {**line.statistics, "value": "12.6"}, "survey")
    >>> [str(d) for d in differences([line], [other])]
    ["T1.1, row 'girls', column 'sad': value expected 12.5, found 12.6"]
    """
    reference, build = by_key(expected), by_key(found)
    missing = [line for key, line in reference.items() if key not in build]
    new = [line for key, line in build.items() if key not in reference]
    # A line keeps its place in the list: missing figures stand beside the changed ones of their exhibit.
    order = {line.exhibit: i for i, line in reversed(list(enumerate([*reference.values(), *build.values()])))}
    found_differences = [
        *_only(missing, {line.exhibit for line in build.values()}, was_expected=True),
        *_only(new, {line.exhibit for line in reference.values()}, was_expected=False),
        *(d for key, line in reference.items() if key in build for d in _changes(line, build[key])),
    ]
    return sorted(found_differences, key=lambda d: order[d.exhibit])


def _only(lines: Iterable[Line], exhibits: set[str], *, was_expected: bool) -> list[Difference]:
    """Return a difference for each line, or one for a whole exhibit that the other side does not have."""
    texts = ("present", "") if was_expected else ("", "present")
    found = [
        Difference(line.exhibit, line.place, "line", *texts)
        if line.exhibit in exhibits
        else Difference(line.exhibit, "", "exhibit", *texts)
        for line in lines
    ]
    return list(dict.fromkeys(found))


def _changes(expected: Line, found: Line) -> list[Difference]:
    """Return the statistics of one figure that differ."""
    pairs = [(name, expected.statistics[name], found.statistics[name]) for name in STATISTICS]
    pairs.append(("data_origin", expected.origin, found.origin))
    return [
        Difference(expected.exhibit, expected.place, name, old, new)
        for name, old, new in pairs
        if old != new and not (name in NUMBERS and _agree(name, expected, found))
    ]


def _agree(name: str, expected: Line, found: Line) -> bool:
    """Whether two numbers agree within the tolerance; counts of cases must be equal."""
    old, new = (_number(line, name) for line in (expected, found))
    if old is None or new is None or name == "n":
        return old == new
    allowed = RELATIVE * max(abs(old), abs(new))
    if name in _ON_THE_SCALE_OF_THE_ERROR:
        allowed = max(allowed, RELATIVE * (_number(expected, "std_error") or 0.0))
    elif name == "std_error":
        allowed = max(allowed, ROUNDING * abs(_number(expected, "value") or 0.0))
    return abs(old - new) <= allowed


def _number(line: Line, name: str) -> float | None:
    """Return a statistic as a number; None where there is none."""
    text = line.statistics[name]
    return float(text) if text else None
