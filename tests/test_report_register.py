"""Registering exhibits, and declared = registered by reading the notebooks."""

import json
from types import SimpleNamespace

import pytest

from migration_effects.errors import SpecificationError
from migration_effects.report.completeness import completeness_faults
from migration_effects.report.register import Report
from migration_effects.study.definition import Exhibit
from report_toy import KEYS, declared, regions, small_figure, small_table


@pytest.fixture
def study(tmp_path):
    exhibits = (declared("T1.1"), declared("F1.1"), Exhibit("T2.1", 2, {"en": "Other"}))
    return SimpleNamespace(
        id="toy",
        exhibits=exhibits,
        synthetic=True,
        codebook=regions(),
        title={"en": "Toy"},
        folder=tmp_path,
        unavailable={},
    )


def test_registering_checks_and_displays_and_writes_nothing(study, tmp_path, monkeypatch):
    monkeypatch.delenv("MIGRATION_EFFECTS_BUILD", raising=False)
    monkeypatch.chdir(tmp_path)
    table = Report(study, 1).table("T1.1", small_table())
    html = table._repr_html_()
    assert "Table 1.1" in html
    assert "SYNTHETIC DATA — not findings" in html
    assert "Source: synthetic twin of the study “Toy”" in html
    assert list(tmp_path.iterdir()) == []


def test_the_build_gets_json_and_csv_only_when_they_change(study, tmp_path, monkeypatch):
    monkeypatch.setenv("MIGRATION_EFFECTS_BUILD", str(tmp_path))
    report = Report(study, 1)
    report.figure("F1.1", small_figure())
    path = tmp_path / "exhibits" / "F1.1.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert (content["id"], content["synthetic"], content["spec"]["chart"]) == ("F1.1", True, "bars")
    assert "Children who were hit" not in path.read_text(encoding="utf-8")  # titles come when it is rendered
    stamp = path.stat().st_mtime_ns
    report.figure("F1.1", small_figure())
    assert path.stat().st_mtime_ns == stamp
    report.figure("F1.1", small_figure(notes=["Changed"]))
    assert "Changed" in path.read_text(encoding="utf-8")
    assert path.with_suffix(".csv").is_file()


@pytest.mark.parametrize(("call", "message"), [
    (lambda r: r.table("T1.2", small_table()), "Did you mean 'T1.1'"),
    (lambda r: r.table("T2.1", small_table()), "belongs to chapter 2"),
    (lambda r: r.table("F1.1", small_table()), "use report.figure"),
    (lambda r: r.table("T1.1", small_figure()), "a Figure was given"),
    (lambda r: r.table("T1.1", small_table(population=" ")), "no population line"),
    (lambda r: r.figure("F1.1", small_figure(alt=" ")), "no alternative text"),
])  # fmt: skip
def test_what_does_not_fit_the_declaration_is_refused(study, call, message):
    with pytest.raises(SpecificationError, match=message):
        call(Report(study, 1))


def test_a_chapter_without_exhibits_is_refused(study):
    with pytest.raises(SpecificationError, match="chapter 7; it has chapters 1, 2"):
        Report(study, 7)


def notebook(folder, name, *sources):
    cells = [{"cell_type": "code", "source": [source]} for source in sources]
    path = folder / f"{name}.ipynb"
    path.write_text(
        json.dumps({"cells": [{"cell_type": "markdown", "source": ["report.table('T9.9', x)"]}, *cells]})
    )
    return path


def test_agreement_has_no_faults(study, tmp_path):
    one = notebook(
        tmp_path, "01_a", 'report.table("T1.1", t)', 'report.figure("F1.1", f)\nreport.figure("F1.1", f)'
    )
    two = notebook(tmp_path, "02_b", 'report.table("T2.1", t)')
    assert completeness_faults(study.exhibits, [one, two]) == []


def test_every_disagreement_is_listed(study, tmp_path):
    one = notebook(
        tmp_path, "01_a", 'report.table("T1.1", t)', 'report.table("F1.1", t)', 'report.table("T7.7", t)'
    )
    two = notebook(tmp_path, "02_b", 'report.table("T1.1", t)')
    assert completeness_faults(study.exhibits, [one, two]) == [
        "T2.1: declared in study.toml, registered by no notebook",
        "F1.1: declared as a figure, registered with report.table in 01_a",
        "T7.7: registered in 01_a, not declared in study.toml",
        "T1.1: declared for chapter 1, registered in 02_b",
        "T1.1: registered in more than one notebook: 01_a, 02_b",
    ]


def test_a_weight_is_printed_by_its_label(study):
    assert "Weight: Child weight" in Report(study, 1).table("T1.1", small_table(**{**KEYS})).to_html()
