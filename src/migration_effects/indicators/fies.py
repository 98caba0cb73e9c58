"""Food Insecurity Experience Scale: Rasch model, equating to the global standard, prevalence (SDG 2.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from migration_effects.errors import SpecificationError
from migration_effects.indicators.answers import Between, Coded, Codes, Missing, read_answers
from migration_effects.indicators.rasch import (
    Equating,
    Vector,
    equate,
    item_severities,
    person_parameters,
)
from migration_effects.indicators.score_frame import Facts, ScoreFrame

ITEMS = ("WORRIED", "HEALTHY", "FEWFOOD", "SKIPPED", "ATELESS", "RUNOUT", "HUNGRY", "WHLDAY")
VALID: dict[str, Coded | Between] = dict.fromkeys(ITEMS, Coded((0, 1)))
# Global standard severities 2014-16 (function and standard of the R package RM.weights).
STANDARD = np.array(
    [-1.2230564, -0.8471210, -1.1056616, 0.3509848, -0.3117999, 0.5065051, 0.7546138, 1.8755353]
)
THRESHOLDS = {"moderate": STANDARD[4], "severe": STANDARD[7]}
EXTREME = 7.5  # pseudo-score of those who affirm all eight items
INFIT = (0.7, 1.3)
LEAST_RELIABILITY = 0.7


@dataclass(frozen=True)
class FoodInsecurity:
    """Result of the FIES.

    Parameters
    ----------
    severities : DataFrame
        Columns ``item, severity, standard_error, infit, common``: local severities (mean 0), whether the item was used
        for equating.
    prevalence : Series
        ``moderate`` (moderate or severe) and ``severe``, weighted.
    fit : dict
        ``reliability``, ``n``, ``n_nonextreme``, ``n_incomplete``, ``scale``, ``shift``.
    scores : DataFrame
        Per row ``fies_raw`` (0–8), ``fies_moderate``, ``fies_severe``: probabilities of being above the thresholds;
        their weighted mean is the prevalence.
    parameters : DataFrame
        Per raw score 0–8: ``parameter, standard_error, moderate, severe, share``.
    equating : Equating
        Local to standard scale.
    notes : tuple of str
        Items or persons that do not fit; rules from memory.
    """

    severities: pd.DataFrame
    prevalence: pd.Series
    fit: dict[str, float]
    scores: pd.DataFrame
    parameters: pd.DataFrame
    equating: Equating
    notes: tuple[str, ...]


def fies(
    frame: pd.DataFrame,
    items: Mapping[str, str],
    *,
    weights: str | None = None,
    codes: Codes | None = None,
    missing: Missing | None = None,
    min_nonextreme: int = 100,
) -> FoodInsecurity:
    """Estimate the prevalence of food insecurity with the Food Insecurity Experience Scale (eight items, 12 months).

    Items are calibrated by conditional maximum likelihood on complete cases with raw score 1–7; severities are equated
    to the global standard; the probability of a raw score lying above a threshold is 1 − Φ((t − a_r)/se_r), 0 for raw
    score 0, and that of the pseudo-score 7.5 for raw score 8.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    items : mapping of str to str
        ``WORRIED, HEALTHY, FEWFOOD, SKIPPED, ATELESS, RUNOUT, HUNGRY, WHLDAY`` → column; 1 yes, 0 no.
    weights : str, optional
        Survey weights, for the calibration and the prevalence.
    codes, missing : mapping, optional
        Raw value → 0/1, raw value → reason. Cases with a missing item are left out and counted.
    min_nonextreme : int
        Fewer cases with raw score 1–7 are refused.

    Returns
    -------
    FoodInsecurity
        With ``.scores`` on the index of ``frame``.

    Raises
    ------
    SpecificationError
        With too few cases, with the distribution of raw scores; for missing weights.
    CodebookError
        For unknown values.
    ConvergenceError
        When the model has no solution.

    Notes
    -----
    FAO, Voices of the Hungry, Technical report 1 (2016). Raw-score cuts (4 or more, 7 or more) are not SDG estimates.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> severity = rng.normal(-1, 1.5, 800)
    >>> yes = rng.random((800, 8)) < 1 / (1 + np.exp(STANDARD - severity[:, None]))
    >>> result = fies(pd.DataFrame(yes.astype(int), columns=list(ITEMS)), {item: item for item in ITEMS})
    >>> bool(result.prevalence["severe"] < result.prevalence["moderate"])
    True
    """
    answers = read_answers(frame, items, VALID, instrument="fies", codes=codes, missing=missing)
    complete = answers.values.notna().all(axis=1)
    survey = _survey_weights(frame, weights, complete)
    responses = answers.values[complete].to_numpy()
    raw = responses.sum(axis=1)
    nonextreme = int(((raw > 0) & (raw < len(ITEMS))).sum())
    if nonextreme < min_nonextreme:
        counts = pd.Series(raw).value_counts().sort_index()
        listed = ", ".join(f"{r:g}: {n}" for r, n in counts.items())
        raise SpecificationError(
            f"fies: {nonextreme} complete cases have a raw score of 1 to 7, fewer than {min_nonextreme}. "
            f"Raw scores: {listed or 'none'}. Report the distribution; the model cannot be calibrated."
        )
    severities, information = item_severities(responses, survey)
    equating = equate(severities, STANDARD)
    table = score_table(severities, equating).assign(share=_shares(raw, survey))
    prevalence = pd.Series({name: float(table["share"] @ table[name]) for name in THRESHOLDS})
    score = pd.Series(raw, index=frame.index[complete]).reindex(frame.index)
    result = ScoreFrame(
        Facts("fies", "global standard 2014-16", "", ("raw score 8 as pseudo-score 7.5",)), answers
    )
    result.add_indicator("fies_raw", score, answers.values)
    for name in THRESHOLDS:
        result.add_indicator(f"fies_{name}", score.map(table[name]), answers.values)
    fit = {
        "reliability": _reliability(table),
        "n": float(len(raw)),
        "n_nonextreme": float(nonextreme),
        "n_incomplete": float((~complete).sum()),
        "scale": equating.scale,
        "shift": equating.shift,
    }
    by_item = pd.DataFrame(
        {
            "item": ITEMS,
            "severity": severities,
            "standard_error": _standard_errors(information),
            "infit": _infit(responses, survey, severities, table),
            "common": equating.common,
        }
    )
    notes = _notes(by_item, fit["reliability"])
    return FoodInsecurity(by_item, prevalence, fit, result.frame(), table, equating, notes)


def _survey_weights(frame: pd.DataFrame, weights: str | None, complete: pd.Series) -> Vector:
    """Return the weights of complete cases."""
    if weights is None:
        return np.ones(int(complete.sum()))
    if weights not in frame.columns:
        raise SpecificationError(f"fies: no column {weights!r} in the frame.")
    survey = frame.loc[complete, weights].astype(float)
    bad = int((survey.isna() | survey.lt(0)).sum())
    if bad:
        raise SpecificationError(
            f"fies: {bad} complete cases have a missing or negative weight in {weights!r}."
        )
    return survey.to_numpy()


def score_table(severities: Vector, equating: Equating) -> pd.DataFrame:
    """Return, per raw score 0–8, person parameter, standard error and probabilities above the thresholds.

    Parameters
    ----------
    severities : ndarray, shape (8,)
        Local item severities.
    equating : Equating
        Local to standard scale.

    Returns
    -------
    DataFrame
        Index 0 … 8; columns ``parameter, standard_error, moderate, severe``.

    Examples
    --------
    >>> table = score_table(STANDARD, equate(STANDARD, STANDARD))
    >>> table["moderate"].round(6).tolist()[:4]
    [0.0, 0.038289, 0.120392, 0.337291]
    """
    scores = np.array([*range(1, len(ITEMS)), EXTREME])
    a, se = person_parameters(severities, scores)
    table = pd.DataFrame({"parameter": a, "standard_error": se}, index=range(1, len(ITEMS) + 1))
    for name, threshold in THRESHOLDS.items():
        table[name] = ndtr((a - equating.to_local(threshold)) / se)
    none = pd.DataFrame(
        {"parameter": np.nan, "standard_error": np.nan, "moderate": 0.0, "severe": 0.0}, index=[0]
    )
    return pd.concat([none, table])


def _shares(raw: Vector, survey: Vector) -> Vector:
    """Return the weighted share of each raw score."""
    return np.bincount(raw.astype(int), weights=survey, minlength=len(ITEMS) + 1) / survey.sum()


def _reliability(table: pd.DataFrame) -> float:
    """Return the Rasch reliability among raw scores 1–7: true variance over total variance."""
    inner = table.loc[1 : len(ITEMS) - 1]
    share = inner["share"] / inner["share"].sum()
    spread = float(share @ (inner["parameter"] - share @ inner["parameter"]) ** 2)
    return spread / (spread + float(share @ inner["standard_error"] ** 2))


def _standard_errors(information: Vector) -> Vector:
    """Return standard errors of severities with mean zero (inverse of the information on that space)."""
    k = len(information)
    # A constant added to all severities changes nothing: that direction is taken out of the inverse.
    inverse = np.linalg.inv(information + np.ones((k, k))) - np.ones((k, k)) / k**2
    return np.sqrt(np.diag(inverse))


def _infit(responses: Vector, survey: Vector, severities: Vector, table: pd.DataFrame) -> Vector:
    """Return the information-weighted mean square of residuals per item, cases with raw score 1–7."""
    raw = responses.sum(axis=1).astype(int)
    inner = (raw > 0) & (raw < len(ITEMS))
    a = table["parameter"].to_numpy()[raw[inner]]
    p = 1 / (1 + np.exp(severities[None, :] - a[:, None]))
    w = survey[inner, None]
    return (w * (responses[inner] - p) ** 2).sum(axis=0) / (w * p * (1 - p)).sum(axis=0)


def _notes(by_item: pd.DataFrame, reliability: float) -> tuple[str, ...]:
    """Return what does not fit, and the limits used (from memory)."""
    notes = [f"limits from memory: infit {INFIT[0]} to {INFIT[1]}, reliability from {LEAST_RELIABILITY}"]
    misfit = by_item[~by_item["infit"].between(*INFIT)]
    notes += [f"item {row.item}: infit {row.infit:.2f}" for row in misfit.itertuples()]
    notes += [f"item {item}: not common with the standard" for item in by_item["item"][~by_item["common"]]]
    if reliability < LEAST_RELIABILITY:
        notes.append(f"Rasch reliability {reliability:.2f}")
    return tuple(notes)
