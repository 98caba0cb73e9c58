"""Run the command line: ``python -m migration_effects``."""

import sys

from migration_effects.cli import main

if __name__ == "__main__":
    sys.exit(main())
