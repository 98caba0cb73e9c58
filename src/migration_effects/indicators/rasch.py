"""Rasch model by conditional maximum likelihood: item severities, person parameters, equating."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration_effects.errors import ConvergenceError

Vector = NDArray[np.float64]
STEPS, GRADIENT, LARGEST_STEP = 200, 1e-10, 1.0


def symmetric(epsilon: Vector) -> Vector:
    """Return the elementary symmetric functions γ₀ … γ_k.

    Parameters
    ----------
    epsilon : ndarray, shape (items,)
        exp(−severity).

    Returns
    -------
    ndarray, shape (items + 1,)
        γ_r is the sum over all sets of r items of the product of their ε.

    Examples
    --------
    >>> symmetric(np.array([1.0, 2.0, 3.0])).tolist()
    [1.0, 6.0, 11.0, 6.0]
    """
    gamma = np.zeros(len(epsilon) + 1)
    gamma[0] = 1.0
    for i, e in enumerate(epsilon, 1):
        gamma[1 : i + 1] += e * gamma[:i].copy()
    return gamma


def item_severities(answers: Vector, weights: Vector) -> tuple[Vector, Vector]:
    """Return item severities that maximise the conditional likelihood, mean zero.

    Maximises −Σ bᵢSᵢ − Σ_r N_r ln γ_r(exp(−b)) over response patterns with raw score 1 … k − 1: Sᵢ are weighted item
    totals, N_r weighted score counts.

    Parameters
    ----------
    answers : ndarray, shape (cases, items)
        1 and 0, complete.
    weights : ndarray, shape (cases,)
        Scaled to sum to the number of cases here.

    Returns
    -------
    severities : ndarray, shape (items,)
        With mean 0.
    information : ndarray, shape (items, items)
        Negative second derivatives of the conditional likelihood.

    Raises
    ------
    ConvergenceError
        When an item is affirmed by all or none of the cases, or Newton's steps do not settle.

    Examples
    --------
    >>> answers = np.array([[1.0, 0.0]] * 30 + [[0.0, 1.0]] * 10)
    >>> item_severities(answers, np.ones(40))[0].round(6).tolist()
    [-0.549306, 0.549306]
    """
    k = answers.shape[1]
    raw = answers.sum(axis=1)
    inner = (raw > 0) & (raw < k)
    w = weights[inner] * inner.sum() / weights[inner].sum()
    totals = w @ answers[inner]
    counts = np.bincount(raw[inner].astype(int), weights=w, minlength=k + 1).astype(float)
    if np.any(totals <= 0) or np.any(totals >= w.sum()):
        raise ConvergenceError(
            "The Rasch model has no solution: an item is affirmed by all or by none of the cases with a raw score "
            f"between 1 and {k - 1} (weighted totals {np.round(totals, 3).tolist()} of {w.sum():.0f})."
        )
    b = np.zeros(k)
    for _ in range(STEPS):
        gradient, information = _derivatives(b, totals, counts)
        if np.abs(gradient).max() < GRADIENT * w.sum():
            return b - b.mean(), information
        step = np.linalg.solve(information + np.ones((k, k)), gradient)
        before = _likelihood(b, totals, counts)
        size = 1.0
        while _likelihood(b + size * step, totals, counts) < before - 1e-9 * abs(before) and size > 1e-6:
            size /= 2
        b = b + size * step
        b -= b.mean()
    raise ConvergenceError(
        f"The Rasch model did not settle in {STEPS} steps; largest gradient {np.abs(gradient).max():.2e}."
    )


def _likelihood(b: Vector, totals: Vector, counts: Vector) -> float:
    """Return the conditional log likelihood."""
    gamma = symmetric(np.exp(-b))
    return float(-(b @ totals) - counts[1:-1] @ np.log(gamma[1:-1]))


def _derivatives(b: Vector, totals: Vector, counts: Vector) -> tuple[Vector, NDArray[np.float64]]:
    """Return the gradient and the information (minus the Hessian)."""
    k = len(b)
    epsilon = np.exp(-b)
    gamma = symmetric(epsilon)
    scores = np.arange(1, k)
    # Probability that item i is affirmed given raw score r, and that i and j both are.
    single = np.zeros((k, k - 1))
    for i in range(k):
        single[i] = epsilon[i] * symmetric(np.delete(epsilon, i))[scores - 1] / gamma[scores]
    gradient = -totals + single @ counts[1:-1]
    information = np.zeros((k, k))
    for i in range(k):
        for j in range(i + 1, k):
            rest = symmetric(np.delete(epsilon, [i, j]))
            both = np.zeros(k - 1)
            both[1:] = epsilon[i] * epsilon[j] * rest[scores[1:] - 2] / gamma[scores[1:]]
            information[i, j] = information[j, i] = (both - single[i] * single[j]) @ counts[1:-1]
        information[i, i] = (single[i] - single[i] ** 2) @ counts[1:-1]
    return gradient, information


def person_parameters(severities: Vector, scores: Vector) -> tuple[Vector, Vector]:
    """Return the severity a that makes each raw score expected, with its standard error.

    Σ 1/(1 + exp(bᵢ − a)) = r; standard error 1/√Σp(1 − p).

    Parameters
    ----------
    severities : ndarray, shape (items,)
        Item severities.
    scores : ndarray, shape (scores,)
        Raw scores strictly between 0 and the number of items.

    Returns
    -------
    parameters, std_errors : ndarray, shape (scores,)
        On the scale of the severities.

    Examples
    --------
    >>> a, se = person_parameters(np.array([-0.5, 0.5]), np.array([1.0]))
    >>> round(abs(float(a[0])), 9)
    0.0
    """
    k = len(severities)
    a = np.log(scores / (k - scores))
    for _ in range(STEPS):
        p = _affirmed(a, severities)
        step = (scores - p.sum(axis=1)) / (p * (1 - p)).sum(axis=1)
        a = a + np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        if np.abs(step).max() < GRADIENT:
            break
    else:
        raise ConvergenceError(
            f"Person parameters did not settle in {STEPS} steps; severities {severities.tolist()}."
        )
    p = _affirmed(a, severities)
    return a, 1 / np.sqrt((p * (1 - p)).sum(axis=1))


def _affirmed(a: Vector, severities: Vector) -> NDArray[np.float64]:
    """Return the probability of a yes per person parameter and item."""
    return 1 / (1 + np.exp(severities[None, :] - a[:, None]))


@dataclass(frozen=True)
class Equating:
    """How local severities are taken to the standard scale.

    Parameters
    ----------
    scale, shift : float
        standard = local · scale + shift.
    common : tuple of bool
        Items used; the others differ too much from the standard.
    differences : tuple of float
        Standardised local minus standard, per item.
    """

    scale: float
    shift: float
    common: tuple[bool, ...]
    differences: tuple[float, ...]

    def to_local(self, threshold: float) -> float:
        """Return a threshold of the standard scale on the local scale."""
        return (threshold - self.shift) / self.scale


def equate(local: Vector, standard: Vector, *, tolerance: float = 0.35, most: int = 3) -> Equating:
    """Return the linear map between local and standard severities, unusual items left out.

    Local severities are standardised to mean and standard deviation (n − 1) of the standard on the common items; the
    item with the largest difference of ``tolerance`` or more is dropped, ``most`` items at the most.

    Parameters
    ----------
    local, standard : ndarray, shape (items,)
        Severities.
    tolerance : float
        Largest difference of a common item.
    most : int
        Items that may be dropped.

    Returns
    -------
    Equating
        Scale and shift.

    Examples
    --------
    >>> standard = np.array([-1.0, 0.0, 1.0])
    >>> found = equate(1.2 * standard + 0.5, standard)
    >>> round(found.scale, 7), round(found.shift, 7)
    (0.8333333, -0.4166667)
    """
    common = np.ones(len(local), dtype=bool)
    while True:
        scale = standard[common].std(ddof=1) / local[common].std(ddof=1)
        shift = standard[common].mean() - local[common].mean() * scale
        difference = local * scale + shift - standard
        far = np.where(common, np.abs(difference), 0)
        if far.max() < tolerance or (~common).sum() >= most:
            break
        common[int(far.argmax())] = False
    return Equating(float(scale), float(shift), tuple(map(bool, common)), tuple(map(float, difference)))
