"""Parameters, knobs and random streams of the twin."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import migration_effects as me

PARAMS = Path(__file__).with_name("params.toml")
REGIONS = ("bukhara", "ferghana", "khorezm", "surkhandarya")
MAX_SCALE = 10


@dataclass(frozen=True)
class Settings:
    """Everything that decides the content of one twin.

    Parameters
    ----------
    params : mapping
        Content of ``params.toml``.
    seed : int
        Master seed; every block derives its own stream from it and the block's name.
    scale : int
        1 is the size of the study (1,016 caregivers), 10 the size for recovery tests.
    effect_multiplier : float
        Factor on every planted effect; 0 gives a twin without effects.
    hidden_u : float
        Coefficient of an unrecorded confounder, in the selection score and in every outcome.
    psu_confounding : float
        Correlation of the mahalla's effect on migration with its effect on outcomes, −1 to 1.
    rural_surkhandarya : float
        Rural share of Surkhandarya, uncertain in the sources.
    item_missing, dirt : bool
        Whether answers are missing, and whether faults are planted.
    label_lang : str
        Language of the labels in the files: ``en``, ``ru`` or ``uz``.
    """

    params: Mapping[str, Any] = field(repr=False)
    seed: int = 20190620
    scale: int = 1
    effect_multiplier: float = 1.0
    hidden_u: float = 0.0
    psu_confounding: float = 0.0
    rural_surkhandarya: float = 0.65
    item_missing: bool = True
    dirt: bool = True
    label_lang: str = "en"

    def __post_init__(self) -> None:
        faults = []
        if self.scale not in range(1, MAX_SCALE + 1):
            faults.append(f"scale={self.scale!r}: a whole number from 1 to {MAX_SCALE}")
        if not -1 <= self.psu_confounding <= 1:
            faults.append(f"psu_confounding={self.psu_confounding!r}: a correlation from -1 to 1")
        if not 0 < self.rural_surkhandarya < 1:
            faults.append(f"rural_surkhandarya={self.rural_surkhandarya!r}: a share between 0 and 1")
        if self.label_lang not in ("en", "ru", "uz"):
            faults.append(f"label_lang={self.label_lang!r}: 'en', 'ru' or 'uz'")
        if faults:
            message = "The twin cannot be built with these arguments:\n" + "\n".join(f"- {f}" for f in faults)
            raise me.SpecificationError(message)

    def rng(self, block: str) -> np.random.Generator:
        """Return the random stream of a block; adding a block leaves the streams of the others unchanged."""
        digest = hashlib.sha256(block.encode()).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest[:8], "little")])

    @property
    def rural_share(self) -> np.ndarray:
        """Rural share of families by region."""
        shares = np.array(self.params["regions"]["rural_share"], dtype=float)
        shares[3] = self.rural_surkhandarya
        return shares

    @property
    def families_by_cell(self) -> np.ndarray:
        """Families with children by region (rows) and residence (urban, rural)."""
        families = np.array(self.params["regions"]["families_with_children"], dtype=float)
        rural = self.rural_share
        return np.column_stack([families * (1 - rural), families * rural])

    @property
    def children_by_age(self) -> np.ndarray:
        """Children by region (rows) and single year of age 0–17: births, then pupils by grade."""
        ages, regions = self.params["ages"], self.params["regions"]
        births = np.array(regions["births_jan_nov_2022"]) * ages["months_factor"]
        young = ages["young_intercept"] + ages["young_slope"] * np.arange(7)
        pupils = np.array([regions["pupils"][name] for name in REGIONS], dtype=float)
        return np.hstack([births[:, None] * young, pupils, pupils[:, [-1, -1]]])


def load_params(path: Path | str | None = None) -> dict[str, Any]:
    """Read ``params.toml``, the shipped one or a variant of it.

    Parameters
    ----------
    path : path-like, optional
        A file with the same keys; the shipped file when left out.

    Returns
    -------
    dict
        The tables of the file.

    Examples
    --------
    >>> load_params()["seed"]
    20190620
    """
    source = Path(path) if path is not None else PARAMS
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise me.DataFileError(f"No parameter file {source.name!r}.", reason="missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise me.DataFileError(f"Parameter file {source.name!r} cannot be read: {error}.") from None
