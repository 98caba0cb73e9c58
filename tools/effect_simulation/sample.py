"""Draw a sample in two stages: communities by size, then as many exposed as comparison children in each."""

import numpy as np
import pandas as pd
from scipy.special import expit

PER_GROUP = 7


def draw(people, knobs, rng, outcomes):
    """Return one sample with its weights.

    Communities are drawn with replacement with probability proportional to size (a community drawn twice is two
    PSUs); in each, seven exposed and seven comparison children or all there are: households of migrants are
    over-sampled, so the weights depend on exposure.
    """
    chance = people.size / people.size.sum()
    chosen = rng.choice(len(people.size), knobs.psus, p=chance)
    rows, psu, weights = [], [], []
    for number, place in enumerate(chosen):
        first, exposed, size = people.start[place], people.exposed_count[place], people.size[place]
        for low, count in ((first, exposed), (first + exposed, size - exposed)):
            taken = min(count, PER_GROUP)
            rows.append(low + rng.permutation(count)[:taken])
            psu += [number] * taken
            weights += [count / taken / (knobs.psus * chance[place])] * taken
    rows = np.concatenate(rows)
    away = people.columns["away"][rows]
    frame = pd.DataFrame({name: values[rows] for name, values in people.columns.items()})
    frame["psu"], frame["weight"], frame["hidden"] = psu, np.array(weights), people.hidden[rows]
    for name in outcomes:
        frame[name] = np.where(away == 1, people.treated[name][rows], people.untreated[name][rows])
    if knobs.missing:
        # More is lost among the exposed and the poor: complete cases are not a random part.
        likely = expit(0.8 * away - 0.6 * frame["wealth"])
        frame.loc[rng.random(len(frame)) < knobs.missing * likely / likely.mean(), "score"] = np.nan
    return frame
