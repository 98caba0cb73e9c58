"""The manifest of a raw folder."""

import pandas as pd
import pytest

import migration_effects as me
from migration_effects.io.manifest import ManifestEntry, check_manifest, read_manifest, write_manifest
from migration_effects.io.read import file_sha256


@pytest.fixture
def folder(tmp_path):
    for name in ("a.csv", "b.csv"):
        me.write_survey(pd.DataFrame({"x": [1.0]}), tmp_path / name)
    entries = [
        ManifestEntry(n, file_sha256(tmp_path / n), 4, 1, 1, 'Producer "X"\\Y', "public", "2024-01-31")
        for n in ("b.csv", "a.csv")
    ]
    write_manifest(tmp_path, entries)
    return tmp_path


def test_written_manifest_is_read_back(folder):
    entries = check_manifest(folder)
    assert [entry.name for entry in entries] == ["a.csv", "b.csv"]
    assert entries[0].source == 'Producer "X"\\Y'
    assert (entries[0].bytes, entries[0].rows, entries[0].received) == (4, 1, "2024-01-31")


def test_changed_files_are_all_named(folder):
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("x\n2\n")
    with pytest.raises(me.DataFileError) as caught:
        check_manifest(folder)
    assert caught.value.reason == "changed"
    assert "a.csv" in str(caught.value)
    assert "b.csv" in str(caught.value)


def test_absent_files_and_folders_without_manifest(folder, tmp_path_factory):
    (folder / "a.csv").unlink()
    with pytest.raises(me.DataFileError, match=r"absent: a\.csv") as caught:
        check_manifest(folder)
    assert caught.value.reason == "missing"
    assert check_manifest(tmp_path_factory.mktemp("empty")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[files.'a.csv']\nsha256 = 'short'\nrow = 1\nbytes = 'x'\n", ["sha256 must", "'row'", "bytes must"]),
        ("files = 1\n", ["one table"]),
        ("[files.'../a']\nsha256 = ''\n", ["without folder"]),
        ("[files", ["not readable"]),
        ("a = " + "[" * 500, ["not readable"]),
    ],
)
def test_faulty_manifests(tmp_path, text, expected):
    (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(me.DataFileError) as caught:
        read_manifest(tmp_path)
    for part in expected:
        assert part in str(caught.value)
