"""Starting the reading worker under limits and judging how it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
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
class Job:
    """One file to parse; its header has been checked.

    Parameters
    ----------
    path : Path
        The file.
    sha256 : str
        Its hash, for messages.
    encoding : str or None
        Override of the encoding the file declares.
    """

    path: Path
    sha256: str
    encoding: str | None = None

    @property
    def name(self) -> str:
        """File name and hash, as messages give them."""
        return f"{self.path.name}, sha256 {self.sha256}"


@dataclass(frozen=True)
class Limits:
    """What a worker may use.

    Parameters
    ----------
    memory : int
        Bytes of address space.
    processor_seconds : int
        Time of computation.
    wall_seconds : float
        Time in all.
    """

    memory: int
    processor_seconds: int = PROCESSOR_SECONDS
    wall_seconds: float = WALL_SECONDS

    @classmethod
    def for_jobs(cls, jobs: Sequence[Job]) -> Limits:
        """Return the limits for some files: memory for the largest, time for each."""
        largest = max(job.path.stat().st_size for job in jobs)
        memory = max(SMALLEST_MEMORY, MEMORY_PER_BYTE * largest)
        return cls(memory, PROCESSOR_SECONDS * len(jobs), WALL_SECONDS * len(jobs))


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


def parse_guarded(jobs: Sequence[Job], limits: Limits | None = None) -> list[Parsed]:
    """Parse files in a process of their own, one after the other.

    Parameters
    ----------
    jobs : sequence of Job
        The files.
    limits : Limits, optional
        What the process may use.

    Returns
    -------
    list of Parsed
        Columns and metadata, in the order of the files.

    Raises
    ------
    DataFileError
        ``corrupt``, ``too_large``, ``timeout`` or ``encoding``, naming the first file that cannot be read; the
        calling process always survives.
    """
    if not jobs:
        return []
    limits = limits or Limits.for_jobs(jobs)
    with tempfile.TemporaryDirectory(prefix="migration_effects_") as home:
        folders = [Path(home) / str(number) for number in range(len(jobs))]
        arguments = [str(limits.memory), str(limits.processor_seconds)]
        for job, folder in zip(jobs, folders, strict=True):
            folder.mkdir()
            arguments += [str(job.path), str(folder), job.encoding or "-"]
        command = [sys.executable, "-I", str(WORKER), *arguments]
        try:
            ended = subprocess.run(
                command, env=_environment(), capture_output=True, timeout=limits.wall_seconds, check=False
            )
        except subprocess.TimeoutExpired:
            current = _first_unread(jobs, folders)[0]
            message = f"{current.name}: reading took more than {limits.wall_seconds} s and was stopped."
            raise DataFileError(message, reason="timeout") from None
        if ended.returncode != 0:
            raise _failure(*_first_unread(jobs, folders), ended.returncode, ended.stderr)
        return [_load(job.path.name, folder) for job, folder in zip(jobs, folders, strict=True)]


def _first_unread(jobs: Sequence[Job], folders: Sequence[Path]) -> tuple[Job, Path]:
    """Return the file the worker was at: the first without result."""
    pairs = zip(jobs, folders, strict=True)
    return next(
        ((job, folder) for job, folder in pairs if not (folder / "meta.json").exists()),
        (jobs[-1], folders[-1]),
    )


def _environment() -> dict[str, str]:
    """Return the little the worker needs: one thread, and what Windows cannot start without."""
    kept = {k: os.environ[k] for k in ("SYSTEMROOT", "PATH", "TEMP", "TMP") if k in os.environ}
    return {**kept, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _failure(job: Job, folder: Path, code: int, stderr: bytes) -> DataFileError:
    """Return the error that tells how the worker ended."""
    if code < 0:
        return _killed(job, signal.Signals(-code).name)
    report = folder / "error.json"
    if report.exists():
        error = json.loads(report.read_text())
        return _refused(job, error["kind"], error["message"])
    if b"MemoryError" in stderr or b"Cannot allocate memory" in stderr:
        return DataFileError(f"{job.name}: the content does not fit into memory.", reason="too_large")
    last = stderr.decode(errors="replace").strip().splitlines()[-1:]
    message = f"reader failed on {job.name}: {' '.join(last) or f'exit code {code}'}."
    return DataFileError(message, reason="corrupt")


def _killed(job: Job, ended: str) -> DataFileError:
    """Return the error for a worker that a signal ended."""
    if ended in TIME_SIGNALS:
        return DataFileError(f"{job.name}: reading used too much processor time ({ended}).", reason="timeout")
    if ended == "SIGXFSZ":
        return DataFileError(f"{job.name}: the content is larger than allowed ({ended}).", reason="too_large")
    return DataFileError(
        f"reader crashed ({ended}) on {job.name}. Get a fresh copy of the file.", reason="corrupt"
    )


def _refused(job: Job, kind: str, text: str) -> DataFileError:
    """Return the error for a file the parser refused."""
    if kind == "MemoryError" or "allocate memory" in text:
        return DataFileError(f"{job.name}: the content does not fit into memory.", reason="too_large")
    if kind == "UnicodeDecodeError" or "encoding" in text:
        hint = 'Its text is not in the encoding it declares; try encoding="cp1251".'
        return DataFileError(f"{job.name}: {text}. {hint}", reason="encoding")
    return DataFileError(
        f"{job.name}: damaged ({kind}: {text}). Get a fresh copy of the file.", reason="corrupt"
    )


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
