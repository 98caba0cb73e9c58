"""DOCX and XLSX: numbers read back, small cells invisible, marked, accessible, hostile text harmless, same bytes."""

import io
import re
import subprocess
import sys
import zipfile

import docx
import openpyxl
import pytest

from migration_effects.report.figure import Figure
from migration_effects.report.render.document import compose_document
from migration_effects.report.render.processes import in_two_processes
from migration_effects.report.render.raster import rasterise
from migration_effects.report.render.sheet import SheetError
from migration_effects.report.render.word import report_docx
from migration_effects.report.render.workbook import report_xlsx
from migration_effects.report.table import Table
from report_toy import KEYS, declared, estimate, facts, in_context, small_figure, small_table
from test_report_injection import HOSTILE, hostile_table
from test_report_render import MARK, document, regression


def parts(content):
    """Return the text members of an office file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {n: archive.read(n).decode() for n in archive.namelist() if n.endswith((".xml", ".rels"))}


def cells_of(word):
    return [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]


def values_of(sheet):
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def test_docx_has_every_printed_number_in_tables_with_repeated_headers(tmp_path):
    word = docx.Document(io.BytesIO(report_docx(document(tmp_path, table=regression()))))
    texts = {text for row in cells_of(word) for text in row}
    assert {"1.23", "0.93–1.53", "−0.99", "−1.24\xa0to\xa0−0.74", "ref.", "688", "48", "40"} <= texts
    xml = word.element.xml
    assert xml.count("<w:tblHeader/>") == 2
    assert '<w:tblLayout w:type="fixed"/>' in xml
    assert xml.count("<w:tblCaption") == len(word.tables) == 1


def test_docx_names_its_styles_language_and_author_and_describes_its_chart(tmp_path):
    word = docx.Document(io.BytesIO(report_docx(document(tmp_path))))
    properties = word.core_properties
    assert properties.title == "Children <of> a toy & study"
    assert properties.author.startswith("migration_effects")
    assert properties.language == "en"
    captions = [p.text for p in word.paragraphs if p.style.style_id == "Caption"]
    assert captions == ["Table 1.1  Children who were hit", "Figure 1.1  Chart of children  [Exploratory]"]
    (description,) = re.findall(r'descr="([^"]+)"', word.element.xml)
    assert description.startswith("Horizontal bar chart")
    anchors = set(re.findall(r'w:anchor="([^"]+)"', word.element.xml))
    assert anchors == set(re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', word.element.xml))


def test_xlsx_holds_unrounded_numbers_with_formats_and_both_limits(tmp_path):
    sheet = opened(report_xlsx(document(tmp_path, table=regression())))["T1.1"]
    found = {cell.value: cell.number_format for row in sheet.iter_rows() for cell in row}
    assert found[1.23456] == "#,##0.00;−#,##0.00"
    assert found[-0.98765] == "#,##0.00;−#,##0.00"
    assert {0.93456, 1.53456, 0.04, 688, 48, 40, "ref."} <= set(found)
    headers = [v for v in values_of(sheet) if isinstance(v, str) and "95% CI" in v]
    assert headers == ["Model 1, 95% CI, lower limit", "Model 1, 95% CI, upper limit"]
    assert sheet.freeze_panes is not None


def test_xlsx_has_cover_contents_with_links_notes_and_one_sheet_per_exhibit(tmp_path):
    book = opened(report_xlsx(document(tmp_path)))
    assert book.sheetnames == ["Cover", "Contents", "Notes", "T1.1", "F1.1"]
    links = {link.location for row in book["Contents"].iter_rows() for c in row if (link := c.hyperlink)}
    assert links == {"'T1.1'!A1", "'F1.1'!A1"}
    drawing = parts(report_xlsx(document(tmp_path)))["xl/drawings/drawing1.xml"]
    width, height = (
        int(side) / 914400 for side in re.search(r'<a:ext cx="(\d+)" cy="(\d+)"/>', drawing).groups()
    )
    assert width == pytest.approx(6.3, abs=0.02)
    assert height < width
    assert 'descr="Horizontal bar chart' in drawing


def test_small_cells_are_nowhere_in_either_format(tmp_path):
    for spec in (small_table(), small_figure()):
        files = [parts(spec.to_docx()), parts(spec.to_xlsx())]
        text = "".join(content for file in files for content in file.values())
        assert not re.findall(r"12\.34|12[.,]3\b|7\.34\b|17\.34", text)
        assert "23.45" in files[1]["xl/worksheets/sheet1.xml"]
    texts = [text for row in cells_of(docx.Document(io.BytesIO(small_table().to_docx()))) for text in row]
    assert {"*", "(23.4)", "(34.6)", "45.7"} <= set(texts)
    sheet = opened(small_table().to_xlsx()).active
    marks = {row[1].value: [c.value for c in row] for row in sheet.iter_rows()}
    assert "*" in marks["Bukhara"]
    assert "fewer than 25 cases: not shown" in marks["Bukhara"]
    assert "25–49 cases" in marks["Khorezm"]
    assert 45.67 in marks["Surkhandarya"]
    few = next(c for row in sheet.iter_rows() for c in row if c.value == 34.56)
    assert few.number_format.startswith('"("')


def test_synthetic_data_are_marked_on_every_page_and_sheet_and_real_data_are_not(tmp_path):
    word = parts(report_docx(document(tmp_path)))
    assert any(MARK in text for name, text in word.items() if "header" in name)
    assert word["word/document.xml"].count(MARK) == 4  # cover, table, chart, alternative text
    book = opened(report_xlsx(document(tmp_path)))
    for sheet in book:
        assert MARK in values_of(sheet)
        assert MARK in sheet.oddHeader.right.text
    real = document(tmp_path, synthetic=False)
    for content in (report_docx(real), report_xlsx(real)):
        assert not [name for name, text in parts(content).items() if "SYNTHETIC" in text]


def test_two_renderings_have_the_same_bytes_and_no_clock(tmp_path):
    first, second = document(tmp_path), document(tmp_path)
    assert report_docx(first) == report_docx(second)
    assert report_xlsx(first) == report_xlsx(second)
    for content in (report_docx(first), report_xlsx(first)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {info.date_time[0] for info in archive.infolist()} == {1980}
        core = parts(content)["docProps/core.xml"]
        assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"2000-01-01T"}
    first, second = small_figure().to_svg(), small_figure(kind="dots").to_svg()
    assert rasterise([first, second]) == [*rasterise([first]), *rasterise([second])]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text, tmp_path):
    study = facts(tmp_path, declared("T1.1", title=text), declared("F1.1", title=text))
    figure = Figure.from_estimates(
        estimate([(text, "hit", 0.2, 0.1, 90)], ["kind"]), kind="bars", notes=[text], **KEYS
    )
    exhibits = {"T1.1": in_context(hostile_table(text), study), "F1.1": in_context(figure, study)}
    doc = compose_document(study, exhibits, synthetic=True, language="en")
    book = opened(report_xlsx(doc))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    sheets = parts(report_xlsx(doc))
    assert not [n for n, t in sheets.items() if n.startswith("xl/worksheets/sheet") and "<f>" in t]
    assert not [n for n, t in sheets.items() if n.endswith(".rels") and 'TargetMode="External"' in t]
    shown = {str(v) for sheet in book for v in values_of(sheet)}
    safe = text.replace("\u202e", "").replace("\u0000", "").replace("\u0007", "")
    assert safe in shown
    word = parts(report_docx(doc))
    assert not [n for n, t in word.items() if n.endswith(".rels") and 'TargetMode="External"' in t]
    assert "<script" not in word["word/document.xml"]


def test_a_text_that_no_cell_can_hold_stops_the_workbook():
    table = small_table(notes=["long " * 7000])
    with pytest.raises(SheetError, match="Shorten"):
        table.to_xlsx()


def test_charts_with_several_units_name_the_unit_of_each_line():
    share = estimate([("Khorezm", "hit", 0.2, 0.1, 90)], ["region"])
    number = estimate([("Khorezm", "hit", 2500.0, 200.0, 90)], ["region"])
    figure = Figure.from_estimates(
        {"Share": share, "Number": number}, kind="bars", panel="model",
        unit={"Share": "%", "Number": "thousand"}, **KEYS,
    )  # fmt: skip
    rows = [[c.value for c in row] for row in opened(figure.to_xlsx()).active.iter_rows()]
    header = next(row for row in rows if "Unit" in row)
    units = {
        row[header.index("Unit")]: row[header.index("Estimate")] for row in rows[rows.index(header) + 1 :][:2]
    }
    assert units == {"%": 20.0, "thousand": 2.5}


def test_groups_stand_in_every_row():
    table = Table.from_estimates([estimate([("hit", 0.3, 0.02, 900)]), estimate(
        [("Ferghana", "hit", 0.2, 0.1, 90), ("Khorezm", "hit", 0.2, 0.1, 90)], ["region"])], **KEYS)  # fmt: skip
    rows = [[c.value for c in row][:2] for row in opened(table.to_xlsx()).active.iter_rows()]
    assert ["–", "Total"] in rows
    assert ["region", "Khorezm"] in rows


def test_processes_start_beside_a_typesetter_that_has_run():
    svg = small_figure().to_svg()
    assert in_two_processes(rasterise, [[svg]] * 5) == [rasterise([svg])] * 5


def test_renderers_do_without_the_libraries_that_estimate():
    code = (
        "import sys; import migration_effects.report.render.assemble, migration_effects.report.compose_figure, "
        "migration_effects.report.charts.draw; "
        "print([name for name in ('scipy', 'statsmodels', 'formulaic', 'nbclient') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
