"""The twin in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .dirt import plant_dirt
from .files import Files, build_contexts, select_columns
from .missing import plant_missing
from .sample import Sample, draw_sample
from .settings import Settings, load_params

MARK = "SYNTHETIC DATA — not findings"
FILE_NAMES = {
    "sample": "00_sample.sav",
    "roster": "01_roster.sav",
    "caregivers": "02_caregivers.sav",
    "migrants": "03_migrants.sav",
    "children": "04_children.sav",
}


@dataclass(frozen=True)
class Twin:
    """One generated survey.

    Parameters
    ----------
    settings : Settings
        What it was generated from.
    sample : Sample
        Everybody selected, with potential outcomes and weights.
    contexts, clean, raw : dict of pandas.DataFrame
        By unit: answers with the facts behind them, the files before dirt, the files as delivered.
    dirt_log : pandas.DataFrame
        One line per planted fault.
    """

    settings: Settings
    sample: Sample
    contexts: Files
    clean: Files
    raw: Files
    dirt_log: pd.DataFrame


def build_twin(settings: Settings) -> Twin:
    """Generate a twin in memory.

    Parameters
    ----------
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    Twin
        Clean and raw files with what is behind them.
    """
    sample = draw_sample(settings)
    contexts = build_contexts(sample, settings)
    clean = plant_missing(select_columns(contexts), contexts, settings)
    raw, log = plant_dirt(clean, settings)
    return Twin(settings, sample, contexts, clean, raw, log)


def make_settings(
    *,
    params: Path | str | None = None,
    seed: int | None = None,
    scale: int = 1,
    effect_multiplier: float = 1.0,
    hidden_u: float = 0.0,
    psu_confounding: float = 0.0,
    rural_surkhandarya: float = 0.65,
    item_missing: bool = True,
    dirt: bool = True,
    label_lang: str = "en",
) -> Settings:
    """Return settings from a parameter file and knobs.

    Parameters
    ----------
    params : path-like, optional
        Another parameter file.
    seed : int, optional
        Master seed; that of the parameters when left out.
    scale, effect_multiplier, hidden_u, psu_confounding, rural_surkhandarya, item_missing, dirt, label_lang
        See :class:`~.settings.Settings`.

    Returns
    -------
    Settings
        For :func:`build_twin` and :func:`clean_twin`.

    Examples
    --------
    >>> make_settings(scale=10).seed, make_settings(seed=5).seed
    (20190620, 5)
    """
    content = load_params(params)
    return Settings(
        content,
        seed=content["seed"] if seed is None else seed,
        scale=scale,
        effect_multiplier=effect_multiplier,
        hidden_u=hidden_u,
        psu_confounding=psu_confounding,
        rural_surkhandarya=rural_surkhandarya,
        item_missing=item_missing,
        dirt=dirt,
        label_lang=label_lang,
    )


def clean_twin(settings: Settings | None = None) -> Files:
    """Return the files before dirt: what cleaning of the raw files has to arrive at.

    Parameters
    ----------
    settings : Settings, optional
        Parameters and knobs; those of the shipped twin when left out.

    Returns
    -------
    dict of pandas.DataFrame
        ``sample, roster, caregivers, migrants, children`` with raw codes, missing codes included.
    """
    return build_twin(settings or make_settings()).clean
