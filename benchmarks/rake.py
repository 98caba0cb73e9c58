"""Rake to three margins and estimate a mean.

R's rake() and ours differ in the standard error by design (docs/weighting.md), svy is near R; the floor takes the
raked weights as known.
"""

from contest import Task, run

LOOSE = {"survey": (1e-6, 0.01), "svy": (1e-6, 0.05), "numpy": (1e-7, 0.05)}

if __name__ == "__main__":
    run(Task("rake", "rake 3 margins + mean", loose=LOOSE))
