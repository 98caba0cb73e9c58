#!/usr/bin/env bash
# Build docs/ and the reference of every public name into build/docs. Warnings are errors; nothing is fetched to build.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-.venv/bin/python}
if ! "$python" -c 'import furo, myst_parser, numpydoc, sphinx' 2>/dev/null; then
    if [ "$python" != .venv/bin/python ]; then
        echo "The active environment has no Sphinx. Install it: $python -m pip install -e '.[docs]'" >&2
        exit 1
    fi
    echo "Adding the packages of requirements-docs.lock to .venv (once) ..."
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        -r requirements-docs.lock
fi
rm -rf build/docs
PYTHONDONTWRITEBYTECODE=1 "$python" -m sphinx -q -E -W --keep-going -b html -d build/docs-doctrees docs build/docs
echo "Ready: build/docs/index.html"
