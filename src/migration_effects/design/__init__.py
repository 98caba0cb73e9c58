"""The survey design: who was sampled how, and the variance that follows from it."""

from migration_effects.design.required import require_design
from migration_effects.design.survey import SurveyDesign

__all__ = ["SurveyDesign", "require_design"]
