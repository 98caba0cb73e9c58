"""The few kinds of random answers from which `variables.csv` builds the variables without planted equations.

Every variable owns one uniform and one normal number per row, from the stream named after it, so that adding,
removing or changing a variable leaves all the others as they are. A rule turns them into answers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import special

from .expressions import numbers
from .households import draw_categories
from .rules import Draws, Rule

COUNT_LIMIT = 500  # counts are tabulated up to here


def generate(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return the answers of one rule for the rows of `frame`.

    Parameters
    ----------
    rule : Rule
        What to generate.
    draws : Draws
        Random numbers of the same rows.
    frame : pandas.DataFrame
        Context: earlier answers, latent values, household and child facts.

    Returns
    -------
    ndarray
        Codes or numbers; text for kind ``text``.
    """
    values = KINDS[rule.kind](rule, draws, frame)
    if rule.kind == "text":
        return values
    return _finish(np.asarray(values, dtype=float), rule, draws, frame)


def _finish(values: np.ndarray, rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Round to the step, cut to the limits and heap, as the settings say."""
    if "minus" in rule.settings:
        values = values - numbers(rule.settings["minus"], frame)
    if "step" in rule.settings:
        step = rule.number("step")
        values = np.round(np.rint(values / step) * step, 6)
    if "heap" in rule.settings:
        heaped = np.rint(values / rule.number("heap")) * rule.number("heap")
        values = np.where((draws.second < rule.number("share")) & (heaped > 0), heaped, values)
    for name, cut in (("low", np.maximum), ("high", np.minimum)):
        if name in rule.settings:
            values = cut(values, numbers(rule.settings[name], frame))
    return values


def _choice(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Draw one code with the given shares."""
    return rule.codes[draw_categories(draws.uniform, list(rule.shares.values()))]


def _text(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Hand out texts in the given shares, as exactly as the number of rows allows; an underscore is a blank."""
    texts = np.array([text.replace("_", " ") for text in rule.shares], dtype=object)
    place = (np.argsort(np.argsort(draws.uniform)) + 0.5) / max(len(draws.uniform), 1)
    return texts[draw_categories(place, list(rule.shares.values()))]


def latent(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return a standard normal per row, correlated with the latent column the rule names.

    Parameters
    ----------
    rule : Rule
        Of kind ``ordinal``; settings ``latent`` and ``r`` name the column and the correlation.
    draws : Draws
        Random numbers of the rows.
    frame : pandas.DataFrame
        Context of the rows.

    Returns
    -------
    ndarray
        The latent value that the shares cut into codes.
    """
    if "latent" not in rule.settings:
        return draws.normal
    r = rule.number("r")
    other = np.nan_to_num(frame[rule.settings["latent"]].to_numpy(dtype=float))
    return r * other + np.sqrt(1 - r**2) * draws.normal


def _ordinal(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Cut a standard normal into codes, from low to high."""
    shares = np.array(list(rule.shares.values()))
    cuts = special.ndtri(np.cumsum(shares)[:-1] / shares.sum())
    return rule.codes[np.searchsorted(cuts, latent(rule, draws, frame))]


def _logit(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Draw the first code by a logistic probability, the rest by their shares."""
    terms = {name: float(value) for name, value in rule.settings.items() if name != "const"}
    logit = rule.number("const") + sum(value * frame[name].to_numpy(float) for name, value in terms.items())
    first = 1 / (1 + np.exp(-logit))
    rest = np.array(list(rule.shares.values()))[1:]
    table = np.column_stack([first, (1 - first)[:, None] * rest / rest.sum()])
    return rule.codes[draw_categories(draws.uniform, table)]


def _agree(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Repeat another answer for a share of the rows, else draw a code."""
    other = frame[rule.settings["with"]].to_numpy(float)
    copies = (draws.second < rule.number("share")) & ~np.isnan(other)
    return np.where(copies, other, _choice(rule, draws, frame))


def _value(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return the value of an expression of the context."""
    return np.asarray(numbers(rule.settings["of"], frame), dtype=float)


def _yesno(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return 1 (yes) where a 0/1 column is one, else 2 (no)."""
    return 2.0 - frame[rule.settings["of"]].to_numpy(float)


def _normal(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return normal numbers."""
    return rule.number("mean") + rule.number("sd") * draws.normal


def _lognormal(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return lognormal numbers with a given median."""
    return rule.number("median") * np.exp(rule.number("sd") * draws.normal)


def _binomial(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return binomial counts."""
    n = int(rule.number("n"))
    below = special.bdtr(np.arange(float(n)), n, rule.number("p"))
    return np.searchsorted(below, draws.uniform)


def _negbin(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return negative binomial counts with mean and size k, shifted by `add`."""
    k, mean = rule.number("k"), rule.number("mean")
    below = special.betainc(k, np.arange(1, COUNT_LIMIT), k / (k + mean))
    return rule.number("add", 0) + np.searchsorted(below, draws.uniform)


def _fraction(rule: Rule, draws: Draws, frame: pd.DataFrame) -> np.ndarray:
    """Return a beta distributed fraction of an expression."""
    whole = np.asarray(numbers(rule.settings["of"], frame), dtype=float)
    return whole * special.betaincinv(rule.number("a"), rule.number("b"), draws.uniform)


KINDS: dict[str, Callable[[Rule, Draws, pd.DataFrame], np.ndarray]] = {
    "choice": _choice,
    "text": _text,
    "ordinal": _ordinal,
    "logit": _logit,
    "agree": _agree,
    "value": _value,
    "yesno": _yesno,
    "normal": _normal,
    "lognormal": _lognormal,
    "binomial": _binomial,
    "negbin": _negbin,
    "fraction": _fraction,
}
