"""Combine the estimates of imputed copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.intervals import Interval, Joined, Logit, Wald
from migration_effects.estimation.stacking import estimate_list, same_sample
from migration_effects.estimation.warn import few_psus

Array = NDArray[np.float64]


def pool(estimates: Sequence[Estimate]) -> Estimate:
    """Pool one estimate per imputed copy by Rubin's rules.

    With Q the mean of the m estimates, U the mean of their covariances and B the covariance between them,
    ``T = U + (1 + 1/m) B``. Degrees of freedom of each term (Barnard and Rubin 1999, *Biometrika* 86:948; as R's
    ``mice``), with ``lambda = (1 + 1/m) B / T`` and v the design's df of the term:
    ``v_m = (m - 1)/lambda^2``, ``v_obs = (v + 1)/(v + 3) v (1 - lambda)``, ``df = v_m v_obs / (v_m + v_obs)``.

    Parameters
    ----------
    estimates : sequence of Estimate
        The same terms from each copy, of any verb: means, regressions, marginal effects, contrasts, stacks. Pool
        on the scale where the estimate is near normal and transform afterwards: ``me.pool(fits).exp()``.

    Returns
    -------
    Estimate
        Table columns ``fmi`` (fraction of missing information, ``(r + 2/(df + 3))/(1 + r)``) and ``riv`` (relative
        increase in variance r) are appended. Smallest n over the copies.

    Raises
    ------
    SpecificationError
        Fewer than two estimates, different terms, designs of different samples, or exponentiated estimates.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> copies = [pd.DataFrame({"y": [1.0, 2.0, 4.0, filled]}) for filled in (3.0, 5.0, 4.0)]
    >>> design = me.SurveyDesign(copies[0])
    >>> pooled = me.pool([me.mean("y", design.with_data(copy)) for copy in copies])
    >>> pooled.table[["estimate", "df"]].round(3)
       estimate     df
    0      2.75  1.735
    """
    parts = estimate_list(estimates, "pool")
    _check(parts)
    m, first = len(parts), parts[0]
    values = np.array([part.values for part in parts])
    point = values.mean(axis=0)
    within = np.mean([part.covariance for part in parts], axis=0)
    between = np.cov(values, rowvar=False, ddof=1).reshape(len(point), len(point))
    total = within + (1 + 1 / m) * between
    design_df = np.min([part.df for part in parts], axis=0)
    lam, riv = _shares(np.diag(within), np.diag(between), m)
    df = barnard_rubin(lam, m, design_df)
    fmi = (riv + 2 / (df + 3)) / (1 + riv)
    interval, words = _interval(first.interval)
    extra = pd.DataFrame({"fmi": np.where(np.isinf(riv), 1.0, fmi), "riv": riv})
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return Estimate(
        terms=first.terms,
        values=point,
        labels=first.labels,
        df=df,
        n=np.min([part.n for part in parts], axis=0),
        n_psu=np.min([part.n_psu for part in parts], axis=0),
        method=f"{first.method}, pooled over {m} imputations (Rubin)",
        design=first.design,
        given_vcov=total,
        notes=(*notes, *words, *few_psus(df, first.terms)),
        interval=interval,
        extra=extra,
    )


def barnard_rubin(lam: Array, m: int, df: Array) -> Array:
    """Return the degrees of freedom of pooled estimates.

    Parameters
    ----------
    lam : ndarray, shape (k,)
        Share of the variance that is due to missing values.
    m : int
    df : ndarray, shape (k,)
        Of the complete data.

    Returns
    -------
    ndarray, shape (k,)
        NaN where the complete data have none.

    Examples
    --------
    >>> import numpy as np
    >>> barnard_rubin(np.array([0.3]), 5, np.array([50.0])).round(3).tolist()
    [19.16]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        old = (m - 1) / lam**2
        observed = np.where(np.isinf(df), np.inf, (df + 1) / (df + 3) * df * (1 - lam))
        both = 1 / (1 / old + 1 / observed)
    return np.where(df > 0, both, np.nan)


def _shares(within: Array, between: Array, m: int) -> tuple[Array, Array]:
    """Return the share of variance due to missing values, and its ratio to the rest."""
    added = (1 + 1 / m) * between
    with np.errstate(divide="ignore", invalid="ignore"):
        lam = np.where(within + added > 0, added / (within + added), 0.0)
        riv = np.where(added > 0, added / within, 0.0)
    return lam, riv


def _check(parts: Sequence[Estimate]) -> None:
    """Raise unless the estimates are of the same terms and sample."""
    if len(parts) < 2:
        raise SpecificationError(
            f"me.pool needs one Estimate per imputed copy, at least 2; got {len(parts)}. Estimate in a loop over the "
            "designs of me.impute."
        )
    first = parts[0]
    for number, part in enumerate(parts, start=1):
        if not isinstance(part, Estimate):
            raise SpecificationError(f"Entry {number} is {type(part).__name__}, not an Estimate.")
        if part.terms != first.terms:
            other = sorted(set(part.terms) ^ set(first.terms))
            raise SpecificationError(
                f"Estimate {number} has other terms than estimate 1 ({', '.join(other) or 'another order'}). A level "
                "without a row in some copies makes them differ: merge rare levels before imputing."
            )
        if (
            part.design is not None
            and first.design is not None
            and not same_sample(part.design, first.design)
        ):
            raise SpecificationError(
                f"Estimate {number} is of another sample or other weights than estimate 1. Pool the copies that one "
                "me.impute made."
            )


def _interval(interval: Interval) -> tuple[Interval, tuple[str, ...]]:
    """Return the rule for pooled limits: t or logit; others rest on one sample's own numbers."""
    if isinstance(interval, (Wald, Logit)):
        return interval, ()
    if isinstance(interval, Joined):
        rules = [_interval(part) for part in interval.parts]
        joined = Joined(tuple(rule for rule, _ in rules), interval.owner, interval.position)
        return joined, tuple(dict.fromkeys(word for _, words in rules for word in words))
    if interval.name.startswith("exp"):
        raise SpecificationError(
            "Pool on the scale of the coefficients and exponentiate afterwards: me.pool(fits).exp()."
        )
    return Wald(), (f"Pooled limits are t limits; {interval.name} limits exist for one sample only.",)
