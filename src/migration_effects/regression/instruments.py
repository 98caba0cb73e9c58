"""Instrumental variables: two-stage least squares with design-based inference that survives weak instruments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign, require_design
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.means import variance_words
from migration_effects.estimation.warn import few_psus
from migration_effects.numerics.least_squares import RankDeficientError, weighted_least_squares
from migration_effects.regression.formulas import ModelFrame, model_frame, variables_of
from migration_effects.regression.weak_instruments import (
    AndersonRubin,
    FirstStage,
    anderson_rubin,
    first_stage,
)

Array = NDArray[np.float64]
_BRACKET = re.compile(r"\[([^\[\]~]*)~([^\[\]~]*)\]")


@dataclass(frozen=True, repr=False, eq=False)
class InstrumentalRegression(Estimate):
    """Coefficients by two-stage least squares.

    Parameters
    ----------
    formula : str
    endogenous : str
        Term that is instrumented.
    instruments : tuple of str
        Columns of the excluded instruments.
    first_stage : FirstStage
        Effective F, its critical value, and the Wald test of the instruments.
    reduced_form : Estimate
        Coefficients of the instruments for the outcome (``outcome:z``) and the endogenous term (``endogenous:z``).
    """

    formula: str = ""
    endogenous: str = ""
    instruments: tuple[str, ...] = ()
    first_stage: FirstStage = field(default_factory=FirstStage)
    reduced_form: Estimate | None = None

    def anderson_rubin(self, level: float = 0.95) -> AndersonRubin:
        """Return the values of the endogenous coefficient that the Anderson-Rubin test does not reject.

        For each value b the instruments must not explain ``outcome - b x endogenous`` beyond the exogenous terms,
        by a design-based Wald F (Anderson and Rubin 1949, *Annals of Mathematical Statistics* 20:46). Valid
        however weak the instruments are; the set may be unbounded, which says that they are too weak to bound
        the effect.

        Parameters
        ----------
        level : float
            Between 0 and 1.

        Returns
        -------
        AndersonRubin
        """
        if not 0 < level < 1:
            raise SpecificationError(f"level={level!r} must lie between 0 and 1, for example 0.9.")
        assert self.reduced_form is not None
        return anderson_rubin(self.reduced_form, self.endogenous, level)


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Second stage and reduced form under one set of weights."""

    coefficients: Array
    influence: Array
    reduced: Array
    reduced_influence: Array
    instrument_spread: Array


def regress_iv(formula: str, design: SurveyDesign) -> InstrumentalRegression:
    """Estimate a linear effect by instrumental variables (two-stage least squares).

    ``b = (X'W Z (Z'WZ)^-1 Z'W X)^-1 X'W Z (Z'WZ)^-1 Z'W y``; influence ``w_i u_i xhat_i' (Xhat'W Xhat)^-1`` with u
    the residual of the second stage and xhat the fitted first stage (Wooldridge 2010, *Econometric Analysis of
    Cross Section and Panel Data*, section 5.2). The first stage is judged by the effective F of Montiel Olea and
    Pflueger (2013, *Journal of Business & Economic Statistics* 31:358), and the Anderson-Rubin set stands in the
    notes.

    Parameters
    ----------
    formula : str
        ``"y ~ x + [endogenous ~ instrument]"``: in brackets one endogenous term and its excluded instruments; the
        other terms are exogenous and instrument themselves.
    design : SurveyDesign
        Rows outside its domain or without a value of a variable do not take part.

    Returns
    -------
    InstrumentalRegression
        df is the design's + 1 - p, as for `regress`.

    Raises
    ------
    SpecificationError
        No bracket, more than one endogenous column, no instrument, or instruments that are linear combinations of
        exogenous terms.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"z": [0, 0, 1, 1, 2, 2], "d": [1.0, 2.0, 2.0, 4.0, 5.0, 4.0]})
    >>> data["y"] = 3 + 2 * data["d"] + [0.1, -0.1, 0.1, -0.1, 0.1, -0.1]
    >>> fit = me.regress_iv("y ~ 1 + [d ~ z]", me.SurveyDesign(data))
    >>> fit.values.round(9).tolist()
    [3.0, 2.0]
    """
    require_design(design)
    model, instruments = _frames(formula, design)
    place, excluded = _roles(formula, model, instruments)
    try:
        fits = [_two_stages(model, instruments, w, place, excluded) for w in _weights(design, model.rows)]
    except RankDeficientError as error:
        raise SpecificationError(
            f"In {formula!r} the instruments add nothing to the exogenous terms, or terms are linear combinations of "
            f"each other on the {len(model.outcome)} rows in use. Leave out the ones that repeat others."
        ) from error
    reduced = _reduced_form(design, model, instruments, fits, excluded)
    fit = InstrumentalRegression(
        **_common(design, model, model.columns, fits[0].coefficients, fits[0].influence),
        method=f"{formula}: two-stage least squares, {variance_words(design)}",
        formula=formula,
        endogenous=model.columns[place],
        instruments=tuple(instruments.columns[j] for j in excluded),
        first_stage=first_stage(reduced, fits[0].instrument_spread),
        reduced_form=reduced,
    )
    if len(fits) > 1:
        thetas = np.array([pieces.coefficients for pieces in fits[1:]])
        fit = replace(fit, linearised=None, replicate_values=thetas)
    notes = (*model.notes, *few_psus(fit.df, fit.terms))
    return replace(fit, notes=(*notes, *_diagnostics(fit)))


