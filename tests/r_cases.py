"""The cases R answered, the designs they are about, and how an answer of ours is compared."""

import functools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import migration_effects as me

REFERENCE = Path(__file__).parent / "reference"
TOLERANCE = {"closed": 1e-9, "iterative": 1e-7}
FLOOR = 1e-6  # an expected 0 is met within 1e-15
TABLE = [
    *("term", "estimate", "std_error", "statistic", "df", "p_value"),
    *("conf_low", "conf_high", "n", "n_psu"),
]


def load(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


SPECS = load("designs.json") | load("designs_replicates.json")
CASES = {path.stem: load(f"outputs/{path.name}") for path in sorted((REFERENCE / "outputs").glob("*.json"))}


def cases(*verbs, having=None):
    """Parametrise a test over the cases of some verbs, or of those among them whose answer has a field."""
    found = [
        pytest.param(case, id=f"{room}: {case['id']}")
        for room, entries in CASES.items()
        for case in entries
        if case["verb"] in verbs and (having is None or case["expected"].get(having))
    ]
    assert found, (verbs, having)
    return pytest.mark.parametrize("case", found)


@functools.cache
def read(name):
    frame = pd.read_csv(REFERENCE / "inputs" / f"{name}.csv")
    if name == "awkward":
        frame["age_factor"] = 1 + (frame["age"] - 11) / 3  # the known factor of the steps named age_rule
    return frame


@functools.cache
def design_of(name):
    spec = dict(SPECS[name])
    return me.SurveyDesign(read(spec.pop("data")), **spec)


def poststratify(design, columns, levels, totals):
    data = design.data
    parsed = [[data[c].dtype.type(v) for c, v in zip(columns, row, strict=True)] for row in levels]
    index = pd.MultiIndex.from_tuples([tuple(row) for row in parsed], names=columns)
    if len(columns) == 1:
        index = pd.Index([row[0] for row in parsed], name=columns[0])
    return me.poststratify(design, pd.Series(totals, index=index))


def scale(design, age_rule):
    assert age_rule
    return me.scale_weights(design, "age_factor")


STEPS = {
    "poststratify": poststratify,
    "rake": lambda design, margins: me.rake(design, margins, tolerance=1e-12, max_iterations=1000),
    "calibrate": lambda design, totals, **options: me.calibrate(
        design, totals, **{k: tuple(v) if k == "bounds" else v for k, v in options.items()}
    ),
    "trim_weights": me.trim_weights,
    "scale_weights": scale,
    "adjust_nonresponse": me.adjust_nonresponse,
    "replicate": lambda design, **options: me.replicate(design, **options),
}


@functools.cache
def weighted_design(name, steps):
    design = design_of(name)
    for step in json.loads(steps):
        design = STEPS[step["verb"]](design, **step["arguments"])
    return design


def design_for(case):
    design = weighted_design(case["design"], json.dumps(case.get("steps", [])))
    return design.where(case["where"]) if "where" in case else design


def close(found, wanted, scale, rtol, what):
    found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    assert found.shape == wanted.shape, what
    np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted), err_msg=what)
    size = np.maximum(np.abs(wanted), scale)
    error = np.abs(found - wanted) / np.where(size == 0, FLOOR, size)
    assert not (error > rtol).any(), f"{what}: off by {np.nanmax(error):.3g} relative\n{found}\n{wanted}"


def numbers(values):
    return np.array([np.nan if v in (None, "NaN") else v for v in values], dtype=float)


def compare(estimate, case):
    """Compare a whole Estimate, matched by key, with what R says."""
    expected, rtol = case["expected"], TOLERANCE[case["tolerance"]]
    assert sorted(estimate.terms) == sorted(expected["keys"])
    order = [list(estimate.terms).index(key) for key in expected["keys"]]
    table = estimate.table.iloc[order]
    assert list(table.columns)[-len(TABLE) :] == TABLE
    se = numbers(expected["std_error"])
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        scale = se if column != "std_error" else 0
        close(table[column], numbers(expected[column]), scale, rtol, f"{case['id']}: {column}")
    for column in ("df", "n", "n_psu"):
        if expected.get(column) not in (None, ["NA"] * len(se)) and None not in expected[column]:
            np.testing.assert_array_equal(
                table[column].astype(float), numbers(expected[column]), err_msg=column
            )
    statistic = table["estimate"] / table["std_error"]
    close(table["statistic"], statistic, 1, 1e-12, "statistic")
    close(table["p_value"], 2 * stats.t.sf(np.abs(statistic), table["df"]), 1e-300, 1e-9, "p_value")
    if expected.get("vcov") is not None:
        found = estimate.vcov.loc[expected["keys"], expected["keys"]]
        close(found, expected["vcov"], np.outer(se, se), 4 * rtol, f"{case['id']}: vcov")
