"""Verify the exhibits of a build against the reference values committed with a study, and write these."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from migration_effects.errors import DisclosureError, StudyError
from migration_effects.report.messages import SYNTHETIC_MARK
from migration_effects.report.verification.compare import Difference, differences
from migration_effects.report.verification.lines import Line, lines_csv, read_lines
from migration_effects.study.load import read_study
from migration_effects.study.locate import project_root, study_folder

FILE = Path("reference") / "exhibits_SYNTHETIC.csv"


@dataclass(frozen=True)
class Verification:
    """What comparing a build with the reference values gave.

    Parameters
    ----------
    exhibits, figures : int
        Number of exhibits and of their figures in the reference.
    differences : tuple of Difference
        All of them; empty when the build agrees.
    """

    exhibits: int
    figures: int
    differences: tuple[Difference, ...]


def verify(study: str, *, root: Path | None = None) -> Verification:
    """Compare the exhibits of the last build with the reference values of a study.

    Parameters
    ----------
    study : str
        Id or folder.
    root : Path, optional
        The project; the one around the working directory unless given.

    Returns
    -------
    Verification
        With every difference.

    Raises
    ------
    StudyError
        When the study has no reference values, when exhibits were not built, when a file has faults, or when
        the build is not of synthetic data.
    """
    path = study_folder(study) / FILE
    if not path.is_file():
        raise StudyError(
            f"Study {study} has no reference values ({FILE.as_posix()} in its folder). They are figures of a "
            f"synthetic twin; a study with one writes them with `migration-effects verify {study} --write`."
        )
    expected = read_lines(path.read_text(encoding="utf-8"), name=path.name)
    found = _built(study, root, partly=True)
    _require_synthetic(found, "Nothing was compared: the reference values are of the synthetic twin")
    exhibits = {line.exhibit for line in expected}
    return Verification(len(exhibits), len(expected), tuple(differences(expected, found)))


def write_reference(study: str, *, root: Path | None = None) -> Path:
    """Write the exhibits of the last build as the reference values of a study.

    Parameters
    ----------
    study : str
        Id or folder.
    root : Path, optional
        The project; the one around the working directory unless given.

    Returns
    -------
    Path
        The file. Hidden figures have no numbers in it, as in the report.

    Raises
    ------
    StudyError
        When a declared exhibit was not built.
    DisclosureError
        When the build is not of synthetic data: figures of a survey leave by its release, not by this file.
    """
    lines = _built(study, root, partly=False)
    try:
        _require_synthetic(
            lines, "No reference values were written: they are figures of a synthetic twin only"
        )
    except StudyError as error:
        raise DisclosureError(str(error)) from None
    path = study_folder(study) / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(lines_csv(lines), encoding="utf-8")
    return path


def _built(study: str, root: Path | None, *, partly: bool) -> list[Line]:
    """Return the lines of the declared exhibits in the build; some may be absent only when `partly`."""
    definition, _ = read_study(study)
    place = root or project_root() or Path.cwd()
    folder = place / "build" / definition.id / "exhibits"
    declared = [exhibit.id for exhibit in definition.exhibits]
    missing = [name for name in declared if not (folder / f"{name}.csv").is_file()]
    if missing and (not partly or len(missing) == len(declared)):
        named = "" if len(missing) == len(declared) else f": {', '.join(missing)}"
        raise StudyError(
            f"{len(missing)} of {len(declared)} exhibits of {definition.id} are not built{named}. "
            f"Run `make report STUDY={study}` in the project first."
        )
    lines, faults = [], []
    for name in declared:
        if name not in missing:
            try:
                text = (folder / f"{name}.csv").read_text(encoding="utf-8")
                lines += read_lines(text, name=f"{name}.csv", exhibit=name)
            except StudyError as error:
                faults.append(str(error))
    if faults:
        raise StudyError("\n".join(faults))
    return lines


def _require_synthetic(lines: list[Line], refusal: str) -> None:
    """Raise unless every line of the build comes from synthetic data."""
    other = list(dict.fromkeys(line.exhibit for line in lines if line.origin != SYNTHETIC_MARK))
    if other:
        raise StudyError(
            f"{refusal}, and {len(other)} exhibits of this build are not marked synthetic: {', '.join(other)}. "
            "Build the twin with `make verify DATA=folder`, the folder named `synthetic` that holds its files."
        )
