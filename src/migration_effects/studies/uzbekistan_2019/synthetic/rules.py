"""One line of `variables.csv`, and the random numbers of a variable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rule:
    """One line of ``variables.csv``.

    Parameters
    ----------
    variable : str
        Name in the raw file.
    when : str
        Condition (pandas ``eval``); the first rule of a variable whose condition holds is used. Empty: otherwise.
    kind : str
        Name of the generator.
    shares : dict
        Code to share.
    settings : dict
        Further numbers, column names and expressions.
    """

    variable: str
    when: str
    kind: str
    shares: dict[str, float]
    settings: dict[str, str]

    def number(self, name: str, default: float | None = None) -> float:
        """Return a numeric setting."""
        return float(self.settings[name] if default is None else self.settings.get(name, default))

    @property
    def codes(self) -> np.ndarray:
        """Codes of the shares, as numbers."""
        return np.array([float(code) for code in self.shares])


@dataclass(frozen=True)
class Draws:
    """The random numbers of a variable: one uniform, a second uniform for heaping, one normal per row."""

    uniform: np.ndarray
    second: np.ndarray
    normal: np.ndarray

    @classmethod
    def make(cls, rng: np.random.Generator, size: int) -> Draws:
        """Draw for `size` rows."""
        return cls(rng.uniform(size=size), rng.uniform(size=size), rng.standard_normal(size))

    def at(self, rows: np.ndarray) -> Draws:
        """Return the draws of some rows."""
        return Draws(self.uniform[rows], self.second[rows], self.normal[rows])
