"""The survey design as an object that remembers the whole sample."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from migration_effects.design import variance
from migration_effects.design.columns import names, numeric
from migration_effects.design.domain import domain_mask
from migration_effects.design.replicates import Replicates
from migration_effects.design.stages import LonelyPsu, Stage, build_stages
from migration_effects.design.steps import Step, project
from migration_effects.errors import DesignError, SpecificationError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
ReplicateMethod = Literal["jk1", "jkn", "brr", "fay", "bootstrap", "sdr"]
LONELY_RULES = ("fail", "certainty", "adjust", "average")
Sampling = Literal["known", "unknown"]
SAMPLING = ("known", "unknown")
REPLICATE_METHODS = ("jk1", "jkn", "brr", "fay", "bootstrap", "sdr")
PROJECTION_BLOCK = 32


@dataclass(frozen=True, init=False, repr=False, eq=False)
class SurveyDesign:
    """A sample with its strata, PSUs, weights and the domain under study.

    Rows are never dropped: `where` restricts the domain, and strata and PSUs without domain members stay in the
    variance as zeros, as R's ``survey`` does. Weighting verbs return a new design whose variance knows the step.

    Parameters
    ----------
    data : DataFrame
        One row per sampled unit, in any order.
    weights : str, optional
        Column of base weights, not negative. Without it the weights are the inverse of the sampling fractions
        of `fpc`, or 1.
    psu : str or list of str, optional
        Sampling units, one column per stage, ids nested in their stratum. Without it every row is its own PSU.
    strata : str or list of str, optional
        Strata, one column per stage.
    fpc : str or list of str, optional
        Population sizes (units in the stratum; at later stages, in the unit of the stage before), or sampling
        fractions when none exceeds 1. Stages after the first add to the variance only with it.
    lonely_psu : {"fail", "certainty", "adjust", "average"}
        What a stratum with one PSU contributes: an error; nothing; its distance from the overall mean; the
        average of the other strata.
    replicate_weights : list of str, optional
        Columns of replicate weights as delivered, sampling weight included. The variance then comes from them.
    replicate_method : {"jk1", "jkn", "brr", "fay", "bootstrap", "sdr"}, optional
        How the producer made them; gives the default `replicate_scale`.
    replicate_scale : float or sequence of float, optional
        ``V = sum_r scale_r (theta_r - mean theta)^2``: one number or one per replicate.
    df : float, optional
        Overrides the degrees of freedom.
    sampling : {"known", "unknown"}
        "unknown" where the data do not say how they were sampled: estimates then have values, and neither standard
        errors nor intervals nor p-values.

    Raises
    ------
    DesignError
        Weights, strata, PSUs or population sizes are missing, contradictory or impossible.
    SpecificationError
        A column does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> sample = pd.DataFrame({"psu": [1, 1, 2, 2], "weight": [10.0, 10.0, 20.0, 20.0], "y": [1, 2, 3, 6]})
    >>> design = SurveyDesign(sample, weights="weight", psu="psu")
    >>> design
    SurveyDesign: 4 rows, 2 PSUs, df 1, weights sum to 60
    >>> design.where("y >= 2").n
    3
    """

    data: pd.DataFrame
    lonely_psu: LonelyPsu
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    replicates: Replicates | None
    description: str
    _base: Array
    _domain: Mask
    _df: float | None
    _replicates_only: bool
    sampling: Sampling

    def __init__(
        self,
        data: pd.DataFrame,
        *,
        weights: str | None = None,
        psu: str | list[str] | None = None,
        strata: str | list[str] | None = None,
        fpc: str | list[str] | None = None,
        lonely_psu: LonelyPsu = "fail",
        replicate_weights: list[str] | None = None,
        replicate_method: ReplicateMethod | None = None,
        replicate_scale: float | Sequence[float] | None = None,
        df: float | None = None,
        sampling: Sampling = "known",
    ) -> None:
        if not isinstance(data, pd.DataFrame):
            raise SpecificationError(f"data must be a pandas DataFrame; got {type(data).__name__}.")
        if not len(data):
            raise DesignError("The data have no rows, so there is no sample to describe.")
        if lonely_psu not in LONELY_RULES:
            raise SpecificationError(
                f"lonely_psu={lonely_psu!r} is unknown. Allowed: {', '.join(LONELY_RULES)}."
            )
        if df is not None and not df > 0:
            raise SpecificationError(f"df={df!r} must be a positive number.")
        if sampling not in SAMPLING:
            raise SpecificationError(f"sampling={sampling!r} is unknown. Allowed: {', '.join(SAMPLING)}.")
        if sampling == "unknown" and any(v is not None for v in (psu, strata, fpc, replicate_weights, df)):
            raise SpecificationError(
                'sampling="unknown" takes weights only: with psu, strata, fpc, replicate weights or df it is known.'
            )
        stages = build_stages(data, names(psu), names(strata), names(fpc), n_rows=len(data))
        base = _base_weights(data, weights, stages)
        replicates = _delivered(data, replicate_weights, replicate_method, replicate_scale)
        self._set(
            data=data.copy(deep=False),
            lonely_psu=lonely_psu,
            stages=stages,
            steps=(),
            replicates=replicates,
            description=f"weights={weights!r}" if weights else "weights from fpc" if fpc else "equal weights",
            _base=base,
            _domain=np.ones(len(data), dtype=bool),
            _df=df,
            _replicates_only=replicates is not None and psu is None,
            sampling=sampling,
        )

    def _set(self, **fields: Any) -> None:
        """Fill the fields of a frozen object while it is being made."""
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _with(self, **changes: Any) -> SurveyDesign:
        """Return a copy with some fields changed and nothing cached."""
        other = copy.copy(self)
        for name in ("final_weights", "in_use", "in_variance", "strata_checked"):
            other.__dict__.pop(name, None)
        other._set(**changes)
        return other

    # --- what the sample looks like -----------------------------------------------------------------

    @cached_property
    def final_weights(self) -> Array:
        """Weights after every step as an array, shape (n,)."""
        return self.steps[-1].after if self.steps else self._base

    @cached_property
    def in_use(self) -> Mask:
        """Rows of the domain with a positive weight, shape (n,)."""
        return self._domain & (self.final_weights > 0)

    @cached_property
    def in_variance(self) -> Mask:
        """Rows whose strata the variance looks at, shape (n,).

        Those of the domain; the whole sample once a weighting step ties its rows together, because the influence
        of a domain then reaches rows outside it.
        """
        return self._base > 0 if any(step.ties_rows for step in self.steps) else self.in_use

    @property
    def base_weights(self) -> Array:
        """Weights before any step as an array, shape (n,)."""
        return self._base

    @property
    def weights(self) -> pd.Series:
        """Weights after every step, in row order."""
        return pd.Series(self.final_weights, index=self.data.index, name="weight")

    @property
    def domain(self) -> pd.Series:
        """Whether a row belongs to the domain, in row order."""
        return pd.Series(self._domain, index=self.data.index, name="domain")

    @property
    def n(self) -> int:
        """Rows in the domain."""
        return int(self.in_use.sum())

    @property
    def n_psu(self) -> int:
        """PSUs with a row in the domain."""
        return self.psus_used(self.in_use)

    @property
    def df(self) -> float:
        """Degrees of freedom of the domain: PSUs less strata with rows in use, unless overridden."""
        return self.df_of(self.in_use)

    @property
    def fixed_df(self) -> bool:
        """Whether df is given by the user or by delivered replicates instead of counts of PSUs."""
        return self._df is not None or self._replicates_only

    @property
    def history(self) -> tuple[str, ...]:
        """The weighting steps by name, the base first."""
        return ("base", *(step.name for step in self.steps))

    # --- the verbs of a design ----------------------------------------------------------------------

    def where(self, condition: str | pd.Series | NDArray[np.bool_]) -> SurveyDesign:
        """Restrict the domain; strata, PSUs and weights stay as sampled.

        Parameters
        ----------
        condition : str or boolean Series or ndarray
            An expression in the columns (``"age >= 11 & sex == 'girl'"``) or one True/False per row. Rows where
            it is missing leave the domain.

        Returns
        -------
        SurveyDesign

        Raises
        ------
        SpecificationError
            The expression names an unknown column or is not a condition; the Series has another index.
        DesignError
            No row is left.

        Examples
        --------
        >>> import pandas as pd
        >>> design = SurveyDesign(pd.DataFrame({"age": [10, 12, 15]}))
        >>> design.where("age >= 11").n
        2
        """
        mask = domain_mask(self.data, condition) & self._domain
        restricted = self._with(_domain=mask)
        if not restricted.in_use.any():
            shown = repr(condition) if isinstance(condition, str) else "the condition given"
            raise DesignError(
                f"The domain is empty: no row with a positive weight meets {shown} "
                f"({int(mask.sum())} rows of weight 0). Check the values it compares with."
            )
        return restricted

    def with_step(self, step: Step) -> SurveyDesign:
        """Return the design after one more weighting step; rows of weight 0 leave the domain.

        Parameters
        ----------
        step : Step

        Returns
        -------
        SurveyDesign
        """
        return self._with(steps=(*self.steps, step), _domain=self._domain & (step.after > 0))

    def with_data(self, data: pd.DataFrame) -> SurveyDesign:
        """Return the design with other columns for the same rows.

        Parameters
        ----------
        data : DataFrame
            As many rows, in the same order.

        Returns
        -------
        SurveyDesign
        """
        if len(data) != len(self.data):
            raise SpecificationError(f"The design has {len(self.data)} rows, the new data {len(data)}.")
        return self._with(data=data.copy(deep=False))

    def with_replicates(self, replicates: Replicates) -> SurveyDesign:
        """Return the design with replicates, which then carry the variance.

        Parameters
        ----------
        replicates : Replicates

        Returns
        -------
        SurveyDesign
        """
        return self._with(replicates=replicates)

    # --- variance -----------------------------------------------------------------------------------

    def psus_used(self, rows: Mask) -> int:
        """Return the number of PSUs with a row in use."""
        first = self.stages[0]
        return int(np.count_nonzero(np.bincount(first.unit[rows], minlength=first.units)))

    def df_of(self, rows: Mask) -> float:
        """Return the degrees of freedom of a set of rows.

        Parameters
        ----------
        rows : ndarray of bool, shape (n,)

        Returns
        -------
        float
            PSUs less strata with rows in use; for delivered replicate weights, their rank less 1.
        """
        if self._df is not None:
            return float(self._df)
        if self._replicates_only and self.replicates is not None:
            return float(self.replicates.rank(rows, self._base, self.steps) - 1)
        first = self.stages[0]
        units = np.bincount(first.unit[rows], minlength=first.units) > 0
        groups = np.bincount(first.group_of_unit[units], minlength=first.groups) > 0
        return float(units.sum() - groups.sum())

    def project(self, influence: Array) -> Array:
        """Carry influence under the final weights back through every weighting step."""
        return project(influence, self.steps)

    @cached_property
    def strata_checked(self) -> bool:
        """True when every stratum in use can give a variance; otherwise reading it raises `DesignError`."""
        variance.check_lonely(self.stages, self.lonely_psu, self.in_variance)
        return True

    def covariance(self, influence: variance.Influence) -> Array:
        """Return the covariance of estimates from their influence.

        Parameters
        ----------
        influence : ndarray or sparse array, shape (n, k)
            Final weights included, zero outside the domain; not yet projected through the weighting steps.

        Returns
        -------
        ndarray, shape (k, k)
            NaN where the sampling is unknown.
        """
        if self.sampling == "unknown":
            return np.full((influence.shape[1], influence.shape[1]), np.nan)
        return variance.covariance(self._prepared(influence), self.stages, self.lonely_psu, self.in_variance)

    def variances(self, influence: variance.Influence) -> Array:
        """Return the diagonal of `covariance`, shape (k,)."""
        if self.sampling == "unknown":
            return np.full(influence.shape[1], np.nan)
        if not self.steps:
            return variance.variances(influence, self.stages, self.lonely_psu, self.in_variance)
        # Projection fills in zeros, so many domains are taken a few columns at a time.
        parts = []
        for start in range(0, influence.shape[1], PROJECTION_BLOCK):
            block = self._prepared(influence[:, start : start + PROJECTION_BLOCK])
            parts.append(variance.variances(block, self.stages, self.lonely_psu, self.in_variance))
        return np.concatenate(parts) if parts else np.zeros(0)

    def _prepared(self, influence: variance.Influence) -> variance.Influence:
        """Project through the steps where there are any."""
        if not self.steps:
            return influence
        dense = influence.toarray() if sparse.issparse(influence) else np.asarray(influence)
        return self.project(dense)

    def replicate_columns(self) -> Iterator[Array]:
        """Yield the final weights of each replicate, shape (n,)."""
        assert self.replicates is not None
        return self.replicates.columns(self._base, self.steps)

    def replicate_sums(self, values: variance.Influence) -> Array:
        """Return weighted sums of per-row values under every replicate, shape (R, k)."""
        assert self.replicates is not None
        return self.replicates.sums(values, self._base, self.steps)

    def __repr__(self) -> str:
        first = self.stages[0]
        if self.sampling == "unknown":
            domain = "" if self._domain.all() else f", domain {self.n} rows"
            total = self.final_weights.sum()
            return f"SurveyDesign: {len(self.data)} rows{domain}, sampling unknown, weights sum to {total:g}"
        strata = f", {first.groups} strata" if first.groups > 1 else ""
        stages = f", {len(self.stages)} stages" if len(self.stages) > 1 else ""
        inside = "" if self._domain.all() else f", domain {self.n} rows in {self.n_psu} PSUs"
        steps = f", steps {' > '.join(self.history[1:])}" if self.steps else ""
        repeated = f", {self.replicates.count} {self.replicates.method} replicates" if self.replicates else ""
        return (
            f"SurveyDesign: {len(self.data)} rows, {first.units} PSUs{strata}{stages}{inside}, df {self.df:g}, "
            f"weights sum to {self.final_weights.sum():g}{steps}{repeated}"
        )


def _base_weights(data: pd.DataFrame, column: str | None, stages: tuple[Stage, ...]) -> Array:
    """Read the base weights, or derive them from the sampling fractions."""
    if column is None:
        weights = np.ones(len(data))
        for stage in stages:
            fraction = stage.sampled_fraction[stage.group_of_unit[stage.unit]]
            weights = weights / np.where(fraction > 0, fraction, 1.0)
        return weights
    try:
        weights = numeric(data, column, purpose="weights")
    except SpecificationError as error:
        raise DesignError(f"{error} Weights are finite numbers, not negative.") from error
    faults = {"missing": int(np.isnan(weights).sum()), "negative": int((weights < 0).sum())}
    if any(faults.values()):
        found = " and ".join(f"{count} {name}" for name, count in faults.items() if count)
        raise DesignError(
            f"Weight column {column!r} has {found} of {len(weights)} values. Weights are finite numbers, not "
            "negative. Give 0 to rows that do not represent anybody, or leave them out before weighting."
        )
    if not (weights > 0).any():
        raise DesignError(f"Every value of weight column {column!r} is 0.")
    return weights


def _delivered(
    data: pd.DataFrame,
    columns: list[str] | None,
    method: ReplicateMethod | None,
    scale: float | Sequence[float] | None,
) -> Replicates | None:
    """Read replicate weights as delivered by a data producer."""
    if columns is None:
        if method is not None or scale is not None:
            raise SpecificationError(
                "replicate_method and replicate_scale describe replicate_weights, which are not given. "
                "To make replicates from the design use me.replicate."
            )
        return None
    if method is not None and method not in REPLICATE_METHODS:
        raise SpecificationError(
            f"replicate_method={method!r} is unknown. Allowed: {', '.join(REPLICATE_METHODS)}."
        )
    listed = names(columns)
    if len(listed) < 2:
        raise SpecificationError("replicate_weights needs at least two columns.")
    matrix = np.empty((len(data), len(listed)), order="F")
    for j, name in enumerate(listed):
        matrix[:, j] = numeric(data, name, purpose="replicate weights")
    bad = ~(matrix >= 0).all(axis=0)
    if bad.any():
        raise DesignError(
            f"{int(bad.sum())} replicate-weight columns hold missing or negative values "
            f"(first: {listed[int(np.flatnonzero(bad)[0])]!r}). Replicate weights are finite, not negative."
        )
    return Replicates(method or "delivered", _delivered_scale(len(listed), method, scale), weights=matrix)


def _delivered_scale(count: int, method: str | None, scale: float | Sequence[float] | None) -> Array:
    """Return one factor per replicate, from the user or from the method."""
    if scale is not None:
        values = np.atleast_1d(np.asarray(scale, dtype=np.float64))
        if (
            values.size != (count if np.ndim(scale) else 1)
            or not np.all(np.isfinite(values))
            or (values < 0).any()
        ):
            raise SpecificationError(
                f"replicate_scale must be one number or {count} numbers (one per replicate), finite and not "
                f"negative; got {values.size}."
            )
        return np.broadcast_to(values, (count,)).astype(np.float64)
    by_method = {"jk1": (count - 1) / count, "brr": 1 / count, "bootstrap": 1 / (count - 1), "sdr": 4 / count}
    if method not in by_method:
        raise SpecificationError(
            f"replicate_method={method!r} does not fix the factor of the squared deviations. Give "
            "replicate_scale as the data producer documents it: for Fay's method 1/(R(1 - rho)^2), for JKn "
            "(n_h - 1)/n_h for each replicate."
        )
    return np.full(count, by_method[method])
