"""The figures of a release as the registry keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migration_effects.disclosure.differencing import Released, normalised
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.release.entries import entries_of, places_of
from migration_effects.report.release.public import PublicExhibit

ORIGINS = {True: "synthetic", False: "survey"}


def next_release(earlier: Sequence[Released], study: str, synthetic: bool) -> int:
    """Return the number of the release about to be made.

    Parameters
    ----------
    earlier : sequence of Released
        The registry.
    study : str
        Id.
    synthetic : bool
        Releases of synthetic data are numbered apart.

    Returns
    -------
    int
        1 for the first.
    """
    origin = ORIGINS[synthetic]
    known = [row.release for row in earlier if (row.study, row.origin) == (study, origin)]
    return max(known, default=0) + 1


def released_figures(
    exact: Mapping[str, Exhibit],
    made: Mapping[str, PublicExhibit],
    study: str,
    number: int,
    overrides: Mapping[str, str],
    *,
    synthetic: bool,
) -> list[Released]:
    """Return what the registry is to keep of a release.

    Parameters
    ----------
    exact : mapping of str to Table or Figure
        Exhibits with exact numbers of cases.
    made : mapping of str to PublicExhibit
        Their public versions.
    study : str
        Id.
    number : int
        Number of the release.
    overrides : mapping of str to str
        Exhibits outside the rules.
    synthetic : bool
        Whether the data are synthetic.

    Returns
    -------
    list of Released
        One per shown figure with a number of cases.
    """
    rows = []
    for name, exhibit in exact.items():
        if name in overrides:
            continue
        whom, _, what = exhibit.population.partition(":")
        figures = zip(places_of(exhibit), entries_of(exhibit), made[name].hidden, strict=True)
        rows += [
            Released(
                number,
                ORIGINS[synthetic],
                study,
                name,
                normalised(what or whom),
                normalised(whom),
                normalised(place),
                entry.n,
            )
            for place, entry, hidden in figures
            if not hidden and entry.value is not None and entry.n is not None
        ]
    return rows
