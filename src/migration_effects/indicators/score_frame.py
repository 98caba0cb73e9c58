"""The frame every scorer returns: for each score its value, item counts, whether prorated, band; facts in attrs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from migration_effects.indicators.answers import Answers
from migration_effects.indicators.arithmetic import Scored
from migration_effects.indicators.bands import NOT_VERIFIED, Scheme


@dataclass(frozen=True)
class Facts:
    """What is recorded about a call of a scorer.

    Parameters
    ----------
    instrument, version : str
        Which questionnaire and edition.
    informant : str
        Who answered.
    from_memory : tuple of str
        Rules in use whose source is not verified (evidence mark M).
    notes : tuple of str
        What a reader of the table must know.
    """

    instrument: str
    version: str
    informant: str = ""
    from_memory: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class ScoreFrame:
    """Collects the columns of one instrument.

    Parameters
    ----------
    facts : Facts
        Stated with every score.
    answers : Answers
        For the counts of missing answers.
    """

    facts: Facts
    answers: Answers
    columns: dict[str, pd.Series] = field(default_factory=dict)
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._missing = self.answers.counts()

    def add(self, name: str, scored: Scored, bands: Scheme | None = None, *, step: float = 1.0) -> None:
        """Add a score with its item counts, the prorated mark and its band (NA where there are no bands)."""
        band = pd.Series(pd.NA, index=scored.value.index, dtype="object")
        if bands is not None:
            band = bands.apply(scored.value, step)
        self.columns |= {
            name: scored.value,
            f"{name}_n_valid": scored.n_valid,
            f"{name}_n_missing": scored.n_missing,
            f"{name}_prorated": scored.prorated,
            f"{name}_band": band,
        }
        self._record(name, scored.value, int(scored.prorated.sum()), bands)

    def add_indicator(self, name: str, value: pd.Series, parts: pd.DataFrame) -> None:
        """Add a yes/no indicator (1.0, 0.0, NaN) with the counts of its parts; it is never prorated or banded."""
        n_valid = parts.notna().sum(axis=1)
        self.columns |= {
            name: value,
            f"{name}_n_valid": n_valid,
            f"{name}_n_missing": parts.shape[1] - n_valid,
        }
        self._record(name, value, 0, None)

    def add_column(self, name: str, value: pd.Series) -> None:
        """Add a column that is no score, such as a category."""
        self.columns[name] = value

    def frame(self) -> pd.DataFrame:
        """Return the columns, with ``attrs["scores"]``."""
        frame = pd.DataFrame(self.columns, index=self.answers.values.index)
        frame.attrs["scores"] = self.scores
        return frame

    def _record(self, name: str, value: pd.Series, prorated: int, bands: Scheme | None) -> None:
        """Note the facts of one score."""
        self.scores[name] = {
            "instrument": self.facts.instrument,
            "version": self.facts.version,
            "informant": self.facts.informant,
            "cutoffs": bands.version if bands else "",
            "cutoff_source": bands.source if bands else "",
            "cutoff_mark": bands.mark if bands else "",
            "band_note": NOT_VERIFIED if bands and not bands.enabled else "",
            "n": len(value),
            "n_nan": int(value.isna().sum()),
            "n_prorated": prorated,
            "missing_answers": dict(self._missing),
            "from_memory": list(self.facts.from_memory),
            "notes": list(self.facts.notes),
        }
