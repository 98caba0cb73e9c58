"""Two hundred samples of a scenario of tools/effect_simulation, in the short form of the test run."""

import functools
import sys

from conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))

from effect_simulation import study
from effect_simulation.scenarios import SCENARIOS

REPLICATIONS = 200
POSITION = {scenario.name: position for position, scenario in enumerate(SCENARIOS)}


@functools.cache
def judged(name):
    position = POSITION[name]
    return study.judge(position, study.run(position, REPLICATIONS, full=False))


def check(name):
    """Every judged figure keeps its limit, give or take 2.5 Monte-Carlo errors."""
    table, events = judged(name)
    columns = ["estimator", "bias", "ratio", "coverage", "size", "kept"]
    assert table["judged"].any() or events["judged"].any()
    assert table["kept"].all(), table[columns].round(3).to_string()
    assert events.empty or events["kept"].all(), events.round(3).to_string()
    return table.set_index("estimator"), events.set_index("event") if len(events) else events
