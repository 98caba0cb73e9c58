"""The local list for referral: what it holds, where it may lie, who can read it, and that nothing else makes it."""

import csv
import datetime
import stat
import subprocess
from pathlib import Path

import numpy as np
import pytest

import migration_effects as me
from conftest import ROOT
from migration_effects.cli import main
from migration_effects.studies.uzbekistan_2019 import referrals as uzbekistan
from migration_effects.studies.uzbekistan_2019.preparation.risks import RISKS
from migration_effects.studies.uzbekistan_2019.synthetic import write_twin
from migration_effects.study.referral import COLUMNS, write_referral_list
from study_folder import write_study

DATE = ["--date", "2026-03-31"]
RULES = """\
import pandas as pd


def referrals(frames):
    children = frames["children"]
    sad = children[children["sad"] == 1]
    return pd.DataFrame(
        {"hh_id": sad["hh_id"], "line": 1, "region": "=Bukhara", "mahalla": sad["psu"], "tier": 2, "flags": "7",
         "flags_missing": 0}
    )
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project with the toy study, whose rules refer the four sad children of its real data."""
    folder = write_study(tmp_path)
    (folder / "referrals.py").write_text(RULES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIGRATION_EFFECTS_RAW", raising=False)
    return folder


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    place = tmp_path_factory.mktemp("twin")
    write_twin(place)
    return me.load_study("uzbekistan_2019", data=place)


def rows_of(path):
    """Return the notes and the records of a list."""
    lines = path.read_text(encoding="utf-8").splitlines()
    notes = [line for line in lines if line.startswith("#")]
    return notes, list(csv.DictReader(lines[len(notes) :]))


def test_the_list_is_private_ignored_by_git_and_complete(folder, tmp_path, capsys):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert main(["screening", *DATE, "--study", str(folder)]) == 0
    path = tmp_path / "data" / "local" / "referral_list.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    listed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"], capture_output=True, text=True, check=True
    )
    assert "data/raw" in listed.stdout
    assert "local" not in listed.stdout
    notes, rows = rows_of(path)
    assert list(rows[0]) == [*COLUMNS, "screening_date"]
    assert [row["hh_id"] for row in rows] == ["a1", "a3", "b1", "b4"]
    assert {row["screening_date"] for row in rows} == {"2026-03-31"}
    assert {row["region"] for row in rows} == {"'=Bukhara"}
    assert not any("SYNTHETIC" in note for note in notes)
    out = capsys.readouterr().out
    assert "4 children: data/local/referral_list.csv" in out
    assert "not a decision about a child" in out
    assert "Delete the list after hand-over" in out
    assert "Safeguarding contact: not declared." in out
    assert not any(row["hh_id"] in out for row in rows)


def test_a_list_is_replaced_and_stays_private(folder, tmp_path):
    path = tmp_path / "data" / "local" / "referral_list.csv"
    path.parent.mkdir(parents=True)
    path.write_text("old")
    path.chmod(0o644)
    assert main(["screening", *DATE, "--study", str(folder)]) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "old" not in path.read_text(encoding="utf-8")
    assert sorted(p.name for p in path.parent.iterdir()) == [".gitignore", "referral_list.csv"]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("reports/toy/list.csv", "what lies in reports/ is built or passed on"),
        ("build/list.csv", "what lies in build/"),
        ("release/list.csv", "what lies in release/"),
        ("list.csv", "in the project it lies in data/local/"),
        ("data/local/../../reports/list.csv", "what lies in reports/"),
        ("data/locally/list.csv", "in the project it lies in data/local/"),
        ("link/list.csv", "what lies in reports/"),
    ],
)
def test_places_that_are_refused(folder, tmp_path, capsys, output, words):
    (tmp_path / "reports").mkdir()
    (tmp_path / "data" / "local").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "reports")
    assert main(["screening", *DATE, "--study", str(folder), "--output", output]) == 4
    err = capsys.readouterr().err
    assert err.startswith("DisclosureError: A list for referral may not lie in")
    assert words in err
    assert not list(tmp_path.rglob("*list*.csv"))


def test_outside_the_project_no_published_folder_and_no_repository(folder, tmp_path_factory, capsys):
    outside = tmp_path_factory.mktemp("outside")
    for name in ("Reports", "repository", "safe"):
        (outside / name).mkdir()
    subprocess.run(["git", "init", "-q", str(outside / "repository")], check=True)
    codes = [
        main(["screening", *DATE, "--study", str(folder), "--output", str(outside / name / "list.csv")])
        for name in ("Reports", "repository", "safe")
    ]
    assert codes == [4, 4, 0]
    assert "belongs to a git repository" in capsys.readouterr().err
    assert stat.S_IMODE((outside / "safe" / "list.csv").stat().st_mode) == 0o600


