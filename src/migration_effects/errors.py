"""Exceptions and warnings of the package, all under one root.

Every message says what is wrong, where, what is allowed and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MigrationEffectsError(Exception):
    """Root of every error the package raises on purpose."""


class DataFileError(MigrationEffectsError):
    """A data file is missing, damaged, changed or cannot be read.

    Parameters
    ----------
    message : str
        What is wrong, where, and what to do next.
    reason : str
        One of ``missing``, ``corrupt``, ``too_large``, ``timeout``, ``encoding``, ``changed``, ``format``,
        ``expired``.
    """

    def __init__(self, message: str, *, reason: str = "corrupt") -> None:
        super().__init__(message)
        self.reason = reason


class CodebookError(MigrationEffectsError):
    """Values, labels or variables disagree with the codebook."""


class DesignError(MigrationEffectsError):
    """The survey design is incomplete, contradictory or cannot give a variance."""


class SpecificationError(MigrationEffectsError):
    """An argument, a formula or a column name is not what the verb accepts."""


class ConvergenceError(MigrationEffectsError):
    """An iterative algorithm did not reach its solution; the message holds the numbers."""


class StudyError(MigrationEffectsError):
    """A study folder has faults; the message lists all of them."""


class DisclosureError(MigrationEffectsError):
    """An output would disclose records or small cells."""


class MissingPackageError(MigrationEffectsError, ImportError):
    """A part of the library needs a package that is not installed; the message says how to install it."""


class MigrationEffectsWarning(UserWarning):
    """Root of every warning the package gives; its text also stands in ``Estimate.notes``."""


class OverlapWarning(MigrationEffectsWarning):
    """Exposed and comparison groups hardly overlap on the covariates."""


class SmallSampleWarning(MigrationEffectsWarning):
    """Too few rows or PSUs for the usual approximation."""


class SeparationWarning(MigrationEffectsWarning):
    """A covariate predicts the outcome or exposure perfectly."""


class ConfoundingWarning(MigrationEffectsWarning):
    """The within-community estimate departs from the others."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return a ``did you mean`` clause for an unknown name, or an empty string.

    Parameters
    ----------
    name : str
        What the user wrote.
    valid : iterable of str
        What is allowed.

    Returns
    -------
    str
        For example ``" Did you mean 'region'?"``; empty when nothing is close.

    Examples
    --------
    >>> nearest("regoin", ["region", "sex"])
    " Did you mean 'region'?"
    """
    close = difflib.get_close_matches(str(name), [str(v) for v in valid], n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def counted(count: int, noun: str) -> str:
    """Return a number with its noun in the right number.

    Parameters
    ----------
    count : int
        How many.
    noun : str
        Singular of a regular noun.

    Returns
    -------
    str
        For example ``"1 fault"``.

    Examples
    --------
    >>> counted(1, "fault"), counted(1200, "place")
    ('1 fault', '1,200 places')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
