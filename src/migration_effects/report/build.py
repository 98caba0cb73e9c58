"""Build the report of a study inside a project: what ``make report`` does, from Python."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from migration_effects.errors import MigrationEffectsError
from migration_effects.study.load import load_study
from migration_effects.study.locate import RAW_VARIABLE, project_root

RULES = Path("tools") / "report.mk"


class BuildError(MigrationEffectsError):
    """The report could not be built; the stage that failed has said why."""


def build_report(study: str, languages: Sequence[str] = ("en",), *, data: str | None = None) -> None:
    """Build the report; stages whose inputs are unchanged are skipped.

    Parameters
    ----------
    study : str
        Id of a study, or a folder with study.toml.
    languages : sequence of str
        ``en``, ``ru``, ``uz``, ``uz_Cyrl``.
    data : str, optional
        Folder of the raw files, read where they lie.

    Raises
    ------
    BuildError
        Outside a project, or when a stage fails; earlier outputs are then untouched.
    DataFileError
        When raw files are missing.
    """
    root = project_root()
    if root is None or not (root / RULES).is_file():
        raise BuildError(
            f"There is no project here: the report is built in the folder that holds {RULES.as_posix()}. "
            "Go there and try again."
        )
    # Loaded here first, so that faults of the data end with their own message and exit code.
    load_study(study, data=data)
    variables = [f"PY={sys.executable}", f"STUDY={study}", f"LANGUAGES={' '.join(languages)}"]
    environment = {**os.environ, **({RAW_VARIABLE: str(Path(data).resolve()), "DATA": data} if data else {})}
    command = ["make", "--no-print-directory", "--jobs=2", "-f", RULES.as_posix(), "report", *variables]
    try:
        done = subprocess.run(command, cwd=root, env=environment, check=False)
    except FileNotFoundError:
        raise BuildError("GNU make is not installed; the report is built by it. Install make.") from None
    if done.returncode:
        raise BuildError(f"The report of {study} was not built; earlier outputs are unchanged.")
