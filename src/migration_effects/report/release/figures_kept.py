"""Whether a published file holds a figure of the internal report finer than it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from migration_effects.disclosure.artefacts import readable_parts
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.release.entries import cells_of

# No exhibit prints so many decimals.
DECIMALS = 5
_FINE = re.compile(rf"\d+\.\d{{{DECIMALS},}}")


def exact_numbers(exhibits: Iterable[Exhibit]) -> frozenset[str]:
    """Return all figures that have more decimals than any exhibit prints.

    Parameters
    ----------
    exhibits : iterable of Table or Figure
        With exact figures.

    Returns
    -------
    frozenset of str
        Without sign, ten significant digits.
    """
    found = set()
    for exhibit in exhibits:
        for cell in cells_of(exhibit):
            for number in (cell.value, cell.std_error, cell.conf_low, cell.conf_high, cell.p_value):
                if number is not None and _FINE.fullmatch(text := f"{abs(number):.10g}"):
                    found.add(text)
    return frozenset(found)


def leaking_files(files: Mapping[str, bytes], exact: frozenset[str]) -> dict[str, int]:
    """Return the files that hold exact figures.

    Parameters
    ----------
    files : mapping of str to bytes
        By name.
    exact : frozenset of str
        From :func:`exact_numbers`.

    Returns
    -------
    dict of str to int
        Different exact figures per file; files without any are left out.
    """
    found = {}
    for name, content in files.items():
        fine = {number for text in readable_parts(name, content) for number in _FINE.findall(text)}
        count = len({f"{float(number):.10g}" for number in fine} & exact)
        if count:
            found[name] = count
    return found
