"""Growth of children 0-19 years against the WHO standards and reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.growth_tables import Table, curves
from migration_effects.indicators.lms import restricted_z, z_score
from migration_effects.indicators.score_frame import Facts, ScoreFrame

Vector = NDArray[np.float64]
DAYS_PER_MONTH = 30.4375
FIVE_YEARS, LAST_MONTH, LAST_WEIGHT_MONTH = 60.0, 228.0, 120.0
TWO_YEARS = 731  # days: lengths before, heights from here
LYING_STANDING = 0.7  # centimetres
SEXES = (1, 2)
VALID: dict[str, Coded | Between] = {
    "sex": Coded(SEXES),
    "age_months": Between(0, 1500),
    "age_days": Between(0, 45_000),
    "height": Between(-1, 260),
    "weight": Between(-1, 350),
    "measured": Coded((1, 2)),
    "oedema": Coded((1, 2)),
}
OPTIONAL = ("age_months", "age_days", "measured", "oedema")
# Implausible values: z below, z above; the same under and from five years unless named.
FLAGS = {"haz": (-6.0, 6.0), "waz": (-6.0, 5.0), "whz": (-5.0, 5.0), "baz": (-5.0, 5.0)}


@dataclass(frozen=True)
class Child:
    """Arrays of the measured children; heights corrected for lying and standing, implausible zeros missing."""

    sex: Vector
    months: Vector
    days: Vector
    height: Vector
    weight: Vector

    @property
    def young(self) -> NDArray[np.bool_]:
        """Whether the child is under five."""
        return self.months < FIVE_YEARS

    @property
    def bmi(self) -> Vector:
        """Weight over height squared, kg/m²."""
        return self.weight / (self.height / 100) ** 2


def who_growth(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    codes: Codes | None = None,
    missing: Missing | None = None,
) -> pd.DataFrame:
    """Return z-scores of height, weight and body mass index, 0–19 years.

    Under 60 months: Child Growth Standards by day of age (rounded half up), weight for length below 731 days, height
    from there. From 60 to 228 months: Growth Reference 2007, interpolated between months; weight for age to 120 months.
    z = ((y/M)^L − 1)/(L·S); indicators with weight have WHO's restricted tails beyond ±3. Rounded to two decimals at
    the end.

    Parameters
    ----------
    frame : DataFrame
        One row per child.
    items : mapping of str to str
        ``sex`` (1 male, 2 female), ``age_months`` (decimals count) or ``age_days``, ``height`` (cm), ``weight`` (kg) →
        column. Optional: ``measured`` (1 lying, 2 standing: 0.7 cm are added to a height below 731 days and taken from
        a length from there), ``oedema`` (1 yes, 2 no).
    codes, missing : mapping, optional
        Raw value → canonical value, raw value → reason (declare 999.9 and the like).

    Returns
    -------
    DataFrame
        ``haz``, ``waz``, ``whz`` (under five), ``baz``, each with ``_flag`` (1.0: implausible, the z-score is NaN) and
        ``_computed`` (before flagging). ``growth_stunted, _severely_stunted, _underweight, _wasted, _severely_wasted``
        and ``_overweight`` (under five by weight for height above +2, from five by BMI above +1), from five also
        ``_thin, _severely_thin, _obese`` (1.0, 0.0). Oedema makes z-scores of weight missing and counts as severe.

    Raises
    ------
    SpecificationError
        Also unless exactly one of ``age_months`` and ``age_days`` is declared.
    CodebookError
        For values outside any human measure.

    Notes
    -----
    WHO Child Growth Standards (2006); de Onis et al. (2007), Development of a WHO growth reference for school-aged
    children and adolescents, Bulletin of the WHO 85. Measures of 0 or less are missing.

    Examples
    --------
    >>> child = pd.DataFrame({"sex": [1, 2], "age": [144.0, 156.0], "cm": [149.1, 156.0], "kg": [40.0, 46.0]})
    >>> got = who_growth(child, {"sex": "sex", "age_months": "age", "height": "cm", "weight": "kg"})
    >>> got[["haz", "baz"]].to_numpy().tolist()
    [[0.0, 0.22], [-0.05, 0.04]]
    """
    ages = [item for item in ("age_months", "age_days") if item in items]
    if len(ages) != 1:
        raise SpecificationError("who_growth: declare exactly one of the items age_months and age_days.")
    answers = read_answers(
        frame, items, VALID, instrument="who_growth", optional=OPTIONAL, codes=codes, missing=missing
    )
    child = _children(answers.values)
    swollen = (
        answers.values["oedema"].eq(1) if "oedema" in answers.values else pd.Series(False, index=frame.index)
    )
    z = {name: pd.Series(values, index=frame.index) for name, values in _z_scores(child).items()}
    for name in ("waz", "whz", "baz"):
        z[name] = z[name].mask(swollen)
    result = ScoreFrame(Facts("who_growth", "WHO 2006 and 2007"), answers)
    kept = {}
    measures = answers.values[[name for name in ("sex", *ages, "height", "weight") if name in answers.values]]
    for name, computed in z.items():
        flag = ~computed.between(*FLAGS[name]) & computed.notna()
        kept[name] = computed.mask(flag)
        result.add_indicator(name, kept[name], measures)
        result.add_column(f"{name}_flag", flag.astype(float))
        result.add_column(f"{name}_computed", computed)
    for name, value in _classes(kept, pd.Series(child.young, index=frame.index), swollen).items():
        result.add_column(f"growth_{name}", value)
    return result.frame()


def _children(values: pd.DataFrame) -> Child:
    """Return ages in both units and corrected measures."""
    if "age_days" in values:
        exact = values["age_days"].to_numpy()
        months = exact / DAYS_PER_MONTH
    else:
        months = values["age_months"].to_numpy()
        exact = months * DAYS_PER_MONTH
    days = np.floor(exact + 0.5)
    height = values["height"].where(values["height"].gt(0)).to_numpy()
    weight = values["weight"].where(values["weight"].gt(0)).to_numpy()
    if "measured" in values:
        lying, standing = values["measured"].eq(1).to_numpy(), values["measured"].eq(2).to_numpy()
        young = months < FIVE_YEARS
        height = height + LYING_STANDING * (young & standing & (days < TWO_YEARS))
        height = height - LYING_STANDING * (young & lying & (days >= TWO_YEARS))
    return Child(values["sex"].to_numpy(), months, days, height, weight)


def _z_scores(child: Child) -> dict[str, Vector]:
    """Return the four z-scores, rounded to two decimals."""
    older = (child.months >= FIVE_YEARS) & (child.months <= LAST_MONTH)
    ten = older & (child.months <= LAST_WEIGHT_MONTH)
    short, tall = child.young & (child.days < TWO_YEARS), child.young & (child.days >= TWO_YEARS)
    # indicator: (rows, measure, table, position on its axis)
    plans: dict[str, list[tuple[NDArray[np.bool_], Vector, Table, Vector]]] = {
        "haz": [
            (child.young, child.height, "height_for_age_days", child.days),
            (older, child.height, "height_for_age_months", child.months),
        ],
        "waz": [
            (child.young, child.weight, "weight_for_age_days", child.days),
            (ten, child.weight, "weight_for_age_months", child.months),
        ],
        "whz": [
            (short, child.weight, "weight_for_length", child.height),
            (tall, child.weight, "weight_for_height", child.height),
        ],
        "baz": [
            (child.young, child.bmi, "bmi_for_age_days", child.days),
            (older, child.bmi, "bmi_for_age_months", child.months),
        ],
    }
    found = {}
    for name, parts in plans.items():
        z = np.full(len(child.sex), np.nan)
        for rows, measure, table, position in parts:
            for sex in SEXES:
                chosen = rows & (child.sex == sex)
                lms = curves(table, sex).at(position[chosen])
                score = z_score if name == "haz" else restricted_z
                z[chosen] = score(measure[chosen], *lms)
        found[name] = np.round(z, 2)
    return found


def _classes(z: Mapping[str, pd.Series], young: pd.Series, swollen: pd.Series) -> dict[str, pd.Series]:
    """Return the classes WHO reports, NaN without the z-score they rest on."""
    haz, waz, whz, baz = z["haz"], z["waz"], z["whz"], z["baz"]
    wide = whz.gt(2).where(young, baz.gt(1))
    base = whz.where(young, baz)
    thin = swollen & young
    classes = {
        "stunted": (haz.lt(-2), haz),
        "severely_stunted": (haz.lt(-3), haz),
        "underweight": (waz.lt(-2) | swollen, waz.mask(swollen, -9.0)),
        "wasted": (whz.lt(-2) | thin, whz.mask(thin, -9.0)),
        "severely_wasted": (whz.lt(-3) | thin, whz.mask(thin, -9.0)),
        "overweight": (wide, base),
        "obese": (baz.gt(2), baz.mask(young)),
        "thin": (baz.lt(-2), baz.mask(young)),
        "severely_thin": (baz.lt(-3), baz.mask(young)),
    }
    return {name: found.astype(float).where(rest.notna()) for name, (found, rest) in classes.items()}
