"""The survey design: who was sampled how, and the variance that follows from it."""

from migration_effects.design.survey import SurveyDesign

__all__ = ["SurveyDesign"]
