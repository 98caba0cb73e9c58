"""Samples of the causal tests: the two of the R reference, and a small simulated one."""

import functools
from pathlib import Path

import numpy as np
import pandas as pd

import migration_effects as me

FOLDER = Path(__file__).parent / "reference" / "causal"
LALONDE = ["age", "educ", "race", "married", "nodegree", "re74", "re75"]


@functools.cache
def lalonde():
    return me.SurveyDesign(pd.read_csv(FOLDER / "lalonde.csv"))


@functools.cache
def clustered():
    return me.SurveyDesign(pd.read_csv(FOLDER / "clustered.csv"), weights="w", psu="psu", strata="stratum")


COVARIATES = {"lalonde": LALONDE, "clustered": ["age", "wealth", "sex"]}
EXPOSURE = {"lalonde": "treat", "clustered": "away"}
DESIGN = {"lalonde": lalonde, "clustered": clustered}


def small(seed=1, psus=32, size=10, **columns):
    """Return a clustered sample with good overlap and a constant effect of 1."""
    rng = np.random.default_rng(seed)
    n = psus * size
    place = np.repeat(rng.normal(0, 0.4, psus), size)
    x = rng.normal(size=n)
    away = (rng.random(n) < 1 / (1 + np.exp(0.6 - 0.5 * x))).astype(int)
    frame = pd.DataFrame(
        {
            "psu": np.repeat(np.arange(psus), size),
            "w": np.exp(rng.normal(0, 0.5, n)),
            "x": x,
            "z": rng.integers(0, 2, n),
            "sex": rng.choice(["boy", "girl"], n),
            "away": away,
        }
    )
    frame["y"] = away + x + 0.5 * frame["z"] + place + rng.normal(size=n)
    frame["event"] = (rng.random(n) < 0.2 + 0.1 * away).astype(float)
    return frame.assign(**columns)


def design(frame=None, **keywords):
    return me.SurveyDesign(small() if frame is None else frame, weights="w", psu="psu", **keywords)
