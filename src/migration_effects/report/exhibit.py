"""What a report is made of: tables and figures, written to and read from language-neutral JSON."""

from __future__ import annotations

import json

from migration_effects.report.figure import Figure
from migration_effects.report.table import Table

Exhibit = Table | Figure


def read_exhibit(text: str) -> Exhibit:
    """Read a specification written by ``to_json``.

    Parameters
    ----------
    text : str
        JSON of a table or a figure.

    Returns
    -------
    Table or Figure
        Equal to the one written.
    """
    return Table.from_json(text) if json.loads(text)["kind"] == "table" else Figure.from_json(text)
