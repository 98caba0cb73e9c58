"""Calculations with known answers, run on the user's installation: a claim of correctness anybody can repeat."""

from migration_effects.certification.certificate import Certificate, certify, vectors
from migration_effects.certification.vector import Outcome, Vector, tried

__all__ = ["Certificate", "Outcome", "Vector", "certify", "tried", "vectors"]
