"""Pages about the data: the codebook in every language as HTML and XLSX, data quality; nothing untrusted gets out."""

import io
import re
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.cli import main
from migration_effects.report.pages.codebook_page import codebook_html, codebook_tables, codebook_xlsx
from migration_effects.report.pages.page import html_page, html_table
from migration_effects.studies.mics6.synthetic import write_twin
from migration_effects.study.locate import SHIPPED

STUDIES = ["mics6", "nhis_2003", "uzbekistan_2019"]
LANGUAGES = ["en", "ru", "uz"]
HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "http://example.org",
    "a\x00b\u202ec",
    "]]>",
]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def tags(page):
    parser = Tags()
    parser.feed(page)
    return parser.seen


def hostile_book():
    variables = [
        me.Variable(
            f"v{i}", "file", f"v{i}", "categorical", {1: {"en": text}}, {9: "refused"}, label={"en": text}
        )
        for i, text in enumerate(HOSTILE)
    ]
    return me.Codebook(tuple(variables))


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_variable_code_and_missing_code_is_there(study, language):
    book = me.Codebook.read(SHIPPED / study)
    tables = codebook_tables(book, language)
    assert tables["variables"]["name"].tolist() == [v.name for v in book]
    assert len(tables["values"]) == sum(len(v.values) for v in book)
    assert len(tables["missing"]) == sum(len(v.missing) for v in book)
    page = codebook_html(book, "A study", language)
    assert all(f">{v.name}<" in page for v in book)
    sheets = openpyxl.load_workbook(io.BytesIO(codebook_xlsx(book, "A study", language)))
    assert len(sheets.worksheets) == 3
    assert sheets.worksheets[0].max_row == len(tables["variables"]) + 1


def test_labels_without_translation_stand_in_english_in_brackets():
    book = me.Codebook.read(SHIPPED / "mics6")
    table = codebook_tables(book, "ru")["variables"].set_index(["file", "name"])["label"]
    assert table["fs", "FCF6"] == "[Seeing]"
    assert table["hh", "HH6"] == "Местность"
    with pytest.raises(me.SpecificationError, match="en, ru, uz, not 'fr'"):
        codebook_tables(book, "fr")


def test_hostile_labels_become_text_everywhere():
    page = codebook_html(hostile_book(), HOSTILE[0], "en")
    assert {tag for tag, _ in tags(page)} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "nav", "a", "section", "div"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert "\x00" not in page
    assert "\u202e" not in page
    policies = [a["content"] for t, a in tags(page) if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert not re.search(r'(?:src|href)="(?!#)', page)
    book = openpyxl.load_workbook(io.BytesIO(codebook_xlsx(hostile_book(), HOSTILE[1], "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert "=cmd|' /C calc'!A0" in {cell.value for cell in cells}


def test_equal_content_gives_equal_bytes():
    book = me.Codebook.read(SHIPPED / "nhis_2003")
    assert codebook_xlsx(book, "T", "uz") == codebook_xlsx(book, "T", "uz")


def test_synthetic_mark_is_on_page_and_sheets():
    book = me.Codebook.read(SHIPPED / "mics6")
    assert "SYNTHETIC DATA" in codebook_html(book, "T", "ru", mark="SYNTHETIC DATA — not findings")
    sheets = openpyxl.load_workbook(
        io.BytesIO(codebook_xlsx(book, "T", "ru", mark="SYNTHETIC DATA — not findings"))
    )
    assert all(sheet["A1"].value == "SYNTHETIC DATA — not findings" for sheet in sheets)


def test_tables_of_a_page():
    table = pd.DataFrame({"what": ["a & b", None], "n": [1234, 5], "share": [0.5, None]})
    content = html_table(table, heads=["What", "n", "Share"], bar="share")
    assert "a &amp; b" in content
    assert "1,234" in content
    assert "50.0%" in content
    assert html_table(table.iloc[:0], heads=["What", "n", "Share"], empty="<none>") == "<p>&lt;none&gt;</p>"
    page = html_page("T", [("One", content), ("Two", "")], language="en")
    assert [a["href"] for t, a in tags(page) if t == "a"] == ["#s0", "#s1"]


def test_the_command_writes_the_pages_of_a_study(tmp_path, monkeypatch, capsys):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    write_twin(tmp_path / "files")
    monkeypatch.chdir(tmp_path)
    assert main(["data", "--study", "mics6", "--data", "files"]) == 0
    assert "reports/mics6/data" in capsys.readouterr().out
    written = sorted(path.name for path in (tmp_path / "reports" / "mics6" / "data").iterdir())
    stems = [f"mics6_codebook_{language}_SYNTHETIC" for language in LANGUAGES]
    assert written == sorted(
        [*(f"{s}.{x}" for s in stems for x in ("html", "xlsx")), "mics6_data_quality_SYNTHETIC.html"]
    )
    page = (tmp_path / "reports" / "mics6" / "data" / "mics6_data_quality_SYNTHETIC.html").read_text(
        encoding="utf-8"
    )
    for text in (
        "hl.sav",
        "link matched",
        "Whipple",
        "interview completed",
        "SYNTHETIC DATA",
        "At least one parent",
    ):
        assert text in page
    assert str(tmp_path) not in page
    study = me.load_study("mics6", data="files")
    ids = set(study.frame("children")["hh_id"])
    assert not ids & set(re.findall(r"\d+/\d+", page))


def test_quality_page_counts_missing_values_and_heaped_ages(tmp_path, monkeypatch):
    from migration_effects.report.pages.quality_page import quality_html

    (tmp_path / "data" / "raw").mkdir(parents=True)
    write_twin(tmp_path / "files")
    monkeypatch.chdir(tmp_path)
    study = me.load_study("mics6", data="files")
    page = re.sub(r"<[^>]+>", "|", quality_html(study))
    children = study.frame("children")
    missing = int(children["discipline_violent"].isna().sum())
    assert f"discipline_violent||Violent discipline||{missing}||{100 * missing / len(children):.1f}%" in page
    found = me.cleaning.age_heaping(study.frame("roster")["age"])
    assert f"roster||age||{found.n:,}||{found.whipple:,.2f}||{found.myers:,.2f}" in page
