#!/usr/bin/env bash
# Make .venv from requirements.lock (exact versions, hashes checked) and install this project into it.
set -euo pipefail
cd "$(dirname "$0")/.."
for candidate in python3.11 python3.12 python3.13 python3 python; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "No Python 3.11, 3.12 or 3.13 found on the PATH. Install one, or name it: make PY=/path/to/python ..." >&2
    exit 1
fi
echo "Making .venv with $("$python" --version) from requirements.lock (about two minutes, once) ..."
rm -f .venv/.ready
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
touch .venv/.ready
echo "Ready: .venv"