def test_a_link_in_its_place_is_replaced_not_followed(folder, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("mine")
    place = tmp_path / "data" / "local"
    place.mkdir()
    (place / "referral_list.csv").symlink_to(other)
    assert main(["screening", *DATE, "--study", str(folder)]) == 0
    assert other.read_text() == "mine"
    assert not (place / "referral_list.csv").is_symlink()


@pytest.mark.parametrize("arguments", [[], ["--date", "31.3.2026"], ["--date", "2026-02-30"]])
def test_the_date_is_given_by_the_user(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["screening", *arguments])
    assert caught.value.code == 2
    assert "--date" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (RULES.replace('"tier": 2', '"tier": 0'), "4 children a tier other than 1, 2 or 3"),
        (RULES.replace('"flags_missing": 0', '"flags_missing": 0, "k_trust": 9'), "and nothing else"),
        (
            RULES.replace("def referrals(frames)", "def referrals(frames, study)"),
            "no function referrals(frames)",
        ),
        (RULES.replace("sad = ", "raise ValueError('a1'); sad = "), "referrals.py fails: ValueError."),
        (None, "no rules for referral"),
    ],
)
def test_rules_of_the_study_that_are_refused(folder, capsys, rules, words):
    (folder / "referrals.py").unlink() if rules is None else (folder / "referrals.py").write_text(rules)
    assert main(["screening", *DATE, "--study", str(folder)]) == 1
    err = capsys.readouterr().err
    assert words in err
    assert "a1" not in err


def test_on_the_twin_name_and_first_line_say_synthetic(twin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = write_referral_list(twin, date=datetime.date(2026, 3, 31), output=tmp_path / "list.csv")
    assert written.path.name == "list_SYNTHETIC.csv"
    notes, rows = rows_of(written.path)
    assert notes[0].startswith("# SYNTHETIC DATA — not findings. Nobody is to be contacted")
    assert len(rows) == written.children


def test_the_list_holds_the_tiers_of_the_reports_table(twin):
    children = twin.frame("children")
    table = uzbekistan.referrals({"children": children})
    codes = {"assessment without delay": 1, "assessment": 2, "information on services": 3}
    counted = children["tier"].astype(str).map(codes).value_counts()
    assert table["tier"].value_counts().to_dict() == counted.astype(int).to_dict()
    assert list(table["tier"]) == sorted(table["tier"])
    row = table.iloc[0]
    child = children.set_index("hh_id").loc[row["hh_id"]]
    assert row["flags"].split() == [str(i) for i, name in enumerate(RISKS, 1) if child[name] == 1]
    assert row["flags_missing"] == sum(np.isnan(child[name]) for name in RISKS)
    assert row["line"] == child["k_line"]


def test_missing_answers_raise_no_flag(twin):
    children = twin.frame("children")
    silent = children.assign(**dict.fromkeys(RISKS, np.nan))
    assert uzbekistan.referrals({"children": silent}).empty
    one = silent.assign(flag_3=[1.0] + [np.nan] * (len(silent) - 1))
    table = uzbekistan.referrals({"children": one})
    assert table[["tier", "flags", "flags_missing"]].to_numpy().tolist() == [[3, "3", 9]]


def test_nothing_but_the_command_makes_a_list():
    makers = [
        path
        for folder in ("src", "notebooks", "tools", "Makefile")
        for path in ([ROOT / folder] if (ROOT / folder).is_file() else sorted((ROOT / folder).rglob("*")))
        if path.suffix in {"", ".py", ".ipynb", ".mk", ".sh"} and path.is_file()
        and "study.referral" in path.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert [path.relative_to(ROOT) for path in makers] == [Path("src/migration_effects/cli.py")]
    assert "/data/local/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not any("screening" in name or "referral" in name for name in dir(me))


def test_identifiers_stay_text_with_their_zeros(folder, tmp_path):
    data = tmp_path / "data" / "raw" / "toy" / "children.csv"
    data.write_text(data.read_text().replace("a1,", "0012,"))
    assert main(["screening", *DATE, "--study", str(folder)]) == 0
    _, rows = rows_of(tmp_path / "data" / "local" / "referral_list.csv")
    assert rows[0]["hh_id"] == "0012"
