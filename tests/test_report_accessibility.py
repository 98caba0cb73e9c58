"""The HTML report in a browser: axe-core finds nothing in any language, and nothing is fetched."""

from dataclasses import replace
from typing import get_args

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from migration_effects.report.figure import Kind
from migration_effects.report.pages.page import html_page, html_table
from migration_effects.report.register import declared_context
from migration_effects.report.render.assemble import compose_languages
from migration_effects.report.render.drawings import draw_charts
from migration_effects.report.render.html import report_html
from migration_effects.report.render.programs import with_programs
from migration_effects.report.table import Table
from report_toy import KEYS, declared, estimate, facts, regions, small_table
from test_report_charts import CHARTS

LANGUAGES = ("en", "ru", "uz")
# Headings above columns, groups of rows, intervals beside and below, marks of small bases, plain rows at the foot.
MODELS = {
    f"Model {i}": estimate([("Intercept", 1.2, 0.3, 688), ("region[T.Khorezm]", -0.9, 0.2, 688)])
    for i in range(1, 6)
}
PLACES = {"region": ["Bukhara", "Bukhara", "Khorezm"], "residence": ["urban", "rural", "urban"]}
COUNTS = pd.DataFrame({**PLACES, "selected": [96, 192, 10], "reached": [90, 150, 9], "rate": [0.9, 0.8, 0.9]})
TABLES = {
    "small": small_table(),
    "models": Table.from_estimates(
        MODELS, rows="term", unit="SD", references={"region": "Bukhara"}, notes=["First", "Second"], **KEYS
    ),
    "counts": Table.from_frame(
        COUNTS,
        rows=["region", "residence"],
        columns={"selected": "Selected", "reached": "Reached", "rate": "Response"},
        spanners={"selected": "Households", "reached": "Households"},
        unit={"selected": "number", "reached": "number", "rate": "%"},
        row_header="Residence",
        population="Households",
    ),
    "one column": Table.from_estimates(MODELS["Model 1"], rows="term", row_header="Term", unit="SD", **KEYS),
}
SECTIONS = {
    "summary": "# Summary\n\nAll in **short**.\n\n- one\n- two\n",
    "annex_methods": "# Methods\n\n## Weights\n\nIn words.\n",
    "annex_strobe": "# Checklist\n\n| No. | Point |\n|---|---|\n| 1 | Title |\n",
}


class Same(dict):
    """Translations that leave every text as it is, for a report that is about its form."""

    def __contains__(self, text):
        return True

    def __missing__(self, text):
        return text


def everywhere(codebook):
    """Return a codebook whose labels exist in every language."""

    def whole(variable):
        values = {code: dict.fromkeys(LANGUAGES, names["en"]) for code, names in variable.values.items()}
        return replace(variable, label=dict.fromkeys(LANGUAGES, variable.label["en"]), values=values)

    return replace(codebook, variables=tuple(map(whole, codebook.variables)))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return a report with every kind of exhibit and every section, as HTML by language."""
    assert {chart.chart for chart in CHARTS.values()} == set(get_args(Kind))
    folder = tmp_path_factory.mktemp("report")
    specs = {f"T1.{i}": spec for i, spec in enumerate(TABLES.values(), start=1)}
    specs |= {f"F1.{i}": spec for i, spec in enumerate(CHARTS.values(), start=1)}
    title = dict.fromkeys(LANGUAGES, "Children who were hit")
    exhibits = [replace(declared(name, prespecified=name != "F1.1"), title=title) for name in specs]
    for language in LANGUAGES:
        (folder / "text" / language).mkdir(parents=True)
        for name, prose in SECTIONS.items():
            (folder / "text" / language / f"{name}.md").write_text(prose, encoding="utf-8")
    texts = dict.fromkeys(LANGUAGES, Same())
    study = replace(facts(folder, *exhibits, codebook=everywhere(regions())), title=title, texts=texts)
    made = {
        exhibit.id: replace(
            specs[exhibit.id], context=declared_context(study, exhibit, synthetic=True, texts=texts)
        )
        for exhibit in exhibits
    }
    drawings = draw_charts(made, LANGUAGES)
    documents = compose_languages(study, made, LANGUAGES, synthetic=True)
    listed = [with_programs(d, dict.fromkeys(made, "notebooks/01_hit.ipynb")) for d in documents]
    return {d.language: report_html(d.with_drawings(drawings)) for d in listed}


def examined(browser, path):
    """Return what axe finds in a file with its data tables opened, and what it asked for beside itself."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    found = Axe().run(page).response
    context.close()
    return found, [url for url in asked if url != path.as_uri() and not url.startswith("data:")]


def faults(found, kind):
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found[kind]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_is_fetched(browser, pages, language, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(pages[language], encoding="utf-8")
    found, outside = examined(browser, path)
    assert outside == []
    assert faults(found, "violations") == []
    assert faults(found, "incomplete") == []
    passed = {rule["id"] for rule in found["passes"]}
    assert {"image-alt", "html-has-lang", "color-contrast", "th-has-data-cells", "td-headers-attr"} <= passed


def test_pages_on_the_data_have_no_faults(browser, tmp_path):
    table = html_table(COUNTS, heads=["Region", "Residence", "Selected", "Reached", "Response"], bar="rate")
    page = html_page(
        "Data quality", [("Counts", table), ("Nothing", "<p>none</p>")], language="en", mark="MARK"
    )
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    found, outside = examined(browser, path)
    assert outside == []
    assert faults(found, "violations") == []
    assert faults(found, "incomplete") == []


def test_faults_and_requests_are_noticed(browser, pages, tmp_path):
    path = tmp_path / "faulty.html"
    text = pages["en"].replace('<html lang="en">', "<html>").replace("color: #3d464d", "color: #d0d4d8")
    path.write_text(text.replace("</body>", '<img src="other.png"></body>'), encoding="utf-8")
    found, outside = examined(browser, path)
    assert {"html-has-lang", "image-alt", "color-contrast"} <= {rule["id"] for rule in found["violations"]}
    assert [url.rsplit("/", 1)[1] for url in outside] == ["other.png"]
