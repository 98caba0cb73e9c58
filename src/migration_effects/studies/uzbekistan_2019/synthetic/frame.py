"""The frame of mahallas and the selection of primary sampling units."""

from __future__ import annotations

import numpy as np
import pandas as pd

import migration_effects as me

from .settings import Settings


def _round_to_total(values: np.ndarray, total: int) -> np.ndarray:
    """Round so that the sum is exactly `total` (largest remainders go up)."""
    floor = np.floor(values).astype(int)
    missing = total - int(floor.sum())
    order = np.argsort(floor - values, kind="stable")
    floor[order[:missing]] += 1
    return floor


def build_frame(settings: Settings) -> pd.DataFrame:
    """Draw every mahalla of the four regions.

    Sizes are lognormal and add up to the official number of families of each region. The effects of a mahalla
    are `w` (ladder), `u` (migration) and `v` (outcomes); `u` and `v` are independent unless
    ``psu_confounding`` says otherwise.

    Parameters
    ----------
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        One row per mahalla: ``region`` (1–4), ``resid`` (1 urban, 2 rural), ``size`` (families), ``listed``
        (households with children), ``w``, ``u``, ``v``.
    """
    params = settings.params
    regions, effects = params["regions"], params["effects"]
    rng = settings.rng("frame")
    parts = []
    for r, count in enumerate(regions["mahallas"]):
        rural = np.arange(count) < round(count * settings.rural_share[r])
        sizes = rng.lognormal(0.0, params["frame"]["log_sd"], count)
        sizes = _round_to_total(sizes * regions["families"][r] / sizes.sum(), regions["families"][r])
        share = regions["families_with_children"][r] / regions["families"][r]
        resid = rng.permutation(np.where(rural, 2, 1))
        parts.append(
            pd.DataFrame({"region": r + 1, "resid": resid, "size": sizes, "listed": np.rint(sizes * share)})
        )
    frame = pd.concat(parts, ignore_index=True).astype({"listed": int})
    normal = settings.rng("frame.effects").standard_normal((3, len(frame)))
    rho = settings.psu_confounding
    frame["w"] = effects["ladder_w"] * normal[0]
    frame["u"] = effects["selection_u"] * normal[1]
    frame["v"] = rho * normal[1] + np.sqrt(1 - rho**2) * normal[2]
    return frame


def allocate_psus(settings: Settings) -> np.ndarray:
    """Return the number of PSUs by region and residence (urban, rural), split by the rural share."""
    total = settings.params["sample"]["psus_per_region"]
    urban = np.rint(total * (1 - settings.rural_share)).astype(int)
    return settings.scale * np.column_stack([urban, total - urban])


def select_psus(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Select mahallas with probability proportional to size, systematically within strata.

    The first-stage probability is ``n_stratum × size / total size of the stratum``.

    Parameters
    ----------
    frame : pandas.DataFrame
        Output of :func:`build_frame`.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    pandas.DataFrame
        The selected rows with ``psu`` (region × 1000 + serial) and ``pi1``, ordered by ``psu``.
    """
    allocation = allocate_psus(settings)
    starts = settings.rng("frame.selection").uniform(size=(4, 2))
    chosen = []
    for region in range(1, 5):
        picks = []
        for resid in (1, 2):
            stratum = frame[(frame["region"] == region) & (frame["resid"] == resid)]
            n = int(allocation[region - 1, resid - 1])
            pi1 = n * stratum["size"] / stratum["size"].sum()
            if pi1.max() > 1:
                message = (
                    f"Region {region}, residence {resid}: a mahalla is larger than the interval of {n} PSUs."
                )
                raise me.SpecificationError(message)
            points = np.arange(n) + starts[region - 1, resid - 1]
            rows = np.searchsorted(pi1.cumsum().to_numpy(), points, side="right")
            picks.append(stratum.iloc[np.minimum(rows, len(stratum) - 1)].assign(pi1=pi1))
        region_rows = pd.concat(picks).sort_index()
        chosen.append(region_rows.assign(psu=region * 1000 + 1 + np.arange(len(region_rows))))
    return pd.concat(chosen, ignore_index=True)
