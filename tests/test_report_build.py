"""`make report` in a project of its own: cold, unchanged, touched, edited, broken; with real kernels."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from conftest import ROOT
from migration_effects.report.build import BuildError, build_report
from migration_effects.report.execute import NotebookError, execute
from study_folder import DATA, TOML, write_study

SECOND = """
[[exhibit]]
id = "F2.1"
chapter = 2
title.en = "Sad boys and girls"
title.ru = "Грустные мальчики и девочки"
title.uz = "Gʻamgin oʻgʻil va qiz bolalar"
basis = "I"
"""
START = """import migration_effects as me
study = me.load_study("toy")
children = study.design("children")
report = study.report(chapter={chapter})"""
TABLE = """report.table("T1.1", me.Table.from_estimates(
    [me.mean("sad", children), me.mean("sad", children, by="sex")],
    population="Percentage of children who are sad", weight="w"))"""
TEXTS = """en,ru,uz,status
Percentage of children who are sad,Доля грустных детей,Gʻamgin bolalar ulushi,draft
Percentage of children who are sad today,Доля грустных сегодня,Bugun gʻamgin bolalar ulushi,draft
"""
FIGURE = """report.figure("F2.1", me.Figure.from_estimates(
    me.mean("sad", children, by="sex"), kind="bars",
    population="Percentage of children who are sad", weight="w"))"""


def write_notebook(path, *cells):
    book = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    book.cells = [nbformat.v4.new_code_cell(text) for text in cells]
    for i, cell in enumerate(book.cells):
        cell.id = f"c{i}"
    path.write_text(nbformat.writes(book), encoding="utf-8")


def write_project(folder):
    """Write a project with two notebooks around a study of 40 children, so that no base is small."""
    study = write_study(folder)
    (study / "study.toml").write_text(
        TOML.replace("children = 8", "children = 400") + SECOND, encoding="utf-8"
    )
    header, *rows = DATA.splitlines()
    many = [f"{i}{row}" for i in range(50) for row in rows]
    (folder / "data" / "raw" / "toy" / "children.csv").write_text(
        "\n".join([header, *many, ""]), encoding="utf-8"
    )
    (folder / "src" / "migration_effects" / "report").mkdir(parents=True)
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    write_notebook(folder / "notebooks" / "01_sad.ipynb", START.format(chapter=1), TABLE)
    write_second(folder, FIGURE)
    (study / "texts.csv").write_text(TEXTS, encoding="utf-8")
    return folder


def write_second(folder, *cells):
    """Write the second notebook, which also warns: typed warnings of the package are no fault."""
    warn = "import warnings\nwarnings.warn('few PSUs', me.SmallSampleWarning)"
    write_notebook(folder / "notebooks" / "02_sex.ipynb", START.format(chapter=2) + "\n" + warn, *cells)


def build(project, **variables):
    command = [
        "make",
        "--no-print-directory",
        "-f",
        "tools/report.mk",
        "report",
        f"PY={sys.executable}",
        "STUDY=toy",
    ]
    settings = {"PATH": os.environ["PATH"], "HOME": str(project / "home"), **variables}
    return subprocess.run(command, cwd=project, env=settings, capture_output=True, text=True, check=False)


def stages(done):
    return [line for line in done.stdout.splitlines() if line.startswith("[")]


def contents(folder):
    """Return the checksum of every file but the manifest, whose seconds differ."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json")
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    if shutil.which("make") is None:
        pytest.skip("GNU make is not installed")
    folder = write_project(tmp_path_factory.mktemp("project"))
    done = build(folder)
    assert done.returncode == 0, done.stderr
    assert sorted(stages(done)) == [
        "[data] toy",
        "[notebook] 01_sad",
        "[notebook] 02_sex",
        "[report] toy, en",
    ]
    files = [f"Report: reports/toy/en/toy_report.{kind}" for kind in ("html", "pdf", "docx", "xlsx")]
    assert done.stdout.splitlines()[-4:] == files
    return folder


