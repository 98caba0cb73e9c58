"""Shared fixtures: where the open data lie."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def open_data(study: str, name: str) -> Path | None:
    """Return the open data file of a study, or None when it is nowhere on this machine."""
    folders = [ROOT / "data" / "raw" / study]
    if os.environ.get("MIGRATION_EFFECTS_DATA"):
        folders.append(Path(os.environ["MIGRATION_EFFECTS_DATA"]) / study)
    return next((folder / name for folder in folders if (folder / name).exists()), None)


@pytest.fixture(scope="session")
def nhis_file() -> Path:
    path = open_data("nhis_2003", "nhis_large_2003.csv.gz")
    if path is None:
        pytest.skip(
            "nhis_large_2003.csv.gz is neither in data/raw/nhis_2003 nor under MIGRATION_EFFECTS_DATA"
        )
    return path
