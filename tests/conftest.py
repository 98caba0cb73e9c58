"""Shared fixtures: where the open data lie, programs of the operating system, a browser."""

import os
import shutil
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


def system_program(name: str, package: str) -> str:
    """Return the path of a program that comes from the operating system; without it the test is skipped."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not on the PATH; install {package} (Debian: apt install {package})")
    return path


@pytest.fixture(scope="session")
def browser():
    """Return a running Chromium."""
    chromium = system_program("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    # As root, in containers, Chromium starts only without its sandbox.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=options)
        yield running
        running.close()
