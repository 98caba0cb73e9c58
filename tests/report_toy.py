"""Estimates, exhibits and a study without data, for the tests of the report room."""

from pathlib import Path

import pandas as pd

from migration_effects.io.codebook import Codebook, Variable
from migration_effects.report.figure import Figure
from migration_effects.report.register import declared_context
from migration_effects.report.render.facts import StudyFacts
from migration_effects.report.table import Table
from migration_effects.study.definition import Exhibit

REGIONS = ("Bukhara", "Ferghana", "Khorezm", "Surkhandarya")
COLUMNS = ("estimate", "std_error", "conf_low", "conf_high", "n")


class Estimated:
    """What the report needs of an estimate: its table and its notes."""

    def __init__(self, table, notes=()):
        self.table = table
        self.notes = tuple(notes)


def estimate(rows, by=(), notes=()):
    """Return an estimate from rows of (by values …, term, estimate, half width, n)."""
    records = []
    for *levels, term, value, half, n in rows:
        numbers = [value, half / 2, value - half, value + half, n]
        records.append(dict(zip((*by, "term", *COLUMNS), [*levels, term, *numbers], strict=True)))
    frame = pd.DataFrame(records)
    frame["statistic"], frame["df"], frame["p_value"], frame["n_psu"] = 1.0, 40.0, 0.04, 48
    order = [
        *by,
        "term",
        "estimate",
        "std_error",
        "statistic",
        "df",
        "p_value",
        "conf_low",
        "conf_high",
        "n",
        "n_psu",
    ]
    return Estimated(frame[order], notes)


# Bases on both sides of each limit of the small-cell rule.
SMALL = (
    ("Bukhara", "hit", 0.1234, 0.05, 24),
    ("Ferghana", "hit", 0.2345, 0.05, 25),
    ("Khorezm", "hit", 0.3456, 0.05, 49),
    ("Surkhandarya", "hit", 0.4567, 0.05, 50),
)
KEYS = {"population": "Percentage of children aged 0–17 who were hit", "weight": "w"}


def small_table(**options):
    return Table.from_estimates(estimate(SMALL, ["region"]), **{**KEYS, **options})


def small_figure(**options):
    return Figure.from_estimates(estimate(SMALL, ["region"]), **{"kind": "bars", **KEYS, **options})


def regions(text="Region"):
    """Return the codebook of the toy study."""
    codes = {i + 1: {"en": name} for i, name in enumerate(REGIONS)}
    variables = [
        Variable("region", "derived", "", "categorical", values=codes, label={"en": text}),
        Variable(
            "hit", "derived", "", "yesno", values={1: {"en": "yes"}, 2: {"en": "no"}}, label={"en": "Was hit"}
        ),
        Variable("w", "derived", "", "weight", label={"en": "Child weight"}),
    ]
    return Codebook(tuple(variables))


def facts(folder, *exhibits, codebook=None):
    """Return a study without data that declares some exhibits."""
    return StudyFacts(
        folder=Path(folder),
        id="toy",
        title={"en": "Children <of> a toy & study"},
        exhibits=exhibits,
        ethics={"review_reference": "", "data_controller": "Institute"},
        codebook=codebook or regions(),
        notebooks="notebooks",
    )


def declared(exhibit_id, title="Children who were hit", **more):
    """Return a declared exhibit of chapter 1."""
    return Exhibit(exhibit_id, 1, {"en": title}, basis="T 4.1", calibration="C", **more)


def in_context(spec, study, *, synthetic=True):
    """Return a specification as the build hands it to the renderers."""
    from dataclasses import replace

    kind = "T" if isinstance(spec, Table) else "F"
    exhibit = next(e for e in study.exhibits if e.id.startswith(kind))
    return replace(spec, context=declared_context(study, exhibit, synthetic=synthetic))
