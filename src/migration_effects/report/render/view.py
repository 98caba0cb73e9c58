"""One exhibit as a renderer takes it: every text final, the chart drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from migration_effects.report.cells import Cell
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure
from migration_effects.report.grid import Grid, data_grid, figure_grid
from migration_effects.report.layout import PrintedTable, print_table
from migration_effects.report.plain import plain
from migration_effects.report.presentation import Presentation, present
from migration_effects.report.published_marks import published_note

_NOTE_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_STACKS = ("stacked", "diverging")


@dataclass(frozen=True)
class View:
    """A table or chart in one language.

    Parameters
    ----------
    kind : {"table", "figure"}
        Which.
    id, heading, title, status, mark, population : str
        Words above it.
    printed : PrintedTable
        The table, or the figures behind the chart.
    grid : Grid
        The same unrounded, for spreadsheets.
    svg, alt : str
        Drawing and alternative text; empty for a table.
    size : tuple of float
        Width and height of the drawing in points.
    notes : tuple of str
        Legends, then lettered notes.
    source, footer : str
        Last lines.
    data_words : str
        "Data table" in the reader's language.
    png : bytes
        The drawing as PNG, where it has been made already.
    """

    kind: str
    id: str
    heading: str
    title: str
    status: str
    mark: str
    population: str
    printed: PrintedTable
    grid: Grid
    svg: str
    alt: str
    size: tuple[float, float]
    notes: tuple[str, ...]
    source: str
    footer: str
    data_words: str
    png: bytes = b""

    def with_drawing(self, svg: str, png: bytes) -> View:
        """Return the chart with its drawing.

        Parameters
        ----------
        svg : str
            The drawing.
        png : bytes
            The same as PNG.

        Returns
        -------
        View
            Otherwise the same.
        """
        return replace(self, svg=svg, png=png, size=_size(svg))


def view_of(exhibit: Exhibit, language: str, *, draw: bool = True) -> View:
    """Return an exhibit ready to be rendered.

    Parameters
    ----------
    exhibit : Table or Figure
        The specification, with its context.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.
    draw : bool
        Without it the drawing is left empty; :meth:`View.with_drawing` adds it.

    Returns
    -------
    View
        Plain text everywhere; escaping is the renderer's.
    """
    words = present(exhibit, language)
    chart = isinstance(exhibit, Figure)
    table = exhibit.data() if isinstance(exhibit, Figure) else exhibit
    printed = print_table(table, words)
    svg = exhibit.to_svg(language) if draw and isinstance(exhibit, Figure) else ""
    marks = {str(point.cell.mark) for point in exhibit.points} if isinstance(exhibit, Figure) else set()
    legends = words.legends(marks) if isinstance(exhibit, Figure) else printed.legends
    extra = _stack_note(exhibit, words) if isinstance(exhibit, Figure) and exhibit.chart in _STACKS else ()
    published = published_note(exhibit, words) if isinstance(exhibit, Figure) else ()
    return View(
        kind="figure" if chart else "table",
        id=exhibit.context.id,
        heading=words.heading,
        title=plain(words.title),
        status=words.status,
        mark=words.mark,
        population=words.population,
        printed=printed,
        grid=figure_grid(exhibit, words) if isinstance(exhibit, Figure) else data_grid(exhibit, words),
        svg=svg,
        alt=plain(exhibit.alt_text(language)) if isinstance(exhibit, Figure) else "",
        size=_size(svg),
        notes=(*legends, *extra, *published, *_lettered(words.notes), *_remark(words)),
        source=words.source,
        footer=words.footer,
        data_words=words.labels.messages.text("Data table"),
    )


def _lettered(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return notes with letters; a single note needs none."""
    if len(notes) < 2:
        return notes
    return tuple(f"{_NOTE_LETTERS[i % 26]}. {note}" for i, note in enumerate(notes))


def _remark(words: Presentation) -> tuple[str, ...]:
    """Return what the estimates say about themselves, where they say something."""
    return (words.remark,) if words.remark else ()


def _stack_note(figure: Figure, words: Presentation) -> tuple[str, ...]:
    """Return the width of the widest interval, since a stack cannot draw intervals."""
    widths = [_half_width(point.cell) for point in figure.points]
    known = [width for width in widths if width is not None]
    if not known:
        return ()
    note = words.labels.messages.text(
        "Figures in the chart are rounded. The widest 95% confidence interval is ±{width} points; the CSV file "
        "has all.",
        width=words.numbers.number(max(known), 1),
    )
    return (note,)


def _half_width(cell: Cell) -> float | None:
    """Return half the width of an interval that may be shown."""
    if not cell.shown or cell.conf_low is None or cell.conf_high is None:
        return None
    return (cell.conf_high - cell.conf_low) / 2


def _size(svg: str) -> tuple[float, float]:
    """Return width and height of a drawing in points."""
    match = re.search(r'<svg[^>]* width="([\d.]+)pt"', svg) and re.search(
        r'<svg[^>]*?height="([\d.]+)pt"[^>]*?width="([\d.]+)pt"|<svg[^>]*?width="([\d.]+)pt"[^>]*?height="([\d.]+)pt"',
        svg,
    )
    if not match:
        return (0.0, 0.0)
    height, width, width2, height2 = match.groups()
    return float(width or width2), float(height or height2)
