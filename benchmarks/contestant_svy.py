"""svy on the tasks, in an environment of its own: `contestant_svy.py FOLDER`."""

import sys

import polars as pl
import svy
from sample import MARGINS, REPLICATES, SEED, read
from worker import serve

X = ["x1", "x2", "x3", "x4", "x5", svy.Cat("group")]


def described(estimate):
    return [e.est for e in estimate.estimates], [e.se for e in estimate.estimates]


def fitted(fit):
    """Return coefficients in the order of the other contestants: intercept, indicators, numbers."""
    found = {c.term: (c.est, c.se) for c in fit.coefs}
    order = ["_intercept_", "group_1", "group_2", "x1", "x2", "x3", "x4", "x5"]
    return [found[name][0] for name in order], [found[name][1] for name in order]


def sample_of(data):
    return svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="weight"))


def design_mean(data, sample, controls):
    return described(sample_of(data).estimation.mean("y"))


def mean(data, sample, controls):
    return described(sample.estimation.mean("y"))


def domains(data, sample, controls):
    found = sorted(sample.estimation.mean("y", by="domain").estimates, key=lambda e: e.by_level)
    return [e.est for e in found], [e.se for e in found]


def linear(data, sample, controls):
    return fitted(sample.glm.fit(y="y", x=X))


def logit(data, sample, controls):
    return fitted(sample.glm.fit(y="z", x=X, family="binomial", tol=1e-10))


def rake(data, sample, controls):
    return described(sample.weighting.rake(controls=controls, tol=1e-8).estimation.mean("y"))


def replicated(sample):
    return sample.weighting.create_bs_wgts(n_reps=REPLICATES, rstate=SEED)


def bootstrap(data, sample, controls):
    return described(replicated(sample).estimation.mean("y", method="replication"))


def replicate_logit(data, sample, controls):
    return fitted(replicated(sample).glm.fit(y="z", x=X, family="binomial", method="replication"))


TASKS = {
    task.__name__: task
    for task in (design_mean, mean, domains, linear, logit, rake, bootstrap, replicate_logit)
}


def main(folder):
    facts, found = read(folder)
    data = pl.DataFrame(found)
    del found
    controls = {name: dict(enumerate(facts["margins"][name])) for name in MARGINS}
    sample = sample_of(data)
    serve(TASKS, lambda name: (data, sample, controls))


if __name__ == "__main__":
    main(sys.argv[1])
