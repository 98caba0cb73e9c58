"""Rules for publication: which figures are hidden, which files may leave, which releases are too near."""

import base64
import io
import struct
import zipfile
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration_effects.disclosure.artefacts import artefact_faults
from migration_effects.disclosure.differencing import (
    Released,
    differencing_faults,
    read_registry,
    registry_csv,
)
from migration_effects.disclosure.publication import (
    MIN_PEOPLE,
    Entry,
    line_is_exposed,
    line_members,
    own_reason,
    reasons_to_hide,
)
from migration_effects.errors import DataFileError


def shares(values, n=300, **more):
    return [Entry(value, n, "share", **more) for value in values]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (Entry(40.0, 24, "share"), "base"),
        (Entry(40.0, 25, "share"), ""),
        (Entry(40.0, None, "share"), "base"),
        (Entry(0.0, 500, "share"), "people"),
        (Entry(100.0, 500, "share"), "people"),
        (Entry(1.9, 500, "share"), "people"),
        (Entry(2.0, 500, "share"), ""),
        (Entry(98.1, 500, "share"), "people"),
        (Entry(98.0, 500, "share"), ""),
        (Entry(0.0, None, "count"), ""),
        (Entry(1.0, None, "count"), "count"),
        (Entry(7.0, None, "count"), "count"),
        (Entry(8.0, None, "count"), ""),
        (Entry(2.5, 24, "statistic"), "base"),
        (Entry(2.5, 25, "statistic"), ""),
        (Entry(None, None, "statistic"), ""),
    ],
)
def test_limits_of_a_single_figure(entry, reason):
    assert own_reason(entry) == reason


def test_both_categories_of_two_are_hidden():
    row = shares((2.0, 98.0), parts=("row",))
    assert reasons_to_hide(row) == ["people", "people"]
    # With 60 of 300 nobody is hidden.
    assert reasons_to_hide(shares((20.0, 80.0), parts=("row",))) == ["", ""]


def test_a_hidden_share_takes_company_with_enough_people():
    assert reasons_to_hide(shares((1.0, 1.0, 40.0, 58.0), parts=("row",))) == [
        "people",
        "people",
        "company",
        "",
    ]
    # Alone in a line that does not add up, its neighbour of the smallest group goes.
    sexes = [Entry(v, n, "share", lines=("sex",)) for v, n in ((2.0, 100), (30.0, 200), (40.0, 150))]
    assert reasons_to_hide(sexes) == ["people", "", "company"] or reasons_to_hide(sexes)[0] == "people"
    assert sum(bool(r) for r in reasons_to_hide(sexes)) == 2


def test_a_total_at_the_place_of_a_hidden_share_is_hidden():
    entries = [Entry(1.0, 300, "share", place="Bukhara"), Entry(4.2, 300, "statistic", place="Bukhara")]
    assert reasons_to_hide(entries) == ["people", "company"]
    assert reasons_to_hide([entries[0], replace(entries[1], place="")]) == ["people", ""]


numbers = st.tuples(st.floats(0, 100), st.integers(20, 400), st.integers(0, 2), st.integers(0, 2))


@settings(deadline=None, max_examples=150)
@given(st.lists(numbers, min_size=1, max_size=14))
def test_no_line_is_left_exposed(rows):
    entries = [
        Entry(value, n, "share", lines=(f"a{a}", f"b{b}")) for value, n, a, b in rows
    ]  # lines cross, as rows and columns do
    reasons = reasons_to_hide(entries)
    for entry, reason in zip(entries, reasons, strict=True):
        assert bool(reason) or own_reason(entry) == ""
        assert reason not in ("base", "people") or own_reason(entry) == reason
    for line, members in line_members(entries).items():
        assert not line_is_exposed(entries, reasons, line, members)
        hidden = [i for i in members if reasons[i]]
        if hidden and len(hidden) < len(members):
            assert len(hidden) >= 2
            assert sum(entries[i].people for i in hidden) >= MIN_PEOPLE


def released(**changes):
    base = {
        "release": 2, "origin": "survey", "study": "toy", "exhibit": "F1.1", "measure": "percentage hit",
        "population": "children", "dimensions": "total |", "n": 702,
    }  # fmt: skip
    return Released(**{**base, **changes})


