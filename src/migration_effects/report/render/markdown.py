"""Tables as Markdown, for notebooks and review; text is escaped so that none of it is markup."""

from __future__ import annotations

import re

from migration_effects.report.layout import Line, Printed, print_table
from migration_effects.report.plain import plain
from migration_effects.report.presentation import present
from migration_effects.report.table import Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")


def escape(text: str) -> str:
    r"""Return text that Markdown prints as it is.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Escaped, on one line.

    Examples
    --------
    >>> escape("a|b <script>")
    'a\\|b \\<script\\>'
    """
    return _SPECIAL.sub(r"\\\1", plain(text).replace("\n", " "))


def table_markdown(table: Table, language: str) -> str:
    """Return a table as Markdown.

    Parameters
    ----------
    table : Table
        The specification.
    language : str
        ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

    Returns
    -------
    str
        Title, population, pipe table, legends, notes, source, footer.
    """
    words = present(table, language)
    printed = print_table(table, words)
    parts = []
    if words.heading:
        parts.append(f"**{escape(words.heading)}: {escape(words.title)}**")
    parts.append(f"*{escape(words.population)}*")
    header = [printed.stub, *_flat_heads(printed.spanners, printed.heads, printed.measures)]
    grid = [_pipe(header), "| :-- |" + " --: |" * printed.width]
    grid += [_pipe([line.label, *_texts(line, printed.width)]) for line in printed.lines]
    parts.append("\n".join(grid))
    tail = [*printed.legends, *words.notes, words.remark, words.source, words.footer, words.mark]
    parts += [escape(text) for text in tail if text]
    return "\n\n".join(parts)


def _flat_heads(*rows: tuple) -> list[str]:
    """Return one text per printed column, header rows joined."""
    spread = [[head.text for head in row for _ in range(head.span)] for row in rows if row]
    return [", ".join(filter(None, texts)) for texts in zip(*spread, strict=True)]


def _texts(line: Line, width: int) -> list[str]:
    """Return one text per printed column."""
    texts = [t for c in line.cells for t in [_text(c), *[""] * (c.span - 1)]]
    return texts or [""] * width


def _text(cell: Printed) -> str:
    """Return a cell on one line, an interval below it in parentheses."""
    return f"{cell.text} ({cell.under.strip('()')})" if cell.under else cell.text


def _pipe(texts: list[str]) -> str:
    """Return one line of a pipe table."""
    return "| " + " | ".join(escape(text) for text in texts) + " |"
