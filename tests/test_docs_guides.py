"""README and guides: their Python blocks run as they stand, and what they name exists."""

import re
import shlex
import tomllib

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from conftest import ROOT
from migration_effects.cli import command_parser

PAGES = ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]


def blocks(page, language):
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


@pytest.fixture
def survey(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    generator, size = np.random.default_rng(7), 400
    village = np.repeat(np.arange(20), 20)
    away = pd.Categorical(generator.choice(["none", "father", "mother"], size))
    frame = pd.DataFrame(
        {"w": generator.uniform(50, 300, size), "village": village, "district": village // 5}
    )
    frame = frame.assign(
        sex=generator.choice(["girl", "boy"], size), age=generator.integers(11, 18, size), parent_away=away,
        score=generator.normal(10, 3, size), missed_days=generator.poisson(2, size),
    )  # fmt: skip
    frame.to_csv("survey.csv", index=False)


def test_the_block_for_researchers_runs_on_a_csv_file(survey):
    (code,) = [block for block in blocks("README.md", "python") if "survey.csv" in block]
    space = {}
    exec(code, space)
    assert space["design"].weights.sum() == pytest.approx(100_000)
    assert space["girls"].n < len(space["data"])
    assert space["fit"].terms[0] == "Intercept"


def test_commands_of_the_guides_are_understood():
    pattern = r"migration-effects ((?:report|data|check|certify|verify|release|screening)\b[^`\n|>]*)"
    found = [c for page in PAGES for c in re.findall(pattern, (ROOT / page).read_text(encoding="utf-8"))]
    words = [shlex.split(command.split("  ")[0]) for command in found if "…" not in command]
    # Words in capitals stand for something: a pattern, not a command.
    commands = [command for command in words if not any(word.isupper() for word in command)]
    assert len(commands) > 5
    for command in commands:
        command_parser().parse_args(command)


def test_the_exhibit_of_the_guide_is_a_declaration_and_a_chart_of_the_study():
    (declaration,) = blocks("docs/own_study.md", "toml")
    (exhibit,) = tomllib.loads(declaration)["exhibit"]
    assert set(exhibit["title"]) == {"en", "ru", "uz"}
    study = me.load_study("uzbekistan_2019")
    known = {e.id for e in study.exhibits}
    assert exhibit["id"] not in known

    class Shown:
        def figure(self, exhibit_id, figure):
            self.shown = exhibit_id, figure

    (code,) = blocks("docs/own_study.md", "py")
    report = Shown()
    exec(code, {"me": me, "report": report, "children": study.design("children")})
    assert report.shown[0] == exhibit["id"]
    assert len(report.shown[1].points) == 8
