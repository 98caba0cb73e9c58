"""Wellbeing: WHO-5, KIDSCREEN-10 and KIDSCREEN-27."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.arithmetic import Scored, prorated_sum, reverse
from migration_effects.indicators.bands import scheme_of
from migration_effects.indicators.score_frame import Facts, ScoreFrame

WHO5: dict[str, Coded | Between] = {str(i): Coded((0, 1, 2, 3, 4, 5)) for i in range(1, 6)}
FIVE_POINTS = Coded((1, 2, 3, 4, 5))
KIDSCREEN10: dict[str, Coded | Between] = {str(i): FIVE_POINTS for i in range(1, 11)}
KIDSCREEN10_REVERSED = ("3", "4")
KIDSCREEN27: dict[str, Coded | Between] = {str(i): FIVE_POINTS for i in range(1, 28)}
KIDSCREEN27_DIMENSIONS = {
    "physical": range(1, 6),
    "psychological": range(6, 13),
    "parents": range(13, 20),
    "peers": range(20, 24),
    "school": range(24, 28),
}
# Rasch person parameters of the -10 self version (one secondary source): mean, standard deviation, range.
PP_MEAN, PP_SD, PP_RANGE = 1.2078, 1.03377, (-4.327, 4.703)


def who5(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    codes: Codes | None = None,
    missing: Missing | None = None,
    allow_missing: Literal[0, 1] = 0,
    labelled: Collection[int] | None = None,
    scheme: str = "poor-wellbeing",
) -> pd.DataFrame:
    """Score the WHO-5 well-being index.

    Five items from 0 (at no time) to 5 (all of the time); raw score 0–25, percent = 4 · raw. Poor well-being is a
    percent of 50 or less.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    items : mapping of str to str
        ``"1"`` … ``"5"`` → column.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason. A file coded 1–6 needs ``codes``.
    allow_missing : {0, 1}
        With 1 a single missing item is replaced by the mean of the others.
    labelled : collection of int, optional
        Codes that have a value label in the file; a labelled 6, or a 0 without label, is noted: the file may be
        coded 1–6.
    scheme : {"poor-wellbeing", "depression-28"}
        Bands of the percent.

    Returns
    -------
    DataFrame
        ``who5_raw`` and ``who5_percent`` with item counts, prorated mark and band.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> answers = pd.DataFrame([[3, 3, 2, 4, 2], [2, 2, 3, 2, 3]], columns=list("abcde"))
    >>> scores = who5(answers, dict(zip("12345", "abcde", strict=True)))
    >>> scores["who5_percent"].tolist(), scores["who5_percent_band"].tolist()
    ([56.0, 48.0], ['not poor', 'poor'])
    """
    answers = read_answers(frame, items, WHO5, instrument="who5", codes=codes, missing=missing)
    notes = []
    if labelled is not None and codes is None and (6 in labelled or 0 not in labelled):
        notes.append("value labels suggest a file coded 1-6; if so, declare codes={1: 0, ..., 6: 5}")
    from_memory = ("one missing item is prorated",) if allow_missing else ("complete cases only",)
    result = ScoreFrame(Facts("who5", "1998", "self", from_memory, tuple(notes)), answers)
    raw = prorated_sum(answers.values, allow_missing=allow_missing, rounded=False)
    result.add("who5_raw", raw)
    percent = Scored(raw.value * 4, raw.n_valid, raw.n_missing, raw.prorated)
    result.add("who5_percent", percent, scheme_of("who5", "percent", scheme=scheme))
    return result.frame()


def kidscreen10(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    informant: Literal["self", "parent"] = "self",
    codes: Codes | None = None,
    missing: Missing | None = None,
    allow_missing: Literal[0, 1] = 0,
    table: pd.DataFrame | None = None,
    mean: float = PP_MEAN,
    sd: float = PP_SD,
    bounds: tuple[float, float] = PP_RANGE,
) -> pd.DataFrame:
    """Score the KIDSCREEN-10 index.

    Items 1 (not at all, never) to 5 (extremely, always), items 3 and 4 reversed; sum 10–50. The official score is a
    T value, T = 50 + 10 · (PP − mean)/sd, where the handbook's table gives the Rasch person parameter PP of each
    sum. That table is copyrighted and not shipped.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``"1"`` … ``"10"`` → column.
    informant : {"self", "parent"}
        Who answered; the default constants are those of the self version.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.
    allow_missing : {0, 1}
        The official syntax imputes one missing item; scoring by hand takes complete scales only.
    table : DataFrame, optional
        Columns ``sum, pp`` of the handbook, one row per attainable sum.
    mean, sd : float
        Constants of the norm population.
    bounds : tuple of float
        Smallest and largest person parameter; a table outside is refused.

    Returns
    -------
    DataFrame
        ``kidscreen10_sum``; ``kidscreen10_percent`` = (sum − 10)/40 · 100, which is *not a T-score*; with a table
        also ``kidscreen10_t``.

    Raises
    ------
    SpecificationError
        Also when the table lacks a sum, repeats one or goes outside the bounds.
    CodebookError
        For unknown values.

    Examples
    --------
    >>> answers = pd.DataFrame([[4, 4, 1, 1, 4, 4, 4, 3, 4, 4]], columns=list("abcdefghij"))
    >>> scores = kidscreen10(answers, {str(i + 1): c for i, c in enumerate("abcdefghij")})
    >>> float(scores.loc[0, "kidscreen10_sum"]), float(scores.loc[0, "kidscreen10_percent"])
    (41.0, 77.5)
    """
    answers = read_answers(frame, items, KIDSCREEN10, instrument="kidscreen10", codes=codes, missing=missing)
    turned = reverse(answers.values, KIDSCREEN10_REVERSED, 6)
    total = prorated_sum(turned, allow_missing=allow_missing, rounded=True)
    notes = () if table is not None else ("kidscreen10_percent is not a T-score",)
    from_memory = () if table is None else (f"constants mean {mean:g}, sd {sd:g} from one secondary source",)
    result = ScoreFrame(Facts("kidscreen10", "2006", informant, from_memory, notes), answers)
    result.add("kidscreen10_sum", total)
    share = (total.value - 10) / 40 * 100
    result.add("kidscreen10_percent", Scored(share, total.n_valid, total.n_missing, total.prorated))
    if table is not None:
        t = 50 + 10 * (_person_parameters(total.value, table, bounds) - mean) / sd
        scored = Scored(t, total.n_valid, total.n_missing, total.prorated)
        result.add("kidscreen10_t", scored, scheme_of("kidscreen10", "t", scheme="low"))
    return result.frame()


def _person_parameters(sums: pd.Series, table: pd.DataFrame, bounds: tuple[float, float]) -> pd.Series:
    """Return the person parameter of each sum by the user's table."""
    absent = {"sum", "pp"} - set(table.columns)
    if absent:
        raise SpecificationError(f"kidscreen10: the table has no column {', '.join(sorted(absent))}.")
    faults = []
    if table["sum"].duplicated().any():
        faults.append(f"{int(table['sum'].duplicated().sum())} sums stand twice")
    outside = int((~table["pp"].between(*bounds)).sum())
    if outside:
        faults.append(f"{outside} values of pp are outside {bounds[0]} to {bounds[1]}")
    unknown = sorted(set(sums.dropna()) - set(table["sum"]))
    if unknown:
        faults.append(f"no row for sum {', '.join(f'{s:g}' for s in unknown)}")
    if faults:
        raise SpecificationError(f"kidscreen10: the table of the handbook: {'; '.join(faults)}.")
    return sums.map(table.set_index("sum")["pp"].astype(float)).astype(float)


