"""Tables, charts and the report built from them.

An exhibit is a frozen :class:`Table` or :class:`Figure` that holds numbers, keys and message ids; titles, labels,
number formats and drawings are made when it is rendered, in the language asked for.
"""

from migration_effects.errors import MissingPackageError

try:
    from migration_effects.report.figure import Figure
    from migration_effects.report.register import Report
    from migration_effects.report.table import Table
except ModuleNotFoundError as error:
    if str(error.name).startswith("migration_effects"):
        raise
    raise MissingPackageError(
        f"Tables, charts and reports need the package {error.name!r}, which is not installed. Install the library "
        'with the packages of its report: pip install "migration-effects[report]", or in a checkout '
        'pip install ".[report]". Everything else works without them.',
        name=error.name,
    ) from error

__all__ = ["Figure", "Report", "Table"]
