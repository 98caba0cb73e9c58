"""The one result of every verb: values with the influence that gives any joint standard error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, special

from migration_effects.design import SurveyDesign
from migration_effects.design.replicates import replicate_covariance
from migration_effects.design.variance import Influence
from migration_effects.errors import SpecificationError
from migration_effects.estimation.expressions import evaluate, hypotheses, texts
from migration_effects.estimation.intervals import Exponential, Interval, Wald, statistics, two_sided

Array = NDArray[np.float64]


UNKNOWN_SAMPLING = (
    "The data do not say how they were sampled: no standard errors, intervals or p-values are known."
)


@dataclass(frozen=True, slots=True)
class Test:
    """A joint test.

    Parameters
    ----------
    statistic : float
        F statistic.
    df1, df2 : float
        Numerator and denominator degrees of freedom.
    p_value : float
    method : str
        What was tested and how.
    """

    statistic: float
    df1: float
    df2: float
    p_value: float
    method: str

    def __repr__(self) -> str:
        return f"{self.method}: F = {self.statistic:.4f} on {self.df1:g} and {self.df2:g} df, p = {self.p_value:.4g}"


Test.__test__ = False  # type: ignore[attr-defined]  # pytest must not collect it


@dataclass(frozen=True, repr=False, eq=False)
class Estimate:
    """Values with their joint covariance.

    Parameters
    ----------
    terms : tuple of str
        Unique key of each row, for example ``anxious[girl]``.
    values : ndarray, shape (k,)
    labels : DataFrame
        One row per term: the ``by`` columns, then ``term`` (the key without its ``by`` part).
    df, n, n_psu : ndarray, shape (k,)
        Degrees of freedom; unweighted rows and PSUs in use.
    method : str
        What was estimated and how its variance was found.
    design : SurveyDesign or None
    linearised : ndarray or sparse array, shape (n, k), optional
        Influence with final weights, not yet projected through the weighting steps.
    replicate_values : ndarray, shape (R, k), optional
        The estimate under each replicate.
    given_vcov : ndarray, shape (k, k), optional
        A covariance that comes from elsewhere (imputations, a bootstrap).
    notes : tuple of str
        Missing rows, dropped levels, warnings.
    interval : Interval
        The rule of ``conf_low`` and ``conf_high``.
    extra : DataFrame or None
        Further columns of `table`, such as ``deff``.
    """

    terms: tuple[str, ...]
    values: Array
    labels: pd.DataFrame
    df: Array
    n: NDArray[np.int64]
    n_psu: NDArray[np.int64]
    method: str
    design: SurveyDesign | None = None
    linearised: Influence | None = None
    replicate_values: Array | None = None
    given_vcov: Array | None = None
    notes: tuple[str, ...] = ()
    interval: Interval = field(default_factory=Wald)
    extra: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        if len(set(self.terms)) != len(self.terms):
            repeated = sorted({term for term in self.terms if self.terms.count(term) > 1})
            raise SpecificationError(f"The terms {repeated} occur more than once. Name each variable once.")
        if self.design is not None and self.linearised is not None:
            assert self.design.strata_checked  # a design that cannot give a variance says so at once
        if self.unknown_sampling:
            self._without_precision()

    @property
    def unknown_sampling(self) -> bool:
        """Whether the data do not say how they were sampled, so that no variance is known."""
        return self.design is not None and self.design.sampling == "unknown"

    def _without_precision(self) -> None:
        """Say that nothing is known about precision, whatever way the verb found its variance."""
        notes = self.notes if UNKNOWN_SAMPLING in self.notes else (*self.notes, UNKNOWN_SAMPLING)
        fields = {"notes": notes, "df": np.full(len(self.terms), np.nan), "n_psu": np.zeros_like(self.n_psu)}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    # --- uncertainty ----------------------------------------------------------------------------------

    @cached_property
    def influence(self) -> Array | None:
        """Influence of each row of the design's data, shape (n, k); zero outside the domain.

        Final weights included, so that the error of the estimate is the sum of its rows;
        ``design.covariance(influence)`` carries it through the weighting steps and gives `vcov`. None where only
        replicates, a bootstrap or imputations give the covariance.
        """
        if self.linearised is None or self.replicate_values is not None:
            return None
        return self.linearised.toarray() if sparse.issparse(self.linearised) else np.asarray(self.linearised)

    @cached_property
    def covariance(self) -> Array:
        """Joint covariance as an array, shape (k, k); NaN where the sampling is unknown."""
        if self.unknown_sampling:
            return np.full((len(self.terms), len(self.terms)), np.nan)
        if self.given_vcov is not None:
            return self.given_vcov
        if self.replicate_values is not None:
            assert self.design is not None
            assert self.design.replicates is not None
            return replicate_covariance(self.replicate_values, self.design.replicates.scale)
        assert self.design is not None
        assert self.linearised is not None
        return self.design.covariance(self.linearised)

    @property
    def vcov(self) -> pd.DataFrame:
        """Joint covariance, labelled by `terms`."""
        return pd.DataFrame(self.covariance, index=list(self.terms), columns=list(self.terms))

    @cached_property
    def std_error(self) -> Array:
        """Standard errors, shape (k,)."""
        if "covariance" in self.__dict__ or self.linearised is None or self.given_vcov is not None:
            variances = np.diag(self.covariance)
        else:
            assert self.design is not None
            variances = self.design.variances(self.linearised)
        return np.sqrt(np.where(variances < 0, np.nan, variances))

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per term: ``by`` columns, then the fixed columns of every result, then any extra ones."""
        statistic = statistics(self.interval, self.values, self.std_error)
        low, high = self.interval.limits(self.values, self.std_error, self.df, 0.95)
        columns = {
            "estimate": self.values,
            "std_error": self.std_error,
            "statistic": statistic,
            "df": self.df,
            "p_value": two_sided(statistic, self.df),
            "conf_low": low,
            "conf_high": high,
            "n": self.n,
            "n_psu": self.n_psu,
        }
        frame = pd.DataFrame({**{name: self.labels[name].array for name in self.labels}, **columns})
        if self.extra is not None:
            frame = pd.concat([frame, self.extra.reset_index(drop=True)], axis=1)
        return frame

    def confint(self, level: float = 0.95) -> pd.DataFrame:
        """Return confidence limits at another level.

        Parameters
        ----------
        level : float
            Between 0 and 1.

        Returns
        -------
        DataFrame
            ``conf_low``, ``conf_high``, indexed by `terms`.
        """
        if not 0 < level < 1:
            raise SpecificationError(f"level={level!r} must lie between 0 and 1, for example 0.9.")
        low, high = self.interval.limits(self.values, self.std_error, self.df, level)
        return pd.DataFrame({"conf_low": low, "conf_high": high}, index=list(self.terms))

    # --- combining ------------------------------------------------------------------------------------

    def contrast(self, expression: str | Sequence[str]) -> Estimate:
        """Return one or more expressions in the terms, by the delta method.

        Parameters
        ----------
        expression : str or list of str
            Arithmetic (``+ - * / **``, ``log``, ``exp``, ``sqrt``) in keys of `terms`; backticks around a key
            that holds other characters. ``"anxious[girl] - anxious[boy]"``.

        Returns
        -------
        Estimate
            Its terms are the expressions; df is the smallest of the terms used.

        Examples
        --------
        >>> import pandas as pd
        >>> import migration_effects as me
        >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0], "sex": ["boy", "girl", "boy", "girl"]})
        >>> scores = me.mean("y", me.SurveyDesign(data), by="sex")
        >>> float(scores.contrast("y[girl] - y[boy]").values[0])
        2.0
        """
        expressions = texts(expression)
        points, jacobian, used = evaluate(expressions, self.terms, self.values)
        method = f"{'difference' if len(expressions) == 1 else 'expressions'} of: {self.method}"
        return self.transformed(tuple(expressions), points, jacobian, used, method=method)

    def transformed(
        self,
        terms: tuple[str, ...],
        values: Array,
        jacobian: Array,
        used: NDArray[np.bool_],
        *,
        method: str,
        interval: Interval | None = None,
        labels: pd.DataFrame | None = None,
    ) -> Estimate:
        """Return a smooth function of the estimate by the delta method.

        Parameters
        ----------
        terms : tuple of str
        values : ndarray, shape (m,)
        jacobian : ndarray, shape (m, k)
        used : ndarray of bool, shape (m, k)
            Which terms an expression names.
        method : str
        interval : Interval, optional
        labels : DataFrame, optional

        Returns
        -------
        Estimate
        """

        def least(column: NDArray[np.generic]) -> NDArray[np.generic]:
            """Return the smallest value among the terms each expression uses."""
            return np.array([column[row].min() if row.any() else column.min() for row in used])

        linearised = self.linearised
        if linearised is not None:
            linearised = linearised @ (
                sparse.csr_array(jacobian.T) if sparse.issparse(linearised) else jacobian.T
            )
        thetas = self.replicate_values
        if thetas is not None:
            # The replicates of a function of estimates move around the function of their mean to first order.
            centre = thetas.mean(axis=0)
            thetas = values + (thetas - centre) @ jacobian.T
        given = None if self.given_vcov is None else _carried(self.given_vcov, jacobian)
        return replace(
            self,
            terms=terms,
            values=values,
            labels=pd.DataFrame({"term": list(terms)}) if labels is None else labels,
            df=least(self.df).astype(np.float64),
            n=least(self.n).astype(np.int64),
            n_psu=least(self.n_psu).astype(np.int64),
            method=method,
            linearised=linearised,
            replicate_values=thetas,
            given_vcov=given,
            interval=interval or Wald(),
            extra=None,
        )

    def test(self, hypothesis: str | Sequence[str]) -> Test:
        """Test linear hypotheses jointly: ``F = Wald/q`` on (q, df).

        Parameters
        ----------
        hypothesis : str or list of str
            ``"a = b = 0"``, ``"a - b = 2"``, or several of them in a list. An expression without ``=`` is
            tested against 0.

        Returns
        -------
        Test

        Raises
        ------
        SpecificationError
            An unknown term, or restrictions that repeat each other.
        """
        expressions = hypotheses(hypothesis, self.terms)
        contrast = self.contrast(expressions)
        variance = contrast.covariance
        q = len(expressions)
        scale = np.sqrt(np.diag(variance))
        if not np.all(np.isfinite(variance)) or (scale <= 0).any():
            raise SpecificationError(
                f"The covariance of {expressions} is not known or zero, so there is no test."
            )
        correlation = variance / np.outer(scale, scale)
        if np.linalg.matrix_rank(correlation, tol=1e-10 * q) < q:
            raise SpecificationError(
                f"The {q} restrictions {expressions} repeat each other, or the design has too few PSUs to test "
                "them jointly. Leave out those that follow from the others."
            )
        z = contrast.values / scale
        wald = float(z @ np.linalg.solve(correlation, z))
        df2 = float(contrast.df.min())
        statistic = wald / q
        p_value = float(_f_tail(statistic, q, df2))
        return Test(statistic, float(q), df2, p_value, f"Wald test of {_worded(hypothesis)}")

    def exp(self) -> Estimate:
        """Return the exponential: odds, rate or risk ratios with exponentiated limits.

        Returns
        -------
        Estimate
            Standard errors by the delta method; limits are those of the log scale, exponentiated; ``statistic`` and
            ``p_value`` are those of the log scale too: they test the ratio against 1.

        Raises
        ------
        SpecificationError
            Values too large for a logarithm of anything, such as totals.
        """
        with np.errstate(over="ignore"):
            values = np.exp(self.values)
        large = [term for term, value in zip(self.terms, values, strict=True) if np.isinf(value)]
        if large:
            raise SpecificationError(
                f"The exponential of {', '.join(large[:5])} is infinite. exp() is for coefficients on a log or logit "
                "scale."
            )
        k = len(values)
        result = self.transformed(
            self.terms,
            values,
            np.diag(values),
            np.eye(k, dtype=bool),
            method=f"exponential of: {self.method}",
            interval=Exponential(self.interval, self.values, self.std_error),
            labels=self.labels,
        )
        return replace(result, df=self.df, n=self.n, n_psu=self.n_psu)

    # --- showing --------------------------------------------------------------------------------------

    def _heading(self) -> str:
        """Say in one line what the table below holds."""
        if self.unknown_sampling:
            return f"{self.method}; sampling unknown"
        df = np.unique(self.df)
        shown = f"{df[0]:g}" if len(df) == 1 else f"{df[0]:g} to {df[-1]:g}"
        return f"{self.method}; {self.interval.name} intervals, {shown} degrees of freedom"

    def __repr__(self) -> str:
        table = self.table.to_string(index=False, float_format=lambda value: f"{value:.4g}", max_rows=40)
        return "\n".join([self._heading(), table, *(f"Note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        from html import escape

        notes = "".join(f"<p>Note: {escape(note)}</p>" for note in self.notes)
        table = self.table.to_html(
            index=False, float_format=lambda value: f"{value:.4g}", max_rows=40, border=0
        )
        return f"<p>{escape(self._heading())}</p>{table}{notes}"


def _carried(covariance: Array, jacobian: Array) -> Array:
    """Return ``J V J'``, unknown only where an unknown entry of V takes part."""
    unknown = np.isnan(covariance)
    result: Array = jacobian @ np.where(unknown, 0.0, covariance) @ jacobian.T
    if unknown.any():
        part = (jacobian != 0).astype(np.float64)
        result = np.where(part @ unknown @ part.T > 0, np.nan, result)
    return result


def _f_tail(statistic: float, df1: float, df2: float) -> float:
    """Return P(F > statistic); NaN without degrees of freedom."""
    if not df2 > 0:
        return float("nan")
    if np.isinf(df2):
        return float(special.chdtrc(df1, statistic * df1))
    return float(special.fdtrc(df1, df2, statistic))


def _worded(hypothesis: str | Sequence[str]) -> str:
    """Return the hypothesis as one line."""
    return hypothesis if isinstance(hypothesis, str) else "; ".join(hypothesis)
