"""Diet: minimum dietary diversity of young children and women, food consumption score, food groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.arithmetic import Scored
from migration_effects.indicators.bands import scheme_of
from migration_effects.indicators.score_frame import Facts, ScoreFrame

YES_NO = Coded((1, 2))
INFANT_GROUPS = ("breast_milk", "grains", "pulses", "dairy", "flesh", "eggs", "vitamin_a", "other_vegetables")
WOMEN_GROUPS = (
    "grains",
    "pulses",
    "nuts",
    "dairy",
    "flesh",
    "eggs",
    "leafy_vegetables",
    "vitamin_a",
    "other_vegetables",
    "other_fruit",
)
GROUPS = {"mdd": INFANT_GROUPS, "mdd_w": WOMEN_GROUPS, "count": WOMEN_GROUPS}
# Days of the last week × weight.
FOODS = {
    "staples": 2.0,
    "pulses": 3.0,
    "vegetables": 1.0,
    "fruit": 1.0,
    "meat": 4.0,
    "dairy": 4.0,
    "sugar": 0.5,
    "oil": 0.5,
}


def diet_diversity(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    form: Literal["mdd", "mdd_w", "count"],
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Count the food groups eaten the day before.

    Parameters
    ----------
    frame : DataFrame
        One row per person.
    items : mapping of str to str
        Food group → column (1 yes, 2 no). ``mdd`` (6–23 months, eight groups): ``breast_milk, grains, pulses, dairy,
        flesh, eggs, vitamin_a, other_vegetables``. ``mdd_w`` (women 15–49) and ``count`` (ten groups): ``grains,
        pulses, nuts, dairy, flesh, eggs, leafy_vegetables, vitamin_a, other_vegetables, other_fruit``.
    form : {"mdd", "mdd_w", "count"}
        ``count`` gives the number without a cut: no official minimum exists for ages 11–17.
    codes, missing : mapping, optional
        Raw value → canonical code, raw value → reason.

    Returns
    -------
    DataFrame
        ``diet_groups`` (complete cases) with its band; the minimum of five groups is not verified, so bands are NA.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> eaten = pd.DataFrame([[1, 1, 2, 1, 2, 2, 1, 1]], columns=list(INFANT_GROUPS))
    >>> diet_diversity(eaten, {group: group for group in INFANT_GROUPS}, form="mdd")["diet_groups"].tolist()
    [5.0]
    """
    if form not in GROUPS:
        raise SpecificationError(f"diet_diversity: form is one of {', '.join(GROUPS)}, not {form!r}.")
    valid: dict[str, Coded | Between] = dict.fromkeys(GROUPS[form], YES_NO)
    answers = read_answers(frame, items, valid, instrument="diet_diversity", codes=codes, missing=missing)
    bands = None if form == "count" else scheme_of("diet_diversity", form, scheme="minimum")
    result = ScoreFrame(Facts("diet_diversity", form), answers)
    n_valid = answers.values.notna().sum(axis=1)
    count = answers.values.eq(1).sum(axis=1).astype(float)
    complete = n_valid.eq(len(valid))
    never = pd.Series(False, index=count.index)
    result.add("diet_groups", Scored(count.where(complete), n_valid, len(valid) - n_valid, never), bands)
    return result.frame()


