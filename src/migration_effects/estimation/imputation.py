"""Multiple imputation by chained equations that know the sampling design."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.columns import names, series
from migration_effects.errors import SpecificationError
from migration_effects.estimation.imputation_model import Basis, Variable, encoded, read_variable
from migration_effects.numerics.imputing import logit_shares, predictive_mean_matching

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


def impute(
    design: SurveyDesign,
    variables: str | Sequence[str],
    *,
    m: int = 20,
    seed: int | None = None,
    predictors: str | Sequence[str] | None = None,
    iterations: int = 10,
) -> list[SurveyDesign]:
    """Fill gaps m times by chained equations; analyse each copy and `pool` the estimates.

    Each variable is imputed given all others, in turn, `iterations` times. Numbers by predictive mean matching: every
    imputed value is an observed one. 0/1, True/False and two-level variables by logit; a category of more levels by
    a logit of each level against those after it. The models hold the survey weight, the strata, the number of rows
    in the PSU and a PSU effect; they are fitted with the survey weights, and their parameters are drawn from the
    covariance between PSUs, so that imputed values vary over PSUs as observed ones do.

    Values are taken to be missing at random given the variables named here: name every variable of the analysis,
    the outcome too.

    Parameters
    ----------
    design : SurveyDesign
        Only rows of its domain are used and filled. Without PSUs every row stands for itself.
    variables : str or list of str
        Columns to fill; columns without gaps may be among them and then only predict.
    m : int
        Number of completed copies.
    seed : int, optional
        Of all draws; without it every call differs.
    predictors : str or list of str, optional
        Further columns for the models, without gaps. Nothing is added unasked.
    iterations : int
        Rounds of the chain; one is enough, and used, when one variable has gaps.

    Returns
    -------
    list of SurveyDesign
        m designs of the same sample with completed columns; ``design.data`` stays as it was.

    Raises
    ------
    SpecificationError
        A predictor with gaps, a variable without any value, or more columns in a model than observed rows.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6, 7, 8], "y": [1.2, 1.9, np.nan, 4.1, 5.0, np.nan, 7.2, 7.9]})
    >>> copies = me.impute(me.SurveyDesign(data), "y", predictors="x", m=5, seed=1)
    >>> pooled = me.pool([me.mean("y", copy) for copy in copies])
    >>> len(copies), pooled.terms
    (5, ('y',))
    """
    require_design(design)
    if m < 2:
        raise SpecificationError(f"m={m!r} must be a whole number of at least 2; 20 is usual.")
    if iterations < 1:
        raise SpecificationError(f"iterations={iterations!r} must be a whole number of at least 1.")
    wanted, given = names(variables), names(predictors)  # type: ignore[arg-type]
    rows = np.flatnonzero(design.in_use)
    chain, fixed = _read(design, rows, wanted, given)
    open_variables = [variable for variable in chain if len(variable.missing)]
    rounds = iterations if len(open_variables) > 1 else 1
    basis = Basis.of(design, rows, fixed)
    copies = []
    for child in np.random.SeedSequence(seed).spawn(m):
        donors = _chain(chain, open_variables, basis, rounds, np.random.default_rng(child))
        copies.append(design.with_data(_filled(design.data, rows, open_variables, donors)))
    return copies


def _read(
    design: SurveyDesign, rows: Codes, wanted: list[str], given: list[str]
) -> tuple[list[Variable], list[Variable]]:
    """Read the columns, fewest gaps first, and raise every fault at once."""
    if not wanted:
        raise SpecificationError("variables names no column to fill.")
    twice = sorted({name for name in [*wanted, *given] if [*wanted, *given].count(name) > 1})
    faults = [f"{name!r} is named twice" for name in twice]
    chain = [read_variable(design.data, name, rows) for name in dict.fromkeys(wanted)]
    fixed = [read_variable(design.data, name, rows) for name in dict.fromkeys(given)]
    faults += [
        f"{variable.name!r} has no value in the domain" for variable in chain if not len(variable.observed)
    ]
    faults += [
        f"predictor {variable.name!r} has {len(variable.missing)} gaps: name it among the variables to fill"
        for variable in fixed
        if len(variable.missing)
    ]
    if faults:
        raise SpecificationError(f"Imputation cannot start: {'; '.join(faults)}.")
    return sorted(chain, key=lambda variable: len(variable.missing)), fixed


def _chain(
    chain: Sequence[Variable],
    open_variables: Sequence[Variable],
    basis: Basis,
    rounds: int,
    rng: np.random.Generator,
) -> dict[str, Codes]:
    """Run the chain once and return the donor row of every gap."""
    donors = {v.name: rng.choice(v.observed, len(v.missing)) for v in open_variables}
    current = {v.name: _with_donors(v, donors.get(v.name)) for v in chain}
    for _ in range(rounds):
        for variable in open_variables:
            others = [encoded(current[v.name], v.count) for v in chain if v.name != variable.name]
            if variable.count == 0:
                task = basis.task(variable, others, variable.observed, variable.missing)
                found = predictive_mean_matching(variable.values, task, rng)
            else:
                found = _level_donors(variable, basis, others, rng)
            donors[variable.name] = found
            current[variable.name] = _with_donors(variable, found)
    return donors


def _level_donors(
    variable: Variable, basis: Basis, others: Sequence[Array], rng: np.random.Generator
) -> Codes:
    """Draw levels by one logit for each level against those after it; return a row that has the drawn level."""
    codes = variable.values[variable.observed].astype(np.intp)
    drawn = np.full(len(variable.missing), variable.count - 1, dtype=np.intp)
    undecided = np.ones(len(drawn), dtype=bool)
    for level in range(variable.count - 1):
        if not undecided.any():
            break
        inside = codes >= level
        task = basis.task(variable, others, variable.observed[inside], variable.missing[undecided])
        share = logit_shares(codes[inside] == level, task, rng)
        hit = np.flatnonzero(undecided)[rng.random(len(share)) < share]
        drawn[hit] = level
        undecided[hit] = False
    holder = np.array([variable.observed[np.argmax(codes == level)] for level in range(variable.count)])
    return holder[drawn]


def _with_donors(variable: Variable, donors: Codes | None) -> Array:
    """Return the values with gaps filled from their donors."""
    if donors is None:
        return variable.values
    values = variable.values.copy()
    values[variable.missing] = variable.values[donors]
    return values


def _filled(
    data: pd.DataFrame, rows: Codes, open_variables: Sequence[Variable], donors: dict[str, Codes]
) -> pd.DataFrame:
    """Return the data with every gap filled by a copy of its donor's value."""
    columns = {}
    for variable in open_variables:
        column = series(data, variable.name).copy()
        column.iloc[rows[variable.missing]] = column.iloc[rows[donors[variable.name]]].to_numpy()
        columns[variable.name] = column
    return data.assign(**columns)
