"""migration_effects on the tasks: `contestant_ours.py FOLDER`."""

import sys

import pandas as pd
from sample import REPLICATES, SEED, read
from worker import serve

import migration_effects as me

MODEL = "group + x1 + x2 + x3 + x4 + x5"


def numbers(estimate):
    table = estimate.table
    return table["estimate"], table["std_error"]


def design_of(data):
    return me.SurveyDesign(data, weights="weight", psu="psu", strata="stratum")


def rake(data, design, margins):
    return numbers(me.mean("y", me.rake(design, margins)))


def replicated(design):
    return me.replicate(design, method="bootstrap", replicates=REPLICATES, seed=SEED)


TASKS = {
    "design_mean": lambda data, design, margins: numbers(me.mean("y", design_of(data))),
    "mean": lambda data, design, margins: numbers(me.mean("y", design)),
    "domains": lambda data, design, margins: numbers(me.mean("y", design, by="domain")),
    "linear": lambda data, design, margins: numbers(me.regress(f"y ~ {MODEL}", design)),
    "logit": lambda data, design, margins: numbers(me.regress(f"z ~ {MODEL}", design, family="binomial")),
    "rake": rake,
    "bootstrap": lambda data, design, margins: numbers(me.mean("y", replicated(design))),
    "replicate_logit": lambda data, design, margins: numbers(
        me.regress(f"z ~ {MODEL}", replicated(design), family="binomial")
    ),
}


def main(folder):
    facts, found = read(folder)
    data = pd.DataFrame(found)
    del found
    data["group"] = pd.Categorical(data["group"])
    margins = {name: dict(enumerate(values)) for name, values in facts["margins"].items()}
    design = design_of(data)
    serve(TASKS, lambda name: (data, design, margins))


if __name__ == "__main__":
    main(sys.argv[1])
