"""What a labelled data file needs beside its values: formats, labels, declared missing codes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_numeric_dtype

from migration_effects.errors import CodebookError
from migration_effects.io.codebook import Codebook
from migration_effects.io.variable import Code, Variable, text_in

NAME_BYTES = 64
VARIABLE_LABEL_BYTES = 256
VALUE_LABEL_BYTES = 120
MISSING_CODES = 3
MAX_DECIMALS = 4


@dataclass(frozen=True)
class Schema:
    """Labels and formats of the columns of a file, ready to write.

    Parameters
    ----------
    labels : dict of str to str
        Variable labels.
    values : dict of str to dict of code to str
        Value labels, those of declared missing codes included.
    missing : dict of str to list of code
        Declared missing codes.
    formats : dict of str to str
        SPSS formats of the numeric columns, such as ``F2.0`` and ``F12.4``; text is as wide as its values.
    """

    labels: dict[str, str]
    values: dict[str, dict[Code, str]]
    missing: dict[str, list[Code]]
    formats: dict[str, str]


def make_schema(frame: pd.DataFrame, codebook: Codebook | None, language: str) -> Schema:
    """Return the schema of a raw frame.

    Parameters
    ----------
    frame : DataFrame
        Raw codes: numbers and text only.
    codebook : Codebook or None
        Definitions, found by source column or else by name.
    language : str
        Language of the labels.

    Returns
    -------
    Schema
        For the columns of ``frame``.

    Raises
    ------
    CodebookError
        Listing every label or name the format would cut, and variables with more missing codes than it holds.
    """
    defined = _definitions(frame, codebook)
    labels = {name: text_in(v.label, language, f"variable {v.name}") for name, v in defined.items()}
    values = {name: _value_labels(v, codebook, language) for name, v in defined.items()}
    missing = {name: list(v.missing) for name, v in defined.items() if v.missing}
    schema = Schema(
        labels,
        {name: texts for name, texts in values.items() if texts},
        missing,
        {str(n): _format(frame[n], defined.get(str(n))) for n in frame.columns if is_numeric_dtype(frame[n])},
    )
    faults = _limit_faults(frame, schema)
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise CodebookError(f"{len(faults)} labels or names do not fit the file format:\n{lines}")
    return schema


def _definitions(frame: pd.DataFrame, codebook: Codebook | None) -> dict[str, Variable]:
    """Return the definition of every column that has one; files that disagree are an error."""
    found: dict[str, Variable] = {}
    disagree = []
    for column in map(str, frame.columns):
        candidates = [v for v in codebook or () if v.source == column]
        candidates = candidates or [v for v in codebook or () if v.name == column]
        if len({repr(replace(v, file="", asked_of="", status="")) for v in candidates}) > 1:
            disagree.append(f"{column} ({', '.join(v.file for v in candidates)})")
        elif candidates:
            found[column] = candidates[0]
    if disagree:
        raise CodebookError(
            f"Defined differently in several files: {'; '.join(disagree)}. Pass codebook.of(file)."
        )
    return found


def _value_labels(variable: Variable, codebook: Codebook | None, language: str) -> dict[Code, str]:
    """Return the labels of valid and missing codes."""
    valid = {
        code: text_in(labels, language, f"a value of {variable.name}")
        for code, labels in variable.values.items()
    }
    book = codebook or Codebook(())
    return {**valid, **{code: book.reason_label(r, language) for code, r in variable.missing.items()}}


def _format(column: pd.Series, variable: Variable | None) -> str:
    """Return the display format: wide enough for every value, weights with four decimals."""
    present = column.dropna().to_numpy(float)
    if variable is not None and variable.kind == "weight":
        return "F12.4"
    codes = [c for c in (*variable.values, *variable.missing) if not isinstance(c, str)] if variable else []
    numbers = np.concatenate([present[np.isfinite(present)], np.array(codes, float)])
    decimals = _decimals(numbers)
    whole = max(
        (len(f"{number:.0f}") for number in (numbers.min(initial=0), numbers.max(initial=0))), default=1
    )
    return f"F{max(2, whole + (decimals + 1 if decimals else 0))}.{decimals}"


def _decimals(numbers: np.ndarray) -> int:
    """Return how many decimals show the numbers in full, at most four."""
    for decimals in range(MAX_DECIMALS):
        if np.allclose(numbers, np.round(numbers, decimals), rtol=0, atol=1e-9):
            return decimals
    return MAX_DECIMALS


def _limit_faults(frame: pd.DataFrame, schema: Schema) -> list[str]:
    """Return what the format would cut silently; limits are in bytes, so 60 Cyrillic letters fill a label."""
    faults = [_too_long(f"name {name}", str(name), NAME_BYTES) for name in frame.columns]
    faults += [_too_long(f"label of {n}", text, VARIABLE_LABEL_BYTES) for n, text in schema.labels.items()]
    faults += [
        _too_long(f"label of {name}={code}", text, VALUE_LABEL_BYTES)
        for name, texts in schema.values.items()
        for code, text in texts.items()
    ]
    faults += [
        f"{name} declares {len(codes)} missing codes; the format holds {MISSING_CODES}."
        for name, codes in schema.missing.items()
        if len(codes) > MISSING_CODES
    ]
    return [fault for fault in faults if fault]


def _too_long(what: str, text: str, limit: int) -> str:
    """Return a fault when a text has more bytes than the format keeps."""
    size = len(text.encode())
    return f"the {what} has {size} bytes, the format keeps {limit}: {text[:40]!r}…" if size > limit else ""


def as_codes(
    frame: pd.DataFrame, codebook: Codebook | None
) -> tuple[pd.DataFrame, dict[str, dict[Code, str]]]:
    """Return a frame of numbers and text only.

    Categories become their codes (by the codebook, else 1, 2, … in category order), booleans 1 and 0. The 0 of
    a yes/no variable of an analysis frame becomes the code of no.

    Parameters
    ----------
    frame : DataFrame
        Raw or analysis columns.
    codebook : Codebook or None
        Where the codes of labels stand.

    Returns
    -------
    coded : DataFrame
        Same shape.
    labels : dict
        Value labels of categorical columns the codebook does not know.

    Raises
    ------
    CodebookError
        For column types no format of ours can hold, listing all of them.
    """
    coded, labels, faults = {}, {}, []
    for name in frame.columns:
        column, key = frame[name], str(name)
        if isinstance(column.dtype, pd.CategoricalDtype):
            coded[key], labels[key] = _codes_of(column, codebook)
        elif is_numeric_dtype(column):
            coded[key] = _yes_no_codes(column.astype(float), _known(column, codebook))
        elif infer_dtype(column, skipna=True) in ("string", "empty"):
            coded[key] = column.astype(object).where(column.notna(), "")
        else:
            faults.append(f"{key} ({column.dtype})")
    if faults:
        raise CodebookError(
            f"Columns that are neither numbers, text nor categories: {', '.join(faults)}. Convert them first."
        )
    return pd.DataFrame(coded, index=frame.index), {k: v for k, v in labels.items() if v}


def _known(column: pd.Series, codebook: Codebook | None) -> Variable | None:
    """Return the definition of a column that has value labels."""
    return next((v for v in codebook or () if column.name in (v.name, v.source) and v.values), None)


def _yes_no_codes(column: pd.Series, known: Variable | None) -> pd.Series:
    """Return a yes/no column in raw codes; 1 is yes in both, 0 occurs in analysis frames only."""
    if known is None or known.kind != "yesno" or 0 in known.values:
        return column
    no = next((code for code, labels in known.values.items() if "no" in labels.values()), 0)
    return column.replace(0.0, float(no))


def _codes_of(column: pd.Series, codebook: Codebook | None) -> tuple[pd.Series, dict[Code, str]]:
    """Return a categorical column as codes, with labels when the codebook has none."""
    known = _known(column, codebook)
    categories = list(column.cat.categories)
    if known is None:
        codes = pd.Series(column.cat.codes.to_numpy(float) + 1, index=column.index)
        return codes.where(column.notna()), {i + 1: str(text) for i, text in enumerate(categories)}
    by_label = {labels.get("en", labels.get("file")): code for code, labels in known.values.items()}
    strangers = [str(text) for text in categories if text not in by_label]
    if strangers:
        raise CodebookError(f"{column.name} has categories the codebook does not: {', '.join(strangers)}.")
    return column.astype(object).map(by_label).astype(float), {}
