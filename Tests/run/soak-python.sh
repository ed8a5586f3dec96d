#!/bin/bash
# The Python package for long: the users' guide's loop over 20,000 pictures of 256 x 256 and 2,000 of
# 1920 x 1080 at 60 ticks a second. Memory, descriptors and threads have to stay as they were.
. "$(dirname "$0")/common.sh"

Tests/run/venv.sh bindings/python/tests/requirements.txt
cd bindings/python
UESYNTH_LONG=1 "$root/.venv/bin/python" -m pytest -q -s tests/test_resources.py
