#!/bin/bash
# The private Python environment .venv, with what Tests/Interop/requirements.txt names; made once, and
# again when that file changes.
. "$(dirname "$0")/common.sh"

wanted=Tests/Interop/requirements.txt
if ! cmp -s "$wanted" .venv/requirements.txt; then
  say "Installing into .venv: $(xargs <"$wanted")"
  rm -rf .venv
  "$(system_python)" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$wanted"
  cp "$wanted" .venv/requirements.txt
fi
