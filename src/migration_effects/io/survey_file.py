"""What reading a file gives: the frame, the file's own codebook, and what identifies the data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.io.codebook import Codebook
from migration_effects.io.variable import FILE_LANGUAGE, Code, Variable

REASONS = {7: "refused", 8: "dont_know", 9: "no_answer"}


@dataclass(frozen=True)
class SurveyFile:
    """A survey file as read, nothing changed.

    Parameters
    ----------
    frame : DataFrame
        Raw codes, declared missing codes kept; numbers are float, text is str, blank text is missing.
    codebook : Codebook
        From the file's own metadata; labels under the language ``"file"``.
    path_name : str
        File name without folder.
    sha256 : str
        Hash of the file.
    content_hash : str
        Hash of names, types and values: the same for data saved again.
    encoding : str
        Encoding the file was read with.
    file_label : str
        Label of the file.
    notes : tuple of str
        What a reader should know, for example counts of Stata's letter codes.
    value_labels : mapping of str to tuple of (code, label)
        Per column, the value labels as they stand in the file, those of missing codes included.
    """

    frame: pd.DataFrame
    codebook: Codebook
    path_name: str
    sha256: str
    content_hash: str
    encoding: str = "utf-8"
    file_label: str = ""
    notes: tuple[str, ...] = ()
    value_labels: Mapping[str, tuple[tuple[Code, str], ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        rows, columns = self.frame.shape
        identity = f"sha256 {self.sha256[:12]}…, content {self.content_hash[:12]}…"
        return f"SurveyFile({self.path_name!r}: {rows:,} rows × {columns} columns, {identity})"


def content_hash(frame: pd.DataFrame) -> str:
    """Return a hash of names, types and values of a frame of numbers and text.

    Parameters
    ----------
    frame : DataFrame
        As in `SurveyFile`.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits; row and column order count, the index does not.

    Examples
    --------
    >>> content_hash(pd.DataFrame({"a": [1.0, None]})) == content_hash(pd.DataFrame({"a": [1.0, np.nan]}))
    True
    """
    total = hashlib.sha256()
    for name in frame.columns:
        column = frame[name]
        if is_numeric_dtype(column):
            numbers = column.to_numpy(dtype="<f8")
            # One bit pattern for every missing value and for both zeros.
            kind, content = "number", np.where(np.isnan(numbers), np.nan, numbers + 0.0).tobytes()
        else:
            texts = ["" if value is None or value != value else str(value) for value in column]
            kind, content = "text", "".join(f"{len(text)}:{text}" for text in texts).encode()
        part = hashlib.sha256(content).hexdigest()
        total.update(f"{len(str(name))}:{name}|{kind}|{len(column)}|{part}\n".encode())
    return total.hexdigest()


def file_codebook(frame: pd.DataFrame, file: str, meta: dict[str, Any]) -> Codebook:
    """Return the codebook that stands in a file's own metadata.

    Parameters
    ----------
    frame : DataFrame
        The data.
    file : str
        Name of the unit: the file name without suffix.
    meta : dict
        As the worker wrote it.

    Returns
    -------
    Codebook
        One variable per column.
    """
    labels = dict(zip(meta["names"], meta["labels"], strict=True))
    values = {name: [(plain_code(code), str(text)) for code, text in pairs] for name, pairs in meta["values"]}
    declared = dict(meta["missing"])
    variables = []
    for name in frame.columns:
        missing = _missing_codes(frame[name], declared.get(name, []))
        pairs = [pair for pair in values.get(name, []) if pair[0] not in missing]
        valid: dict[Code, dict[str, str]] = {code: {FILE_LANGUAGE: text} for code, text in pairs}
        kind = _kind(frame[name], valid, missing, meta["formats"].get(name) or "")
        label = {FILE_LANGUAGE: labels[name]} if labels.get(name) else {}
        variables.append(Variable(name, file, name, kind, valid, missing, label=label))
    return Codebook(tuple(variables))


def plain_code(code: Any) -> Code:
    """Return a whole number as int, any other code as it is."""
    return int(code) if isinstance(code, float) and code.is_integer() else code


def _missing_codes(column: pd.Series, ranges: list[dict[str, Any]]) -> dict[Code, str]:
    """Return declared missing codes; of a range those that occur. The last digit gives the reason."""
    codes: list[Code] = []
    for part in ranges:
        low, high = part["lo"], part["hi"]
        if low == high:
            codes.append(plain_code(low))
        elif is_numeric_dtype(column):
            present = column[(column >= float(low)) & (column <= float(high))].unique()
            codes += [plain_code(code) for code in sorted(present)]
    return {code: _reason(code) for code in codes}


def _reason(code: Code) -> str:
    """Return the reason of codes 97, 98, 99, 997 and so on; otherwise ``missing``."""
    text = str(code)
    usual = len(text) > 1 and text[:-1] == "9" * (len(text) - 1) and text[-1] in "789"
    return REASONS[int(text[-1])] if usual else "missing"


def _kind(column: pd.Series, valid: dict[Code, Any], missing: dict[Code, str], fmt: str) -> str:
    """Return the kind that a column's type, labels and format suggest."""
    if not is_numeric_dtype(column):
        return "text"
    present = column.dropna()
    if valid and present.isin([*valid, *missing]).all():
        return "categorical"
    return (
        "count" if present.mod(1).eq(0).all() and not fmt.endswith((".1", ".2", ".3", ".4")) else "continuous"
    )
