"""The check at the door of every verb."""

from migration_effects.design.survey import SurveyDesign
from migration_effects.errors import SpecificationError


def require_design(design: object) -> None:
    """Raise unless a verb was handed a design: data alone do not say who was sampled how.

    Parameters
    ----------
    design : object

    Raises
    ------
    SpecificationError
    """
    if not isinstance(design, SurveyDesign):
        raise SpecificationError(
            f"A SurveyDesign is needed here; got {type(design).__name__}. Build one with me.SurveyDesign(data, "
            "weights=..., psu=..., strata=...), or take that of a study: study.design(unit)."
        )
