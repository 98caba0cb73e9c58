"""All charts of a report in all its languages, drawn by two processes, as SVG and as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure
from migration_effects.report.render.processes import in_two_processes
from migration_effects.report.render.raster import rasterise

# By language and id: SVG and PNG.
Drawings = Mapping[tuple[str, str], tuple[str, bytes]]

_BATCH = 8  # charts; few enough that both processes end at about the same time


def draw_charts(exhibits: Mapping[str, Exhibit], languages: Sequence[str]) -> Drawings:
    """Draw the charts of a report.

    Parameters
    ----------
    exhibits : mapping of str to Table or Figure
        By id; tables are passed over.
    languages : sequence of str
        ``en``, ``ru``, ``uz``, ``uz_Cyrl``.

    Returns
    -------
    mapping of (str, str) to (str, bytes)
        SVG and PNG by language and id.
    """
    tasks = [
        (figure, language)
        for figure in exhibits.values()
        if isinstance(figure, Figure)
        for language in languages
    ]
    batches = [tasks[start : start + _BATCH] for start in range(0, len(tasks), _BATCH)]
    drawn = chain.from_iterable(in_two_processes(_draw, batches))
    return {
        (language, figure.context.id): images for (figure, language), images in zip(tasks, drawn, strict=True)
    }


def _draw(batch: Sequence[tuple[Figure, str]]) -> list[tuple[str, bytes]]:
    """Draw some charts."""
    drawn = [figure.to_svg(language) for figure, language in batch]
    return list(zip(drawn, rasterise(drawn), strict=True))
