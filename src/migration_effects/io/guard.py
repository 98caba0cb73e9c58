"""Starting the reading worker under limits and judging how it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from migration_effects.errors import DataFileError

WORKER = Path(__file__).with_name("worker.py")
SMALLEST_MEMORY = 2 * 2**30
MEMORY_PER_BYTE = 40
PROCESSOR_SECONDS = 60
WALL_SECONDS = 120
MAX_TRANSFER_BYTES = 2**31
TIME_SIGNALS = {"SIGXCPU", "SIGKILL", "SIGALRM"}


@dataclass(frozen=True)
class Limits:
    """What a worker may use.

    Parameters
    ----------
    memory : int
        Bytes of address space.
    processor_seconds, wall_seconds : int
        Time of computation, and time in all.
    """

    memory: int
    processor_seconds: int = PROCESSOR_SECONDS
    wall_seconds: int = WALL_SECONDS

    @classmethod
    def for_size(cls, size: int) -> Limits:
        """Return the limits for a file of that many bytes."""
        return cls(max(SMALLEST_MEMORY, MEMORY_PER_BYTE * size))


@dataclass(frozen=True)
class Parsed:
    """What the worker brought back.

    Parameters
    ----------
    columns : dict of str to (ndarray or list of str)
        Numbers as float64, text as lists.
    meta : dict
        Metadata as the worker wrote it.
    """

    columns: dict[str, np.ndarray | list[str]]
    meta: dict[str, Any]


def parse_guarded(path: Path, sha256: str, encoding: str | None, limits: Limits) -> Parsed:
    """Parse a file in a process of its own.

    Parameters
    ----------
    path : Path
        The file; its header has been checked.
    sha256 : str
        Its hash, for messages.
    encoding : str or None
        Override of the encoding the file declares.
    limits : Limits
        What the process may use.

    Returns
    -------
    Parsed
        Columns and metadata.

    Raises
    ------
    DataFileError
        ``corrupt``, ``too_large``, ``timeout`` or ``encoding``; the calling process always survives.
    """
    with tempfile.TemporaryDirectory(prefix="migration_effects_") as folder:
        arguments = [str(path), folder, encoding or "-", str(limits.memory), str(limits.processor_seconds)]
        command = [sys.executable, "-I", str(WORKER), *arguments]
        try:
            ended = subprocess.run(
                command, env=_environment(), capture_output=True, timeout=limits.wall_seconds, check=False
            )
        except subprocess.TimeoutExpired:
            message = f"{path.name}: reading took more than {limits.wall_seconds} s and was stopped."
            raise DataFileError(message, reason="timeout") from None
        if ended.returncode != 0:
            raise _failure(path.name, sha256, ended.returncode, ended.stderr, Path(folder))
        return _load(path.name, Path(folder))


def _environment() -> dict[str, str]:
    """Return the little the worker needs: one thread, and what Windows cannot start without."""
    kept = {k: os.environ[k] for k in ("SYSTEMROOT", "PATH", "TEMP", "TMP") if k in os.environ}
    return {**kept, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _failure(name: str, sha256: str, code: int, stderr: bytes, folder: Path) -> DataFileError:
    """Return the error that tells how the worker ended."""
    file = f"{name}, sha256 {sha256}"
    if code < 0:
        ended = signal.Signals(-code).name
        if ended in TIME_SIGNALS:
            return DataFileError(f"{file}: reading used too much processor time ({ended}).", reason="timeout")
        if ended == "SIGXFSZ":
            return DataFileError(f"{file}: the content is larger than allowed ({ended}).", reason="too_large")
        return DataFileError(
            f"reader crashed ({ended}) on {file}. Get a fresh copy of the file.", reason="corrupt"
        )
    report = folder / "error.json"
    if not report.exists():
        if b"MemoryError" in stderr or b"Cannot allocate memory" in stderr:
            return DataFileError(f"{file}: the content does not fit into memory.", reason="too_large")
        last = stderr.decode(errors="replace").strip().splitlines()[-1:]
        return DataFileError(
            f"reader failed on {file}: {' '.join(last) or f'exit code {code}'}.", reason="corrupt"
        )
    error = json.loads(report.read_text())
    kind, text = error["kind"], error["message"]
    if kind == "MemoryError" or "allocate memory" in text:
        return DataFileError(f"{file}: the content does not fit into memory.", reason="too_large")
    if kind == "UnicodeDecodeError" or "encoding" in text:
        hint = 'Its text is not in the encoding it declares; try encoding="cp1251".'
        return DataFileError(f"{file}: {text}. {hint}", reason="encoding")
    return DataFileError(f"{file}: damaged ({kind}: {text}). Get a fresh copy of the file.", reason="corrupt")


def _load(name: str, folder: Path) -> Parsed:
    """Read the worker's output, never through pickle."""
    for part in ("columns.npz", "meta.json"):
        if (folder / part).stat().st_size > MAX_TRANSFER_BYTES:
            raise DataFileError(f"{name}: the content is larger than allowed.", reason="too_large")
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    columns: dict[str, np.ndarray | list[str]] = {}
    with np.load(folder / "columns.npz", allow_pickle=False) as numbers:
        for position, column in enumerate(meta["read"]):
            columns[column] = meta["text"][column] if column in meta["text"] else numbers[f"c{position}"]
    faults = _transfer_faults(columns, meta)
    if faults:
        raise DataFileError(f"{name}: {'; '.join(faults)}. Get a fresh copy of the file.", reason="corrupt")
    return Parsed(columns, meta)


def _transfer_faults(columns: dict[str, np.ndarray | list[str]], meta: dict[str, Any]) -> list[str]:
    """Return names that collide and columns whose length is not the number of rows."""
    faults = []
    folded = [column.casefold() for column in meta["names"]]
    twice = sorted({column for column in folded if folded.count(column) > 1})
    if twice:
        faults.append(f"column names that differ in case only, or not at all: {', '.join(twice)}")
    if set(columns) != set(meta["names"]):
        faults.append("the columns are not those the header names")
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1 or (lengths and meta["rows"] is not None and lengths != {meta["rows"]}):
        faults.append(
            f"columns of {', '.join(map(str, sorted(lengths)))} rows where {meta['rows']} are announced"
        )
    return faults
