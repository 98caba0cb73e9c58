"""Delivered files read as the files the study expects: columns renamed, codes translated, nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.errors import CodebookError, counted, nearest
from migration_effects.io.codebook import Codebook
from migration_effects.io.codebook_check import EXACT_INTEGERS, holds
from migration_effects.io.codebook_files import parse_code
from migration_effects.io.read import read_surveys
from migration_effects.io.survey_file import SurveyFile, content_hash
from migration_effects.io.variable import Code, Variable
from migration_effects.study.mapping import BLANK, MAPPING, Entry, RawMapping

SHOWN = 12


def read_delivered(folder: Path, mapping: RawMapping) -> tuple[dict[str, SurveyFile], list[str]]:
    """Read the delivered files that exist and translate them.

    Parameters
    ----------
    folder : Path
        The raw folder.
    mapping : RawMapping
        As far as it could be understood.

    Returns
    -------
    files : dict of str to SurveyFile
        By unit.
    faults : list of str
        Every column and code that does not fit.
    """
    names = sorted({name for name in mapping.files.values() if (folder / name).is_file()})
    return translate(dict(zip(names, read_surveys([folder / n for n in names]), strict=True)), mapping)


def read_mapped(folder: Path, mapping: RawMapping) -> dict[str, SurveyFile]:
    """Read the delivered files and translate them.

    Parameters
    ----------
    folder : Path
        The raw folder.
    mapping : RawMapping
        Without faults of its own.

    Returns
    -------
    dict of str to SurveyFile
        By unit, in the columns and codes of the codebook.

    Raises
    ------
    CodebookError
        With every column and code that does not fit, values with their counts.
    """
    files, faults = read_delivered(folder, mapping)
    if faults:
        raise mapping_error(faults)
    return files


def mapping_error(faults: list[str]) -> CodebookError:
    """Return the error that lists all faults of a mapping.

    Parameters
    ----------
    faults : list of str
        At least one.

    Returns
    -------
    CodebookError
        One line per fault.
    """
    lines = "\n".join(f"  - {fault}" for fault in faults)
    return CodebookError(
        f"The delivered files cannot be read by {MAPPING}: {counted(len(faults), 'fault')}:\n{lines}"
    )


def translate(
    delivered: Mapping[str, SurveyFile], mapping: RawMapping
) -> tuple[dict[str, SurveyFile], list[str]]:
    """Translate delivered files.

    Parameters
    ----------
    delivered : mapping of str to SurveyFile
        By file name; units of other files are left out.
    mapping : RawMapping
        What stands for what.

    Returns
    -------
    files : dict of str to SurveyFile
        By unit.
    faults : list of str
        Every column and code that does not fit.
    """
    faults: list[str] = []
    files = {}
    for unit, name in mapping.files.items():
        if name not in delivered:
            continue
        survey = delivered[name]
        rows = len(survey.frame)
        columns = {}
        for entry in (e for e in mapping.entries if e.unit == unit):
            if entry.available and entry.column not in survey.frame:
                faults.append(
                    f"{MAPPING}: {name} has no column {entry.column!r} ({unit}, {entry.variable.source})."
                    f"{nearest(entry.column, map(str, survey.frame.columns))}"
                )
                continue
            column, found = _column(entry, survey, rows)
            columns[entry.variable.source] = column
            faults += [f"{name}: {fault}" for fault in found]
        frame = pd.DataFrame(columns, index=pd.RangeIndex(rows))
        files[unit] = replace(
            survey,
            frame=frame,
            codebook=_labels(mapping, unit, survey),
            value_labels={},
            content_hash=content_hash(frame),
        )
    return files, faults


def _labels(mapping: RawMapping, unit: str, survey: SurveyFile) -> Codebook:
    """Return the labels of a delivered file under the study's names, for the personal-data screen."""
    return Codebook(
        tuple(
            Variable(
                e.variable.source,
                unit,
                e.variable.source,
                e.variable.kind,
                label=survey.codebook[e.column].label,
            )
            for e in mapping.entries
            if e.unit == unit and e.available and e.column in survey.codebook
        )
    )


