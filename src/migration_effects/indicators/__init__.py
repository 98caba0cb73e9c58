"""Indicators of child wellbeing: a frame and a map of items to columns go in, scores come out, row by row.

Every scorer reads declared columns only, refuses unknown codes with their counts, states its missing rule, and takes
its bands from one versioned table. Facts of the call stand in ``attrs["scores"]``.
"""

from migration_effects.indicators.bands import cutoff_table
from migration_effects.indicators.deprivation import alkire_foster, moda
from migration_effects.indicators.diet import diet_diversity, food_consumption, infant_meals
from migration_effects.indicators.discipline import violent_discipline
from migration_effects.indicators.distress import ces_dc, gad7, phq9
from migration_effects.indicators.fies import fies
from migration_effects.indicators.functioning import child_functioning
from migration_effects.indicators.growth import who_growth
from migration_effects.indicators.household import cantril, crowding
from migration_effects.indicators.labour import child_labour
from migration_effects.indicators.migration import (
    living_arrangements,
    parental_migration,
    parental_places,
)
from migration_effects.indicators.reliability import reliability
from migration_effects.indicators.schooling import (
    SchoolLevel,
    school_absence,
    school_age,
    school_attendance,
)
from migration_effects.indicators.sdq import sdq
from migration_effects.indicators.support import support
from migration_effects.indicators.wealth import wealth_index
from migration_effects.indicators.wellbeing import kidscreen10, kidscreen27, who5

__all__ = [
    "SchoolLevel",
    "alkire_foster",
    "cantril",
    "ces_dc",
    "child_functioning",
    "child_labour",
    "crowding",
    "cutoff_table",
    "diet_diversity",
    "fies",
    "food_consumption",
    "gad7",
    "infant_meals",
    "kidscreen10",
    "kidscreen27",
    "living_arrangements",
    "moda",
    "parental_migration",
    "parental_places",
    "phq9",
    "reliability",
    "school_absence",
    "school_age",
    "school_attendance",
    "sdq",
    "support",
    "violent_discipline",
    "wealth_index",
    "who5",
    "who_growth",
]
