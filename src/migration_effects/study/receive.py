"""Raw files received from outside: compared with what is expected, then copied to where they belong."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from migration_effects.errors import DataFileError
from migration_effects.io.manifest import ManifestEntry, check_manifest, read_manifest, write_manifest
from migration_effects.io.read import file_sha256
from migration_effects.study.definition import Definition
from migration_effects.study.locate import raw_home, raw_place, shown
from migration_effects.study.mapping import MAPPING
from migration_effects.study.raw import checksums
from migration_effects.study.retention import require_retention

OWNER_ONLY = 0o600


def receive(definition: Definition, source: str | Path) -> Path:
    """Copy the raw files of a study into ``data/raw/<study>`` after comparing their checksums.

    Files already there stay as they are; a different file of the same name is an error, never overwritten.

    Parameters
    ----------
    definition : Definition
        Names the files.
    source : str or Path
        Folder that holds them.

    Returns
    -------
    Path
        The raw folder of the study.

    Raises
    ------
    DataFileError
        When files are missing or changed, are those of the synthetic twin, were to be deleted by now, or would
        overwrite others.
    """
    place = raw_place(definition, data=source, has_twin=False)
    if place.synthetic:
        raise DataFileError(
            f"The files in {shown(place.folder)} are synthetic; data/raw/{definition.id} is for real files. "
            "Read them where they lie: --data instead of --from.",
            reason="format",
        )
    require_retention(definition, synthetic=False)
    sums = checksums(definition, place.folder)
    home = raw_home(definition.id)
    names = {
        definition.files[name].name if name in definition.files else name: checksum
        for name, checksum in sums.items()
    }
    different = [n for n in names if (home / n).is_file() and file_sha256(home / n) != names[n]]
    if different:
        raise DataFileError(
            f"{shown(home)} already holds other files of these names: {', '.join(different)}. Nothing was "
            "copied. Move them away first if the new ones are right.",
            reason="changed",
        )
    home.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not (home / name).is_file():
            _copy(place.folder / name, home / name)
    _record(definition, place.folder, home, names)
    return home


def _copy(source: Path, target: Path) -> None:
    """Copy a file in one step, readable by its owner only."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream, source.open("rb") as original:
            shutil.copyfileobj(original, stream)
        Path(temporary).chmod(OWNER_ONLY)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _record(definition: Definition, source: Path, home: Path, sums: dict[str, str]) -> None:
    """Write the manifest unless the folder has one, with what the sender's manifest says."""
    if read_manifest(home):
        check_manifest(home)
        return
    sent = {entry.name: entry for entry in read_manifest(source)}
    producers = {raw.name: raw.producer for raw in definition.files.values()}
    kept = {name: sha256 for name, sha256 in sums.items() if name != MAPPING}
    write_manifest(
        home,
        [
            sent.get(name)
            or ManifestEntry(name, sha256, (home / name).stat().st_size, source=producers.get(name, ""))
            for name, sha256 in kept.items()
        ],
    )
