"""Checking the header of an SPSS or Stata file in pure Python, before any parser sees the file."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from migration_effects.errors import DataFileError

SAV_MAGIC = {b"$FL2": False, b"$FL3": True}
SAV_HEADER_BYTES = 176
BIAS = 100.0
# Compressed cases take at least one byte per value; zlib rarely shrinks survey data a thousand times.
ZLIB_LIMIT = 1000
DTA_MAGIC_NEW = b"<stata_dta>"
DTA_VERSIONS_OLD = frozenset({104, 105, 108, 110, 111, 113, 114, 115})
DTA_SMALLEST = 60


@dataclass(frozen=True)
class SavHeader:
    """The fields of an SPSS header that are checked.

    Parameters
    ----------
    zlib : bool
        Whether the file is a ``.zsav``.
    byte_order : str
        ``"<"`` or ``">"``, as in `struct`.
    case_size : int
        Eight-byte units per case.
    compression : int
        0 none, 1 by row, 2 zlib.
    cases : int
        Number of cases, −1 if unknown.
    """

    zlib: bool
    byte_order: str
    case_size: int
    compression: int
    cases: int


def check_sav(content: bytes, size: int, name: str) -> SavHeader:
    """Return the header of an SPSS file, or refuse it.

    Parameters
    ----------
    content : bytes
        The first 176 bytes at least.
    size : int
        Bytes of the whole file.
    name : str
        File name for the message.

    Returns
    -------
    SavHeader
        The checked fields.

    Raises
    ------
    DataFileError
        When the magic, layout, case size, compression or bias is wrong, or when the file is too short for the
        cases it announces.
    """
    if len(content) < SAV_HEADER_BYTES or content[:4] not in SAV_MAGIC:
        raise DataFileError(
            f"{name}: not an SPSS file (it does not begin with $FL2 or $FL3).", reason="format"
        )
    order = next((o for o in "<>" if struct.unpack_from(f"{o}i", content, 64)[0] in (2, 3)), "")
    if not order:
        raise DataFileError(f"{name}: damaged SPSS header (layout code).", reason="corrupt")
    case_size, compression, _, cases = struct.unpack_from(f"{order}4i", content, 68)
    (bias,) = struct.unpack_from(f"{order}d", content, 84)
    header = SavHeader(SAV_MAGIC[content[:4]], order, case_size, compression, cases)
    faults = _sav_faults(header, bias, size)
    if faults:
        raise DataFileError(
            f"{name}: damaged SPSS header ({'; '.join(faults)}). Get a fresh copy of the file.",
            reason="corrupt",
        )
    return header


def _sav_faults(header: SavHeader, bias: float, size: int) -> list[str]:
    """Return what an SPSS header says that cannot be."""
    faults = []
    if header.case_size < 1:
        faults.append(f"case size {header.case_size}")
    if header.compression not in (0, 1, 2) or (header.compression == 2) != header.zlib:
        faults.append(f"compression {header.compression}")
    if math.isnan(bias) or bias != BIAS:
        faults.append("compression bias is not 100")
    room = {0: size / 8, 1: size, 2: ZLIB_LIMIT * size}.get(header.compression, size)
    if header.cases < -1 or header.cases * header.case_size > room:
        faults.append(f"{header.cases} cases of {8 * header.case_size} bytes in a file of {size} bytes")
    return faults


def check_dta(content: bytes, size: int, name: str) -> None:
    """Refuse a file that cannot be Stata's.

    Parameters
    ----------
    content : bytes
        Its beginning.
    size : int
        Bytes of the whole file.
    name : str
        File name for the message.

    Raises
    ------
    DataFileError
        When the magic is unknown or the file shorter than any header.
    """
    # Old files: version, byte order 1 or 2, then always 1.
    old = len(content) > 2 and content[0] in DTA_VERSIONS_OLD and content[1] in (1, 2) and content[2] == 1
    known = content.startswith(DTA_MAGIC_NEW) or old
    if not known or size < DTA_SMALLEST:
        raise DataFileError(f"{name}: not a Stata file.", reason="format")
