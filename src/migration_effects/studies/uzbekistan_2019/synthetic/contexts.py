"""What conditions and expressions may name: facts of the household, the child and the answers before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from .migration import HHTYPE, TYPES, parents_at_home
from .population import CHILD_DOMAINS, Units
from .settings import Settings

if TYPE_CHECKING:
    from .sample import Sample


def household_context(sample: Sample, settings: Settings) -> pd.DataFrame:
    """Return one row per selected household with everything its members' answers depend on.

    Parameters
    ----------
    sample : Sample
        Households, children, outcomes and who answered.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        Migration (``hhtype``, ``away`` 0–3, ``left``, ``parent_abroad``, ``parent_ever_abroad``), who lives at
        home, outcomes of the household, ``fifth`` of wealth, latent ``z_start``, ``has_adolescent``, ``has_1_14``.
    """
    house, p = sample.units.households, settings.params
    context = house[["hh_id", "region", "resid", "changed"]].copy()
    kind = house["type"].to_numpy()
    context["rural"] = (house["resid"] == 2).astype(int)
    context["hhtype"] = np.array([HHTYPE[name] for name in TYPES])[kind]
    context["away"] = np.where(kind <= 3, kind, 0)
    context["left"] = np.isin(kind, [1, 2, 3]).astype(int)
    context["parent_abroad"] = context["left"] == 1
    context["parent_ever_abroad"] = np.isin(kind, [1, 2, 3, 5])
    mother, father = parents_at_home(house)
    context["mother_home"], context["father_home"] = mother.astype(int), father.astype(int)
    context["carer_not_parent"] = (house["carer"] >= 2).to_numpy()
    context["has_adolescent"] = (house["k_result"] == 1).to_numpy()
    context["has_1_14"] = sample.disciplined >= 0
    observed = _observed(sample.units, ["household"], sample.units.rows["household"])
    context = pd.concat(
        [context, observed.rename(columns=lambda c: f"{c}_owned" if c.startswith("as_") else c)], axis=1
    )
    index = sum(w * context[f"{asset}_owned"] for asset, w in p["wealth_fifths"]["weights"].items())
    context["fifth"] = 1 + np.searchsorted(p["wealth_fifths"]["cuts"], index)
    latent = p["latent"]
    age = (house["father_age"] - latent["start_age_mean"]) / latent["start_age_sd"]
    own = settings.rng("latent.start").standard_normal(len(house))
    context["z_start"] = latent["start_age"] * age + np.sqrt(1 - latent["start_age"] ** 2) * own
    return context


def child_context(sample: Sample, settings: Settings) -> pd.DataFrame:
    """Return one row per child with the outcomes of its age group (blank outside) and latent health and mood.

    Parameters
    ----------
    sample : Sample
        Households, children, outcomes.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        Observed outcomes, ``z_health``, ``z_emotional``; rows as in ``sample.units.children``.
    """
    units = sample.units
    own = settings.rng("latent.health").standard_normal(len(units.children))
    columns = [
        _observed(units, [domain], units.rows[domain]).set_axis(units.rows[domain]).reindex(range(len(own)))
        for domain in CHILD_DOMAINS
    ]
    context = pd.concat(columns, axis=1)
    noise = context["fair_or_poor_health_noise"].to_numpy()
    context["z_health"] = np.where(np.isnan(noise), own, special.ndtri(special.expit(noise)))
    latent = settings.params["latent"]
    context["z_emotional"] = (context["emotional_trait"] - latent["emotional_mean"]) / latent["emotional_sd"]
    return context


def _observed(units: Units, domains: list[str], rows: np.ndarray) -> pd.DataFrame:
    """Return the observed values of all outcomes of some domains as columns."""
    columns = {
        name: values
        for outcome in units.outcomes.values()
        if outcome.domain in domains
        for name, values in outcome.observed.items()
    }
    return pd.DataFrame(columns, index=range(len(rows)))