def food_consumption(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    scheme: Literal["standard", "sugar-oil"] = "standard",
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Score the food consumption of a household: days of the last week times the weight of each group.

    Weights: staples 2, pulses 3, vegetables 1, fruit 1, meat and fish 4, dairy 4, sugar 0.5, oil 0.5.

    Parameters
    ----------
    frame : DataFrame
        One row per household.
    items : mapping of str to str
        ``staples, pulses, vegetables, fruit, meat, dairy, sugar, oil`` → column with days 0–7.
    scheme : {"standard", "sugar-oil"}
        Cuts 21 and 35, or 28 and 42 where sugar and oil are eaten daily.
    codes, missing : mapping, optional
        Raw value → days, raw value → reason.

    Returns
    -------
    DataFrame
        ``food_consumption_score`` (0–112; complete cases) with its band; the cuts are not verified, so bands are NA.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> days = pd.DataFrame([[7, 2, 5, 1, 2, 3, 7, 7]], columns=list(FOODS))
    >>> food_consumption(days, {food: food for food in FOODS})["food_consumption_score"].tolist()
    [53.0]
    """
    valid: dict[str, Coded | Between] = dict.fromkeys(FOODS, Between(0, 7))
    bands = scheme_of("food_consumption", "score", scheme=scheme)
    answers = read_answers(frame, items, valid, instrument="food_consumption", codes=codes, missing=missing)
    weighted = answers.values.mul(pd.Series(FOODS))
    n_valid = answers.values.notna().sum(axis=1)
    complete = n_valid.eq(len(FOODS))
    value = weighted.sum(axis=1).where(complete)
    result = ScoreFrame(Facts("food_consumption", "WFP, seven days", "household respondent"), answers)
    never = pd.Series(False, index=value.index)
    scored = Scored(value, n_valid, len(FOODS) - n_valid, never)
    result.add("food_consumption_score", scored, bands, step=0.5)
    return result.frame()


def infant_meals(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Score minimum meal frequency and minimum acceptable diet at 6–23 months.

    Meal frequency: breastfed children two or more meals at 6–8 months, three or more at 9–23; other children four or
    more meals and milk feeds together, one of them a meal. Acceptable: that and five of eight groups, and for
    children not breastfed two milk feeds.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``age_months``, ``breastfed`` (1 yes, 2 no), ``meals`` (solid or soft), ``milk_feeds``, and ``groups`` (number
        of food groups, see `diet_diversity`) → column.
    codes, missing : mapping, optional
        Raw value → canonical value, raw value → reason.

    Returns
    -------
    DataFrame
        ``diet_meal_frequency`` and ``diet_acceptable`` (1.0, 0.0; complete cases of 6–23 months). All rules are
        from memory, named in ``attrs["scores"]``; check them before printing.

    Raises
    ------
    SpecificationError, CodebookError
        As for every scorer.

    Examples
    --------
    >>> child = pd.DataFrame([[7, 1, 2, 0, 5], [10, 1, 2, 0, 5], [10, 2, 2, 2, 6]],
    ...                      columns=["age_months", "breastfed", "meals", "milk_feeds", "groups"])
    >>> infant_meals(child, {name: name for name in child})["diet_meal_frequency"].tolist()
    [1.0, 0.0, 1.0]
    """
    valid: dict[str, Coded | Between] = {
        "age_months": Between(0, 240),
        "breastfed": YES_NO,
        "meals": Between(0, 20),
        "milk_feeds": Between(0, 20),
        "groups": Between(0, 8),
    }
    answers = read_answers(frame, items, valid, instrument="infant_meals", codes=codes, missing=missing)
    v = answers.values
    fed = v["breastfed"].eq(1)
    needed = v["age_months"].ge(9).astype(float) + 2
    other = v["meals"].add(v["milk_feeds"]).ge(4) & v["meals"].ge(1)
    often = v["meals"].ge(needed).where(fed, other)
    known = v.notna().all(axis=1) & v["age_months"].ge(6) & v["age_months"].lt(24)
    acceptable = often & v["groups"].ge(5) & (fed | v["milk_feeds"].ge(2))
    rules = (
        "meal frequency 2, 3 or 4 a day",
        "acceptable: five of eight groups, two milk feeds if not breastfed",
    )
    result = ScoreFrame(Facts("infant_meals", "WHO/UNICEF", "caregiver", rules), answers)
    result.add_indicator("diet_meal_frequency", often.astype(float).where(known), v)
    result.add_indicator("diet_acceptable", acceptable.astype(float).where(known), v)
    return result.frame()
