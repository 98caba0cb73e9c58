"""``python -m migration_effects.report.executor NOTEBOOK BUILD``: execute one notebook in the project's root."""

from __future__ import annotations

import sys
from pathlib import Path

from migration_effects.errors import MigrationEffectsError


def main(arguments: list[str]) -> int:
    """Execute the notebook named on the command line.

    Parameters
    ----------
    arguments : list of str
        Notebook and build folder.

    Returns
    -------
    int
        0, or 1 with one message on stderr.
    """
    # Checking notebooks against their schema brings in this optional package, which compiles a grammar of
    # international web addresses for two seconds; no notebook holds what it checks. None means: not installed.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from migration_effects.report.execute import execute

    source, build = map(Path, arguments)
    try:
        execute(source, build, root=Path.cwd())
    except MigrationEffectsError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
