"""Where each parent of a child lives; unknown is never taken for absent, and absent never for abroad."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import (
    Answers,
    Between,
    Coded,
    Codes,
    Missing,
    read_answers,
)
from migration_effects.indicators.score_frame import Facts, ScoreFrame

PLACES = ("home", "abroad", "elsewhere", "dead", "unknown")
EXPOSURE = ("none", "father", "mother", "both", "unknown")
STATUSES = (
    "with both",
    "father abroad",
    "mother abroad",
    "both abroad",
    "father elsewhere",
    "mother elsewhere",
    "both elsewhere",
    "returned",
    "deceased",
    "not in union",
    "unknown",
)
PARENTS = ("mother", "father")
YES_NO = Coded((1, 2))
LINES = Between(0, 98)
LIVING_WITH = ("both", "mother only", "father only", "neither", "missing")


def parental_migration(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    abroad: Collection[int] = (1,),
    in_country: Collection[int] = (2, 3, 4),
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Return where the parents of each child live, from the questions of a household list.

    For each parent: dead; home where alive and living here; abroad or elsewhere by the code of the place; unknown in
    every other case (also where it is not known whether the parent is alive).

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``mother_alive, mother_here, mother_where, father_alive, father_here, father_where`` → column (MICS: HL12,
        HL13, HL15, HL16, HL17, HL19). Optional: ``mother_returned``, ``father_returned`` (1 yes: came back from abroad
        within the window of the study, 2 no) and ``in_union`` (parents with each other: 1 yes, 2 no).
    abroad, in_country : collection of int
        Codes of ``…_where``.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.

    Returns
    -------
    DataFrame
        ``mother_place``, ``father_place``: home, abroad, elsewhere, dead, unknown. ``any_abroad``: no, yes, unknown
        (yes if one parent is abroad whatever is known of the other). ``parent_abroad``: none, father, mother, both,
        unknown (if either place is unknown). ``migration_status``: exactly one of `STATUSES`. All are ordered
        categories without missing values.

    Raises
    ------
    SpecificationError
        Also when a code is both abroad and in the country.
    CodebookError
        For a place that is neither declared nor missing.

    Notes
    -----
    ``migration_status`` names the first that holds: a parent abroad; a place or return that is unknown; a parent
    elsewhere in the country; a parent back from abroad; a parent dead; parents not in union; with both.
    A household list says neither why a parent is abroad nor since when: "parent living abroad" is the label, labour
    migration an interpretation.

    Examples
    --------
    >>> children = pd.DataFrame({"ma": [1, 1, 8], "mh": [1, 1, None], "mw": [None] * 3,
    ...                          "fa": [1, 1, 1], "fh": [2, 1, 2], "fw": [1, None, 1]})
    >>> items = {"mother_alive": "ma", "mother_here": "mh", "mother_where": "mw",
    ...          "father_alive": "fa", "father_here": "fh", "father_where": "fw"}
    >>> got = parental_migration(children, items, missing={8: "dk"})
    >>> got["parent_abroad"].tolist(), got["any_abroad"].tolist()
    (['father', 'none', 'unknown'], ['yes', 'no', 'yes'])
    """
    both = sorted(set(abroad) & set(in_country))
    if both:
        raise SpecificationError(
            f"parental_migration: code {', '.join(map(str, both))} is abroad and in the country."
        )
    where = Coded(tuple(sorted({*abroad, *in_country})))
    valid: dict[str, Coded | Between] = {}
    for parent in PARENTS:
        valid |= {f"{parent}_alive": YES_NO, f"{parent}_here": YES_NO, f"{parent}_where": where}
    extra = ["mother_returned", "father_returned", "in_union"]
    valid |= dict.fromkeys(extra, YES_NO)
    answers = read_answers(
        frame, items, valid, instrument="parental_migration", optional=extra, codes=codes, missing=missing
    )
    places = {parent: _place(answers.values, parent, abroad, in_country) for parent in PARENTS}
    return _statuses(places, answers)