@pytest.mark.parametrize(
    ("other", "blocked"),
    [
        ({"release": 1, "n": 698}, {"F1.1 of release 1"}),
        ({"release": 1, "n": 690}, set()),
        ({"release": 1, "n": 702}, set()),
        ({"release": 1, "n": 698, "population": "children of three regions"}, {"F1.1 of release 1"}),
        ({"exhibit": "F1.2", "n": 698, "population": "children of three regions"}, {"F1.2"}),
        ({"exhibit": "F1.2", "n": 690, "population": "children of three regions"}, set()),
        ({"exhibit": "F1.2", "n": 698}, set()),
        ({"exhibit": "F1.2", "n": 698, "population": "carers", "measure": "age"}, set()),
        ({"release": 1, "n": 698, "origin": "synthetic"}, set()),
        ({"release": 1, "n": 698, "study": "other"}, set()),
        ({"release": 1, "n": 698, "dimensions": "girls |"}, set()),
    ],
)
def test_figures_of_nearly_the_same_people(other, blocked):
    new, second = released(), released(**other)
    earlier = [second] if second.release == 1 else []
    faults = differencing_faults([new] if earlier else [new, second], earlier)
    assert faults.get("F1.1", set()) == blocked


def test_the_registry_comes_back_as_written():
    rows = [released(), released(release=1, dimensions='a, "b" | c', n=5)]
    assert read_registry(registry_csv(rows)) == sorted(rows)
    assert read_registry("") == []
    for text in (
        "release,n\n1,2\n",
        registry_csv(rows).replace("702", "many"),
        registry_csv(rows)[:-30] + "\n",
    ):
        with pytest.raises(DataFileError, match="damaged"):
            read_registry(text)


