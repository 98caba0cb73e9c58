"""Cleaning verbs: a frame goes in, a frame and the record of what was done come out.

Every verb is pure. Its record is an `Audit` of counts; identifiers and answers never stand in it.
"""

from migration_effects.cleaning.audit import Audit, Finding
from migration_effects.cleaning.codes import declare_missing, undeclared_codes
from migration_effects.cleaning.columns import allowed_columns
from migration_effects.cleaning.conditions import evaluate
from migration_effects.cleaning.conflicts import contradiction, follow, keep_within
from migration_effects.cleaning.duplicates import drop_duplicates
from migration_effects.cleaning.heaping import AgeHeaping, age_heaping
from migration_effects.cleaning.identifiers import luhn_digit, luhn_valid, repair_ids
from migration_effects.cleaning.interviewers import interviewer_checks
from migration_effects.cleaning.labels import compare_labels
from migration_effects.cleaning.links import drop_orphans, link
from migration_effects.cleaning.ranges import blank_out_of_range
from migration_effects.cleaning.resemblance import near_duplicates
from migration_effects.cleaning.selection import Selection
from migration_effects.cleaning.skips import check_skips, no_answer_code
from migration_effects.cleaning.text import repair_text
from migration_effects.cleaning.values import apply_codebook, as_categories, blank_missing

__all__ = [
    "AgeHeaping",
    "Audit",
    "Finding",
    "Selection",
    "age_heaping",
    "allowed_columns",
    "apply_codebook",
    "as_categories",
    "blank_missing",
    "blank_out_of_range",
    "check_skips",
    "compare_labels",
    "contradiction",
    "declare_missing",
    "drop_duplicates",
    "drop_orphans",
    "evaluate",
    "follow",
    "interviewer_checks",
    "keep_within",
    "link",
    "luhn_digit",
    "luhn_valid",
    "near_duplicates",
    "no_answer_code",
    "repair_ids",
    "repair_text",
    "undeclared_codes",
]
