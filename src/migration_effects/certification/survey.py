"""S1–S8: what R's `survey` says about the API samples, and about designs that are awkward on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pandas as pd

from migration_effects.certification.tables import read
from migration_effects.certification.vector import Answer, Vector
from migration_effects.design import SurveyDesign
from migration_effects.errors import DesignError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.means import mean, total
from migration_effects.regression.regress import regress

PRINTED = "R survey, printed in its documentation"
FULL = "R survey 4.1"
COMPUTED = "R survey 4.1.1, tests/reference/certify.R"

BY_TYPE = ("648.86806", "618.57143", "631.44000", "22.362409", "38.020249", "31.609465")
MODEL = (
    *(820.887315905623, -0.480586612172, -3.141535309985, 0.225713210230),
    *(10.077735949885, 0.391973403223, 0.283946506417, 0.393218362023),
)
AWKWARD = {
    "S6": [
        ("certainty", "one PSU in a stratum, certainty"),
        ("adjust", "one PSU in a stratum, adjust"),
        ("average", "one PSU in a stratum, average"),
    ],
    "S7": [("empty_psu", "domain that leaves a PSU empty")],
    "S8": [("zero_weights", "rows of weight 0")],
}


def vectors() -> Iterator[Vector]:
    """Yield the vectors S1–S8.

    Yields
    ------
    Vector
        Estimates, then standard errors; the awkward designs also give the degrees of freedom.
    """
    cluster_mean = ("S1", "mean, cluster sample", partial(_mean, clusters), ("644.17", "23.542"))
    strata_mean = ("S2", "mean, stratified sample", partial(_mean, strata), ("662.29", "9.4089"))
    cluster_total = ("S3", "total, cluster sample", _total, ("3404940", "932235"))
    for printed in (cluster_mean, strata_mean, cluster_total):
        yield Vector(*printed, "printed", source=PRINTED)
    domains = partial(_mean, clusters, "stype")
    yield Vector("S4", "means of domains, cluster sample", domains, BY_TYPE, "printed", source=FULL)
    yield Vector("S5", "regression, stratified sample", _regression, MODEL, "digits", 8, FULL)
    yield from _awkward()


def clusters() -> SurveyDesign:
    """Return the design of `apiclus1`: school districts drawn as clusters.

    Returns
    -------
    SurveyDesign
    """
    return SurveyDesign(read("apiclus1"), weights="pw", psu="dnum", fpc="fpc")


def strata() -> SurveyDesign:
    """Return the design of `apistrat`: schools drawn within school types.

    Returns
    -------
    SurveyDesign
    """
    return SurveyDesign(read("apistrat"), weights="pw", strata="stype", fpc="fpc")


def awkward(case: str) -> SurveyDesign:
    """Return an awkward design by its name in `survey_answers.csv`.

    Parameters
    ----------
    case : str

    Returns
    -------
    SurveyDesign

    Examples
    --------
    >>> awkward("empty_psu").n_psu
    7
    """
    rows = read("awkward_sample")
    if case in ("empty_psu", "zero_weights"):
        weights = "weight_zero" if case == "zero_weights" else "weight"
        several = rows[rows["stratum"] != 3].reset_index(drop=True)
        design = SurveyDesign(several, weights=weights, psu="psu", strata="stratum")
        return design.where("inside == 1") if case == "empty_psu" else design
    return SurveyDesign(rows, weights="weight", psu="psu", strata="stratum", lonely_psu=case)  # type: ignore[arg-type]


def _awkward() -> Iterator[Vector]:
    """Yield the awkward designs, and that the default refuses a stratum with one PSU."""
    yield Vector(
        "S6", "one PSU in a stratum, fail", _refusal, ("DesignError",), source="the documented default"
    )
    known = read("survey_answers").set_index("case")
    for number, cases in AWKWARD.items():
        for case, title in cases:
            expected = tuple(known.loc[case].tolist())
            compute = partial(_awkward_answers, case)
            yield Vector(number, title, compute, expected, "digits", 9, COMPUTED)


def _mean(design: Callable[[], SurveyDesign], by: str | None = None) -> list[Answer]:
    """Return the mean school score, of all or of domains."""
    return _answers(mean("api00", design(), by=by))


def _total() -> list[Answer]:
    """Return the number of pupils."""
    return _answers(total("enroll", clusters()))


def _regression() -> list[Answer]:
    """Return the regression of the school score."""
    return _answers(regress("api00 ~ ell + meals + mobility", strata()))


def _answers(estimate: Estimate) -> list[Answer]:
    """Return estimates, then standard errors."""
    table = estimate.table
    return [*table["estimate"], *table["std_error"]]


def _awkward_answers(case: str) -> Sequence[Answer]:
    """Return estimate, standard error and degrees of freedom of a mean."""
    row: pd.Series = mean("y", awkward(case)).table.iloc[0]
    return [float(row[column]) for column in ("estimate", "std_error", "df")]


def _refusal() -> list[Answer]:
    """Return the name of the error that a stratum with one PSU raises."""
    try:
        mean("y", awkward("fail"))
    except DesignError:
        return ["DesignError"]
    return ["no error"]
