"""The manifest of a raw folder: which files were received, from whom, and that they have not changed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migration_effects.errors import DataFileError, nearest
from migration_effects.io.read import file_sha256

MANIFEST = "manifest.toml"
MAX_BYTES = 1_000_000
TEXT_KEYS = ("source", "licence", "received")
NUMBER_KEYS = ("bytes", "rows", "columns")
KEYS = ("sha256", *NUMBER_KEYS, *TEXT_KEYS)


@dataclass(frozen=True)
class ManifestEntry:
    """One file of a manifest.

    Parameters
    ----------
    name : str
        File name.
    sha256 : str
        Hash of its bytes.
    bytes, rows, columns : int or None
        Sizes; None where they are not stated.
    source, licence, received : str
        Who gave it, under which terms, on which date.
    """

    name: str
    sha256: str
    bytes: int | None = None
    rows: int | None = None
    columns: int | None = None
    source: str = ""
    licence: str = ""
    received: str = ""


def read_manifest(folder: Path) -> list[ManifestEntry]:
    """Read ``manifest.toml``, a table ``[files."name"]`` per file.

    Parameters
    ----------
    folder : Path
        The raw folder.

    Returns
    -------
    list of ManifestEntry
        In the order of the manifest; empty when the folder has none.

    Raises
    ------
    DataFileError
        Listing every fault of the manifest.
    """
    path = folder / MANIFEST
    if not path.exists():
        return []
    if path.stat().st_size > MAX_BYTES:
        raise DataFileError(f"{MANIFEST}: more than {MAX_BYTES:,} bytes.", reason="format")
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataFileError(f"{MANIFEST}: not readable ({error}).", reason="format") from None
    files = content.get("files", {})
    faults = _faults(files)
    if faults:
        raise DataFileError(
            "Faults of the manifest:\n" + "\n".join(f"  - {f}" for f in faults), reason="format"
        )
    return [
        ManifestEntry(name, **{key: _value(key, v) for key, v in entry.items()})
        for name, entry in files.items()
    ]


def _value(key: str, value: Any) -> Any:
    """Return a date as text; TOML knows dates of its own."""
    return str(value) if key in TEXT_KEYS else value


def _faults(files: Any) -> list[str]:
    """Return unknown keys, missing hashes and wrong types."""
    if not isinstance(files, dict) or not all(isinstance(entry, dict) for entry in files.values()):
        return [f'{MANIFEST} needs one table [files."name"] per file.']
    faults = []
    for name, entry in files.items():
        faults += [f"{name}: unknown key {key!r}.{nearest(key, KEYS)}" for key in entry if key not in KEYS]
        if Path(name).name != name:
            faults.append(f"{name}: a file name without folder is needed.")
        if not isinstance(entry.get("sha256"), str) or len(entry["sha256"]) != 64:
            faults.append(f"{name}: sha256 must be 64 hexadecimal digits.")
        faults += [
            f"{name}: {key} must be a whole number."
            for key in NUMBER_KEYS
            if key in entry and (not isinstance(entry[key], int) or isinstance(entry[key], bool))
        ]
    return faults


def write_manifest(folder: Path, entries: list[ManifestEntry]) -> None:
    """Write ``manifest.toml``.

    Parameters
    ----------
    folder : Path
        The raw folder.
    entries : list of ManifestEntry
        One per file; written in the order of their names.
    """
    blocks = []
    for entry in sorted(entries, key=lambda e: e.name):
        lines = [f"[files.{_quoted(entry.name)}]"]
        for key in KEYS:
            value = getattr(entry, key)
            if value not in (None, ""):
                lines.append(f"{key} = {value if isinstance(value, int) else _quoted(value)}")
        blocks.append("\n".join(lines) + "\n")
    (folder / MANIFEST).write_text("\n".join(blocks), encoding="utf-8", newline="\n")


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def check_manifest(folder: str | Path) -> list[ManifestEntry]:
    """Compare the files of a raw folder with its manifest.

    Parameters
    ----------
    folder : str or Path
        The raw folder.

    Returns
    -------
    list of ManifestEntry
        The manifest; empty when the folder has none.

    Raises
    ------
    DataFileError
        ``missing`` when listed files are absent, ``changed`` when a file differs, listing all of them.
    """
    folder = Path(folder)
    entries = read_manifest(folder)
    absent = [entry.name for entry in entries if not (folder / entry.name).is_file()]
    if absent:
        raise DataFileError(
            f"{folder.name}: listed in {MANIFEST} but absent: {', '.join(absent)}.", reason="missing"
        )
    changed = [entry for entry in entries if file_sha256(folder / entry.name) != entry.sha256]
    if changed:
        lines = "\n".join(
            f"  - {e.name}: sha256 {file_sha256(folder / e.name)[:12]}… where {e.sha256[:12]}… is recorded"
            for e in changed
        )
        raise DataFileError(
            f"{folder.name}: {len(changed)} files differ from {MANIFEST}:\n{lines}\n"
            "Restore them, or record the new files and the reason in the manifest.",
            reason="changed",
        )
    return entries
