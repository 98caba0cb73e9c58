"""Column widths of a printed table on a page: figures never break, headers wrap at words, labels get the rest."""

from __future__ import annotations

from collections.abc import Iterable

from migration_effects.report.layout import Head, PrintedTable
from migration_effects.report.style import text_width

PAGE = 453.5  # points: 16 cm
SIZES = (9.0, 8.2, 7.5, 6.8)
INSET = 4.0  # points on each side of a cell
_UNDER = 0.85  # size of an interval below its estimate
_INDENT = 12.0
_LABELS = 0.45  # most of the page that labels take before they wrap
_LINE, _UNDER_LINE = 16.0, 8.0  # points of a row, and of an interval below its estimates
_SLACK = 14.0  # most points that a column gets beyond its need


def column_widths(printed: PrintedTable) -> tuple[float, tuple[float, ...]]:
    """Return the size of type and the width of each column, row labels first.

    Parameters
    ----------
    printed : PrintedTable
        The table in one language.

    Returns
    -------
    size : float
        Points; the largest of ``SIZES`` at which every figure fits, else the smallest.
    widths : tuple of float
        Points; they add up to the width of the page.
    """
    for size in SIZES:
        needs = _needs(printed, size)
        words = [word for line in printed.lines for word in line.label.split()]
        least = (
            max(_points(word, size) for word in [*words, *printed.stub.split(), "–"]) + 2 * INSET + _INDENT
        )
        if sum(needs) + least <= PAGE or size == SIZES[-1]:
            break
    natural = max(_points(line.label, size) + _INDENT * line.level for line in printed.lines) + 2 * INSET
    label = min(max(natural, least), PAGE * _LABELS)
    slack = max(0.0, PAGE - label - sum(needs))
    share = min(_SLACK, slack / (len(needs) + 1))
    columns = tuple(need + share for need in needs)
    return size, (PAGE - sum(columns), *columns)


def table_height(printed: PrintedTable) -> float:
    """Return about how tall a table is, to decide whether it stays on one page.

    Parameters
    ----------
    printed : PrintedTable
        The table in one language.

    Returns
    -------
    float
        Points.
    """
    lines = [
        _LINE + (_UNDER_LINE if any(cell.under for cell in line.cells) else 0.0) for line in printed.lines
    ]
    return sum(lines) + 3 * _LINE


def _points(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a line of text in points."""
    return text_width(text, size, weight) * 72


def _needs(printed: PrintedTable, size: float) -> list[float]:
    """Return the points that each column cannot do without."""
    needs = [0.0] * printed.width
    for line in printed.lines:
        at = 0
        weight = "bold" if line.kind == "total" else "normal"
        for cell in line.cells:
            width = (
                max(_points(cell.text, size, weight), _points(cell.under, size * _UNDER, weight)) + 2 * INSET
            )
            _widen(needs, at, cell.span, width)
            at += cell.span
    for heads in (printed.measures, printed.heads, printed.spanners):
        _widen_heads(needs, heads, size)
    return needs


def _widen_heads(needs: list[float], heads: Iterable[Head], size: float) -> None:
    """Make room for the longest word of each header."""
    at = 0
    for head in heads:
        words = max((_points(word, size, "bold") for word in head.text.split(" ")), default=0.0)
        _widen(needs, at, head.span, words + 2 * INSET)
        at += head.span


def _widen(needs: list[float], at: int, span: int, width: float) -> None:
    """Share what is missing evenly among the columns that a cell spans."""
    lacking = width - sum(needs[at : at + span])
    if lacking > 0:
        for i in range(at, at + span):
            needs[i] += lacking / span