def png(*chunks, tail=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    parts = [chunk(b"IHDR", b"\0" * 13), *(chunk(k, d) for k, d in chunks), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + tail


def office(parts, comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.comment = comment
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def embedded(kind, content):
    return f'<p><img src="data:{kind};base64,{base64.b64encode(content).decode()}"></p>'.encode()


def stream(about, content):
    return b"%PDF-1.7\n4 0 obj\n<<" + about.encode() + b">>\nstream\n" + content + b"\nendstream\nendobj"


PHONE, MAIL = "+998 90 123 45 67", "someone@mail.uz"
CELLS = "".join(f"<w:tc><w:p><w:r><w:t>{n}</w:t></w:r></w:p></w:tc>" for n in (90, 123, 45, 67))
CLEAN = {
    "a.html": b'<p>Girls 12.3%, n 120</p><svg><path d="M 41.3111 69.2797 L 12 345 67 89"/></svg>',
    "a.csv": "\ufeffrow,value,n\nGirls,12.3,120\n".encode(),
    "a.xlsx": office(
        {"xl/worksheets/sheet1.xml": "<c><v>96.40000000000001</v></c>", "xl/media/i.png": png()}
    ),
    # Numbers of neighbouring cells are no telephone number.
    "a.docx": office({"word/document.xml": CELLS}),
    "a.pdf": b"%PDF-1.7\n1 0 obj <</Title (Report) /Producer (x)>>",
    # By chance the bytes of a drawing spell anything.
    "b.pdf": stream("/Subtype/Image", b"\x00/JS\x01"),
    "DISCLOSURE.md": f"| a.csv | `{'1234567890' * 6}abcd` |\nContent: `12345678901234ab`\n".encode(),
}


@pytest.mark.parametrize("name", CLEAN)
def test_clean_files_pass(name):
    assert artefact_faults(name, CLEAN[name]) == []


RUNS = f"<w:r><w:t>{PHONE[:9]}</w:t></w:r><w:r><w:t>{PHONE[9:]}</w:t></w:r>"
FOUND = {
    "comment of HTML": ("a.html", f"<!-- {PHONE} --><p>1</p>".encode(), "personal data (phone)"),
    "comment of an embedded SVG": (
        "a.html",
        embedded("image/svg+xml", f"<svg><!-- {MAIL} --></svg>".encode()),
        "embedded image/svg+xml looks like personal data (e-mail)",
    ),
    "chunk of an embedded PNG": (
        "a.html",
        embedded("image/png", png((b"tEXt", b"who"))),
        "text chunk (tEXt)",
    ),
    "path": ("a.html", b"<p>see /home/anna/data.sav</p>", "path of a computer"),
    "passport in CSV": ("a.csv", b"row,n\nAA 1234567,12\n", "personal data (passport)"),
    "column of CSV": ("a.csv", b"respName,n\nA,12\n", "column of personal data (name)"),
    "hidden sheet": (
        "a.xlsx",
        office({"xl/workbook.xml": '<sheet name="b" state="veryHidden" r:id="1"/>'}),
        "hidden sheet",
    ),
    "hidden row": (
        "a.xlsx",
        office({"xl/worksheets/sheet1.xml": '<row r="1" hidden="1"/>'}),
        "hidden row or column",
    ),
    "defined name": (
        "a.xlsx",
        office({"xl/workbook.xml": '<definedName name="secret">1</definedName>'}),
        "defined name",
    ),
    "formula": ("a.xlsx", office({"xl/worksheets/sheet1.xml": "<c><f>A1</f><v>1</v></c>"}), "formula"),
    "comments": ("a.xlsx", office({"xl/comments1.xml": "<t>x</t>"}), "may hold what nobody sees"),
    "pivot cache": ("a.xlsx", office({"xl/pivotCache/records.xml": "<r/>"}), "may hold what nobody sees"),
    "shared string": ("a.xlsx", office({"xl/sharedStrings.xml": f"<t>{MAIL}</t>"}), "personal data (e-mail)"),
    "PNG in a workbook": ("a.xlsx", office({"xl/media/i.png": png((b"eXIf", b"x"))}), "text chunk (eXIf)"),
    "behind a PNG": ("a.xlsx", office({"xl/media/i.png": png(tail=b"more")}), "behind its end"),
    "other image": ("a.xlsx", office({"xl/media/i.png": b"GIF89a"}), "no PNG"),
    "unknown part": ("a.xlsx", office({"xl/data.bin": b"1"}), "unknown kind (xl/data.bin)"),
    "archive comment": ("a.xlsx", office({"a.xml": "<a/>"}, b"hello"), "comment in its archive"),
    "docProps": (
        "a.docx",
        office({"docProps/core.xml": f"<dc:creator>{MAIL}</dc:creator>"}),
        "docProps/core.xml looks like personal data (e-mail)",
    ),
    "text over two runs": ("a.docx", office({"word/document.xml": RUNS}), "personal data (phone)"),
    "tracked change": ("a.docx", office({"word/document.xml": '<w:del w:id="1"/>'}), "tracked change"),
    "hidden text": ("a.docx", office({"word/document.xml": "<w:rPr><w:vanish/></w:rPr>"}), "hidden text"),
    "alternative text": (
        "a.docx",
        office({"word/document.xml": f'<wp:docPr descr="call {PHONE}"/>'}),
        "personal data (phone)",
    ),
    "no archive": ("a.docx", b"nothing", "no office file"),
    "author of a PDF": ("a.pdf", f"%PDF-1.7 <</Author ({MAIL})>>".encode(), "description looks like"),
    "attachment of a PDF": ("a.pdf", b"%PDF-1.7 <</EmbeddedFiles 3 0 R>>", "has an attachment"),
    "metadata of a PDF": (
        "a.pdf",
        stream("/Type/Metadata", f"<?xpacket begin?><x>{PHONE}</x><?xpacket end?>".encode()),
        "metadata looks like personal data (phone)",
    ),
    "packed attachment of a PDF": (
        "a.pdf",
        stream("/Type/ObjStm/Filter/FlateDecode", zlib.compress(b"<</Type /Filespec>>")),
        "has an attachment",
    ),
    "broken part of a PDF": (
        "a.pdf",
        stream("/Type/ObjStm/Filter/FlateDecode", b"not packed"),
        "has a part that cannot be read",
    ),
    "no PDF": ("a.pdf", b"text", "no PDF"),
}


@pytest.mark.parametrize("case", FOUND)
def test_what_a_file_carries_is_found_and_not_repeated(case):
    name, content, fault = FOUND[case]
    faults = artefact_faults(name, content)
    assert any(fault in found for found in faults), faults
    assert all(found.startswith(f"{name}: ") for found in faults)
    assert not any(PHONE in found or MAIL in found or "1234567" in found for found in faults)


@pytest.mark.parametrize(
    "name", ["a.sav", "a.ipynb", "a.parquet", "a.log", "a.json", "a", "a.svg", "a.csv.gz"]
)
def test_other_files_do_not_leave(name):
    assert "not published" in artefact_faults(name, b"")[0]
