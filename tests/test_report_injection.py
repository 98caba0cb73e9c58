"""Hostile text in labels, titles and notes stays text in every format."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest

from migration_effects.report.figure import Figure
from migration_effects.report.render.document import compose_document
from migration_effects.report.render.html import report_html
from migration_effects.report.render.pdf import report_pdf
from migration_effects.report.table import Table
from report_toy import KEYS, declared, estimate, facts, in_context, regions

HOSTILE = (
    '<script>alert("x")</script>',
    '"><img src=http://example.org/x onerror=alert(1)>',
    '#read("report.json") #set text(red) *bold* _it_ $x$',
    "=HYPERLINK(\"http://example.org\")",
    "a|b\n# heading",
    "\u202egnp.exe\u0000\u0007",
    "{{ 7*7 }} {% raw %} ${x}",
)  # fmt: skip


class Tags(HTMLParser):
    """Collect tags and attributes."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.text.append(data)


def hostile_table(text):
    rows = [(text, "hit", 0.2, 0.1, 90)]
    return Table.from_estimates(
        {text: estimate(rows, ["kind"])}, population=text, weight="w", notes=[text], source=text
    )


def parsed(html):
    parser = Tags()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("text", HOSTILE)
def test_html_fragments_hold_only_our_tags(text):
    figure = Figure.from_estimates(estimate([(text, "hit", 0.2, 0.1, 90)], ["kind"]), kind="bars", **KEYS)
    for html in (hostile_table(text).to_html(), figure.to_html()):
        found = parsed(html)
        assert "script" not in found.tags
        assert not [a for a in found.attributes if a[1].startswith("on")]
        assert {v[:26] for t, n, v in found.attributes if n == "src"} <= {"data:image/svg+xml;base64,"}
        assert not {"\u202e", "\u0000", "\u0007"} & set(html)


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_cells_are_no_formulas(text):
    table = hostile_table(text)
    for content in (table.to_csv(), table.to_csv("en")):
        for row in csv.DictReader(io.StringIO(content)):
            assert not any(
                str(row[c]).startswith(("=", "+", "-", "@", "\t", "\r")) for c in ("group", "row", "column")
            )
            assert float(row["value"]) == 20.0


def test_negative_numbers_stay_numbers_in_csv():
    table = Table.from_estimates(estimate([("score", -0.5, 0.1, 90)]), unit="SD", **KEYS)
    assert next(csv.DictReader(io.StringIO(table.to_csv("en"))))["value"] == "-0.5"


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_is_escaped(text):
    markdown = hostile_table(text).to_markdown()
    assert "<script>" not in markdown.replace("\\<", "")
    assert "\n# heading" not in markdown
    rows = [line.replace("\\|", "") for line in markdown.splitlines() if line.startswith("| ")]
    assert {row.count("|") for row in rows} == {5}


def test_the_whole_report_prints_hostile_text_as_text(tmp_path):
    text = " ".join(HOSTILE[:4]) + HOSTILE[6]
    book = regions(text)
    study = facts(tmp_path, declared("T1.1", title=text), declared("F1.1", title=text), codebook=book)
    figure = Figure.from_estimates(estimate([("Khorezm", "hit", 0.2, 0.1, 90)], ["region"]), kind="bars",
                                   notes=[text], **KEYS)  # fmt: skip
    exhibits = {"T1.1": in_context(hostile_table(text), study), "F1.1": in_context(figure, study)}
    document = compose_document(study, exhibits, synthetic=True, language="en")
    found = parsed(report_html(document))
    assert "script" not in found.tags
    assert not [a for a in found.attributes if a[1].startswith("on")]
    assert not [v for _, n, v in found.attributes if n in ("src", "href") and v.startswith("http")]
    assert '#read("report.json")' in "".join(found.text)
    assert report_pdf(document).startswith(b"%PDF")


def test_typst_gets_text_through_json_only():
    content = json.loads(hostile_table(HOSTILE[2]).to_typst())
    assert content["printed"]["lines"][-1]["label"] == HOSTILE[2]
    assert content["population"] == HOSTILE[2]
