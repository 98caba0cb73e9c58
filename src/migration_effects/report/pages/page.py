"""One self-contained HTML page of tables; every text is escaped, nothing is fetched."""

from __future__ import annotations

import html
from collections.abc import Sequence

import pandas as pd

from migration_effects.report.plain import plain

STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.45 "Source Sans 3", "Segoe UI", Arial, sans-serif; color: #1F2933; margin: 2rem auto;
  max-width: 72rem; padding: 0 1rem; }
h1 { color: #12436D; font-size: 1.7rem; margin-bottom: .2rem; }
h2 { color: #12436D; font-size: 1.2rem; margin-top: 2rem; }
p.mark { color: #B5500C; font-weight: 600; }
p.about { color: #5B6770; }
div.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { text-align: left; border-bottom: 2px solid #12436D; padding: .3rem .6rem; vertical-align: bottom; }
td { border-bottom: 1px solid #DDE3E8; padding: .25rem .6rem; vertical-align: top; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.bar i { display: inline-block; width: 6rem; height: .7rem; margin-left: .5rem; background: #EEF1F4; text-align: left;
  vertical-align: middle; line-height: 0; }
td.bar i b { display: inline-block; height: .7rem; background: #28A197; }
nav a { margin-right: 1rem; color: #0058AB; }
@media print { body { max-width: none; margin: 0; } nav { display: none; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def escape(text: object) -> str:
    """Return a text for HTML: no control characters, no markup."""
    return html.escape(plain(str(text)), quote=True)


def html_page(title: str, sections: Sequence[tuple[str, str]], *, language: str, mark: str = "") -> str:
    """Return a page.

    Parameters
    ----------
    title : str
        Heading and title of the page.
    sections : sequence of (str, str)
        Heading and HTML of each section.
    language : str
        Of the page.
    mark : str
        Printed under the heading: data that are synthetic.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "<script>" in html_page("<script>", [], language="en")
    False
    """
    links = "".join(f'<a href="#s{i}">{escape(head)}</a>' for i, (head, _) in enumerate(sections))
    body = "".join(
        f'<section id="s{i}"><h2>{escape(head)}</h2>{content}</section>\n'
        for i, (head, content) in enumerate(sections)
    )
    shown = f'<p class="mark">{escape(mark)}</p>' if mark else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>{shown}\n<nav>{links}</nav>\n{body}</main>\n</body>\n</html>\n"
    )


def html_table(
    table: pd.DataFrame, *, heads: Sequence[str], empty: str = "none", bar: str | None = None
) -> str:
    """Return a table; numbers to the right, shares (0–1) of one column also as bars.

    Parameters
    ----------
    table : DataFrame
        Text and numbers.
    heads : sequence of str
        Column headings.
    empty : str
        Printed instead of a table without rows.
    bar : str, optional
        Column of shares shown in percent with a bar.

    Returns
    -------
    str
        HTML.
    """
    if table.empty:
        return f"<p>{escape(empty)}</p>"
    right = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    head = "".join(
        f'<th scope="col"{_class(number)}>{escape(text)}</th>'
        for text, number in zip(heads, right, strict=True)
    )
    rows = []
    for values in table.itertuples(index=False, name=None):
        cells = "".join(
            _bar(value) if name == bar else f"<td{_class(number)}>{escape(_text(value))}</td>"
            for name, value, number in zip(table.columns, values, right, strict=True)
        )
        rows.append(f"<tr>{cells}</tr>")
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _class(number: bool) -> str:
    """Return the class of a cell of numbers."""
    return ' class="number"' if number else ""


def _bar(share: float) -> str:
    """Return a share in percent with a bar of that length."""
    if share != share:
        return "<td></td>"
    track = f'<i><b style="width:{100 * share:.1f}%"></b></i>'
    return f'<td class="bar number">{100 * share:.1f}%{track}</td>'


def _text(value: object) -> str:
    """Return a cell: whole numbers with separators, missing cells empty."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