def _column(entry: Entry, survey: SurveyFile, rows: int) -> tuple[pd.Series, list[str]]:
    """Return one column in the codes of the codebook; a weight that is not available counts every record once."""
    variable = entry.variable
    if not entry.available:
        if variable.is_text:
            return pd.Series([None] * rows, dtype=object), []
        return pd.Series(1.0 if variable.kind == "weight" else np.nan, index=range(rows)), []
    raw = survey.frame[entry.column].reset_index(drop=True)
    if variable.kind == "id":
        return _identifier(entry, raw)
    # Codes may be delivered as text: "01" and "1" are the code 1 of the mapping.
    plain = raw if is_numeric_dtype(raw) else raw.map(parse_code, na_action="ignore")
    blank = pd.Series(holds(plain, [code for code, reason in entry.missing.items() if reason == BLANK]))
    targets = {reason: code for code, reason in reversed(list(variable.missing.items()))}
    coded = {code: targets[reason] for code, reason in entry.missing.items() if reason in targets}
    if variable.is_coded:
        return _translated(entry, plain, blank, coded)
    return _measured(entry, raw, blank, coded, _declared(survey, entry.column))


def _identifier(entry: Entry, raw: pd.Series) -> tuple[pd.Series, list[str]]:
    """Return identifiers as text; whole numbers lose nothing."""
    if not is_numeric_dtype(raw):
        return raw, []
    lossy = int((raw.dropna().mod(1).ne(0) | raw.dropna().abs().ge(EXACT_INTEGERS)).sum())
    if lossy:
        return raw, [f"{entry.column} is an identifier, but {lossy} values are not whole numbers below 2^53."]
    return raw.map(lambda number: f"{number:.0f}", na_action="ignore").astype(object), []


def _translated(
    entry: Entry, raw: pd.Series, blank: pd.Series, missing: Mapping[Code, Code]
) -> tuple[pd.Series, list[str]]:
    """Return a coded column in the codes of the codebook; a code without translation is a fault."""
    variable = entry.variable
    same: dict[Code, Code] = {} if entry.codes else {code: code for code in variable.values}
    same |= {} if entry.missing or entry.codes else {code: code for code in variable.missing}
    table = {**same, **entry.codes, **missing}
    column = pd.Series(np.nan, index=raw.index)
    for real, twin in table.items():
        column = column.mask(holds(raw, [real]), float(twin))
    unmapped = raw[raw.notna() & column.isna() & ~blank]
    return column, _listed(entry, unmapped, "are not mapped")


def _measured(
    entry: Entry, raw: pd.Series, blank: pd.Series, missing: Mapping[Code, Code], declared: set[Code]
) -> tuple[pd.Series, list[str]]:
    """Return a column of numbers or free text; codes that could be taken for missing ones are faults."""
    variable = entry.variable
    if variable.is_text != (not is_numeric_dtype(raw)) and raw.notna().any():
        have, need = ("numbers", "text") if variable.is_text else ("text", "numbers")
        return raw, [f"{entry.column} holds {have}, but {variable.source} needs {need}."]
    if not entry.missing:
        stray = raw[holds(raw, declared - set(variable.missing))]
        return raw, _listed(entry, stray, "are declared missing in the file but not in the mapping")
    listed = pd.Series(holds(raw, entry.missing))
    column = raw.mask(blank)
    for real, twin in missing.items():
        column = column.mask(listed & holds(raw, [real]), float(twin))
    stray = raw[~listed & (holds(raw, variable.missing) | holds(raw, declared))]
    return column, _listed(entry, stray, "would count as missing but do not stand under missing")


def _declared(survey: SurveyFile, column: str) -> set[Code]:
    """Return the missing codes that the delivered file itself declares for a column."""
    return set(survey.codebook[column].missing) if column in survey.codebook else set()


def _listed(entry: Entry, values: pd.Series, what: str) -> list[str]:
    """Return one fault with the values and their counts, or none."""
    counts = values.value_counts().sort_index(key=lambda index: index.map(str))
    if counts.empty:
        return []
    shown = ", ".join(f"{_plain(value)} ({count})" for value, count in counts.head(SHOWN).items())
    more = f" and {len(counts) - SHOWN} more" if len(counts) > SHOWN else ""
    return [
        f"{entry.column} ({entry.unit}, {entry.variable.source}): values {shown}{more} (value, count) {what}."
    ]


def _plain(value: object) -> str:
    """Return a value as a reader writes it: 7, not 7.0."""
    return f"{value:g}" if isinstance(value, (int, float)) else repr(value)
