"""A notebook in JupyterLab, in a browser, as an analyst runs it: opened, Run All Cells, every cell finished."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

import nbformat
import pytest

from conftest import ROOT

NOTEBOOK = ROOT / "notebooks" / "02_living.ipynb"
IDLE = "Python 3 (ipykernel) | Idle"
# Class names of JupyterLab, all in one place.
PROMPTS = ".jp-CodeCell .jp-InputArea-prompt"
ERRORS = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
IMAGES = ".jp-OutputArea-output .exhibit img"
DIALOG = ".jp-Dialog .jp-mod-accept"
# No pop-up on news, and cells outside the window are in the page too.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
SECONDS = 120


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory):
    """Return the address of a JupyterLab on a project of its own that ends with the tests."""
    home = tmp_path_factory.mktemp("jupyter")
    project = home / "project"
    (project / "data" / "raw").mkdir(parents=True)
    (project / "notebooks").mkdir()
    shutil.copy(NOTEBOOK, project / "notebooks")
    write_faulty(project / "notebooks" / "faulty.ipynb")
    (home / "config" / "labconfig").mkdir(parents=True)
    overrides = home / "config" / "labconfig" / "default_setting_overrides.json"
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
    isolated = {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        **{f"JUPYTER_{name.upper()}_DIR": str(home / name) for name in ("config", "data", "runtime")},
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MIGRATION_")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--ServerApp.ip=127.0.0.1"]
    options = [f"--ServerApp.root_dir={project}", *["--allow-root"] * (os.geteuid() == 0)]
    with (home / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [*command, *options], env=environment | isolated, cwd=project, stdout=log, stderr=log
        )
        try:
            yield running(server, home)
        finally:
            server.terminate()
            server.wait(timeout=30)


def running(server, home):
    """Return address and token of a server once it has written them down."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        for path in (home / "runtime").glob("jpserver-*.json"):
            facts = json.loads(path.read_text(encoding="utf-8"))
            return facts["url"], facts["token"]
        time.sleep(0.1)
    pytest.fail((home / "log").read_text(encoding="utf-8"))


def write_faulty(path):
    """Write a notebook whose second cell fails, so that its third never runs."""
    notebook = nbformat.v4.new_notebook(metadata=nbformat.read(NOTEBOOK, as_version=4)["metadata"])
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in ("1 + 1", "1 / 0", "2 + 2")]
    nbformat.write(notebook, path)


@dataclass(frozen=True)
class Run:
    """What the page shows after Run All Cells."""

    prompts: list
    errors: list
    images: int
    page_errors: list


def run_all(browser, address, name):
    """Open a notebook, run all its cells, and return what is to be seen."""
    url, token = address
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page_errors = []
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    page.goto(f"{url}lab/tree/notebooks/{name}?token={token}&reset")
    # Before the kernel is ready a dialog would swallow the command.
    page.get_by_text(IDLE).wait_for()
    if page.locator(DIALOG).count():
        page.locator(DIALOG).first.click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    prompts = finished_prompts(page)
    found = Run(prompts, page.locator(ERRORS).all_inner_texts(), page.locator(IMAGES).count(), page_errors)
    context.close()
    return found


def finished_prompts(page):
    """Return the prompts once every cell has a number, or one has failed."""
    end = time.monotonic() + SECONDS
    texts = []
    while time.monotonic() < end:
        texts = [text.strip() for text in page.locator(PROMPTS).all_inner_texts()]
        if texts and all(re.fullmatch(r"\[\d+\]:", text) for text in texts):
            break
        if page.locator(ERRORS).count():
            break
        page.wait_for_timeout(200)
    return texts


def test_all_cells_run_and_show_their_exhibits(browser, address):
    found = run_all(browser, address, NOTEBOOK.name)
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    count = sum(cell.cell_type == "code" for cell in cells)
    assert found.prompts == [f"[{i}]:" for i in range(1, count + 1)]
    assert found.errors == []
    assert found.images > 0
    assert found.page_errors == []


def test_a_failing_cell_is_noticed(browser, address):
    found = run_all(browser, address, "faulty.ipynb")
    assert "ZeroDivisionError" in found.errors[0]
    assert found.prompts != ["[1]:", "[2]:", "[3]:"]
