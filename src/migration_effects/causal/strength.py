"""How strong an unmeasured confounder would have to be: the algebra of five answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Array = NDArray[np.float64]
LARGEST_GAMMA = 1e6


def e_value(risk_ratio: float) -> float:
    """Return the E-value of a risk ratio: ``RR + sqrt(RR (RR - 1))`` after turning it above 1.

    VanderWeele and Ding 2017, *Annals of Internal Medicine* 167:268: the risk ratio that an unmeasured confounder
    needs with both exposure and outcome to explain the association away.

    Parameters
    ----------
    risk_ratio : float
        Positive.

    Returns
    -------
    float

    Examples
    --------
    >>> round(e_value(3.9), 2), round(e_value(1.8), 2)
    (7.26, 3.0)
    """
    if not risk_ratio > 0:
        return float("nan")
    above = max(risk_ratio, 1 / risk_ratio)
    return float(above + np.sqrt(above * (above - 1)))


def e_value_of_limit(low: float, high: float) -> float:
    """Return the E-value of the limit nearer to no effect; 1 when the interval holds a risk ratio of 1.

    Parameters
    ----------
    low, high : float
        Limits of the risk ratio.

    Returns
    -------
    float
    """
    if not (np.isfinite(low) and np.isfinite(high)):
        return float("nan")
    return 1.0 if low <= 1 <= high else e_value(low if low > 1 else high)


def partial_r2(t: float, df: float) -> float:
    """Return the partial R squared of a coefficient, ``t^2 / (t^2 + df)``."""
    return t * t / (t * t + df)


def robustness_value(t: float, df: float, *, q: float = 1.0, alpha: float | None = None) -> float:
    """Return the share of residual variance that a confounder must explain to take away a share q of the estimate.

    ``(sqrt(f^4 + 4 f^2) - f^2) / 2`` with ``f = q |t| / sqrt(df)``; with `alpha`, f is reduced by the critical value
    over ``sqrt(df - 1)``, so that the estimate is no longer significant (Cinelli and Hazlett 2020, JRSS B 82:39).

    Parameters
    ----------
    t : float
        Of the least-squares fit, not of the design.
    df : float
        Rows less columns of that fit.
    q : float
    alpha : float, optional

    Returns
    -------
    float
        0 when nothing needs to be explained away.

    Examples
    --------
    >>> round(robustness_value(4.184, 783), 3), round(robustness_value(4.184, 783, alpha=0.05), 3)
    (0.139, 0.076)
    """
    f = q * abs(t) / np.sqrt(df)
    critical = 0.0 if alpha is None else float(stats.t.isf(alpha / 2, df - 1) / np.sqrt(df - 1))
    reduced = f - critical
    if reduced <= 0:
        return 0.0
    if alpha is not None and f > 1 / critical:
        return float((f**2 - critical**2) / (1 + f**2))
    return float((np.sqrt(reduced**4 + 4 * reduced**2) - reduced**2) / 2)


@dataclass(frozen=True, slots=True)
class Bound:
    """A confounder as strong as a benchmark covariate.

    Parameters
    ----------
    exposure : float
        Its partial R squared with the exposure.
    outcome : float
        Its partial R squared with the outcome.
    estimate : float
        What would be left of the estimate.
    """

    exposure: float
    outcome: float
    estimate: float


def benchmark_bound(
    exposure_r2: float, outcome_r2: float, estimate: float, std_error: float, df: float, *, times: float = 1.0
) -> Bound:
    """Bound the strength of a confounder that is `times` as strong as a measured covariate.

    Cinelli and Hazlett 2020, section 4.4.

    Parameters
    ----------
    exposure_r2, outcome_r2 : float
        Partial R squared of the covariate with the exposure given the other covariates, and with the outcome given
        those and the exposure.
    estimate, std_error, df : float
        Of the least-squares fit.
    times : float

    Returns
    -------
    Bound
        NaN where no confounder can be that strong.
    """
    exposure = times * exposure_r2 / (1 - exposure_r2)
    shared = times * exposure_r2**2 / ((1 - times * exposure_r2) * (1 - exposure_r2))
    if not (exposure < 1 and 0 <= shared < 1):
        return Bound(float("nan"), float("nan"), float("nan"))
    eta = (np.sqrt(times) + np.sqrt(shared)) / np.sqrt(1 - shared)
    outcome = min(float(eta**2 * outcome_r2 / (1 - outcome_r2)), 1.0)
    bias = std_error * np.sqrt(df) * np.sqrt(outcome * exposure / (1 - exposure))
    return Bound(float(exposure), outcome, float(estimate - np.sign(estimate) * bias))


def oster_delta(
    *,
    plain: float,
    controlled: float,
    plain_r2: float,
    controlled_r2: float,
    largest_r2: float,
    outcome_variance: float,
    exposure_variance: float,
    residual_variance: float,
    target: float = 0.0,
) -> float:
    """Return how much more selected on unmeasured than on measured covariates exposure must be for an effect `target`.

    Oster 2019, *Journal of Business & Economic Statistics* 37:187, proposition 2, solved for delta.

    Parameters
    ----------
    plain, controlled : float
        Coefficient of the exposure without and with the covariates.
    plain_r2, controlled_r2, largest_r2 : float
        R squared of both models, and of one with the unmeasured covariates too.
    outcome_variance, exposure_variance : float
    residual_variance : float
        Of the exposure given the covariates.
    target : float

    Returns
    -------
    float
    """
    gap, moved = controlled - target, plain - controlled
    x, rest = exposure_variance, residual_variance
    gained = (controlled_r2 - plain_r2) * outcome_variance
    left = (largest_r2 - controlled_r2) * outcome_variance
    cubic = gap**3 * (rest * x - rest**2)
    above = gap * gained * rest + gap * x * rest * moved**2 + 2 * gap**2 * rest * moved * x + cubic
    below = left * moved * x + gap * left * (x - rest) + gap**2 * rest * moved * x + cubic
    return float(above / below) if below != 0 else float("nan")


def signed_rank_bound(differences: Array, gamma: float) -> float:
    """Return the largest one-sided p-value of the signed-rank test when matched odds of exposure differ up to gamma.

    Rosenbaum 2002, *Observational Studies*, section 4.3; normal approximation, mean ranks for ties; pairs without a
    difference are ranked but do not count.

    Parameters
    ----------
    differences : ndarray, shape (pairs,)
        Exposed less comparison, in the direction of the effect.
    gamma : float
        1 or more.

    Returns
    -------
    float
    """
    unequal = differences != 0
    ranks = stats.rankdata(np.abs(differences))[unequal]
    observed = ranks[differences[unequal] > 0].sum()
    chance = gamma / (1 + gamma)
    error = np.sqrt(chance * (1 - chance) * (ranks @ ranks))
    return float(stats.norm.sf((observed - chance * ranks.sum()) / error))


def rosenbaum_gamma(differences: Array, *, alpha: float = 0.025) -> float:
    """Return the gamma up to which the signed-rank test stays significant.

    Parameters
    ----------
    differences : ndarray, shape (pairs,)
    alpha : float
        One-sided.

    Returns
    -------
    float
        1 when the test is not significant even without hidden bias.
    """
    if not (differences != 0).any() or signed_rank_bound(differences, 1.0) >= alpha:
        return 1.0

    def gap(log_gamma: float) -> float:
        """Return the distance of the bound to alpha."""
        return signed_rank_bound(differences, float(np.exp(log_gamma))) - alpha

    largest = np.log(LARGEST_GAMMA)
    if gap(largest) < 0:
        return float("inf")
    return float(np.exp(optimize.brentq(gap, 0.0, largest, xtol=1e-10)))
