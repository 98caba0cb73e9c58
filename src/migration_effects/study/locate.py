"""Where things lie: the study folder, the project around the working directory, raw and processed data."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from migration_effects.errors import DataFileError, StudyError, nearest
from migration_effects.study.definition import Definition, RawFile
from migration_effects.study.mapping import has_mapping, mapped_files

SHIPPED = Path(__file__).parents[1] / "studies"
# A raw folder named on the command line (`make report DATA=…`) reaches the notebooks by this variable.
RAW_VARIABLE = "MIGRATION_EFFECTS_RAW"
SYNTHETIC_FOLDER = "synthetic"
SYNTHETIC_MARK = b"SYNTHETIC DATA"
# The file label stands in the first bytes of an SPSS file, the mark of a manifest in its first lines.
MARK_BYTES = 512


@dataclass(frozen=True)
class RawPlace:
    """The folder the raw files are read from.

    Parameters
    ----------
    folder : Path
        Where they lie, or where the twin is to be written.
    synthetic : bool
        Whether they are synthetic.
    chosen : bool
        Whether the user named the folder.
    mapped : bool
        Whether `mapping.csv` there says how other files stand for those of study.toml.
    """

    folder: Path
    synthetic: bool
    chosen: bool = False
    mapped: bool = False


def shipped_studies() -> list[str]:
    """Return the ids of the studies that come with the package, sorted.

    Returns
    -------
    list of str
        Folder names below ``studies``.

    Examples
    --------
    >>> "uzbekistan_2019" in shipped_studies()
    True
    """
    return sorted(path.parent.name for path in SHIPPED.glob("*/study.toml"))


def study_folder(id_or_folder: str | Path) -> Path:
    """Return the folder of a study given by its id or by a path.

    Parameters
    ----------
    id_or_folder : str or Path
        ``"uzbekistan_2019"``, or a folder with a study.toml, from the working directory or the project's root.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StudyError
        When there is neither, with the nearest id.
    """
    known = shipped_studies()
    if str(id_or_folder) in known:
        return SHIPPED / str(id_or_folder)
    folder = Path(id_or_folder)
    # `make report` runs notebooks in the project's root, JupyterLab in their own folder: the same path serves both.
    for place in (folder, *(root / folder for root in [project_root()] if root)):
        if (place / "study.toml").is_file():
            return place.resolve()
    what = "has no study.toml" if folder.is_dir() else "is neither a study nor a folder"
    raise StudyError(
        f"{str(id_or_folder)!r} {what}. Studies shipped: {', '.join(known)}."
        f"{nearest(str(id_or_folder), known)} For your own, give the folder that holds study.toml."
    )


def project_root(start: Path | None = None) -> Path | None:
    """Return the nearest folder at or above the working directory that has ``data/raw``.

    Parameters
    ----------
    start : Path, optional
        Where to begin; the working directory unless given.

    Returns
    -------
    Path or None
        None outside a project.
    """
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "data" / "raw").is_dir()), None)


def cache_folder() -> Path:
    """Return the user's cache folder of this package, used outside a project.

    Returns
    -------
    Path
        Not created here.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "migration_effects"


def raw_home(study_id: str) -> Path:
    """Return the folder where the raw files of a study belong.

    Parameters
    ----------
    study_id : str
        Id of the study.

    Returns
    -------
    Path
        ``data/raw/<study>`` of the project, or its like in the cache folder.
    """
    root = project_root()
    return root / "data" / "raw" / study_id if root else cache_folder() / "raw" / study_id


def processed_home(study_id: str, *, synthetic: bool) -> Path:
    """Return the folder for the prepared frames of a study; those of the twin lie apart.

    Parameters
    ----------
    study_id : str
        Id of the study.
    synthetic : bool
        Whether the data are synthetic.

    Returns
    -------
    Path
        ``data/processed/<study>`` of the project, or its like in the cache folder.
    """
    root = project_root()
    home = (root / "data" if root else cache_folder()) / "processed" / study_id
    return home / SYNTHETIC_FOLDER if synthetic else home


def raw_place(definition: Definition, *, data: str | Path | None, has_twin: bool) -> RawPlace:
    """Return where the raw files of a study are to be read.

    A folder named by the user, else ``data/raw/<study>``, else the twin: real files are never mistaken for
    the twin's, nor the twin's for real ones.

    Parameters
    ----------
    definition : Definition
        Names the files.
    data : str or Path, optional
        Folder named by the user.
    has_twin : bool
        Whether the study can write a synthetic twin.

    Returns
    -------
    RawPlace
        The folder.

    Raises
    ------
    DataFileError
        When files are missing: all of them are listed with what to do.
    """
    named = data or os.environ.get(RAW_VARIABLE) or None
    home = Path(named).expanduser() if named else raw_home(definition.id)
    if has_mapping(home):
        # Files the mapping names in vain are faults of the mapping, listed with its others.
        return RawPlace(home, _is_synthetic(home, mapped_files(home)), chosen=named is not None, mapped=True)
    required = [raw for raw in definition.files.values() if not raw.optional]
    missing = [raw for raw in required if not (home / raw.name).is_file()]
    if not missing:
        names = [raw.name for raw in definition.files.values()]
        return RawPlace(home, _is_synthetic(home, names), chosen=named is not None)
    if named is None and has_twin and len(missing) == len(required):
        return RawPlace(home / SYNTHETIC_FOLDER, synthetic=True)
    raise DataFileError(_missing_message(definition, missing, home), reason="missing")


def _is_synthetic(folder: Path, names: list[str]) -> bool:
    """Whether a folder holds the twin's files: by its name, its manifest, or the label inside a file."""
    if folder.name == SYNTHETIC_FOLDER:
        return True
    candidates = [folder / "manifest.toml", *(folder / name for name in names)]
    return any(_first_bytes(path).find(SYNTHETIC_MARK) >= 0 for path in candidates if path.is_file())


def _first_bytes(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(MARK_BYTES)


def _missing_message(definition: Definition, missing: list[RawFile], home: Path) -> str:
    """Return what is missing, who publishes it, and what to do."""
    lines = [
        f"Study {definition.id}: {len(missing)} of {len(definition.files)} raw files are missing from "
        f"{shown(home)}:"
    ]
    for raw in missing:
        lines.append(f"  - {raw.name} ({raw.unit})")
        lines += [f"    Published by: {raw.producer}"] if raw.producer else []
        lines += [f"    {raw.obtain}"] if raw.obtain else []
    lines.append(
        f"Put the files there, or run `make data STUDY={definition.id} FROM=folder` with the folder that "
        "holds them; or name that folder: load_study(…, data=folder)."
    )
    return "\n".join(lines)


def shown(path: Path) -> str:
    """Return a path for messages: relative to the project where it lies inside.

    Parameters
    ----------
    path : Path
        Any path.

    Returns
    -------
    str
        For example ``data/raw/nhis_2003``.
    """
    root = project_root()
    resolved = path.resolve()
    return str(resolved.relative_to(root)) if root and resolved.is_relative_to(root) else str(path)
