"""How strong instruments are, and a confidence set that does not depend on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate, Test
from migration_effects.numerics.quadratic_pencil import semidefinite_set

Array = NDArray[np.float64]
BIAS = 0.10  # share of the worst-case bias that the critical value of the effective F allows
SIZE = 0.05
_UNKNOWN = Test(float("nan"), float("nan"), float("nan"), float("nan"), "no test")


@dataclass(frozen=True, slots=True)
class FirstStage:
    """Strength of the instruments.

    Parameters
    ----------
    effective_f : float
        ``pi' Q pi / tr(S Q)``: pi the first-stage coefficients, S their design covariance, Q the cross-products of
        the instruments net of the exogenous terms (Montiel Olea and Pflueger 2013). With one instrument it is the
        design-based F.
    critical_value : float
        Above it, the bias of two-stage least squares is below 10 % of the worst case, at level 5 % (their
        simplified procedure); 23.1 with one instrument.
    test : Test
        Design-based Wald F that all instruments have no effect.
    """

    effective_f: float = float("nan")
    critical_value: float = float("nan")
    test: Test = field(default=_UNKNOWN)

    def __str__(self) -> str:
        verdict = (
            "strong" if self.effective_f > self.critical_value else "weak: prefer the Anderson-Rubin set"
        )
        return (
            f"effective F {self.effective_f:.1f}, critical value {self.critical_value:.1f} for 10% of the worst-case "
            f"bias ({verdict})"
        )


@dataclass(frozen=True, slots=True)
class AndersonRubin:
    """Confidence set of the endogenous coefficient by inverting the Anderson-Rubin test.

    Parameters
    ----------
    endogenous : str
    level : float
    intervals : tuple of (float, float)
        In order; ends may be infinite. None at all says that no value fits: the instruments contradict each other.
    test : Test
        Of no effect.
    """

    endogenous: str
    level: float
    intervals: tuple[tuple[float, float], ...]
    test: Test

    @property
    def bounded(self) -> bool:
        """Whether the set has finite ends."""
        return bool(np.isfinite(np.array(self.intervals, dtype=np.float64)).all())

    def __str__(self) -> str:
        share = f"{100 * self.level:.4g}%"
        head = f"Anderson-Rubin {share} confidence set of {self.endogenous}, valid with weak instruments: "
        if not self.intervals:
            return head + "empty, the instruments contradict each other"
        if self.intervals == ((-np.inf, np.inf),):
            return head + "every value, the instruments are too weak to say anything"
        shown = " and ".join(f"{low:.4g} to {high:.4g}" for low, high in self.intervals)
        return head + shown + ("" if self.bounded else " (unbounded: the instruments are weak)")


def first_stage(reduced: Estimate, spread: Array) -> FirstStage:
    """Return effective F, critical value and Wald test of the instruments.

    Parameters
    ----------
    reduced : Estimate
        Terms ``outcome:z`` and then ``endogenous:z``.
    spread : ndarray, shape (q, q)
        Cross-products of the instruments net of the exogenous terms.

    Returns
    -------
    FirstStage
    """
    q = len(reduced.terms) // 2
    pi, covariance = reduced.values[q:], reduced.covariance[q:, q:]
    product = covariance @ spread
    trace = float(np.trace(product))
    named = ", ".join(term.removeprefix("endogenous:") for term in reduced.terms[q:])
    label = f"Wald test of the instruments {named}"
    if trace <= 0:  # the instruments give the endogenous term exactly
        return FirstStage(
            np.inf, _critical_value(float(q)), Test(np.inf, float(q), float(reduced.df.min()), 0.0, label)
        )
    largest = float(np.linalg.eigvals(product).real.max())
    x = 1 / BIAS
    numbers = trace**2 * (1 + 2 * x) / (float(np.trace(product @ product)) + 2 * x * trace * largest)
    test = reduced.test([f"`{term}`" for term in reduced.terms[q:]])
    return FirstStage(
        float(pi @ spread @ pi) / trace,
        _critical_value(numbers),
        Test(test.statistic, test.df1, test.df2, test.p_value, label),
    )


def _critical_value(effective_number: float) -> float:
    """Return the quantile that bounds the bias, for an effective number of instruments."""
    x = 1 / BIAS
    return float(stats.ncx2.ppf(1 - SIZE, effective_number, x * effective_number) / effective_number)


def anderson_rubin(reduced: Estimate, endogenous: str, level: float) -> AndersonRubin:
    """Invert the Anderson-Rubin test.

    With g(b) the coefficients of the instruments for ``outcome - b endogenous`` and V(b) their covariance, both from
    the joint reduced form, b is kept while ``g' V^-1 g / q <= F_(q, df)``, that is while ``V - g g' / (q F)`` is
    positive semidefinite: a matrix quadratic in b.

    Parameters
    ----------
    reduced : Estimate
        Terms ``outcome:z`` and then ``endogenous:z``.
    endogenous : str
    level : float

    Returns
    -------
    AndersonRubin

    Raises
    ------
    SpecificationError
        No degrees of freedom, or a covariance of deficient rank.
    """
    q, df = len(reduced.terms) // 2, float(reduced.df.min())
    gamma, pi = reduced.values[:q], reduced.values[q:]
    V = reduced.covariance
    names = [term.removeprefix("outcome:") for term in reduced.terms[:q]]
    test = reduced.test([f"`outcome:{name}`" for name in names])
    test = Test(test.statistic, test.df1, test.df2, test.p_value, f"Anderson-Rubin test of {endogenous} = 0")
    if not df > 0:
        raise SpecificationError(
            f"Too few PSUs for {q} instruments and the exogenous terms: no degrees of freedom, so no Anderson-Rubin "
            "set. Use fewer of them."
        )
    # In units near the estimate, so that the matrices are of one size.
    centre = float(pi @ gamma / (pi @ pi)) if (pi @ pi) > 0 else 0.0
    scale = float(np.sqrt(np.trace(V[:q, :q]) / (np.trace(V[q:, q:]) + pi @ pi)))
    limit = q * float(stats.chi2.ppf(level, q) / q if np.isinf(df) else stats.f.ppf(level, q, df))
    Vy, Vyd, Vd = V[:q, :q], V[:q, q:], V[q:, q:]
    g0, g1 = gamma - centre * pi, -scale * pi
    V0 = Vy - centre * (Vyd + Vyd.T) + centre**2 * Vd
    V1 = scale * (2 * centre * Vd - Vyd - Vyd.T)
    size = 1 / np.sqrt(np.diag(Vy) + centre**2 * np.diag(Vd))
    both = np.outer(size, size)
    pieces = semidefinite_set(
        both * (V0 - np.outer(g0, g0) / limit),
        both * (V1 - (np.outer(g0, g1) + np.outer(g1, g0)) / limit),
        both * (scale**2 * Vd - np.outer(g1, g1) / limit),
    )
    intervals = tuple((centre + scale * low, centre + scale * high) for low, high in pieces)
    return AndersonRubin(endogenous, level, intervals, test)
