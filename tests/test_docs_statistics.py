"""The pages on statistics: every Python block runs and prints what it says, and R's numbers are among it."""

import doctest
import json
import re

import pytest

import migration_effects as me
from conftest import ROOT

PAGES = ["coming_from.md", "weighting.md"]
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w])")
PARSER = doctest.DocTestParser()


@pytest.mark.parametrize("page", PAGES)
def test_python_blocks_print_what_they_say(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert blocks
    test = PARSER.get_doctest("\n".join(blocks), {}, page, page, 0)
    assert len(test.examples) > 10
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    report = []
    runner.run(test, out=report.append)
    assert runner.failures == 0, "".join(report)


def test_ten_analyses_in_three_languages_agree():
    """Each number R prints stands in the Python output of the same section, to the digits that both show."""
    text = (ROOT / "docs" / "coming_from.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert len(sections) == 10
    for section in sections:
        for language in ("r", "python"):
            assert f"```{language}\n" in section, section[:40]
        assert "```stata\n" in section or "Stata has no" in section
        r_lines = re.findall(r"^#> (.*)$", section, flags=re.MULTILINE)
        python = re.search(r"```python\n(.*?)```", section, flags=re.DOTALL).group(1)
        printed = [line for line in python.splitlines() if not line.startswith((">>>", "..."))]
        ours = [text for line in printed for text in NUMBER.findall(line)]
        wanted = [text for line in r_lines for text in NUMBER.findall(line)]
        assert wanted
        for number in wanted:
            assert any(same_digits(number, other) for other in ours), (section[:30], number)


def same_digits(one: str, other: str) -> bool:
    """Return whether two printed numbers agree to the digits of the shorter one."""
    places = min(len(text.partition(".")[2]) for text in (one, other))
    return abs(float(one) - float(other)) <= 0.5000001 * 10**-places and (
        places > 0 or float(one) == float(other)
    )


def test_example_notebook_runs_and_its_roads_agree(monkeypatch):
    folder = ROOT / "notebooks" / "examples"
    monkeypatch.chdir(folder)
    content = json.loads((folder / "weighting.ipynb").read_text(encoding="utf-8"))
    space = {}
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
    linear, jackknife, bootstrap = (table["std_error"].item() for table in space["rows"])
    assert jackknife == pytest.approx(linear, rel=0.05)
    assert bootstrap == pytest.approx(linear, rel=0.1)
    drawn = me.mean("api00", space["drawn"]).std_error[0]
    assert linear < drawn / 4
