"""The command `release` on a small project: all gates pass or nothing is written."""

import io
import json
import re
import zipfile

import pandas as pd
import pytest

from migration_effects.cli import DISCLOSURE_FAULT, FAULT, main
from migration_effects.errors import DisclosureError
from migration_effects.report.manifest import write_manifest
from migration_effects.report.messages import SYNTHETIC_MARK
from migration_effects.report.release import build
from migration_effects.report.release.documents import document_faults
from migration_effects.report.render.assemble import assemble
from report_toy import small_figure
from study_folder import NOTEBOOK, TOML, write_study
from test_release_exhibits import REGIONS, table

FIGURE = (
    '\n[[exhibit]]\nid = "F1.1"\nchapter = 1\ntitle.en = "a"\ntitle.ru = "a"\ntitle.uz = "a"\nbasis = "I"\n'
)
PROSE = """# Hit

Of all, {{ value("T1.1", row="Total", column="hit") }} were hit;
in Surkhandarya {{ value("T1.1", row="region=Surkhandarya", column="hit") }}.

{{ exhibit("T1.1") }}

{{ exhibit("F1.1") }}
"""
STEM = "toy_report_SYNTHETIC"


def write_exhibits(project, *, synthetic=True, **specs):
    """Write exhibits as notebooks leave them, then the report and its manifest."""
    folder = project / "build" / "toy" / "exhibits"
    folder.mkdir(parents=True, exist_ok=True)
    for name, spec in {"T1.1": table(), "F1.1": small_figure(), **specs}.items():
        content = {"id": name, "synthetic": synthetic, "spec": json.loads(spec.to_json())}
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (project / "build" / "toy" / "seconds").mkdir(exist_ok=True)
    assemble("toy", ["en"], root=project)
    write_manifest("toy", root=project)


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = write_study(tmp_path)
    (folder / "study.toml").write_text(TOML + FIGURE, encoding="utf-8")
    calls = "report.table('T1.1', spec)\\nreport.figure('F1.1', spec)"
    (tmp_path / "notebooks" / "01_sad.ipynb").write_text(
        NOTEBOOK.replace("report.table('T1.1', spec)", calls), encoding="utf-8"
    )
    (folder / "text" / "en").mkdir(parents=True)
    (folder / "text" / "en" / "01_sad.md").write_text(PROSE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIGRATION_EFFECTS_RAW", raising=False)
    records = {"children": pd.DataFrame({"hh_id": ["amber-lane", "basil-lane"], "line": [1, 2]})}
    monkeypatch.setattr(build.Store, "open", classmethod(lambda cls, folder: records))
    write_exhibits(tmp_path)
    return tmp_path


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def text_of(path):
    """Return all text of an office file."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml"))


def test_the_public_version_and_its_statement(project, capsys):
    assert main(["release", "toy"]) == 0
    said = capsys.readouterr().out
    assert "2 exhibits" in said
    assert "not reviewed" in said
    release = project / "release" / "toy"
    files = contents(release)
    kinds = {f"en/{STEM}.{kind}" for kind in ("docx", "html", "pdf", "xlsx")}
    assert files.keys() == {*kinds, "en/csv/T1.1.csv", "en/csv/F1.1.csv", "DISCLOSURE.md"}
    page = files[f"en/{STEM}.html"].decode()
    # The prose prints the public figure, and none where it is hidden.
    assert "Of all, 23% were hit; in Surkhandarya *." in re.sub(r"<[^>]+>", "", page)
    assert "version for publication" in page
    assert "not declared" in page
    for number in ("23.4567", "0.2345", "624", "42.34", "3 rows"):
        assert number not in page
        assert number not in text_of(release / "en" / f"{STEM}.xlsx")
    lines = files["en/csv/T1.1.csv"].decode("utf-8-sig").splitlines()
    assert all(line.endswith(SYNTHETIC_MARK) for line in lines[1:])
    assert ",23,,21,25,,625,," in lines[1]
    statement = files["DISCLOSURE.md"].decode()
    for words in (
        "Status: not reviewed",
        SYNTHETIC_MARK,
        "| T1.1 | 5 | 2 |",
        "review_reference: not declared",
    ):
        assert words in statement
    assert str(project) not in statement
    registry = (project / "reports" / "release_registry.csv").read_text()
    assert registry.count("\n1,synthetic,toy,") == registry.count("\n") - 1
    assert ",624\n" in registry


def test_a_second_release_has_the_same_bytes_and_two_signatures_count(project, capsys):
    main(["release", "toy"])
    first = contents(project / "release" / "toy")
    registry = (project / "reports" / "release_registry.csv").read_bytes()
    content = re.search(r"content ([0-9a-f]{16})", capsys.readouterr().out)[1]
    path = project / "toy" / "study.toml"
    signed = [
        f'[[release.reviews]]\nname = "{n}"\ndate = "2026-01-02"\ncontent = "{content}"\n' for n in "AB"
    ]
    unsigned = path.read_text(encoding="utf-8")
    for count, status in ((1, "not reviewed"), (2, "reviewed")):
        path.write_text(unsigned + "".join(signed[:count]), encoding="utf-8")
        assert main(["release", "toy"]) == 0
        again = contents(project / "release" / "toy")
        assert f"Status: {status}\n" in again.pop("DISCLOSURE.md").decode()
        assert again == {name: text for name, text in first.items() if name != "DISCLOSURE.md"}
    # Signed for other figures, it is not reviewed.
    rows = [(r, t, v + 0.1 * (r == "Khorezm"), h, n) for r, t, v, h, n in REGIONS]
    write_exhibits(project, **{"T1.1": table(rows)})
    assert main(["release", "toy"]) == 0
    assert "not reviewed" in capsys.readouterr().out.splitlines()[-2]
    assert (project / "reports" / "release_registry.csv").read_bytes() == registry


def test_a_release_of_nearly_the_same_people_is_refused(project, capsys):
    assert main(["release", "toy"]) == 0
    before = contents(project / "release" / "toy")
    rows = [(r, t, v, h, n - 4 * (r == "Khorezm")) for r, t, v, h, n in REGIONS]
    write_exhibits(project, **{"T1.1": table(rows)})
    assert main(["release", "toy"]) == DISCLOSURE_FAULT
    said = capsys.readouterr().err
    assert "T1.1: differs by one to seven people from T1.1 of release 1" in said
    assert "248" not in said
    assert contents(project / "release" / "toy") == before
    rows = [(r, t, v, h, n - 40 * (r == "Khorezm")) for r, t, v, h, n in REGIONS]
    write_exhibits(project, **{"T1.1": table(rows)})
    assert main(["release", "toy"]) == 0
    assert "\n2,synthetic,toy,T1.1," in (project / "reports" / "release_registry.csv").read_text()


def test_a_report_that_was_changed_or_never_built_is_refused(project, capsys):
    page = project / "reports" / "toy" / "en" / f"{STEM}.html"
    whole = page.read_bytes()
    page.write_bytes(whole + b"<!-- -->")
    assert main(["release", "toy"]) == FAULT
    assert "not those of its manifest" in capsys.readouterr().err
    page.write_bytes(whole)
    stray = page.with_name("children.sav")
    stray.write_bytes(b"$FL2")
    assert main(["release", "toy"]) == FAULT
    assert "children.sav" in capsys.readouterr().err
    stray.unlink()
    text = project / "toy" / "text" / "en" / "01_sad.md"
    text.write_text(PROSE.replace("Of all", "Of everybody"), encoding="utf-8")
    assert main(["release", "toy"]) == FAULT
    assert "study toy changed since its report: text/en/01_sad.md" in capsys.readouterr().err
    text.write_text(PROSE, encoding="utf-8")
    exhibit = project / "build" / "toy" / "exhibits" / "T1.1.json"
    exhibit.write_text(exhibit.read_text().replace("23.4567891", "23.5567891"))
    assert main(["release", "toy"]) == FAULT
    assert "built anew" in capsys.readouterr().err
    (project / "reports" / "toy" / "manifest.json").unlink()
    assert main(["release", "toy"]) == FAULT
    assert "no report of toy" in capsys.readouterr().err
    assert not (project / "release").exists()


def test_personal_data_in_the_text_stop_it(project, capsys):
    text = project / "toy" / "text" / "en" / "01_sad.md"
    text.write_text(PROSE.replace("Of all,", "Write to someone@mail.uz. Of all,"), encoding="utf-8")
    write_exhibits(project)
    assert main(["release", "toy"]) == DISCLOSURE_FAULT
    said = capsys.readouterr().err
    for file in (f"en/{STEM}.html", f"en/{STEM}.docx", "en: text"):
        assert f"{file}" in said
    assert "e-mail" in said
    assert "someone" not in said
    assert not (project / "release" / "toy").exists()


def test_an_identifier_of_the_records_stops_it(project, monkeypatch, capsys):
    text = project / "toy" / "text" / "en" / "01_sad.md"
    text.write_text(PROSE.replace("Of all,", "See amber-lane. Of all,"), encoding="utf-8")
    write_exhibits(project)
    assert main(["release", "toy"]) == DISCLOSURE_FAULT
    said = capsys.readouterr().err
    assert f"en/{STEM}.html: holds 1 identifier of the records" in said
    assert f"en/{STEM}.docx: holds 1 identifier of the records" in said
    assert "amber" not in said
    monkeypatch.setattr(build.Store, "open", classmethod(lambda cls, folder: None))
    assert main(["release", "toy"]) == DISCLOSURE_FAULT
    assert "run `make data STUDY=toy`" in capsys.readouterr().err
    assert not (project / "release" / "toy").exists()


def test_exact_figures_and_builds_that_differ_stop_it(project, monkeypatch):
    made = build.report_files
    calls = []

    def spoiled(facts, exhibits, documents):
        files = made(facts, exhibits, documents)
        calls.append(len(files))
        files["en/csv/T1.1.csv"] += f"x{len(calls)},23.4567891,{SYNTHETIC_MARK}\n".encode()
        return files

    monkeypatch.setattr(build, "report_files", spoiled)
    with pytest.raises(DisclosureError) as caught:
        build.release("toy", root=project)
    said = str(caught.value)
    assert "en/csv/T1.1.csv: holds 1 figures finer than they are printed" in said
    assert "en/csv/T1.1.csv: two builds differ" in said
    assert "23.4567891" not in said


def test_files_marks_and_ethics_of_a_report_as_a_whole(project, monkeypatch):
    seen = {}

    def kept(files, documents, *, synthetic):
        seen["args"] = files, documents
        return document_faults(files, documents, synthetic=synthetic)

    monkeypatch.setattr(build, "document_faults", kept)
    build.release("toy", root=project)
    files, documents = seen["args"]
    assert document_faults(files, documents, synthetic=True) == []

    def faults(**changes):
        return "\n".join(document_faults({**files, **changes}, documents, synthetic=True))

    assert "en/children.csv: is no part of the report" in faults(**{"en/children.csv": b"a\n"})
    assert "ru/csv/T1.1.csv: belongs to no language" in faults(**{"ru/csv/T1.1.csv": b"a\n"})
    page = files[f"en/{STEM}.html"]
    assert "ethics block are not printed" in faults(
        **{f"en/{STEM}.html": page.replace(b"not declared", b"fine")}
    )
    unmarked = page.replace(SYNTHETIC_MARK.encode(), b"")
    assert "does not carry the mark" in faults(**{f"en/{STEM}.html": unmarked})
    lines = files["en/csv/T1.1.csv"].replace(SYNTHETIC_MARK.encode(), b"survey")
    assert "origin of its figures" in faults(**{"en/csv/T1.1.csv": lines})
    fewer = {name: content for name, content in files.items() if not name.endswith((".pdf", "F1.1.csv"))}
    said = "\n".join(document_faults(fewer, documents, synthetic=True))
    assert "not as docx, html, pdf, xlsx" in said
    assert "en/csv/F1.1.csv: is missing" in said
    assert "mark of synthetic data does not fit" in "\n".join(
        document_faults(files, documents, synthetic=False)
    )


def test_figures_of_a_survey_carry_no_mark(project):
    write_exhibits(project, synthetic=False)
    folder, made = build.release("toy", root=project)
    assert not made.synthetic
    page = (folder / "en" / "toy_report.html").read_text(encoding="utf-8")
    assert SYNTHETIC_MARK not in page
    assert SYNTHETIC_MARK not in (folder / "DISCLOSURE.md").read_text(encoding="utf-8")
    assert "\n1,survey,toy," in (project / "reports" / "release_registry.csv").read_text()


def test_release_outside_a_project_says_where(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["release"]) == FAULT
    assert "no project here" in capsys.readouterr().err


def test_tables_of_the_workbook_hold_printed_numbers(project):
    openpyxl = pytest.importorskip("openpyxl")
    main(["release", "toy"])
    content = (project / "release" / "toy" / "en" / f"{STEM}.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(content))["T1.1"]
    numbers = [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, (int, float))]
    assert numbers
    assert all(value == int(value) for value in numbers)
