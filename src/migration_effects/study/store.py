"""Prepared frames on disk: plain CSV files beside a description of their types, reused while nothing changed."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from migration_effects.errors import StudyError
from migration_effects.study.prepared import Prepared

SCHEMA = "schema.json"
TABLES = ("audit", "flow")
OWNER_ONLY = 0o600
# Since pandas 3.1 the default parser reads back every float exactly and the option is deprecated.
EXACT: dict[str, Any] = (
    {} if tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1) else {"float_precision": "round_trip"}
)
PUBLIC = 0o644


@dataclass(frozen=True)
class Store(Mapping[str, pd.DataFrame]):
    """The prepared frames of a study, read when first asked for.

    Parameters
    ----------
    folder : Path
        Where the files lie.
    description : mapping
        What ``schema.json`` says: key, units with rows and column types, raw files.
    """

    folder: Path
    description: Mapping[str, Any]
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, folder: Path) -> Store | None:
        """Return the store in a folder, or None when there is none or a file differs from its checksum.

        Parameters
        ----------
        folder : Path
            Where it would lie.

        Returns
        -------
        Store or None
            Ready to read.
        """
        try:
            description = json.loads((folder / SCHEMA).read_text(encoding="utf-8"))
            sums = {name: _sha256((folder / name).read_bytes()) for name in description["files"]}
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return cls(folder, description) if sums == description["files"] else None

    @classmethod
    def write(
        cls, folder: Path, prepared: Prepared, *, key: str, raw: list[dict[str, Any]], private: bool
    ) -> Store:
        """Write prepared frames and return their store.

        Parameters
        ----------
        folder : Path
            Created when missing; files of frames that no longer exist are removed.
        prepared : Prepared
            Frames, audit and flow.
        key : str
            Hash of everything they were made from.
        raw : list of dict
            The raw files: unit, name, sha256, content_hash, rows, columns.
        private : bool
            Whether only the owner may read the files.

        Returns
        -------
        Store
            Of what was written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        mode = OWNER_ONLY if private else PUBLIC
        (folder / SCHEMA).unlink(missing_ok=True)
        contents = {f"{unit}.csv.gz": _packed(_csv(frame)) for unit, frame in prepared.frames.items()}
        contents |= {f"{name}.csv": _csv(getattr(prepared, name)) for name in TABLES}
        for stale in {path.name for path in folder.glob("*.csv*")} - set(contents):
            (folder / stale).unlink()
        for name, content in contents.items():
            _replace(folder / name, content, mode)
        tables = dict(prepared.frames) | {name: getattr(prepared, name) for name in TABLES}
        description = {
            "key": key,
            "files": {name: _sha256(content) for name, content in sorted(contents.items())},
            "units": {name: _table_schema(name, frame) for name, frame in tables.items()},
            "raw": raw,
        }
        text = json.dumps(description, ensure_ascii=False, indent=1) + "\n"
        _replace(folder / SCHEMA, text.encode(), mode)
        return cls(folder, description)

    @property
    def key(self) -> str:
        """Hash of everything the frames were made from."""
        return str(self.description["key"])

    def rows(self, unit: str) -> int:
        """Return the number of rows of a frame without reading it."""
        return int(self.description["units"][unit]["rows"])

    def __getitem__(self, unit: str) -> pd.DataFrame:
        if unit not in self._frames:
            suffix = ".csv" if unit in TABLES else ".csv.gz"
            self._frames[unit] = _read(self.folder / f"{unit}{suffix}", self.description["units"][unit])
        # Columns added to the copy by a caller do not reach the stored frame.
        return self._frames[unit].copy()

    def __iter__(self) -> Iterator[str]:
        return (unit for unit in self.description["units"] if unit not in TABLES)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _table_schema(unit: str, frame: pd.DataFrame) -> dict[str, Any]:
    """Return rows and column types of a frame."""
    columns = {str(name): _column_type(unit, frame[name]) for name in frame.columns}
    return {"rows": len(frame), "columns": columns}


def _column_type(unit: str, column: pd.Series) -> Any:
    """Return the type of a column: a word, or the categories of a categorical one."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = list(column.cat.categories)
        if not all(isinstance(c, str) for c in categories):
            raise StudyError(f"Frame {unit!r}: the categories of {column.name} must be texts (value labels).")
        return {"categories": categories, "ordered": bool(column.cat.ordered)}
    if is_bool_dtype(column.dtype):
        return "bool"
    if is_integer_dtype(column.dtype):
        return "int64"
    if is_numeric_dtype(column.dtype):
        return "float64"
    if column.dropna().map(type).eq(str).all():
        return "str"
    raise StudyError(
        f"Frame {unit!r}: {column.name} holds {column.dtype}; allowed: numbers, texts, categories."
    )


def _dtype(described: Any) -> Any:
    """Return the pandas type for a described one."""
    if isinstance(described, str):
        return described
    return pd.CategoricalDtype(described["categories"], ordered=described["ordered"])


def _csv(frame: pd.DataFrame) -> bytes:
    """Return a frame as CSV; numbers in the shortest form that reads back the same."""
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8")


def _packed(content: bytes) -> bytes:
    """Compress without a time, so that equal content gives equal bytes."""
    return gzip.compress(content, compresslevel=6, mtime=0)


def _read(path: Path, schema: Mapping[str, Any]) -> pd.DataFrame:
    """Read a CSV file back with its types."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    types = {name: _dtype(described) for name, described in schema["columns"].items()}
    return pd.read_csv(
        io.BytesIO(text), dtype=types, keep_default_na=False, na_values=[""], **EXACT,
        skip_blank_lines=False,
    )  # fmt: skip


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Put a file in place in one step, with its permissions from the start."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()
