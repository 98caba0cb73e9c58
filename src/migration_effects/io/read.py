"""Reading survey files: header check, guarded parsing, encoding check, identity."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.errors import DataFileError, MigrationEffectsWarning, nearest
from migration_effects.io.encodings import lost_letters, wrong_encoding
from migration_effects.io.guard import Job, Parsed, parse_guarded
from migration_effects.io.header import check_dta, check_sav
from migration_effects.io.read_text import read_csv, read_parquet
from migration_effects.io.survey_file import SurveyFile, content_hash, file_codebook, plain_code

GUARDED = (".sav", ".zsav", ".dta")
DIRECT = (".csv", ".csv.gz", ".parquet")
EXACT_INTEGERS = 2.0**53


def read_survey(path: str | Path, *, encoding: str | None = None) -> SurveyFile:
    """Read a survey file and keep everything it says.

    SPSS and Stata files are parsed in a separate process with limits on time and memory, because a damaged
    file can crash their parser. Declared missing codes stay as they are: the codebook decides about them.

    Parameters
    ----------
    path : str or Path
        A ``.sav``, ``.zsav``, ``.dta``, ``.csv``, ``.csv.gz`` or ``.parquet`` file.
    encoding : str, optional
        Overrides the encoding the file declares, for example ``"cp1251"``.

    Returns
    -------
    SurveyFile
        Frame, codebook from the file's metadata, hashes.

    Raises
    ------
    DataFileError
        With ``reason`` ``missing``, ``format``, ``corrupt``, ``too_large``, ``timeout`` or ``encoding``.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from migration_effects.io.write import write_survey
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "children.sav"
    >>> write_survey(pd.DataFrame({"hh_id": ["01", "02"], "age": [12.0, 98.0]}), path)
    >>> survey = read_survey(path)
    >>> survey.frame["hh_id"].tolist(), survey.frame["age"].tolist()
    (['01', '02'], [12.0, 98.0])
    """
    return read_surveys([path], encoding=encoding)[0]


def read_surveys(paths: Sequence[str | Path], *, encoding: str | None = None) -> list[SurveyFile]:
    """Read several files; those that need the guard share one guarded process, which saves its start.

    Parameters
    ----------
    paths : sequence of str or Path
        The files.
    encoding : str, optional
        As in `read_survey`, for all of them.

    Returns
    -------
    list of SurveyFile
        In the order of ``paths``.

    Raises
    ------
    DataFileError
        Of the first file that cannot be read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> paths = [folder / name for name in ("roster.csv", "children.csv")]
    >>> for path in paths:
    ...     pd.DataFrame({"age": [12.0]}).to_csv(path, index=False)
    >>> [(survey.path_name, survey.frame.shape) for survey in read_surveys(paths)]
    [('roster.csv', (1, 1)), ('children.csv', (1, 1))]
    """
    files = [(Path(path), _suffix(Path(path)), file_sha256(Path(path))) for path in paths]
    for path, suffix, _ in files:
        if suffix in GUARDED:
            _check_header(path, suffix)
    jobs = [Job(path, sha256, encoding) for path, suffix, sha256 in files if suffix in GUARDED]
    parsed = iter(parse_guarded(jobs))
    return [
        _survey(path, suffix, sha256, encoding, next(parsed) if suffix in GUARDED else None)
        for path, suffix, sha256 in files
    ]


def _survey(path: Path, suffix: str, sha256: str, encoding: str | None, parsed: Parsed | None) -> SurveyFile:
    """Return a file as read, after the checks of its text."""
    if parsed is not None:
        frame, meta, notes = _frame(parsed), parsed.meta, _meta_notes(parsed.meta)
    else:
        frame, notes = (read_parquet(path), []) if suffix == ".parquet" else read_csv(path, encoding)
        meta = _bare_meta(frame, encoding or "utf-8")
    notes += _value_notes(frame)
    _check_text(path.name, frame, meta)
    book = file_codebook(frame, path.name[: -len(suffix)], meta)
    labels = {
        name: tuple((plain_code(code), str(text)) for code, text in pairs) for name, pairs in meta["values"]
    }
    identity = (path.name, sha256, content_hash(frame), meta["encoding"], meta["file_label"] or "")
    return SurveyFile(frame, book, *identity, notes=tuple(notes), value_labels=labels)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        Hexadecimal digits.

    Raises
    ------
    DataFileError
        ``missing`` when there is no such file.
    """
    if not path.is_file():
        raise DataFileError(f"{path.name}: no such file in {_place(path)}", reason="missing")
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _place(path: Path) -> str:
    """Return the folder where a file was looked for, as given, and the name nearest to it there."""
    folder = "the working directory" if path.parent == Path() else f"the folder {path.parent.name!r}"
    if not path.parent.is_dir():
        return f"{folder}: there is no such folder either."
    return f"{folder}.{nearest(path.name, sorted(p.name for p in path.parent.iterdir() if p.is_file()))}"


