"""The codebook of a study as HTML and XLSX, in one language."""

from __future__ import annotations

import datetime as dt
import io

import pandas as pd
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from migration_effects.errors import SpecificationError
from migration_effects.io.codebook import Codebook
from migration_effects.io.variable import Variable, text_in
from migration_effects.report.pages.page import html_page, html_table
from migration_effects.report.pages.words import LANGUAGES, WORDS
from migration_effects.report.plain import plain

_FIXED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_TEXT_ONLY = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_VARIABLES = ("file", "name", "source", "label", "kind", "values", "missing", "asked_of", "status")
_WIDTHS = {"label": 48, "values": 60, "missing": 36, "asked_of": 36, "reason": 24}


def codebook_tables(codebook: Codebook, language: str) -> dict[str, pd.DataFrame]:
    """Return the codebook as three tables of text.

    Parameters
    ----------
    codebook : Codebook
        The definitions.
    language : str
        ``en``, ``ru`` or ``uz``; labels without translation stand in English, in brackets.

    Returns
    -------
    dict of str to DataFrame
        ``variables``: one row per variable; ``values``: one per code; ``missing``: one per missing code.

    Raises
    ------
    SpecificationError
        For another language.
    """
    if language not in WORDS:
        raise SpecificationError(f"The codebook page is written in {', '.join(LANGUAGES)}, not {language!r}.")
    words = WORDS[language]
    variables, values, missing = [], [], []
    for variable in codebook:
        place = words["derived"] if variable.file == "derived" else variable.file
        coded = [(str(code), _label(labels, language)) for code, labels in variable.values.items()]
        gaps = [(str(c), codebook.reason_label(r, language)) for c, r in variable.missing.items()]
        values += [(place, variable.name, code, text) for code, text in coded]
        missing += [(place, variable.name, code, text) for code, text in gaps]
        variables.append(_row(variable, place, coded, gaps, language))
    return {
        "variables": pd.DataFrame(variables, columns=list(_VARIABLES)),
        "values": pd.DataFrame(values, columns=["file", "name", "code", "label"]),
        "missing": pd.DataFrame(missing, columns=["file", "name", "code", "reason"]),
    }


def _row(
    variable: Variable, place: str, coded: list[tuple[str, str]], gaps: list[tuple[str, str]], language: str
) -> tuple[str, ...]:
    """Return the line of one variable."""
    return (
        place,
        variable.name,
        variable.source,
        _label(variable.label, language),
        variable.kind,
        "; ".join(f"{code} {text}" for code, text in coded),
        "; ".join(f"{code} {text}" for code, text in gaps),
        variable.asked_of or ("" if variable.file == "derived" else WORDS[language]["everybody"]),
        variable.status,
    )


def _label(labels: object, language: str) -> str:
    """Return a label in a language, or the English one in brackets."""
    have = dict(labels)  # type: ignore[call-overload]
    if have.get(language):
        return str(have[language])
    return f"[{text_in(have, 'en', 'a label')}]"


def codebook_html(codebook: Codebook, title: str, language: str, *, mark: str = "") -> str:
    """Return the codebook as an HTML page, one section per file.

    Parameters
    ----------
    codebook : Codebook
        The definitions.
    title : str
        Title of the study.
    language : str
        ``en``, ``ru`` or ``uz``.
    mark : str
        Printed under the heading: data that are synthetic.

    Returns
    -------
    str
        HTML.
    """
    words, table = WORDS[language], codebook_tables(codebook, language)["variables"]
    sections = []
    for place, rows in table.groupby("file", sort=False):
        columns = [name for name in _VARIABLES if name != "file"]
        content = html_table(rows[columns], heads=[words[name] for name in columns])
        sections.append((f"{words['file']}: {place} ({len(rows)})", content))
    note = f'<p class="about">{words["note"]}</p>'
    if sections and table.map(lambda text: text.startswith("[")).to_numpy().any():
        sections[0] = (sections[0][0], note + sections[0][1])
    return html_page(f"{words['codebook']}: {title}", sections, language=language, mark=mark)


def codebook_xlsx(codebook: Codebook, title: str, language: str, *, mark: str = "") -> bytes:
    """Return the codebook as a workbook: variables, values, missing codes.

    Parameters
    ----------
    codebook, title, language, mark
        As in `codebook_html`.

    Returns
    -------
    bytes
        XLSX; equal content gives equal bytes, and no cell is a formula or a link.
    """
    words, stream = WORDS[language], io.BytesIO()
    workbook = Workbook(stream, _TEXT_ONLY)
    workbook.set_properties(
        {"title": plain(f"{words['codebook']}: {title}"), "created": _FIXED, "comments": mark}
    )
    bold = workbook.add_format({"bold": True, "bottom": 2, "bottom_color": "#12436D", "text_wrap": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for name, table in codebook_tables(codebook, language).items():
        sheet = workbook.add_worksheet(words[name])
        _write_sheet(sheet, table, words, bold, wrapped, mark)
    workbook.close()
    return stream.getvalue()


def _write_sheet(
    sheet: Worksheet, table: pd.DataFrame, words: dict[str, str], bold: object, wrapped: object, mark: str
) -> None:
    """Write one table as text, with the mark above it."""
    top = 1 if mark else 0
    if mark:
        sheet.write_string(0, 0, mark, bold)
    for j, name in enumerate(table.columns):
        sheet.write_string(top, j, words[name], bold)
        sheet.set_column(j, j, _WIDTHS.get(name, 16))
    for i, row in enumerate(table.itertuples(index=False, name=None), start=top + 1):
        for j, text in enumerate(row):
            if sheet.write_string(i, j, plain(str(text)), wrapped):
                raise SpecificationError(
                    f"The cell {table.columns[j]} of {row[1]} is too long for a workbook."
                )
    sheet.freeze_panes(top + 1, 2)
    if len(table):
        sheet.autofilter(top, 0, top + len(table), len(table.columns) - 1)
