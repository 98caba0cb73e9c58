"""Tall charts, long tables and prose, for the tests of layout."""

from dataclasses import replace

import pandas as pd

from migration_effects.report.figure import Figure
from migration_effects.report.render.prose import Block, Run
from migration_effects.report.render.view import view_of
from migration_effects.report.table import Table
from report_toy import KEYS, declared, estimate, facts, in_context


def tall_figure(rows=26):
    """Return a chart that is taller than a page when its rows stand as usual."""
    labels = [f"row number {i} has a label that takes two lines" for i in range(rows)]
    frame = pd.DataFrame({"row": labels, "estimate": 0.3, "conf_low": 0.2, "conf_high": 0.4, "n": 90})
    return Figure.from_estimates(frame, kind="dots", category="row", **KEYS)


def paragraph(text, kind="paragraph"):
    return Block(kind, runs=(Run(text),))


def view(spec, tmp_path, exhibit_id, **more):
    study = facts(tmp_path, declared(exhibit_id))
    return view_of(replace(in_context(spec, study), **more), "en")


def long_table(rows):
    records = [(f"row {i}", "hit", 0.2, 0.05, 90) for i in range(rows)]
    return Table.from_estimates(estimate(records, ["row"]), **KEYS)
