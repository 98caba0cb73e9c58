"""``python -m migration_effects.report.render STUDY LANGUAGES``: the report, in the project's root."""

from __future__ import annotations

import sys
from pathlib import Path

from migration_effects.errors import MigrationEffectsError
from migration_effects.report.render.assemble import assemble


def main(arguments: list[str]) -> int:
    """Render the report named on the command line.

    Parameters
    ----------
    arguments : list of str
        Study (id or folder), then one or more languages.

    Returns
    -------
    int
        0, or 1 with one message on stderr.
    """
    study, *languages = arguments
    try:
        assemble(study, languages, root=Path.cwd())
    except MigrationEffectsError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
