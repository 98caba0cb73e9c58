"""How much of a page in Word an exhibit and its words take: measured beforehand, since Word sets the pages itself."""

from __future__ import annotations

from migration_effects.report.render.document import Chapter
from migration_effects.report.render.pdf import drawing_width
from migration_effects.report.render.prose import Block
from migration_effects.report.render.view import View
from migration_effects.report.render.widths import PAGE
from migration_effects.report.style import text_width

PAGE_HEIGHT = 700.0  # points between the margins, less a little for what is measured roughly
# Share of its usual size to which a chart may shrink to stay with the words that open its chapter.
SMALLEST = 0.75
_LEADING = 1.34  # height of a line in units of its type: Calibri's own line times the spacing of the style
# Points of type, of the space around a paragraph, and of the width it does not use.
_STYLES = {
    "title": (19.0, 12.0, 0.0),
    "heading": (12.0, 18.0, 0.0),
    "paragraph": (10.0, 6.0, 0.0),
    "list": (10.0, 4.0, 17.0),
    "caption": (11.0, 26.0, 0.0),
    "population": (10.0, 4.0, 0.0),
    "mark": (8.0, 4.0, 0.0),
    "note": (8.0, 2.0, 0.0),
}


def paragraph_height(text: str, style: str) -> float:
    """Return about how tall a paragraph is.

    Parameters
    ----------
    text : str
        Its words; empty for no paragraph.
    style : str
        One of ``_STYLES``.

    Returns
    -------
    float
        Points, with the space around it.
    """
    size, around, unused = _STYLES[style]
    weight = "bold" if style in ("title", "heading", "caption", "mark") else "normal"
    lines, filled = 1, 0.0
    for word in text.split():
        width = text_width(f"{word} ", size, weight) * 72
        if filled and filled + width > PAGE - unused:
            lines, filled = lines + 1, 0.0
        filled += width
    return lines * size * _LEADING + around if text else 0.0


def words_height(view: View) -> float:
    """Return about how tall everything around a chart or table is.

    Parameters
    ----------
    view : View
        The exhibit in one language.

    Returns
    -------
    float
        Points.
    """
    caption = f"{view.heading}  {view.title}"
    above = (caption, "caption"), (view.population, "population"), (view.mark, "mark")
    below = [(text, "note") for text in (*view.notes, view.source, view.footer)]
    return sum(paragraph_height(*part) for part in (*above, *below))


def heights_before(chapter: Chapter) -> dict[str, tuple[float, float]]:
    """Return what stands before each exhibit of a chapter, as far as it can be known.

    Parameters
    ----------
    chapter : Chapter
        The chapter in one language.

    Returns
    -------
    dict of str to (float, float)
        By id: points of the page that are taken, 0 where that is for the word processor to know (after the first
        exhibit); and points of the headings that go with the exhibit to another page.
    """
    heights, taken, headings, opening = {}, paragraph_height(chapter.title, "title"), 0.0, True
    for block in chapter.blocks:
        if block.kind == "exhibit":
            heights[block.exhibit] = (taken if opening else 0.0, headings)
            opening, headings = False, 0.0
            continue
        height = _block_height(block)
        taken += height
        headings = headings + height if block.kind == "heading" else 0.0
    return heights


def _block_height(block: Block) -> float:
    """Return about how tall a block of prose is; a whole page for a table of words."""
    if block.kind == "table":
        return PAGE_HEIGHT
    if block.kind == "list":
        return sum(paragraph_height("".join(run.text for run in item), "list") for item in block.items)
    return paragraph_height("".join(run.text for run in block.runs), block.kind)


def chart_width(view: View, taken: float = 0.0, headings: float = 0.0) -> float:
    """Return the width at which a chart fits on a page with its words and with those before it.

    Parameters
    ----------
    view : View
        A chart.
    taken, headings : float
        As in :func:`heights_before`.

    Returns
    -------
    float
        Points. A chart that would have to shrink below ``SMALLEST`` goes to another page with its headings.
    """
    usual = drawing_width(view)
    width, height = view.size
    if not height:
        return usual
    tall, words = usual * height / width, words_height(view)
    here = (PAGE_HEIGHT - words - taken) / tall
    fresh = (PAGE_HEIGHT - words - headings) / tall
    return usual * min(1.0, here if taken and here >= SMALLEST else fresh)
