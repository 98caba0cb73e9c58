"""The notebooks of shipped studies: stored as they should be, registering what is declared, and running."""

import ast
import json
import re

import pytest

import migration_effects as me
from conftest import ROOT
from migration_effects.study.check import check_study

NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
LINES = 12


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebooks_are_stored_without_outputs_and_hold_calls_only(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in content["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        assert len(source.splitlines()) <= LINES, source
        nodes = list(ast.walk(ast.parse(source)))
        assert not any(isinstance(n, (ast.FunctionDef, ast.ClassDef, ast.Lambda)) for n in nodes), source
        assert not re.search(r"seed\s*=\s*\d|sys\.path|autoreload|/home|data/raw", source), source


@pytest.mark.parametrize("study", ["nhis_2003", "uzbekistan_2019"])
def test_shipped_studies_have_no_faults(study, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert check_study(study) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "notebooks" / "nhis_2003").glob("*.ipynb")), ids=lambda p: p.stem
)
def test_notebooks_of_nhis_run(path, nhis_file, tmp_path_factory, monkeypatch):
    project = tmp_path_factory.getbasetemp() / "nhis-project"
    (project / "data" / "raw").mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(project)
    monkeypatch.setenv("MIGRATION_EFFECTS_RAW", str(nhis_file.parent))
    monkeypatch.setenv("MIGRATION_EFFECTS_BUILD", str(project / "build"))
    space = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), path.name, "exec"), space)
    chapter = int(path.name[:2])
    for exhibit in me.load_study("nhis_2003").exhibits:
        if exhibit.chapter == chapter:
            written = json.loads((project / "build" / "exhibits" / f"{exhibit.id}.json").read_text())
            assert "for any reason" in written["spec"]["population"] or exhibit.id == "TM1"
