"""Indicators of child wellbeing: a frame and a map of items to columns go in, scores come out, row by row.

Every scorer reads declared columns only, refuses unknown codes with their counts, states its missing rule, and takes
its bands from one versioned table. Facts of the call stand in ``attrs["scores"]``.
"""

from migration_effects.indicators.bands import cutoff_table
from migration_effects.indicators.distress import ces_dc, gad7, phq9
from migration_effects.indicators.sdq import sdq
from migration_effects.indicators.wellbeing import kidscreen10, kidscreen27, who5

__all__ = ["ces_dc", "cutoff_table", "gad7", "kidscreen10", "kidscreen27", "phq9", "sdq", "who5"]
