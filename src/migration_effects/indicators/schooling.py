"""School: age at the beginning of the school year, attendance, absence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.arithmetic import TOLERANCE
from migration_effects.indicators.score_frame import Facts, ScoreFrame

BORN_AFTER, UNKNOWN_AGE = 995.0, 998.0
OLDEST_KNOWN = 95
LATE_INTERVIEW = 6  # months after the start of the school year
DATES: dict[str, Coded | Between] = {
    "birth_month": Between(1, 12),
    "birth_year": Between(1900, 2100),
    "age": Between(0, 120),
    "interview_month": Between(1, 12),
    "interview_year": Between(1900, 2100),
}
ATTENDANCE: dict[str, Coded | Between] = {
    "ever": Coded((1, 2)),
    "now": Coded((1, 2)),
    "school_age": Between(0, 120),
    "level": Between(0, 20),
    "completed": Between(0, 20),
}


def school_age(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    year: int,
    month: int,
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Return the age at the beginning of the school year (MICS variable ``schage``).

    With birth month and year it is ``trunc((year − birth year) + (month − birth month)/12)``. With an incomplete
    birth date and an age below 95 it is the age, less one where the interview was six months or more after the start.

    Parameters
    ----------
    frame : DataFrame
        One row per person.
    items : mapping of str to str
        ``birth_month, birth_year, age, interview_month, interview_year`` → column.
    year, month : int
        When the school year began.
    codes, missing : mapping, optional
        Raw value → canonical value, raw value → reason.

    Returns
    -------
    DataFrame
        ``school_age`` in years (NaN where not known) and ``school_age_code``, which holds 995 for those born after
        the start and 998 for unknown, as the producer's variable does.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> born = pd.DataFrame({"m": [11, 9], "y": [2010, 2010], "a": [10, 11], "im": [4, 4], "iy": [2022, 2022]})
    >>> items = {"birth_month": "m", "birth_year": "y", "age": "a", "interview_month": "im", "interview_year": "iy"}
    >>> school_age(born, items, year=2021, month=9)["school_age"].tolist()
    [10.0, 11.0]
    """
    answers = read_answers(frame, items, DATES, instrument="school_age", codes=codes, missing=missing)
    v = answers.values
    from_birth = (year - v["birth_year"]) + (month - v["birth_month"]) / 12
    months_since = (v["interview_year"] - year) * 12 + (v["interview_month"] - month)
    from_age = (v["age"] - months_since.ge(LATE_INTERVIEW)).where(v["age"].lt(OLDEST_KNOWN))
    # A twelfth is no binary fraction: whole years must not fall short by rounding.
    code = np.trunc(from_birth + TOLERANCE).mask(from_birth.lt(-TOLERANCE), BORN_AFTER)
    code = code.where(from_birth.notna(), from_age.where(months_since.notna())).fillna(UNKNOWN_AGE)
    result = ScoreFrame(Facts("school_age", f"school year from {month}/{year}"), answers)
    result.add_indicator("school_age", code.mask(code.isin([BORN_AFTER, UNKNOWN_AGE])), v)
    result.add_column("school_age_code", code)
    return result.frame()


@dataclass(frozen=True)
class SchoolLevel:
    """One level of a school system.

    Parameters
    ----------
    name : str
        For columns: ``primary``.
    code : int
        Code of the level in the items ``level`` and ``completed``; higher levels have higher codes.
    first_age, last_age : int
        Ages at the beginning of the school year, both included.
    """

    name: str
    code: int
    first_age: int
    last_age: int


def school_attendance(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    levels: Sequence[SchoolLevel] = (),
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Score attendance: out of school, and adjusted net attendance per level.

    Out of school: never attended, or not attending this year. Unknown attendance is *not* out of school.
    Adjusted net attendance of a level, among children of its ages: attends that level or a higher one, or has
    completed it and does not attend. The two may add up to more than 100 percent.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``ever`` (1 yes, 2 no), ``now`` (1 yes, 2 no) → column; with levels also ``school_age``, ``level`` (attended
        this year) and optionally ``completed`` (highest level completed).
    levels : sequence of SchoolLevel
        The school system.
    codes, missing : mapping, optional
        Raw value → canonical value, raw value → reason.

    Returns
    -------
    DataFrame
        ``attendance_out_of_school`` and ``attendance_<level>`` (1.0, 0.0; NaN outside the ages of the level).

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> pupils = pd.DataFrame({"ever": [1, 2, 1], "now": [1, None, 2], "age": [8, 8, 8], "level": [1, None, None]})
    >>> items = {"ever": "ever", "now": "now", "school_age": "age", "level": "level"}
    >>> got = school_attendance(pupils, items, levels=[SchoolLevel("primary", 1, 7, 10)])
    >>> got["attendance_out_of_school"].tolist(), got["attendance_primary"].tolist()
    ([0.0, 1.0, 1.0], [1.0, 0.0, 0.0])
    """
    optional = ["completed"] if levels else ["completed", "level", "school_age"]
    answers = read_answers(
        frame,
        items,
        ATTENDANCE,
        instrument="school_attendance",
        optional=optional,
        codes=codes,
        missing=missing,
    )
    v = answers.values
    asked = v[["ever", "now"]]
    out = v["ever"].eq(2) | v["now"].eq(2)
    facts = Facts("school_attendance", "MICS6", notes=("unknown attendance is not out of school",))
    result = ScoreFrame(facts, answers)
    result.add_indicator("attendance_out_of_school", out.astype(float), asked)
    for level in levels:
        attends = v["now"].eq(1) & v["level"].ge(level.code)
        if "completed" in v:
            attends |= v["now"].ne(1) & v["completed"].ge(level.code)
        of_age = v["school_age"].between(level.first_age, level.last_age)
        result.add_indicator(f"attendance_{level.name}", attends.astype(float).where(of_age), asked)
    return result.frame()


def school_absence(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    days: int,
    chronic: float = 0.10,
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Score absence from school over the last school days.

    Parameters
    ----------
    frame : DataFrame
        One row per pupil.
    items : mapping of str to str
        ``missed`` (days missed) → column.
    days : int
        School days asked about: 5 or 10.
    chronic : float
        Share of days from which absence is called chronic. From memory, named in ``attrs["scores"]``.
    codes, missing : mapping, optional
        Raw value → days, raw value → reason.

    Returns
    -------
    DataFrame
        ``absence_share`` (0–1) and ``absence_chronic`` (1.0, 0.0).

    Raises
    ------
    SpecificationError
        When days is not 5 or 10.
    CodebookError
        For more days missed than asked about.

    Examples
    --------
    >>> school_absence(pd.DataFrame({"d": [0, 1, 5]}), {"missed": "d"}, days=10)["absence_chronic"].tolist()
    [0.0, 1.0, 1.0]
    """
    if days not in (5, 10):
        raise SpecificationError(f"school_absence: days is 5 or 10, not {days}.")
    valid: dict[str, Coded | Between] = {"missed": Between(0, days)}
    answers = read_answers(frame, items, valid, instrument="school_absence", codes=codes, missing=missing)
    share = answers.values["missed"] / days
    facts = Facts("school_absence", f"last {days} school days", "", (f"chronic from {chronic:.0%} of days",))
    result = ScoreFrame(facts, answers)
    result.add_indicator("absence_share", share, answers.values)
    often = share.ge(chronic - TOLERANCE).astype(float).where(share.notna())
    result.add_indicator("absence_chronic", often, answers.values)
    return result.frame()