def parental_places(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    places: Mapping[int, str],
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Return the same, from one question per parent whose codes say where the parent is.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``mother``, ``father`` → column; optional ``mother_returned``, ``father_returned``, ``in_union`` as in
        `parental_migration`.
    places : mapping of int to str
        Raw code → ``home``, ``abroad``, ``elsewhere``, ``dead`` or ``unknown``.
    missing : mapping, optional
        Raw value → reason; such a parent's place is unknown.

    Returns
    -------
    DataFrame
        As `parental_migration`.

    Raises
    ------
    SpecificationError
        Also for a place that does not exist.
    CodebookError
        For unknown codes.

    Examples
    --------
    >>> children = pd.DataFrame({"m": [1, 3], "f": [3, 3]})
    >>> got = parental_places(children, {"mother": "m", "father": "f"}, places={1: "home", 3: "abroad"})
    >>> got["migration_status"].tolist()
    ['father abroad', 'both abroad']
    """
    unknown = sorted(set(places.values()) - set(PLACES))
    if unknown:
        raise SpecificationError(
            f"parental_places: {', '.join(unknown)} is no place; allowed: {', '.join(PLACES)}."
        )
    extra = ["mother_returned", "father_returned", "in_union"]
    valid: dict[str, Coded | Between] = {parent: Coded(tuple(places)) for parent in PARENTS}
    valid |= dict.fromkeys(extra, YES_NO)
    answers = read_answers(frame, items, valid, instrument="parental_places", optional=extra, missing=missing)
    found = {parent: answers.values[parent].map(places).fillna("unknown") for parent in PARENTS}
    return _statuses(found, answers)


def _place(
    values: pd.DataFrame, parent: str, abroad: Collection[int], in_country: Collection[int]
) -> pd.Series:
    """Return the place of one parent."""
    alive, here, where = (values[f"{parent}_{q}"] for q in ("alive", "here", "where"))
    away = alive.eq(1) & here.eq(2)
    cases = [
        alive.eq(2),
        alive.eq(1) & here.eq(1),
        away & where.isin(list(abroad)),
        away & where.isin(list(in_country)),
    ]
    found = np.select(cases, ["dead", "home", "abroad", "elsewhere"], "unknown")
    return pd.Series(found, index=values.index)


def _statuses(places: Mapping[str, pd.Series], answers: Answers) -> pd.DataFrame:
    """Return the five columns from the places of the parents."""
    mother, father = places["mother"], places["father"]
    m_away, f_away = mother.eq("abroad"), father.eq("abroad")
    unknown = mother.eq("unknown") | father.eq("unknown")
    abroad_names = ["both", "mother", "father"]
    exposure = np.select([unknown, m_away & f_away, m_away, f_away], ["unknown", *abroad_names], "none")
    any_abroad = np.select([m_away | f_away, unknown], ["yes", "unknown"], "no")
    status = _status(mother, father, exposure, answers.values)
    result = ScoreFrame(Facts("parental_migration", "MICS6 household list", "household respondent"), answers)
    columns = {
        "mother_place": (mother, PLACES),
        "father_place": (father, PLACES),
        "any_abroad": (any_abroad, ("no", "yes", "unknown")),
        "parent_abroad": (exposure, EXPOSURE),
        "migration_status": (status, STATUSES),
    }
    for name, (found, categories) in columns.items():
        result.add_column(name, _category(found, categories, answers.values.index))
    return result.frame()


def _status(mother: pd.Series, father: pd.Series, exposure: np.ndarray, values: pd.DataFrame) -> np.ndarray:
    """Return the migration status: the first case that holds."""
    back, back_unknown = _returned(mother, father, values)
    elsewhere = [mother.eq("elsewhere"), father.eq("elsewhere")]
    apart = pd.Series(False, index=mother.index)
    union_unknown = apart
    if "in_union" in values:
        living = ~mother.eq("dead") & ~father.eq("dead")
        apart, union_unknown = values["in_union"].eq(2) & living, values["in_union"].isna() & living
    cases = {
        "both abroad": exposure == "both",
        "mother abroad": exposure == "mother",
        "father abroad": exposure == "father",
        "unknown": (exposure == "unknown") | back_unknown,
        "both elsewhere": elsewhere[0] & elsewhere[1],
        "mother elsewhere": elsewhere[0],
        "father elsewhere": elsewhere[1],
        "returned": back,
        "deceased": mother.eq("dead") | father.eq("dead"),
        "not in union": apart,
    }
    found = np.select(list(cases.values()), list(cases), "with both")
    return np.where((found == "with both") & union_unknown, "unknown", found)


def _returned(mother: pd.Series, father: pd.Series, values: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return whether a parent at home came back from abroad, and whether that is open."""
    back, unknown = pd.Series(False, index=mother.index), pd.Series(False, index=mother.index)
    for place, item in ((mother, "mother_returned"), (father, "father_returned")):
        if item in values:
            back |= place.eq("home") & values[item].eq(1)
            unknown |= place.eq("home") & values[item].isna()
    return back, unknown & ~back


def _category(found: pd.Series | np.ndarray, categories: tuple[str, ...], index: pd.Index) -> pd.Series:
    """Return an ordered category on an index."""
    return pd.Series(pd.Categorical(np.asarray(found), list(categories), ordered=True), index=index)


def living_arrangements(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    abroad: Collection[int] = (1,),
    in_country: Collection[int] = (2, 3, 4),
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Return the official MICS indicators of living arrangements (SR.18, SR.19, SR.20) for children 0–17.

    Parameters
    ----------
    frame : DataFrame
        One row per listed child 0–17.
    items : mapping of str to str
        ``HL12`` … ``HL19`` → column: mother alive, lives here, line number, where; the same for the father.
    abroad, in_country : collection of int
        Codes of HL15 and HL19.
    missing : mapping, optional
        Raw value → reason, per item (``{"HL12": {8: "dk", 9: "no_response"}, ...}``).

    Returns
    -------
    DataFrame
        ``living_with``: both, mother only, father only, neither, missing (SR.18). ``parent_dead`` (SR.19) and
        ``parent_abroad_mics`` (SR.20: HL15 or HL19 abroad), 1.0 or 0.0; unknown counts as no and stays in the
        denominator, as in the official tables.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Notes
    -----
    Source: MICS6 tabulation syntax SR.11.1 and SR.11.2.

    Examples
    --------
    >>> names = [f"HL{i}" for i in range(12, 20)]
    >>> child = pd.DataFrame([[1, 1, 2, None, 1, 2, None, 1]], columns=names)
    >>> got = living_arrangements(child, {name: name for name in names})
    >>> got["living_with"].iloc[0], float(got["parent_abroad_mics"].iloc[0])
    ('mother only', 1.0)
    """
    where = Coded(tuple(sorted({*abroad, *in_country})))
    valid: dict[str, Coded | Between] = dict.fromkeys(("HL12", "HL13", "HL16", "HL17"), YES_NO)
    valid |= {"HL14": LINES, "HL18": LINES, "HL15": where, "HL19": where}
    answers = read_answers(frame, items, valid, instrument="living_arrangements", missing=missing)
    v = answers.values
    no_mother, no_father = v["HL12"].eq(2) | v["HL13"].eq(2), v["HL16"].eq(2) | v["HL17"].eq(2)
    with_mother, with_father = v["HL14"].gt(0), v["HL18"].gt(0)
    coded = answers.reasons[["HL12", "HL13", "HL16", "HL17"]]
    gap = ~coded.isin(["", "system"]).all(axis=1)
    cases = {
        "missing": gap,
        "both": with_mother & with_father,
        "neither": no_mother & no_father,
        "mother only": with_mother & no_father,
        "father only": no_mother & with_father,
    }
    found = np.select(list(cases.values()), list(cases), "missing")
    result = ScoreFrame(Facts("living_arrangements", "MICS6", "household respondent"), answers)
    result.add_column("living_with", _category(found, LIVING_WITH, v.index))
    dead = v[["HL12", "HL16"]].eq(2).any(axis=1).astype(float)
    away = v[["HL15", "HL19"]].isin(list(abroad)).any(axis=1).astype(float)
    result.add_indicator("parent_dead", dead, v[["HL12", "HL16"]])
    result.add_indicator("parent_abroad_mics", away, v[["HL15", "HL19"]])
    return result.frame()
