"""Tables, charts and the report built from them.

An exhibit is a frozen :class:`Table` or :class:`Figure` that holds numbers, keys and message ids; titles, labels,
number formats and drawings are made when it is rendered, in the language asked for.
"""

from migration_effects.report.figure import Figure
from migration_effects.report.register import Report
from migration_effects.report.table import Table

__all__ = ["Figure", "Report", "Table"]