def _weights(design: SurveyDesign, rows: NDArray[np.bool_]) -> Iterator[Array]:
    """Yield the weights of the rows in use, then those of every replicate."""
    yield design.final_weights[rows]
    if design.replicates is not None:
        for column in design.replicate_columns():
            yield column[rows]


def _common(
    design: SurveyDesign, model: ModelFrame, terms: tuple[str, ...], values: Array, influence: Array
) -> dict[str, Any]:
    """Return the fields of an Estimate that the second stage and the reduced form share."""
    k, df = len(terms), design.df_of(model.rows) + 1 - len(model.columns)
    return {
        "terms": terms,
        "values": values,
        "labels": pd.DataFrame({"term": list(terms)}),
        "df": np.full(k, float(df)),
        "n": np.full(k, int(model.rows.sum()), dtype=np.int64),
        "n_psu": np.full(k, design.psus_used(model.rows), dtype=np.int64),
        "design": design,
        "linearised": _spread(influence, model.rows),
    }


def _frames(formula: str, design: SurveyDesign) -> tuple[ModelFrame, ModelFrame]:
    """Build the matrices of the second stage and of all instruments on the same rows."""
    found = _BRACKET.findall(formula)
    if len(found) != 1 or not all(part.strip() for part in found[0]):
        raise SpecificationError(
            f"{formula!r} needs one pair of brackets with the endogenous term and its instruments: "
            "'y ~ x + [endogenous ~ instrument]'."
        )
    endogenous, instruments = found[0]
    second = _BRACKET.sub(lambda match: f"({endogenous.strip()})", formula)
    first = _BRACKET.sub(lambda match: f"({instruments.strip()})", formula)
    needed = sorted({*variables_of(second, design.data), *variables_of(first, design.data)})
    rows = design.in_use
    return (
        model_frame(second, design.data, rows, extra=needed),
        replace(model_frame(first, design.data, rows, extra=needed), notes=()),
    )


def _roles(formula: str, model: ModelFrame, instruments: ModelFrame) -> tuple[int, list[int]]:
    """Return the place of the endogenous column and those of the excluded instruments."""
    own = [j for j, name in enumerate(model.columns) if name not in instruments.columns]
    excluded = [j for j, name in enumerate(instruments.columns) if name not in model.columns]
    if len(own) != 1:
        named = ", ".join(model.columns[j] for j in own) or "none"
        raise SpecificationError(
            f"{formula!r} has {len(own)} endogenous columns ({named}); effective F and Anderson-Rubin set are defined "
            "for one. Use a 0/1 or numeric variable that is not also among the instruments."
        )
    if not excluded:
        raise SpecificationError(
            f"{formula!r} has no instrument beside the exogenous terms. Name at least one variable after ~ in the "
            f"brackets that is not among {', '.join(instruments.columns)}."
        )
    return own[0], excluded


def _two_stages(
    model: ModelFrame, instruments: ModelFrame, weights: Array, place: int, excluded: list[int]
) -> _Pieces:
    """Fit first stage, reduced form and second stage."""
    scaled = weights / weights.mean()
    X, Z, y = model.matrix, instruments.matrix, model.outcome
    stage = weighted_least_squares(Z, X[:, place], scaled)
    outcome = weighted_least_squares(Z, y, scaled)
    fitted = X.copy()
    fitted[:, place] = X[:, place] - stage.residuals
    second = weighted_least_squares(fitted, y, scaled)
    residual = y - X @ second.coefficients
    toward = (Z * scaled[:, None]) @ stage.inverse[:, excluded]
    return _Pieces(
        coefficients=second.coefficients,
        influence=(fitted * (scaled * residual)[:, None]) @ second.inverse,
        reduced=np.concatenate([outcome.coefficients[excluded], stage.coefficients[excluded]]),
        reduced_influence=np.hstack([toward * outcome.residuals[:, None], toward * stage.residuals[:, None]]),
        instrument_spread=np.asarray(
            np.linalg.inv(stage.inverse[np.ix_(excluded, excluded)]), dtype=np.float64
        ),
    )


def _reduced_form(
    design: SurveyDesign,
    model: ModelFrame,
    instruments: ModelFrame,
    fits: Sequence[_Pieces],
    excluded: list[int],
) -> Estimate:
    """Return the coefficients of the instruments for outcome and endogenous term as a joint Estimate."""
    named = [instruments.columns[j] for j in excluded]
    terms = (*(f"outcome:{name}" for name in named), *(f"endogenous:{name}" for name in named))
    reduced = Estimate(
        **_common(design, instruments, terms, fits[0].reduced, fits[0].reduced_influence),
        method=f"Reduced form and first stage, {variance_words(design)}",
    )
    if len(fits) == 1:
        return reduced
    thetas = np.array([pieces.reduced for pieces in fits[1:]])
    return replace(reduced, linearised=None, replicate_values=thetas)


def _spread(values: Array, rows: NDArray[np.bool_]) -> Array:
    """Place values of the rows in use among zeros."""
    everywhere = np.zeros((len(rows), values.shape[1]))
    everywhere[rows] = values
    return everywhere


def _diagnostics(fit: InstrumentalRegression) -> tuple[str, ...]:
    """Say how strong the instruments are and what holds without that."""
    return (f"First stage of {fit.endogenous}: {fit.first_stage}.", f"{fit.anderson_rubin()}.")
