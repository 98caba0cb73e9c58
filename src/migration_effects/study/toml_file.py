"""Reading study.toml: guarded against damaged files, every fault collected."""

from __future__ import annotations

import datetime
import math
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from migration_effects.errors import nearest
from migration_effects.study.definition import LANGUAGES, OPTIONAL_LANGUAGES

MAX_BYTES = 1_000_000
BIDIRECTIONAL = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_toml(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Read a TOML file and list what is wrong with it.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    table : dict
        Its content; empty when it cannot be read.
    faults : list of str
        Everything wrong with the file itself and with single values, whatever their meaning.
    """
    if not path.is_file():
        return {}, [f"{path.name} is missing from the folder {path.parent.name}."]
    content = path.read_bytes()
    if len(content) > MAX_BYTES:
        return {}, [f"{path.name} has {len(content):,} bytes; at most {MAX_BYTES:,} are read."]
    if content.startswith(BYTE_ORDER_MARK):
        return {}, [f"{path.name} starts with a byte-order mark; save it as UTF-8 without one."]
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        return {}, [f"{path.name} is not UTF-8 (byte {error.start}); save it as UTF-8."]
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{path.name} is not valid TOML: {error}."]
    except RecursionError:
        return {}, [f"{path.name} nests brackets too deeply."]
    return table, [f"{path.name}: {fault}" for fault in _value_faults(table)]


def _value_faults(table: Mapping[str, Any]) -> list[str]:
    """Return the values no table of ours can hold: nan, bare dates, hidden characters."""
    faults = []
    for where, value in _leaves(table, ""):
        if isinstance(value, float) and not math.isfinite(value):
            faults.append(f"{where} is {value}; a finite number is wanted.")
        elif isinstance(value, (datetime.date, datetime.time)):
            faults.append(f"{where} is a bare date; put it in quotes.")
        elif isinstance(value, str) and _hides(value):
            faults.append(f"{where} holds a control or direction-changing character; delete it.")
    return faults


def _leaves(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Yield every scalar of a TOML document with its dotted place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield f"the name of {where or 'a key'}", key
            yield from _leaves(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _leaves(item, f"{where}[{number}]")
    else:
        yield where, value


def _hides(text: str) -> bool:
    """Whether a text holds characters that hide or reorder others."""
    return any(c in BIDIRECTIONAL or unicodedata.category(c) == "Cc" for c in text)


class Reader:
    """Take values out of one TOML table, noting every fault and every key never asked for.

    Parameters
    ----------
    table : object
        What stands in the file; anything but a table is a fault.
    where : str
        Place, for messages.
    faults : list of str
        Faults are appended here.
    """

    def __init__(self, table: object, where: str, faults: list[str]) -> None:
        self.where = where
        self.faults = faults
        self.known: list[str] = []
        self.table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            self.fault("must be a table.")

    def fault(self, text: str) -> None:
        """Note a fault of this table."""
        self.faults.append(f"{self.where} {text}" if self.where else text)

    def value(self, key: str, kind: type, wanted: str, *, required: bool = True) -> Any:
        """Return the value of a key when it has the wanted type, else None with a fault."""
        self.known.append(key)
        if key not in self.table:
            if required:
                self.fault(f"lacks {key} ({wanted}).")
            return None
        value = self.table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(f"{key} must be {wanted}, not {value!r}.")
            return None
        return value

    def text(self, key: str, *, required: bool = True, choices: Iterable[str] = ()) -> str:
        """Return a text, one of ``choices`` when there are any; an optional one may be empty."""
        value = self.value(key, str, "a text", required=required)
        allowed = list(choices)
        if value is not None and allowed and value not in allowed:
            self.fault(f"{key} {value!r} must be one of {', '.join(allowed)}.{nearest(value, allowed)}")
        if value == "" and required:
            self.fault(f"{key} is empty.")
        return value or ""

    def whole(self, key: str, *, smallest: int = 0) -> int:
        """Return a whole number not below ``smallest``."""
        value = self.value(key, int, "a whole number")
        if value is not None and value < smallest:
            self.fault(f"{key} must be at least {smallest}, not {value}.")
        return value if value is not None else smallest

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.value(key, bool, "true or false", required=False)
        return default if value is None else value

    def names(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of texts; one text counts as a list of one."""
        if isinstance(self.table.get(key), str):
            return (self.text(key),)
        value = self.value(key, list, "a list of texts", required=required)
        if value is not None and not all(isinstance(item, str) and item for item in value):
            self.fault(f"{key} must hold texts only, not {value!r}.")
            return ()
        return tuple(value or ())

    def labels(self, key: str) -> dict[str, str]:
        """Return a text per language; every language of the report is needed."""
        value = self.value(key, dict, f"a text per language, such as {key}.en")
        labels = Reader({} if value is None else value, f"{self.where} {key}".strip(), self.faults)
        if value is None:
            return {}
        found = {language: labels.text(language) for language in LANGUAGES}
        optional = {language: labels.text(language, required=False) for language in OPTIONAL_LANGUAGES}
        labels.finish()
        return {language: text for language, text in (found | optional).items() if text}

    def finish(self) -> None:
        """Note every key that nobody asked for, with the nearest that exists."""
        for key in self.table:
            if key not in self.known:
                self.fault(f"has the unknown key {key!r}.{nearest(key, self.known)}")
