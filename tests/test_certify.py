"""The vectors of `migration-effects certify`: all of them here too, their data, and what a failure looks like."""

import json
from dataclasses import replace
from importlib import resources

import numpy as np
import pandas as pd
import pytest

from conftest import ROOT
from migration_effects import certification
from migration_effects.certification import certificate, nist, tables
from migration_effects.certification.vector import Vector, correct_digits, tried
from migration_effects.cli import main

VECTORS = [vector for group in certification.vectors().values() for vector in group]
INPUTS = ROOT / "tests" / "reference" / "inputs"
NIST = resources.files("scipy.stats.tests") / "data"
GROUP = "Laws"


def nist_rows(path):
    """Return the data of a file of NIST: they begin in line 61."""
    return np.array(
        [line.split() for line in path.read_text().splitlines()[60:] if line.strip()], dtype=float
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v.id}: {v.title}")
def test_vector(vector):
    outcome = tried(vector)
    assert outcome.passed, (outcome.fault, outcome.found, vector.expected)


def test_every_vector_has_a_source_a_limit_and_a_title_of_its_own():
    assert all(vector.source and vector.expected for vector in VECTORS)
    assert len({(vector.id, vector.title) for vector in VECTORS}) == len(VECTORS)
    assert {v.id[0] for v in VECTORS} == set("NSLID")
    assert all(v.limit >= 4 for v in VECTORS if v.rule == "digits")
    assert all(0 <= v.limit <= 1e-6 for v in VECTORS if v.rule == "error")


def test_normal_equations_fail_wampler():
    X, y = nist.wampler_columns(), nist.wampler(1)
    vector = next(v for v in VECTORS if v.id == "N3")
    by_normal_equations = replace(vector, compute=lambda: np.linalg.solve(X.T @ X, X.T @ y).tolist())
    assert tried(vector).passed
    outcome = tried(by_normal_equations)
    assert not outcome.passed
    assert 4 < outcome.lre < 8


def test_generated_and_embedded_data_are_those_of_nist():
    for name, (replicates, leading, _, _) in nist.SIMON_LESAGE.items():
        found = np.column_stack(nist.simon_lesage(replicates, leading))
        np.testing.assert_array_equal(found, nist_rows(NIST / "nist_anova" / f"{name}.dat"))
    for name in nist.MEASURED:
        found = tables.read("anova").query("dataset == @name")[["treatment", "response"]]
        np.testing.assert_array_equal(found, nist_rows(NIST / "nist_anova" / f"{name}.dat"))
    norris = nist_rows(NIST / "nist_linregress" / "Norris.dat")
    np.testing.assert_array_equal(tables.read("norris"), norris)


def test_longley_is_the_copy_of_statsmodels():
    from statsmodels.datasets import longley

    np.testing.assert_array_equal(tables.read("longley"), longley.load_pandas().data)


@pytest.mark.parametrize("name", ["apiclus1", "apistrat"])
def test_the_school_samples_are_those_of_the_reference_values(name):
    found = tables.read(name)
    full = pd.read_csv(INPUTS / f"{name}.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(found, full[list(found)], check_dtype=False)


def test_correct_digits_of_zero_nothing_and_nonsense():
    assert correct_digits(1e-12, 0.0) == pytest.approx(12)
    assert correct_digits(float("nan"), float("nan")) == 15
    assert correct_digits(float("inf"), 1.0) == -np.inf
    assert correct_digits(-1.0, 1.0) == pytest.approx(-np.log10(2))


WRONG = {
    "a number off": Vector("X1", "off", lambda: [2.0], (1.0,), "error", 1e-6),
    "digits short": Vector("X2", "short", lambda: [1.001], (1.0,), "digits", 9),
    "printed otherwise": Vector("X3", "printed", lambda: [1.06], ("1.0",), "printed"),
    "another category": Vector("X4", "category", lambda: ["low"], ("high",)),
    "a value where none belongs": Vector("X5", "value", lambda: [1.0], (float("nan"),), "error", 1e-6),
    "none where a value belongs": Vector("X6", "none", lambda: [float("nan")], (1.0,), "error", 1e-6),
    "too many": Vector("X7", "many", lambda: [1.0, 1.0], (1.0,)),
    "an exception": Vector("X8", "raises", lambda: [1 / 0], (1.0,)),
}


@pytest.mark.parametrize("vector", WRONG.values(), ids=WRONG)
def test_what_is_wrong_fails(vector):
    assert not tried(vector).passed


@pytest.fixture
def only(monkeypatch):
    """Leave one group of vectors of the test's choice."""

    def choose(*vectors):
        group = type("Group", (), {"vectors": staticmethod(lambda: iter(vectors))})
        monkeypatch.setattr(certificate, "GROUPS", {GROUP: group})

    return choose


def test_the_command_fails_with_a_line_for_each_failure(only, capsys):
    sound = next(v for v in VECTORS if v.id == "L1")
    only(sound, *WRONG.values())
    assert main(["certify"]) == 1
    page = capsys.readouterr().out
    assert page.count("FAIL  ") == len(WRONG)
    assert page.count("PASS  ") == 1
    assert f"{len(WRONG) + 1} vectors, {len(WRONG)} FAILED." in page
    assert "low, expected high" in page
    assert "ZeroDivisionError: division by zero" in page
    assert "2 answers, 1 expected" in page


def test_the_page_has_versions_platform_accuracy_and_ethics(only, capsys):
    only(*(v for v in VECTORS if v.id in ("N2", "S1", "L1")))
    assert main(["certify"]) == 0
    page = capsys.readouterr().out
    for part in ("Python", "numpy", "scipy", "statsmodels", "BLAS", "platform", "LRE", "all passed", GROUP):
        assert part in page, part
    assert "safeguarding_contact    not declared" in page


def test_json_can_hold_every_outcome(only, capsys):
    only(VECTORS[0], *WRONG.values())
    assert main(["certify", "--json"]) == 1
    content = json.loads(capsys.readouterr().out)
    assert content["passed"] is False
    assert [v["passed"] for v in content["vectors"]] == [True] + [False] * len(WRONG)
    first = content["vectors"][0]
    assert first["id"] == "N1"
    assert first["lre"] > 9
    assert first["source"].startswith("NIST")
    assert content["ethics"]["consent_scope"] == "not declared"
    assert set(content["environment"]) >= {"Python", "numpy", "scipy", "statsmodels", "BLAS", "platform"}


def test_an_unknown_study_is_a_fault(capsys):
    assert main(["certify", "--study", "nowhere"]) == 1
    assert capsys.readouterr().err.startswith("StudyError: 'nowhere'")
