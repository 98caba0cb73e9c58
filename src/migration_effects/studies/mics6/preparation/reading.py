"""Which variables the files of a country have: names in any case, known alternatives, everything absent at once."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

import migration_effects as me

REQUIRED = "required"
ABSENT_FILE = "(file)"
SIMILAR = 0.8


@dataclass(frozen=True)
class Reading:
    """Columns of the codebook that the files have, and those they lack.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Per file, raw codes under the names of the codebook.
    absent : DataFrame
        Columns ``file, variable, need, exhibits, lost, similar``: one row per variable that is not there, one row
        for a whole file.
    renamed : tuple of (str, str, str)
        File, name in the file, name of the codebook, where they are not the same.
    """

    frames: dict[str, pd.DataFrame]
    absent: pd.DataFrame
    renamed: tuple[tuple[str, str, str], ...]

    def name_in_file(self, unit: str, name: str) -> str | None:
        """Return the name a variable has in its file, or None where it is the codebook's."""
        return next((column for u, column, known in self.renamed if (u, known) == (unit, name)), None)


def read_columns(files: Mapping[str, me.SurveyFile], study: me.Study) -> Reading:
    """Find the variables of the codebook in the files.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        By unit: hh, hl, fs, and ch, wm where present.
    study : Study
        Codebook, and the table ``needs`` of variables, alternatives and exhibits.

    Returns
    -------
    Reading
        Nothing is guessed: a name is taken by case-insensitive match with the codebook's or a listed alternative.
    """
    needs = study.reference("needs").fillna("")
    frames, absent, renamed = {}, [], []
    for unit, rows in needs.groupby("file", sort=False):
        if unit not in files:
            exhibits = " ".join(dict.fromkeys(" ".join(rows["exhibits"]).split()))
            absent.append((unit, ABSENT_FILE, "exhibit", exhibits, "everything from this file", ""))
            continue
        raw = files[str(unit)].frame
        by_case = {str(column).casefold(): str(column) for column in raw.columns}
        found = {}
        for row in rows.itertuples(index=False):
            names = [row.variable, *row.also.split()]
            column = next((by_case[n.casefold()] for n in names if n.casefold() in by_case), None)
            if column is None:
                absent.append((unit, row.variable, row.need, row.exhibits, row.lost, ""))
                continue
            found[row.variable] = raw[column]
            renamed += [(str(unit), column, row.variable)] if column != row.variable else []
        frames[str(unit)] = pd.DataFrame(found)
    columns = ["file", "variable", "need", "exhibits", "lost", "similar"]
    table = pd.DataFrame(absent, columns=columns).fillna("")
    known = {name.casefold() for row in needs.itertuples() for name in (row.variable, *row.also.split())}
    return Reading(frames, table.assign(similar=_similar(table, files, known)), tuple(renamed))


def _similar(absent: pd.DataFrame, files: Mapping[str, me.SurveyFile], known: set[str]) -> list[str]:
    """Return for each absent variable the nearest name in its file that is no variable of this study."""
    found = []
    for row in absent.itertuples():
        columns = files[row.file].frame.columns if row.file in files else []
        free = {str(c).casefold(): str(c) for c in columns if str(c).casefold() not in known}
        close = difflib.get_close_matches(row.variable.casefold(), list(free), n=1, cutoff=SIMILAR)
        found.append(f" Is it {free[close[0]]}?" if close else "")
    return found


def absence_lines(absent: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return one line per absent variable: where, which exhibits are lost, what to do.

    Parameters
    ----------
    absent : DataFrame
        As in `Reading`.
    names : mapping of str to str
        File name per unit.

    Returns
    -------
    list of str
        Required variables first.
    """
    lines = []
    for row in absent.sort_values("need", key=lambda need: need.ne(REQUIRED), kind="stable").itertuples():
        if row.variable == ABSENT_FILE:
            lines.append(f"{names[row.file]} is not there; lost: {row.exhibits} ({row.lost}).")
        elif row.need == REQUIRED:
            lines.append(f"{names[row.file]}: {row.variable} is absent; lost: every exhibit.{row.similar}")
        else:
            lines.append(
                f"{names[row.file]}: {row.variable} is absent; touched: {row.exhibits} ({row.lost}).{row.similar}"
            )
    return lines


def require(reading: Reading, names: Mapping[str, str]) -> None:
    """Stop when variables are absent without which nothing can be computed.

    Parameters
    ----------
    reading : Reading
        What the files have.
    names : mapping of str to str
        File name per unit.

    Raises
    ------
    CodebookError
        Listing all absent variables, also those that cost some exhibits only.
    """
    if reading.absent["need"].ne(REQUIRED).all():
        return
    lines = "\n".join(f"  - {line}" for line in absence_lines(reading.absent, names))
    count = int(reading.absent["need"].eq(REQUIRED).sum())
    raise me.CodebookError(
        f"The files lack {count} variables without which nothing can be computed, of {len(reading.absent)} absent:\n"
        f"{lines}\nWhere a country uses another name, copy the study folder and put that name into the column "
        "also of reference/needs.csv."
    )


def check_codes(reading: Reading, study: me.Study) -> None:
    """Stop at codes that the codebook does not have, of all files at once.

    Parameters
    ----------
    reading : Reading
        What the files have.
    study : Study
        Codebook.

    Raises
    ------
    CodebookError
        With column, code and count.
    """
    faults = []
    for unit, frame in reading.frames.items():
        kept = tuple(v for v in study.codebook.of(unit) if v.source in frame)
        faults += [f"{unit}: {fault}" for fault in me.Codebook(kept).faults(frame, file=unit)]
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise me.CodebookError(
            f"The files hold codes the codebook does not have:\n{lines}\nExtend values.csv, or the column missing of "
            "codebook.csv, in a copy of the study folder."
        )
