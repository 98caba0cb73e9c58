"""The process that parses SPSS and Stata files, so that a damaged file can kill nothing but this process.

Run by path in isolated mode; it imports neither pandas nor anything of the package. For each file it writes the
numbers to ``columns.npz`` and everything else to ``meta.json``; nothing is pickled.

Arguments: memory limit in bytes, processor seconds, then for each file: source, output folder, encoding or ``-``.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

EXPECTED = (
    "ReadstatError",
    "PyreadstatError",
    "TypeError",
    "IndexError",
    "UnicodeDecodeError",
    "MemoryError",
)
MAX_OUTPUT_BYTES = 2**31


def limit_resources(memory: int, seconds: int) -> bool:
    """Limit memory, processor time, core dumps and written bytes; say whether the platform can."""
    try:
        import resource
    except ImportError:
        return False
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
    except (ValueError, OSError):
        return False
    return True


def parse(source: str, encoding: str | None) -> tuple[dict[str, list[Any]], Any]:
    """Return columns by name and the metadata of a file."""
    import pyreadstat

    read = pyreadstat.read_dta if source.lower().endswith(".dta") else pyreadstat.read_sav
    return read(
        source, user_missing=True, disable_datetime_conversion=True, output_format="dict", encoding=encoding
    )


def split_column(values: list[Any]) -> tuple[list[float], dict[str, int]]:
    """Return a numeric column, NaN where it is system-missing, and the count of each Stata letter code."""
    letters: dict[str, int] = {}
    numbers = []
    for value in values:
        if isinstance(value, str):
            letters[value] = letters.get(value, 0) + 1
            numbers.append(math.nan)
        else:
            numbers.append(math.nan if value is None else float(value))
    return numbers, letters


def describe(columns: dict[str, list[Any]], meta: Any) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """Return the metadata to write as JSON, with text columns, and the numeric columns by position."""
    numeric: dict[str, list[float]] = {}
    text: dict[str, list[str]] = {}
    letters: dict[str, dict[str, int]] = {}
    for position, (name, values) in enumerate(columns.items()):
        if meta.readstat_variable_types.get(name) == "string":
            text[name] = [value or "" for value in values]
        else:
            numeric[f"c{position}"], found = split_column(values)
            if found:
                letters[name] = found
    record = {
        "names": list(meta.column_names),
        "read": list(columns),
        "labels": list(meta.column_labels),
        "values": [[name, list(pairs.items())] for name, pairs in meta.variable_value_labels.items()],
        "missing": list(meta.missing_ranges.items()),
        "formats": meta.original_variable_types,
        "encoding": meta.file_encoding,
        "file_label": meta.file_label,
        "rows": meta.number_rows,
        "text": text,
        "letters": letters,
    }
    return record, numeric


def convert(source: str, out: Path, encoding: str | None, limited: bool) -> bool:
    """Parse one file into its output folder; False, with the reason in ``error.json``, when it is damaged."""
    try:
        import numpy as np

        columns, meta = parse(source, encoding)
        record, numeric = describe(columns, meta)
        record["limited"] = limited
        arrays: dict[str, Any] = {key: np.array(values, dtype="<f8") for key, values in numeric.items()}
        np.savez(out / "columns.npz", **arrays)
        (out / "meta.json").write_text(json.dumps(record), encoding="utf-8")
    except Exception as error:
        kind = type(error).__name__
        if kind not in EXPECTED:
            raise
        (out / "error.json").write_text(json.dumps({"kind": kind, "message": str(error)[:500]}))
        return False
    return True


def main(arguments: list[str]) -> int:
    """Parse files one after the other; return 0, or 3 at the first damaged one."""
    memory, seconds, *jobs = arguments
    limited = limit_resources(int(memory), int(seconds))
    for source, folder, encoding in zip(jobs[::3], jobs[1::3], jobs[2::3], strict=True):
        if not convert(source, Path(folder), None if encoding == "-" else encoding, limited):
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
