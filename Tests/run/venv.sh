#!/bin/bash
# venv.sh [REQUIREMENTS...]: the private Python environment .venv, with what Tests/Interop/requirements.txt
# names and what further files name; each installed once, and all again when one of them changes.
. "$(dirname "$0")/common.sh"

installed=.venv/installed

# stamp FILE: where the copy of an installed file lies.
stamp() { printf '%s/%s' "$installed" "${1//\//_}"; }

for wanted in Tests/Interop/requirements.txt "$@"; do
  if [ -e "$(stamp "$wanted")" ] && ! cmp -s "$wanted" "$(stamp "$wanted")"; then rm -rf .venv; fi
done
[ -d "$installed" ] || rm -rf .venv
for wanted in Tests/Interop/requirements.txt "$@"; do
  [ ! -e "$(stamp "$wanted")" ] || continue
  say "Installing into .venv: $(grep -v '^-r' "$wanted" | xargs)"
  [ -x .venv/bin/python ] || "$(system_python)" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$wanted"
  mkdir -p "$installed"
  cp "$wanted" "$(stamp "$wanted")"
done
