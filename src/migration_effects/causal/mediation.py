"""How much of an effect runs through something that the exposure changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.causal.covariates import Covariates, covariate_matrix
from migration_effects.causal.exposure import read_exposure
from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.columns import numeric
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.means import variance_words
from migration_effects.estimation.warn import few_psus
from migration_effects.numerics.least_squares import RankDeficientError, weighted_least_squares

Array = NDArray[np.float64]
TERMS = ("total", "direct", "indirect")


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Arrays of the rows in use: outcome, mediator, exposure, covariates with intercept."""

    y: Array
    mediator: Array
    exposed: Array
    X: Array
    interaction: bool
    rho: float


def mediate(
    outcome: str,
    exposure: str,
    mediator: str,
    covariates: Covariates,
    design: SurveyDesign,
    *,
    interaction: bool = False,
    rho: float = 0.0,
    level: object = None,
    reference: object = None,
) -> Estimate:
    """Split an effect into the part through a mediator and the rest.

    Interventional effects on the exposed from two linear models, ``M = a D + X'g`` and ``Y = c D + b M + t D M +
    X'h`` (t = 0 without `interaction`)::

        direct   = c + t m0       the mediator drawn as it would be without exposure (mean m0 among the exposed)
        indirect = (b + t) a      the mediator moved from there to where exposure puts it
        total    = direct + indirect

    VanderWeele 2015, *Explanation in Causal Inference*, chapters 2 and 5. Beyond what the effect needs, it assumes
    no unmeasured cause shared by mediator and outcome. `rho` asks what if there is one: the correlation of both
    models' errors that it would make (Imai, Keele and Yamamoto 2010, *Statistical Science* 25:51). Then
    ``b(rho) = b - rho / sqrt(1 - rho^2) sd_y / sd_m`` with the errors' standard deviations. A note gives the rho at
    which the indirect effect vanishes.

    Parameters
    ----------
    outcome, exposure, mediator : str
        The mediator is numeric or 0/1 and changed by the exposure.
    covariates : list of str, or str
        Of both models; measured before the exposure, common causes of mediator and outcome included.
    design : SurveyDesign
    interaction : bool
        The exposure may change what the mediator does.
    rho : float
        Between -1 and 1; without interaction only.
    level, reference : optional
        As in `balance_weights`.

    Returns
    -------
    Estimate
        Terms ``total, direct, indirect``; df = the design's + 1 less the columns of the outcome model.

    Raises
    ------
    SpecificationError
        Unknown columns, missing covariates, `rho` out of range or with `interaction`.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"away": [0, 0, 0, 1, 1, 1], "care": [1, 2, 3, 2, 3, 5.5], "x": [1, 0, 1, 0, 1, 1]})
    >>> data["score"] = 2 * data["away"] + 3 * data["care"] + data["x"]
    >>> me.mediate("score", "away", "care", ["x"], me.SurveyDesign(data)).values.round(6).tolist()
    [6.5, 2.0, 4.5]
    """
    require_design(design)
    if not -1 < rho < 1:
        raise SpecificationError(f"rho={rho!r} is a correlation: give a number between -1 and 1.")
    if rho and interaction:
        raise SpecificationError("rho works without interaction only: leave one of the two out.")
    groups = read_exposure(design, exposure, level, reference)
    y = numeric(design.data, outcome, purpose="an outcome")
    m = numeric(design.data, mediator, purpose="a mediator")
    rows = groups.rows & ~np.isnan(y) & ~np.isnan(m)
    missing = int(groups.rows.sum() - rows.sum())
    if not rows.any():
        raise SpecificationError(f"No row has both {outcome!r} and {mediator!r}.")
    matrix = covariate_matrix(covariates, design.data, rows, exposure=exposure)
    exposed = groups.exposed[rows].astype(np.float64)
    sample = _Sample(y[rows], m[rows], exposed, matrix.matrix, interaction, rho)
    try:
        values, influence, vanishing = _effects(sample, design.final_weights[rows])
    except RankDeficientError as error:
        raise SpecificationError(
            f"Exposure, mediator {mediator!r} and covariates are linear combinations of each other: the mediator or "
            "the exposure does not vary by itself. Leave a covariate out."
        ) from error
    everywhere = np.zeros((len(rows), 3))
    everywhere[rows] = influence
    thetas = None
    if design.replicates is not None:
        thetas = np.array([_effects(sample, column[rows])[0] for column in design.replicate_columns()])
    notes = [*groups.notes, *matrix.notes]
    if missing:
        notes.append(f"{missing} rows without a value of {outcome} or {mediator} are left out.")
    if not interaction:
        notes.append(
            f"The indirect effect is 0 when the errors of both models correlate at rho = {vanishing:.3f}."
        )
    if rho:
        notes.append(f"Under a correlation of rho = {rho:g} between the errors of mediator and outcome.")
    columns = matrix.matrix.shape[1] + 2 + interaction
    df = np.full(3, design.df_of(rows) + 1 - columns)
    return Estimate(
        terms=TERMS,
        values=values,
        labels=pd.DataFrame({"term": list(TERMS)}),
        df=df,
        n=np.full(3, int(rows.sum()), dtype=np.int64),
        n_psu=np.full(3, design.psus_used(rows), dtype=np.int64),
        method=f"Effect of {exposure} on {outcome} through {mediator}, on the exposed, {variance_words(design)}",
        design=design,
        linearised=None if thetas is not None else everywhere,
        replicate_values=thetas,
        notes=(*notes, *few_psus(df, TERMS)),
    )


