"""The command line: what it prints, and its exit codes."""

import subprocess
import sys

import pytest

from migration_effects.cli import exit_code, main
from migration_effects.errors import DisclosureError, StudyError
from study_folder import CODEBOOK, DATA, PREPARE, TOML, write_study


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = write_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIGRATION_EFFECTS_RAW", raising=False)
    return folder


def test_check_of_a_sound_study(folder, tmp_path, capsys):
    assert main(["check", str(folder), "--data", str(tmp_path / "data" / "raw" / "toy")]) == 0
    assert "no faults" in capsys.readouterr().out


def test_check_lists_the_faults_of_all_files_at_once(folder, tmp_path, capsys):
    toml = TOML.replace("seed = 7", "sead = 7")
    toml += (
        '[[exhibit]]\nid = "F2.1"\nchapter = 2\nbasis = "I"\ntitle.en = "a"\ntitle.ru = "a"\ntitle.uz = "a"\n'
    )
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    (folder / "codebook.csv").write_text(CODEBOOK.replace("yesno,YN", "yesno,YM"), encoding="utf-8")
    (folder / "prepare.py").write_text("def prepare(files):\n    return files\n")
    (folder / "reference").mkdir()
    (folder / "reference" / "published.csv").write_text("exhibit_id,status\nT1.1,none\nT1.9,none\n")
    notebook = tmp_path / "notebooks" / "01_sad.ipynb"
    notebook.write_text(notebook.read_text().replace("report.table('T1.1'", "report.figure('T1.1'"))
    assert main(["check", str(folder)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    for part in (
        "unknown key 'sead'. Did you mean 'seed'?", "unknown set of values 'YM'", "prepare must take (files, study)",
        "F2.1: declared in study.toml, registered by no notebook",
        "T1.1: declared as a table, registered with report.figure in 01_sad",
        "published.csv has the exhibit 'T1.9'", "published.csv has no line for exhibit F2.1",
    ):  # fmt: skip
        assert part in captured.err, part
    assert "Traceback" not in captured.err


def test_check_names_damaged_notebooks(folder, tmp_path, capsys):
    (tmp_path / "notebooks" / "02_broken.ipynb").write_text("{")
    cell = '{"cells": [{"cell_type": "code", "source": ["x = (\\n"]}]}'
    (tmp_path / "notebooks" / "03_broken.ipynb").write_text(cell)
    assert main(["check", str(folder)]) == 1
    err = capsys.readouterr().err
    assert "02_broken.ipynb is not a notebook" in err
    assert "03_broken.ipynb, code cell 1, line 1" in err


def test_check_reads_the_data_it_is_given(folder, tmp_path, capsys):
    data = tmp_path / "new"
    data.mkdir()
    (data / "children.csv").write_text(
        DATA.replace("sex", "sexx").replace("b4,2,4,2.0,2,17,1", "b4,2,4,2.0,2,17,5")
    )
    assert main(["check", str(folder), "--data", str(data)]) == 1
    err = capsys.readouterr().err
    assert "column 'sex' (sex) is missing. Did you mean 'sexx'?" in err
    assert "undeclared codes 5 (1)" in err


def test_check_survives_code_that_fails(folder, tmp_path, capsys):
    (folder / "prepare.py").write_text(PREPARE.replace("raw = files", "raise KeyError('x')\n    raw = files"))
    assert main(["check", str(folder), "--data", str(tmp_path / "data" / "raw" / "toy")]) == 1
    assert "prepare.py fails: KeyError" in capsys.readouterr().err


def test_data_shows_flow_and_audit(folder, capsys):
    assert main(["data", "--study", str(folder)]) == 0
    out = capsys.readouterr().out
    for part in ("children.csv", "Sample flow", "in the file", "missing  children", "data/processed/toy"):
        assert part in out, part


def test_data_copies_files_once_and_never_overwrites(folder, tmp_path, capsys):
    home, sent = tmp_path / "data" / "raw" / "toy", tmp_path / "sent"
    (home / "children.csv").rename(tmp_path / "children.csv")
    sent.mkdir()
    (tmp_path / "children.csv").rename(sent / "children.csv")
    assert main(["data", "--study", str(folder), "--from", str(sent)]) == 0
    assert (home / "children.csv").read_text() == DATA
    assert (home / "manifest.toml").exists()
    assert main(["data", "--study", str(folder), "--from", str(sent)]) == 0
    (sent / "children.csv").write_text(DATA.replace("1.1", "1.2"))
    capsys.readouterr()
    assert main(["data", "--study", str(folder), "--from", str(sent)]) == 3
    assert "already holds other files" in capsys.readouterr().err
    assert (home / "children.csv").read_text() == DATA


def test_the_twins_files_are_not_copied_as_real_ones(folder, tmp_path, capsys):
    sent = tmp_path / "sent"
    sent.mkdir()
    (sent / "children.csv").write_text(DATA)
    (sent / "manifest.toml").write_text("# SYNTHETIC DATA\n")
    assert main(["data", "--study", str(folder), "--from", str(sent)]) == 3
    assert "are synthetic" in capsys.readouterr().err


def test_exit_codes(folder, tmp_path, capsys):
    (tmp_path / "data" / "raw" / "toy" / "children.csv").unlink()
    assert main(["data", "--study", str(folder)]) == 3
    assert main(["data", "--study", "nowhere"]) == 1
    assert exit_code(DisclosureError("x")) == 4
    assert exit_code(StudyError("x")) == 1
    err = capsys.readouterr().err
    assert err.startswith("DataFileError: Study toy: 1 of 1 raw files are missing")
    assert "Traceback" not in err


def test_wrong_usage_is_two(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["nonsense"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


@pytest.mark.parametrize("languages", ["en xx", ",", ""])
def test_unknown_languages_are_wrong_usage(languages, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["report", "--languages", languages])
    assert caught.value.code == 2
    assert "allowed: en, ru, uz, uz_Cyrl" in capsys.readouterr().err


def test_runs_as_a_module(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "migration_effects", "check", "nowhere"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("StudyError: 'nowhere' is neither a study nor a folder.")


def test_check_prints_a_mapping_to_fill_in(folder, capsys):
    assert main(["check", str(folder), "--mapping-template"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "unit,variable,file,column,codes,missing,note"
    assert "children,sex,,,1=1;2=2,,Sex (1 boy; 2 girl)" in lines
    assert "children,age,,,,98=dont_know,Age" in lines
    assert len(lines) == len(CODEBOOK.splitlines())


def test_check_reads_the_prose(folder, capsys):
    prose = folder / "text" / "ru" / "01_sad.md"
    prose.parent.mkdir(parents=True)
    prose.write_text("# Грусть\n\nСлова.\n", encoding="utf-8")
    assert main(["check", str(folder)]) == 1
    assert 'T1.1 is not placed: write {{ exhibit("T1.1") }}' in capsys.readouterr().err
    prose.write_text('# Грусть\n\n{{ exhibit("T1.1") }}\n', encoding="utf-8")
    assert main(["check", str(folder)]) == 0


def test_version(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("migration-effects 0.")


def test_check_refuses_the_id_of_a_study_shipped(folder, capsys):
    (folder / "study.toml").write_text(TOML.replace('id = "toy"', 'id = "mics6"'), encoding="utf-8")
    assert main(["check", str(folder)]) == 1
    assert "id 'mics6' is that of a study shipped. Choose another" in capsys.readouterr().err


def test_a_study_is_checked_from_elsewhere(folder, tmp_path, monkeypatch, capsys):
    elsewhere = tmp_path.parent / f"{tmp_path.name}_elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert main(["check", str(folder)]) == 0
    assert "no faults" in capsys.readouterr().out


def test_a_home_that_cannot_be_written_is_answered_with_where_files_go(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert main(["data", "--study", "uzbekistan_2019"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "set XDG_CACHE_HOME to a folder that can be written" in err