def kidscreen27(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    reversed_items: Collection[str],
    informant: Literal["self", "parent"] = "self",
    codes: Codes | None = None,
    missing: Missing | None = None,
    allow_missing: Literal[0, 1] = 0,
) -> pd.DataFrame:
    """Score the five dimensions of the KIDSCREEN-27; it has no total.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``"1"`` … ``"27"`` → column.
    reversed_items : collection of str
        Items to reverse, as the handbook lists them; nothing is assumed.
    informant : {"self", "parent"}
        Who answered.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.
    allow_missing : {0, 1}
        Missing items per dimension that are imputed.

    Returns
    -------
    DataFrame
        ``kidscreen27_<dimension>`` for ``physical, psychological, parents, peers, school``: sums, not T values.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> answers = pd.DataFrame([[3] * 27], columns=[f"k{i}" for i in range(1, 28)])
    >>> got = kidscreen27(answers, {str(i): f"k{i}" for i in range(1, 28)}, reversed_items=["1"])
    >>> float(got.loc[0, "kidscreen27_psychological"])
    21.0
    """
    unknown = sorted(set(reversed_items) - set(KIDSCREEN27))
    if unknown:
        raise SpecificationError(f"kidscreen27: reversed_items has no item {', '.join(unknown)}.")
    answers = read_answers(frame, items, KIDSCREEN27, instrument="kidscreen27", codes=codes, missing=missing)
    turned = reverse(answers.values, tuple(reversed_items), 6)
    facts = Facts("kidscreen27", "2006", informant, (), ("sums are not T-scores",))
    result = ScoreFrame(facts, answers)
    for name, numbers in KIDSCREEN27_DIMENSIONS.items():
        scored = prorated_sum(turned[[str(i) for i in numbers]], allow_missing=allow_missing, rounded=True)
        result.add(f"kidscreen27_{name}", scored)
    return result.frame()
