"""Keeping people unrecognisable: the screen for personal data, measures of risk, hiding and rounding of counts."""

from migration_effects.disclosure.anonymity import individual_risk, k_anonymity
from migration_effects.disclosure.diversity import l_diversity
from migration_effects.disclosure.intervals import cell_intervals
from migration_effects.disclosure.rounding import midpoint_six, round_counts
from migration_effects.disclosure.screen import screen
from migration_effects.disclosure.suppression import suppress
from migration_effects.disclosure.uniqueness import Suda, suda

__all__ = [
    "Suda",
    "cell_intervals",
    "individual_risk",
    "k_anonymity",
    "l_diversity",
    "midpoint_six",
    "round_counts",
    "screen",
    "suda",
    "suppress",
]
