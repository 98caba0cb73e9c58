"""What the vectors ran on: versions and platform, without names of machine or user."""

from __future__ import annotations

import platform
from importlib import metadata

import numpy as np

PACKAGES = ("migration-effects", "numpy", "scipy", "pandas", "statsmodels")


def environment() -> dict[str, str]:
    """Return versions of Python, the packages and BLAS, and the platform.

    Returns
    -------
    dict of str to str
        In the order of the page.

    Examples
    --------
    >>> list(environment())[:3]
    ['Python', 'migration-effects', 'numpy']
    """
    versions = {"Python": f"{platform.python_version()} ({platform.python_implementation()})"}
    versions |= {name: _version(name) for name in PACKAGES}
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    return versions | {"BLAS": blas(), "platform": system}


def blas() -> str:
    """Return name and version of the library that numpy multiplies matrices with.

    Returns
    -------
    str
    """
    found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{found.get('name', 'unknown')} {found.get('version', '')}".strip()


def _version(package: str) -> str:
    """Return the installed version of a package; for this one that of the code that runs."""
    if package == "migration-effects":
        from migration_effects import __version__

        return __version__
    return metadata.version(package)
