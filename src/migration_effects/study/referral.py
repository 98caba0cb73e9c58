"""The local list for referral: made on demand, kept on the user's computer, readable by its owner only.

Nothing else of the package reads or writes it; no notebook and no report calls this.
"""

from __future__ import annotations

import csv
import datetime
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from migration_effects.errors import DisclosureError, StudyError
from migration_effects.report.render.csv_text import guard
from migration_effects.study.code import referral_module
from migration_effects.study.locate import project_root, shown
from migration_effects.study.study import SYNTHETIC_MARK, Study

# Nothing but these may stand in a list: no name, no answer to a single question.
COLUMNS = ("hh_id", "line", "region", "mahalla", "tier", "flags", "flags_missing")
TIERS = (1, 2, 3)
LOCAL = ("data", "local")
NAME = "referral_list"
# Folders whose content is published, built or passed on.
PASSED_ON = ("reports", "build", "release")
SYNTHETIC_LINE = f"# {SYNTHETIC_MARK}. Nobody is to be contacted."
MEANING = (
    "A prompt for a professional assessment under the project's ethics and consent rules; "
    "not a decision about a child."
)
REMINDER = "Delete the list after hand-over. It is not to be uploaded, mailed or copied into a report."


@dataclass(frozen=True)
class ReferralList:
    """A list that has been written.

    Parameters
    ----------
    path : Path
        Where it lies.
    children : int
        How many children it holds.
    """

    path: Path
    children: int


def write_referral_list(
    study: Study, *, date: datetime.date, output: str | Path | None = None
) -> ReferralList:
    """Write the local list of children for referral.

    Parameters
    ----------
    study : Study
        With prepared frames, and a module ``referrals.py`` in its folder.
    date : date
        Of the screening, given by the user.
    output : str or Path, optional
        Another place than ``data/local/referral_list.csv`` of the project.

    Returns
    -------
    ReferralList
        Its place; on the twin the name says SYNTHETIC, and so does the first line.

    Raises
    ------
    StudyError
        When the study has no rules for referral, or they give other columns than they may.
    DisclosureError
        When the place is one whose content is published, built, or kept by git.
    """
    target = _place(output, synthetic=study.synthetic)
    table = referral_table(study)
    _write_private(target, list_text(table, date=date, synthetic=study.synthetic).encode())
    return ReferralList(target, len(table))


def referral_table(study: Study) -> pd.DataFrame:
    """Return the children the study's own rules refer.

    Parameters
    ----------
    study : Study
        With prepared frames.

    Returns
    -------
    DataFrame
        ``hh_id, line, region, mahalla, tier, flags, flags_missing``.

    Raises
    ------
    StudyError
        When the study has no rules for referral, or they give other columns or tiers.
    """
    rules = referral_module(study.folder).referrals
    try:
        table = rules({unit: study.frame(unit) for unit in study.units})
    except Exception as error:
        # The text of the error may hold an answer or an identifier: its kind has to do.
        raise StudyError(f"{study.folder.name}/referrals.py fails: {type(error).__name__}.") from error
    if tuple(table.columns) != COLUMNS:
        raise StudyError(
            f"{study.folder.name}/referrals.py gives the columns {', '.join(map(str, table.columns))}; "
            f"a list for referral holds {', '.join(COLUMNS)} and nothing else."
        )
    strange = int((~table["tier"].isin(TIERS)).sum())
    if strange:
        raise StudyError(
            f"{study.folder.name}/referrals.py gives {strange} children a tier other than 1, 2 or 3."
        )
    return table


def list_text(table: pd.DataFrame, *, date: datetime.date, synthetic: bool) -> str:
    """Return the list as CSV with its notes on top.

    Parameters
    ----------
    table : DataFrame
        Of `referral_table`.
    date : date
        Of the screening.
    synthetic : bool
        Whether the data are synthetic.

    Returns
    -------
    str
        Lines of notes begin with ``#``.

    Examples
    --------
    >>> row = ("10010015", 6, "Bukhara", 1001, 2, "3 7", 0)
    >>> text = list_text(pd.DataFrame([row], columns=COLUMNS), date=datetime.date(2026, 3, 1), synthetic=True)
    >>> print(text)
    # SYNTHETIC DATA — not findings. Nobody is to be contacted.
    # A prompt for a professional assessment under the project's ethics and consent rules; not a decision about a child.
    # Delete the list after hand-over. It is not to be uploaded, mailed or copied into a report.
    hh_id,line,region,mahalla,tier,flags,flags_missing,screening_date
    10010015,6,Bukhara,1001,2,3 7,0,2026-03-01
    <BLANKLINE>
    """
    notes = [*([SYNTHETIC_LINE] if synthetic else []), f"# {MEANING}", f"# {REMINDER}"]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*COLUMNS, "screening_date"])
    for row in table.itertuples(index=False, name=None):
        writer.writerow([*(_cell(value) for value in row), date.isoformat()])
    return "".join(f"{line}\n" for line in notes) + stream.getvalue()


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        return guard(value)
    return "" if pd.isna(value) else value


def _place(output: str | Path | None, *, synthetic: bool) -> Path:
    """Return where the list is written, or raise where it may not lie."""
    root = project_root()
    if output is None:
        if root is None:
            raise StudyError("No project here (no folder data/raw at or above): name the file with --output.")
        path = root.joinpath(*LOCAL, f"{NAME}.csv")
    else:
        path = Path(output).expanduser()
    # Links are followed first: a link to reports/ is in reports/. The file itself is replaced, never followed.
    path = path.parent.resolve() / path.name
    if synthetic and "SYNTHETIC" not in path.name:
        path = path.with_name(f"{path.stem}_SYNTHETIC{path.suffix}")
    fault = _refusal(path, root)
    if fault:
        raise DisclosureError(
            f"A list for referral may not lie in {shown(path.parent)}: {fault}. "
            f"Leave --output out for {'/'.join(LOCAL)}/, or name a folder outside the project that only you can read."
        )
    return path


def _refusal(path: Path, root: Path | None) -> str:
    """Return why a list may not lie there, or nothing."""
    if root is not None and path.is_relative_to(root):
        inside = path.parent.relative_to(root).parts
        if inside[: len(LOCAL)] == LOCAL:
            return ""
        if inside and inside[0] in PASSED_ON:
            return f"what lies in {inside[0]}/ is built or passed on"
        return f"in the project it lies in {'/'.join(LOCAL)}/, which git ignores"
    published = next((part for part in path.parent.parts if part.casefold() in PASSED_ON), None)
    if published:
        return f"what lies in {published}/ is built or passed on"
    if any((folder / ".git").exists() for folder in path.parents):
        return "the folder belongs to a git repository"
    return ""


def _write_private(path: Path, content: bytes) -> None:
    """Write a file in one step, readable by its owner only; a new folder is the owner's too and ignored by git."""
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
    if path.parent.parts[-len(LOCAL) :] == LOCAL:
        (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    # mkstemp makes the file readable and writable by its owner only, from the start.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
