"""Which figures of a table or chart may be published: small bases, small groups, and what would reveal them.

Exhibits keep weighted shares and unweighted bases, not the number of people behind a share. That number is therefore
taken to be share × base, and the limit is not 7 but 10, the threshold of SACRO, since with weights it is not exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from migration_effects.disclosure.rounding import BASE, REDACT

MIN_BASE = 25
MIN_PEOPLE = 10
WHOLE_BELOW = 100
# Differences this close to a sum are rounding.
_NEAR = 1e-6

Measure = Literal["share", "count", "statistic"]
Reason = Literal["", "base", "people", "count", "company"]
REASONS: dict[str, str] = {
    "base": f"fewer than {MIN_BASE} cases, or a number of cases that is not known",
    "people": f"fewer than {MIN_PEOPLE} people behind a percentage or its complement",
    "count": f"a count from 1 to {REDACT}",
    "company": "would reveal another figure that is not shown",
}


@dataclass(frozen=True)
class Entry:
    """A figure of an exhibit.

    Parameters
    ----------
    value : float or None
        In print units: per cent, counts, anything else; None where nothing is shown anyway.
    n : int or None
        Unweighted cases.
    measure : {"share", "count", "statistic"}
        A share of ``n`` in per cent, an unweighted count of people, anything else.
    lines : tuple of str
        Rows and columns of figures that divide people among themselves: who knows all but one of them, and the
        total, knows the last.
    parts : tuple of str
        Lines in which the shares themselves add up to 100.
    place : str
        What it is about; a statistic at the place of a share tells as much as the share.
    """

    value: float | None
    n: int | None
    measure: Measure
    lines: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    place: str = ""

    @property
    def people(self) -> float:
        """People behind the figure: those counted, or all cases of a statistic."""
        if self.value is None:
            return 0.0
        if self.measure == "share":
            return self.value / 100 * (self.n or 0)
        return self.value if self.measure == "count" else float(self.n or 0)

    @property
    def rest(self) -> float:
        """People of the base who are not behind the figure; for anything but a share all of them."""
        return (self.n or 0) - self.people if self.measure == "share" else self.people


def round_base(n: int) -> int:
    """Round a number of cases to 5, halves up.

    Parameters
    ----------
    n : int
        Unweighted cases.

    Returns
    -------
    int
        Multiple of 5.

    Examples
    --------
    >>> round_base(702), round_base(698), round_base(27)
    (700, 700, 25)
    """
    return int((n + BASE / 2) // BASE) * BASE


def own_reason(entry: Entry) -> Reason:
    """Return why a figure may not be shown, whatever stands beside it.

    Parameters
    ----------
    entry : Entry
        The figure.

    Returns
    -------
    str
        ``"base"``, ``"people"``, ``"count"``, or empty where it may be shown. Shares of 0 and 100 per cent say
        something of everybody and are not shown.

    Examples
    --------
    >>> [own_reason(Entry(value, n, "share")) for value, n in ((12.0, 24), (4.0, 200), (96.0, 200))]
    ['base', 'people', 'people']
    >>> own_reason(Entry(7, None, "count")), own_reason(Entry(12.0, 200, "share"))
    ('count', '')
    """
    if entry.value is None:
        return ""
    if entry.measure == "count":
        return "count" if 1 <= entry.value <= REDACT else ""
    if entry.n is None or entry.n < MIN_BASE:
        return "base"
    if entry.measure == "share" and min(entry.people, entry.rest) < MIN_PEOPLE:
        return "people"
    return ""


def reasons_to_hide(entries: Sequence[Entry]) -> list[Reason]:
    """Return for each figure of an exhibit why it may not be shown.

    After the figures' own reasons, each line with a hidden figure is looked at: at least two must be hidden in it,
    and together stand for ten people or more (and, except where the shares of the line add up to 100, ten in their
    complements). Otherwise the figure with the fewest people is hidden too, until every line is safe or wholly
    hidden.

    Parameters
    ----------
    entries : sequence of Entry
        All figures of one exhibit.

    Returns
    -------
    list of str
        ``""`` where the figure may be shown.

    Examples
    --------
    >>> row = [Entry(v, 300, "share", parts=("row",)) for v in (2.0, 8.0, 40.0, 50.0)]
    >>> reasons_to_hide(row)
    ['people', 'company', '', '']
    """
    found: list[Reason] = [own_reason(entry) for entry in entries]
    lines = line_members(entries)
    while True:
        before = list(found)
        _same_places(entries, found)
        for line, members in lines.items():
            exposed = line_is_exposed(entries, found, line, members)
            shown = [i for i in members if not found[i] and entries[i].value is not None]
            if exposed and shown:
                least = min(shown, key=lambda i: (min(entries[i].people, entries[i].rest), i))
                found[least] = "company"
        if found == before:
            return found


def line_members(entries: Sequence[Entry]) -> dict[str, list[int]]:
    """Return the figures of each line, by position.

    Parameters
    ----------
    entries : sequence of Entry
        All figures of one exhibit.

    Returns
    -------
    dict of str to list of int
        Lines of one figure are left out: nothing divides there.
    """
    members: dict[str, list[int]] = {}
    for i, entry in enumerate(entries):
        for line in (*entry.lines, *entry.parts):
            members.setdefault(line, []).append(i)
    return {line: found for line, found in members.items() if len(found) > 1}


def line_is_exposed(
    entries: Sequence[Entry], hidden: Sequence[str], line: str, members: Sequence[int]
) -> bool:
    """Whether what a line hides can be worked out, or nearly, from what it shows.

    Parameters
    ----------
    entries : sequence of Entry
        All figures of one exhibit.
    hidden : sequence of str
        Why each is hidden; empty where it is shown.
    line : str
        Name of the line.
    members : sequence of int
        Its figures.

    Returns
    -------
    bool
        True with exactly one hidden figure, or with fewer than ten people behind all hidden ones.
    """
    inside = [i for i in members if hidden[i] and entries[i].value is not None]
    if not inside or len(inside) == sum(entries[i].value is not None for i in members):
        return False
    people = sum(entries[i].people for i in inside)
    rest = sum(entries[i].rest for i in inside)
    complete = line in entries[inside[0]].parts
    return len(inside) < 2 or people < MIN_PEOPLE or (not complete and rest < MIN_PEOPLE)


def _same_places(entries: Sequence[Entry], found: list[Reason]) -> None:
    """Hide a statistic that stands at the place of a hidden share: a total is share times population."""
    closed = {e.place for e, reason in zip(entries, found, strict=True) if reason and e.measure == "share"}
    for i, entry in enumerate(entries):
        if entry.place and entry.place in closed and entry.measure == "statistic" and not found[i]:
            found[i] = "company"


def adds_up(values: Sequence[float]) -> bool:
    """Whether shares add up to 100.

    Parameters
    ----------
    values : sequence of float
        Per cent.

    Returns
    -------
    bool
        True for two or more shares without a remainder.
    """
    return len(values) > 1 and abs(sum(values) - 100) < _NEAR * 100