def _effects(sample: _Sample, weights: Array) -> tuple[Array, Array, float]:
    """Return total, direct and indirect effect, their influence (m, 3), and the rho without indirect effect."""
    s = weights / weights.mean()
    d, m, X = sample.exposed, sample.mediator, sample.X
    first, first_influence = _fit(np.column_stack([d, X]), m, s)
    parts = [d, m, d * m] if sample.interaction else [d, m]
    second, second_influence = _fit(np.column_stack([*parts, X]), sample.y, s)
    a, c, b = first[0], second[0], second[1]
    target = s * d / (s @ d)
    baseline = X @ first[1:]
    m0 = float(target @ baseline)
    m0_influence = target * (baseline - m0) + first_influence[:, 1:] @ (target @ X)
    t, t_influence = (second[2], second_influence[:, 2]) if sample.interaction else (0.0, np.zeros(len(d)))
    errors = [m - np.column_stack([d, X]) @ first, sample.y - np.column_stack([*parts, X]) @ second]
    share = s / s.sum()
    spread_m, spread_y = (float(np.sqrt(share @ e**2)) for e in errors)
    vanishing = _vanishing(b * spread_m, spread_y)
    b_influence = second_influence[:, 1]
    if sample.rho:
        ratio = sample.rho / np.sqrt(1 - sample.rho**2)
        moved_m, moved_y = (share * (e**2 - share @ e**2) for e in errors)
        slope = moved_y / (2 * spread_y * spread_m) - spread_y * moved_m / (2 * spread_m**3)
        shift, shift_influence = ratio * spread_y / spread_m, ratio * slope
        # What the mediator loses the direct path gains: the total does not depend on rho.
        c_influence = second_influence[:, 0] + a * shift_influence + shift * first_influence[:, 0]
        b, c, b_influence = b - shift, c + a * shift, b_influence - shift_influence
    else:
        c_influence = second_influence[:, 0]
    direct = c + t * m0
    indirect = (b + t) * a
    direct_influence = c_influence + t * m0_influence + m0 * t_influence
    indirect_influence = a * (b_influence + t_influence) + (b + t) * first_influence[:, 0]
    influence = np.column_stack([direct_influence + indirect_influence, direct_influence, indirect_influence])
    return np.array([direct + indirect, direct, indirect]), influence, vanishing


def _vanishing(scaled: float, spread: float) -> float:
    """Return the correlation at which the mediator's coefficient is 0."""
    length = float(np.hypot(scaled, spread))
    return scaled / length if length > 0 else float("nan")


def _fit(X: Array, y: Array, s: Array) -> tuple[Array, Array]:
    """Return coefficients and their influence."""
    fit = weighted_least_squares(X, y, s)
    return fit.coefficients, (X * (s * fit.residuals)[:, None]) @ fit.inverse