def test_every_exhibit_has_its_files_and_the_manifest_names_them(project):
    reports = project / "reports" / "toy"
    manifest = json.loads((reports / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["outputs"] == contents(reports)
    pages = {f"data/toy_codebook_{code}.{kind}" for code in ("en", "ru", "uz") for kind in ("html", "xlsx")}
    assert set(manifest["outputs"]) == pages | {
        "data/toy_data_quality.html",
        "en/toy_report.html", "en/toy_report.pdf", "en/toy_report.docx", "en/toy_report.xlsx",
        "en/csv/T1.1.csv", "en/csv/F2.1.csv",
    }  # fmt: skip
    raw = (project / "data" / "raw" / "toy" / "children.csv").read_bytes()
    assert manifest["inputs"]["raw"] == {"children.csv": hashlib.sha256(raw).hexdigest()}
    assert manifest["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert set(manifest["seconds"]) == {"data", "nb-01_sad", "nb-02_sex", "report"}
    assert manifest["synthetic"] is False
    built = sorted(p.name for p in (project / "build" / "toy" / "exhibits").iterdir())
    assert built == ["F2.1.csv", "F2.1.json", "T1.1.csv", "T1.1.json"]


def test_no_file_names_a_folder_of_the_machine(project):
    files = [*(project / "reports").rglob("*"), *(project / "build" / "toy" / "notebooks").glob("*")]
    packed = (".pdf", ".docx", ".xlsx")
    texts = [p.read_text(encoding="utf-8") for p in files if p.is_file() and p.suffix not in packed]
    assert len(texts) == 10
    for path in [p for p in files if p.suffix in packed[1:]]:
        with zipfile.ZipFile(path) as archive:
            texts += [archive.read(n).decode("utf-8", errors="replace") for n in archive.namelist()]
    assert not any(str(project) in text for text in texts)


def test_nothing_to_do_and_touched_files_run_no_stage(project):
    assert stages(build(project)) == []
    for path in [*project.rglob("*.ipynb"), *project.rglob("*.toml"), *project.rglob("children.csv")]:
        path.touch()
    done = build(project)
    assert (done.returncode, stages(done)) == (0, [])
    assert "Report: reports/toy/en/toy_report.html" in done.stdout


def test_an_edited_notebook_runs_itself_and_the_assembly(project):
    before = contents(project / "reports" / "toy")
    write_second(project, FIGURE.replace("who are sad", "who are sad today"))
    assert stages(build(project)) == ["[notebook] 02_sex", "[report] toy, en"]
    after = contents(project / "reports" / "toy")
    assert after["en/csv/T1.1.csv"] == before["en/csv/T1.1.csv"]
    assert "who are sad today" in (project / "reports" / "toy" / "en" / "toy_report.html").read_text(
        encoding="utf-8"
    )


def test_a_corrected_title_runs_no_notebook(project):
    toml = project / "toy" / "study.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("Sad boys and girls", "Sadness by sex"), encoding="utf-8")
    assert stages(build(project)) == ["[report] toy, en"]
    assert "Sadness by sex" in (project / "reports" / "toy" / "en" / "toy_report.html").read_text(
        encoding="utf-8"
    )
    toml.write_text(text, encoding="utf-8")


def test_languages_are_rendered_in_one_run_once_their_texts_are_translated(project):
    assert build(project).returncode == 0
    texts = project / "toy" / "texts.csv"
    texts.write_text("en,ru,uz,status\n", encoding="utf-8")
    done = build(project, LANGUAGES="en ru uz")
    assert done.returncode != 0
    assert "Percentage of children who are sad,,,draft" in done.stderr
    assert not (project / "reports" / "toy" / "ru").exists()
    texts.write_text(TEXTS, encoding="utf-8")
    assert stages(build(project, LANGUAGES="en ru uz")) == ["[report] toy, ru uz"]
    assert stages(build(project, LANGUAGES="ru uz en")) == []
    texts.write_text(TEXTS.replace("Bugun", "Shu kun"), encoding="utf-8")
    assert stages(build(project, LANGUAGES="en ru uz")) == ["[report] toy, uz"]
    texts.write_text(TEXTS, encoding="utf-8")
    russian = (project / "reports" / "toy" / "ru" / "toy_report.html").read_text(encoding="utf-8")
    assert '<html lang="ru">' in russian
    assert "Доля грустных" in russian


def test_a_failing_notebook_leaves_earlier_outputs_untouched(project):
    before = contents(project / "reports" / "toy")
    write_second(project, FIGURE, 'raise ValueError("no luck")')
    done = build(project)
    assert done.returncode != 0
    assert '02_sex.ipynb, cell 3 (raise ValueError("no luck")): ValueError: no luck' in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(project / "reports" / "toy") == before
    write_second(project, FIGURE)


def test_a_removed_notebook_is_noticed(project):
    before = contents(project / "reports" / "toy")
    path = project / "notebooks" / "02_sex.ipynb"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    done = build(project)
    assert done.returncode != 0
    assert "F2.1: declared in study.toml, registered by no notebook" in done.stderr
    assert contents(project / "reports" / "toy") == before
    path.write_text(text, encoding="utf-8")


def test_two_builds_elsewhere_have_the_same_bytes(project, tmp_path):
    languages = {"LANGUAGES": "en ru uz"}
    assert build(project, **languages).returncode == 0
    other = write_project(tmp_path / "elsewhere")
    done = build(other, TZ="Asia/Tashkent", LC_ALL="C", PYTHONHASHSEED="7", **languages)
    assert done.returncode == 0, done.stderr
    assert contents(other / "reports" / "toy") == contents(project / "reports" / "toy")
    first, second = (
        {p.name: p.read_bytes() for p in sorted((folder / "build" / "toy" / "exhibits").iterdir())}
        for folder in (project, other)
    )
    assert first == second


def test_whatever_a_notebook_says_on_stderr_is_a_fault(tmp_path):
    cells = ['import sys; sys.stderr.write("careful")', 'import warnings; warnings.warn("old")', "object()"]
    write_notebook(tmp_path / "01_a.ipynb", *cells)
    with pytest.raises(NotebookError) as caught:
        execute(tmp_path / "01_a.ipynb", tmp_path / "build", root=tmp_path)
    message = str(caught.value)
    assert "cell 1 wrote to stderr: careful" in message
    assert "cell 2 wrote to stderr" in message
    assert "cell 3 shows a memory address" in message


def test_an_exhibit_that_the_run_does_not_register_is_noticed(tmp_path):
    stale = tmp_path / "build" / "exhibits" / "T1.1.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    write_notebook(tmp_path / "01_a.ipynb", 'report = None\nif report:\n    report.table("T1.1", report)')
    with pytest.raises(NotebookError, match=r"without registering T1\.1"):
        execute(tmp_path / "01_a.ipynb", tmp_path / "build", root=tmp_path)


def test_building_outside_a_project_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BuildError, match="no project here"):
        build_report("nhis_2003")


def test_the_command_builds_what_make_builds(project, monkeypatch):
    monkeypatch.chdir(project)
    build_report("toy", ["en"])
    before = contents(Path("reports/toy"))
    with pytest.raises(BuildError, match="earlier outputs are unchanged"):
        build_report("toy", ["uz_Cyrl"])
    assert contents(Path("reports/toy")) == before


def test_missing_data_and_unknown_studies_end_with_one_clear_message(project):
    before = contents(project / "reports" / "toy")
    raw = project / "data" / "raw" / "toy" / "children.csv"
    text = raw.read_text(encoding="utf-8")
    raw.unlink()
    done = build(project)
    assert done.returncode != 0
    assert "children.csv" in done.stderr
    assert "Traceback" not in done.stderr
    raw.write_text(text, encoding="utf-8")
    assert contents(project / "reports" / "toy") == before
    command = ["make", "-f", "tools/report.mk", "report", f"PY={sys.executable}", "STUDY=nowhere"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "STUDY=nowhere is neither a study nor a folder" in done.stderr