def _suffix(path: Path) -> str:
    """Return the suffix that chooses the parser."""
    for suffix in (".csv.gz", *GUARDED, *DIRECT):
        if path.name.lower().endswith(suffix):
            return suffix
    allowed = ", ".join((*GUARDED, *DIRECT))
    raise DataFileError(f"{path.name}: unknown suffix; read_survey reads {allowed}.", reason="format")


def _check_header(path: Path, suffix: str) -> None:
    """Refuse a file whose first bytes are not those of its format."""
    with path.open("rb") as stream:
        head = stream.read(256)
    check = check_dta if suffix == ".dta" else check_sav
    check(head, path.stat().st_size, path.name)


def _frame(parsed: Parsed) -> pd.DataFrame:
    """Return the columns as a frame; blank text is missing."""
    columns = {
        name: [text or None for text in values] if isinstance(values, list) else values
        for name, values in parsed.columns.items()
    }
    return pd.DataFrame(columns)


def _bare_meta(frame: pd.DataFrame, encoding: str) -> dict[str, Any]:
    """Return metadata for formats that have none."""
    names = [str(name) for name in frame.columns]
    blank: dict[str, Any] = {"labels": [None] * len(names), "values": [], "missing": [], "formats": {}}
    return {"names": names, "encoding": encoding, "file_label": "", **blank}


def _meta_notes(meta: dict[str, Any]) -> list[str]:
    """Return what the worker met on the way."""
    notes = [
        f"{name}: {count} × .{letter} (Stata's extended missing code) read as missing"
        for name, letters in meta["letters"].items()
        for letter, count in sorted(letters.items())
    ]
    if not meta["limited"]:
        notes.append("This platform cannot limit the reader's memory; only its time was limited.")
    return notes


def _value_notes(frame: pd.DataFrame) -> list[str]:
    """Return numeric columns with numbers so large that digits may be lost."""
    large = [
        str(name)
        for name in frame.columns
        if is_numeric_dtype(frame[name]) and (frame[name].abs() > EXACT_INTEGERS).any()
    ]
    return [f"{name}: numbers above 2^53 have lost digits; identifiers must be text." for name in large]


def _check_text(name: str, frame: pd.DataFrame, meta: dict[str, Any]) -> None:
    """Stop on text decoded wrongly, warn of letters already lost."""
    labels = [text for text in (meta["file_label"], *meta["labels"]) if text]
    labels += [str(text) for _, pairs in meta["values"] for _, text in pairs]
    data = sorted(
        {str(v) for c in frame.columns if not is_numeric_dtype(frame[c]) for v in frame[c].dropna().unique()}
    )
    wrong = wrong_encoding(labels, data)
    if wrong:
        raise DataFileError(f"{name}: {wrong}", reason="encoding")
    lost = lost_letters([*labels, *data])
    if lost:
        message = f"{name}: {lost} texts have a question mark between letters: characters were lost before."
        warnings.warn(message, MigrationEffectsWarning, stacklevel=4)
