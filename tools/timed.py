"""Run a command and note the seconds it took: `timed.py FILE COMMAND…`. Standard library only."""

import subprocess
import sys
import time
from pathlib import Path

target, *command = sys.argv[1:]
start = time.perf_counter()
code = subprocess.call(command)
if code == 0:
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{time.perf_counter() - start:.2f}\n")
sys.exit(code)
