#!/bin/bash
# The types of the Python package: mypy --strict and basedpyright on the package, its examples and the
# programs in its documentation.
. "$(dirname "$0")/common.sh"

bin=$root/.venv/bin
cd bindings/python
"$bin/python" tests/documents.py --write "$root/.build/documents"
"$bin/mypy" --cache-dir "$root/.build/mypy" &
strict=$!
"$bin/basedpyright" --warnings --pythonpath "$bin/python"
wait $strict
