"""All charts of a report in all its languages, drawn by two processes, as SVG and as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure
from migration_effects.report.render.processes import in_two_processes
from migration_effects.report.render.raster import rasterise

# By language and id: SVG and PNG.
Drawings = Mapping[tuple[str, str], tuple[str, bytes]]


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
    drawn = in_two_processes(_draw, tasks)
    return {
        (language, figure.context.id): images for (figure, language), images in zip(tasks, drawn, strict=True)
    }


def _draw(task: tuple[Figure, str]) -> tuple[str, bytes]:
    """Draw one chart in one language."""
    figure, language = task
    svg = figure.to_svg(language)
    return svg, rasterise(svg)
