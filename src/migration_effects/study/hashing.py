"""Hashes that say whether prepared data still belong to what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
# The code that turns raw files into analysis frames.
PREPARATION = ("errors.py", "io", "cleaning", "indicators", "study")
DATA_SUFFIXES = frozenset({".py", ".toml", ".csv"})


def tree_hash(paths: Iterable[Path]) -> str:
    """Return one hash over the code and tables below some paths.

    Parameters
    ----------
    paths : iterable of Path
        Files, or folders searched for ``.py``, ``.toml`` and ``.csv`` files.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits; names count relative to the path given, not where it lies.
    """
    total = hashlib.sha256()
    for path in paths:
        members = sorted(path.rglob("*")) if path.is_dir() else [path]
        for member in members:
            if member.is_file() and member.suffix in DATA_SUFFIXES:
                name = member.relative_to(path.parent).as_posix()
                digest = hashlib.sha256(member.read_bytes()).hexdigest()
                total.update(f"{name} {digest}\n".encode())
    return total.hexdigest()


def preparation_hash() -> str:
    """Return the hash of the package code that preparation depends on.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.
    """
    return tree_hash(PACKAGE / name for name in PREPARATION)


def joint_hash(parts: Iterable[str]) -> str:
    """Return one hash of several texts.

    Parameters
    ----------
    parts : iterable of str
        Order matters.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.

    Examples
    --------
    >>> joint_hash(["a", "b"]) == joint_hash(["ab"])
    False
    """
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()
