"""Small random samples for the property tests: strata, PSUs, weights, gaps, unsorted rows."""

import numpy as np
import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st


def sample(seed: int, strata: int = 3, psus: int = 3, size: int = 60) -> pd.DataFrame:
    """Return a sample in random order; PSU ids start again in each stratum; every PSU has rows."""
    rng = np.random.default_rng(seed)
    places = [(h, j) for h in range(strata) for j in range(psus)]
    place = [places[i % len(places)] for i in range(size)]
    x = rng.normal(size=size)
    frame = pd.DataFrame(
        {
            "stratum": [f"s{h}" for h, _ in place],
            "psu": [j for _, j in place],
            "w": np.exp(rng.normal(3, 0.7, size)),
            "x": x,
            "y": 2 + x + rng.normal(size=size) + np.array([0.4 * j for _, j in place]),
            "z": (x + 2 * rng.normal(size=size) > 0).astype(int),
            "count": rng.poisson(2, size),
            "sex": rng.choice(["boy", "girl"], size),
            "away": rng.choice(["none", "mother", "father"], size),
        }
    )
    frame.loc[rng.random(size) < 0.1, "y"] = np.nan
    return frame.sample(frac=1, random_state=int(rng.integers(2**31))).reset_index(drop=True)


seeds = st.integers(0, 2**31 - 1)
few = settings(max_examples=8, deadline=None, derandomize=True)  # the same samples in every run
