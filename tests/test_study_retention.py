"""Data that should have been deleted are not read; what study.toml may say about publishing."""

import datetime
from dataclasses import replace

import pytest

import migration_effects as me
from migration_effects.cli import DATA_FAULT, main
from migration_effects.errors import DataFileError, StudyError
from migration_effects.study.check import check_study
from migration_effects.study.load import read_study
from migration_effects.study.retention import require_retention
from study_folder import DATA, TOML, write_study

PAST = TOML + '[ethics]\nretention_until = "2020-12-31"\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = write_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIGRATION_EFFECTS_RAW", raising=False)
    return folder


def test_the_last_day_is_the_day_named(folder):
    definition = replace(read_study(folder)[0], ethics={"retention_until": "2026-06-30"})
    require_retention(definition, synthetic=False, today=datetime.date(2026, 6, 30))
    with pytest.raises(DataFileError, match="until 2026-06-30") as caught:
        require_retention(definition, synthetic=False, today=datetime.date(2026, 7, 1))
    assert caught.value.reason == "expired"
    require_retention(definition, synthetic=True, today=datetime.date(2026, 7, 1))
    reasoned = replace(definition, ethics={**definition.ethics, "retention_override": "board letter 7"})
    require_retention(reasoned, synthetic=False, today=datetime.date(2026, 7, 1))


def test_expired_data_are_not_read_by_any_door(folder, tmp_path, capsys):
    me.load_study(folder)  # prepared frames lie ready, and are not given out either
    (folder / "study.toml").write_text(PAST, encoding="utf-8")
    with pytest.raises(DataFileError, match="may no longer be read"):
        me.load_study(folder)
    assert main(["data", "--study", str(folder)]) == DATA_FAULT
    assert "retention_override" in capsys.readouterr().err
    source = tmp_path / "received"
    source.mkdir()
    (source / "children.csv").write_text(DATA, encoding="utf-8")
    assert main(["data", "--study", str(folder), "--from", str(source)]) == DATA_FAULT
    assert any("may no longer be read" in fault for fault in check_study(folder, data=source))


def test_a_reason_opens_the_data_again(folder):
    (folder / "study.toml").write_text(PAST + 'retention_override = "board letter 7"\n', encoding="utf-8")
    assert len(me.load_study(folder).frame("children")) == 8


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('[ethics]\nretention_until = "2027-02-30"', "must be a date"),
        ('[ethics]\nretention_until = "31.12.2027"', "must be a date"),
        ('[release]\nreview = "A"', "unknown key 'review'"),
        ('[release.overrides]\n"T9.9" = "no people"', "'T9.9', which is not declared"),
        ('[release.overrides]\n"T1.1" = ""', "T1.1 is empty"),
        ('[[release.reviews]]\nname = "A"\ndate = "soon"\ncontent = "12ab"', "date 'soon'"),
        ('[[release.reviews]]\nname = "A"\ndate = "2026-01-01"', "lacks content"),
        ("release = 1", "release must be a table"),
    ],
)
def test_faults_of_what_study_toml_says(folder, lines, fault):
    text = f"{lines}\n{TOML}" if lines.startswith("release") else f"{TOML}{lines}\n"
    (folder / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=fault):
        read_study(folder)


def test_signatures_count_once_and_for_their_content_only(folder):
    lines = "".join(
        f'[[release.reviews]]\nname = "{name}"\ndate = "2026-01-01"\ncontent = "{content}"\n'
        for name, content in (("A", "12ab"), ("A", "12ab"), ("B", "other"), ("C", "12ab"))
    )
    (folder / "study.toml").write_text(TOML + lines, encoding="utf-8")
    release = read_study(folder)[0].release
    assert [review.name for review in release.signatures("12ab")] == ["A", "C"]
    assert release.signatures("none") == ()
