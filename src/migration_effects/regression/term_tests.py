"""Joint tests of all columns that a term of the formula makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from migration_effects.errors import ConvergenceError, SpecificationError, nearest
from migration_effects.estimation.estimate import Test
from migration_effects.numerics.quadratic_forms import f_sum_tail
from migration_effects.regression.families import family_of
from migration_effects.regression.formulas import ModelFrame
from migration_effects.regression.likelihoods import LIKELIHOODS
from migration_effects.regression.solutions import Solution

if TYPE_CHECKING:
    from migration_effects.regression.regress import Regression

Array = NDArray[np.float64]
TermTest = Literal["wald", "likelihood_ratio"]


def term_test(fit: Regression, terms: str | Sequence[str], method: TermTest) -> Test:
    """Test that all coefficients of one or more terms are 0; see `Regression.term_test`.

    Parameters
    ----------
    fit : Regression
    terms : str or sequence of str
    method : {"wald", "likelihood_ratio"}

    Returns
    -------
    Test

    Raises
    ------
    SpecificationError
        Unknown term or method, or a covariance that cannot test the term.
    """
    assert fit.model is not None
    wanted = [terms] if isinstance(terms, str) else list(terms)
    columns = sorted({j for term in wanted for j in _columns_of(term, fit.model, fit.formula)})
    keys = _keys(fit, columns)
    if method == "wald":
        found = fit.test([f"`{key}`" for key in keys])
        return replace(found, method=f"Wald test of {', '.join(wanted)}")
    if method == "likelihood_ratio":
        return _likelihood_ratio(fit, columns, keys, ", ".join(wanted))
    raise SpecificationError(f"method={method!r} is unknown. Allowed: wald, likelihood_ratio.")


def _columns_of(term: str, model: ModelFrame, formula: str) -> tuple[int, ...]:
    """Return the columns of a term, whatever the order of its factors."""
    own = {"".join(name.split()): columns for name, columns in model.terms.items() if name != "1"}
    sorted_names = {":".join(sorted(name.split(":"))): columns for name, columns in own.items()}
    columns = sorted_names.get(":".join(sorted("".join(str(term).replace("`", "").split()).split(":"))))
    if columns is None:
        listed = ", ".join(name for name in model.terms if name != "1")
        raise SpecificationError(
            f"{term!r} is not a term of {formula!r} (terms: {listed}).{nearest(str(term), model.terms)}"
        )
    return columns


def _keys(fit: Regression, columns: Sequence[int]) -> list[str]:
    """Return the keys of the coefficients of some columns, in every equation."""
    assert fit.model is not None
    named = [fit.model.columns[j] for j in columns]
    if fit.family == "multinomial":
        return [f"{level}:{name}" for level in fit.model.levels[1:] for name in named]
    return named


def _likelihood_ratio(fit: Regression, columns: Sequence[int], keys: list[str], label: str) -> Test:
    """Refer the working likelihood ratio to its distribution under the design (Rao and Scott 1984)."""
    from migration_effects.regression.regress import solve

    assert fit.model is not None
    assert fit.design is not None
    model = fit.model
    weights = fit.design.final_weights[model.rows]
    kept = [j for j in range(len(model.columns)) if j not in columns]
    if not kept:
        raise SpecificationError(
            f"Without {label} the model has no column left, so there is no likelihood to compare with. "
            "Use method='wald'."
        )
    smaller = replace(
        model,
        matrix=np.ascontiguousarray(model.matrix[:, kept]),
        columns=tuple(model.columns[j] for j in kept),
        terms={},
    )
    full = solve(model, weights, fit.family, fit.link)
    reduced = solve(smaller, weights, fit.family, fit.link)
    ratio = _deviance(smaller, weights, fit, reduced) - _deviance(model, weights, fit, full)
    at = [fit.terms.index(key) for key in keys]
    naive = full.bread[at][:, at]
    eigenvalues = _ratios_of_variances(fit.covariance[np.ix_(at, at)], naive, keys)
    df = float(fit.df.min())
    trace = float(eigenvalues.sum())
    p_value = f_sum_tail(max(ratio, 0.0), eigenvalues, df) if df > 0 else float("nan")
    if df > 0 and np.isnan(p_value):
        raise ConvergenceError(
            f"The generalised design effects of {label} run from {eigenvalues.min():.3g} to {eigenvalues.max():.3g}: "
            "too far apart for the tail of their distribution. Use method='wald', or test the terms one by one."
        )
    text = f"Rao-Scott likelihood ratio test of {label} (-2 log ratio {ratio:.6g})"
    return Test(ratio / trace, trace**2 / float(eigenvalues @ eigenvalues), df, p_value, text)


def _ratios_of_variances(variance: Array, naive: Array, keys: list[str]) -> Array:
    """Return the eigenvalues of ``naive^-1 variance``: generalised design effects."""
    if not np.isfinite(variance).all():
        raise SpecificationError(f"The covariance of {', '.join(keys)} is not known, so there is no test.")
    root = np.linalg.cholesky(naive)
    half = np.linalg.solve(root, variance)
    eigenvalues = np.linalg.eigvalsh(np.linalg.solve(root, half.T))
    if eigenvalues.min() <= 1e-10 * eigenvalues.max():
        raise SpecificationError(
            f"The design has too few PSUs to test {', '.join(keys)} jointly. Test fewer terms at once."
        )
    return np.asarray(eigenvalues[::-1], dtype=np.float64)


def _deviance(model: ModelFrame, weights: Array, fit: Regression, solution: Solution) -> float:
    """Return -2 x the weighted log-likelihood up to a constant, under weights of mean 1."""
    scaled = weights / weights.mean()
    if fit.family in LIKELIHOODS:
        return -2 * LIKELIHOODS[fit.family].evaluate(solution.start, model, scaled).value
    family, _ = family_of(fit.family, fit.link)
    return float(family.deviance(model.outcome, solution.mu, freq_weights=scaled))
