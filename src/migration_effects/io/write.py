"""Writing labelled data files whose bytes depend on their content alone."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from migration_effects.errors import CodebookError, DataFileError
from migration_effects.io.codebook import Codebook
from migration_effects.io.schema import Schema, as_codes, make_schema

SUFFIXES = (".sav", ".zsav", ".dta", ".csv", ".csv.gz", ".parquet")
# An SPSS header holds the creation date and time in these bytes; constants make equal content equal bytes.
SAV_CLOCK = slice(84 + 8, 84 + 8 + 17)
SAV_CONSTANT = b"01 Jan 7000:00:00"
DTA_CLOCK = b"<timestamp>"
DTA_CONSTANT = b"01 Jan 1970 00:00"


def write_survey(
    frame: pd.DataFrame,
    path: str | Path,
    codebook: Codebook | None = None,
    *,
    file_label: str | None = None,
    language: str = "en",
) -> None:
    r"""Write a frame as ``.sav``, ``.zsav``, ``.dta``, ``.csv``, ``.csv.gz`` or ``.parquet``.

    Labels, value labels, declared missing codes and formats come from the codebook. The file appears under
    its name only when complete, and equal content gives equal bytes.

    Parameters
    ----------
    frame : DataFrame
        Numbers, text and categories; raw codes stay as they are.
    path : str or Path
        Where to write; the suffix chooses the format.
    codebook : Codebook, optional
        Definitions, found by source column or else by name.
    file_label : str, optional
        Label of the file (SPSS keeps 64 bytes); ``.sav``, ``.zsav`` and ``.dta`` only.
    language : str
        Language of the labels.

    Raises
    ------
    DataFileError
        For an unknown suffix or a folder that does not exist.
    CodebookError
        When a label or name is longer than the format keeps, listing all of them.

    Examples
    --------
    >>> import pandas as pd, tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> write_survey(pd.DataFrame({"hh_id": ["01", "02"], "age": [12.0, 15.0]}), folder / "children.csv")
    >>> (folder / "children.csv").read_text()
    'hh_id,age\n01,12\n02,15\n'
    """
    path = Path(path)
    suffix = next((s for s in sorted(SUFFIXES, key=len, reverse=True) if path.name.lower().endswith(s)), "")
    if not suffix:
        message = f"{path.name}: no known suffix; write_survey writes {', '.join(SUFFIXES)}."
        raise DataFileError(message, reason="format")
    if not path.parent.is_dir():
        raise DataFileError(f"{path.name}: its folder {path.parent.name} does not exist.", reason="missing")
    if not isinstance(frame, pd.DataFrame):
        raise CodebookError(f"write_survey writes a DataFrame; got {type(frame).__name__}.")
    coded, labels = as_codes(frame, codebook)
    schema = make_schema(coded, codebook, language)
    schema.values.update(labels)
    handle, temporary = tempfile.mkstemp(suffix=suffix, dir=path.parent)
    os.close(handle)
    try:
        _write(coded, Path(temporary), suffix, schema, file_label or "")
        # Temporary files are private; a written file has the permissions the user's umask gives.
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _write(frame: pd.DataFrame, path: Path, suffix: str, schema: Schema, file_label: str) -> None:
    """Write one format and replace its clock by constants."""
    if suffix in (".sav", ".zsav", ".dta"):
        _write_labelled(frame, path, suffix, schema, file_label)
    elif suffix == ".parquet":
        try:
            frame.to_parquet(path, index=False)
        except ImportError as error:
            raise DataFileError("Install pyarrow to write parquet files.", reason="format") from error
    elif suffix == ".csv.gz":
        # No name and no time in the gzip header.
        with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
            packed.write(_csv(frame).encode())
    else:
        path.write_bytes(_csv(frame).encode())


def _write_labelled(frame: pd.DataFrame, path: Path, suffix: str, schema: Schema, file_label: str) -> None:
    """Write SPSS or Stata; what their writer refuses, such as a space in a name, is a fault of the frame."""
    import pyreadstat

    try:
        if suffix == ".dta":
            _write_dta(frame, path, schema, file_label)
        else:
            _write_sav(frame, path, suffix, schema, file_label)
    except pyreadstat.PyreadstatError as error:
        raise CodebookError(
            f"The format {suffix} cannot hold this frame: {error}. Rename the column."
        ) from error


def _csv(frame: pd.DataFrame) -> str:
    """Return CSV text that keeps every bit of the numbers; whole numbers have no decimal point."""
    numbers = frame.select_dtypes("number")
    whole = [name for name in numbers if (numbers[name].dropna() % 1 == 0).all()]
    return frame.astype(dict.fromkeys(whole, "Int64")).to_csv(index=False, lineterminator="\n")


def _write_sav(frame: pd.DataFrame, path: Path, suffix: str, schema: Schema, file_label: str) -> None:
    """Write SPSS, with a constant clock."""
    import pyreadstat

    options: dict[str, Any] = {
        "column_labels": schema.labels,
        "variable_value_labels": schema.values,
        "missing_ranges": schema.missing,
        "variable_format": schema.formats,
        "compress": suffix == ".zsav",
        "row_compress": suffix == ".sav",
    }
    pyreadstat.write_sav(frame, str(path), file_label=file_label, **options)
    content = bytearray(path.read_bytes())
    content[SAV_CLOCK] = SAV_CONSTANT
    path.write_bytes(content)


def _write_dta(frame: pd.DataFrame, path: Path, schema: Schema, file_label: str) -> None:
    """Write Stata 15, with a constant clock; Stata labels whole numbers only and declares nothing missing."""
    import pyreadstat

    whole = {n: {c: t for c, t in texts.items() if isinstance(c, int)} for n, texts in schema.values.items()}
    options: dict[str, Any] = {
        "column_labels": schema.labels,
        "variable_value_labels": {name: labels for name, labels in whole.items() if labels},
        "version": 15,
    }
    pyreadstat.write_dta(frame, str(path), file_label=file_label, **options)
    content = bytearray(path.read_bytes())
    at = content.find(DTA_CLOCK)
    if at >= 0:
        start = at + len(DTA_CLOCK) + 1
        content[start : start + content[start - 1]] = DTA_CONSTANT[: content[start - 1]]
    path.write_bytes(content)
