"""Effects after weighting steps: the standard error is that of the whole chain, differentiated numerically.

The derivative runs everything again (non-response, raking or calibration, balancing, outcome models) with the base
weights of one PSU a little larger and a little smaller, and goes through the sampling formula by hand.
"""

import numpy as np
import pytest

import migration_effects as me
from law_samples import sample

pytestmark = pytest.mark.filterwarnings("ignore::migration_effects.errors.MigrationEffectsWarning")
COVARIATES = ["x", "sex"]
MARGINS = {"sex": {"girl": 4200.0, "boy": 3600.0}}


@pytest.fixture(scope="module")
def data():
    frame = sample(77, strata=3, psus=4, size=300)
    answered = frame["x"] + np.sin(7 * np.arange(len(frame))) > -1.5
    return frame.assign(answered=answered, score=frame["x"] + frame["z"] + frame["count"])


def sampled(frame):
    return me.SurveyDesign(frame, weights="w", psu="psu", strata="stratum")


CHAINS = {
    "raked": lambda frame: me.rake(sampled(frame), MARGINS, tolerance=1e-12),
    "propensity, calibrated": lambda frame: me.calibrate(
        me.adjust_nonresponse(sampled(frame), "answered", covariates=["x"]),
        {"Intercept": 7800.0, "sex[girl]": 4200.0},
    ),
    "domain of raked": lambda frame: me.rake(sampled(frame), MARGINS, tolerance=1e-12).where("count < 5"),
}
EFFECTS = {
    "ipw ATE": ("ipw", "ATE", None),
    "entropy ATT": ("entropy", "ATT", None),
    "overlap ATO, adjusted": ("overlap", "ATO", ["x"]),
}


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("kind", EFFECTS)
def test_standard_error_is_that_of_every_step(kind, chain, data):
    method, estimand, adjust = EFFECTS[kind]

    def estimate(weights):
        design = CHAINS[chain](data.assign(w=weights))
        balanced = me.balance_weights("z", COVARIATES, design, method=method, estimand=estimand)
        return me.effect("score", balanced, adjust=adjust, variance="linearised")

    def moved(rows, step):
        return estimate(data["w"] * np.where(rows, 1 + step, 1.0)).values[0]

    step, variance = 1e-3, 0.0
    for stratum in sorted(data["stratum"].unique()):
        slopes = []
        for psu in range(4):
            rows = (data["stratum"] == stratum) & (data["psu"] == psu)
            near, far = (moved(rows, h) - moved(rows, -h) for h in (step, 2 * step))
            slopes.append((8 * near - far) / (12 * step))
        variance += 4 / 3 * ((np.array(slopes) - np.mean(slopes)) ** 2).sum()
    assert estimate(data["w"]).std_error[0] == pytest.approx(np.sqrt(variance), rel=1e-7)
