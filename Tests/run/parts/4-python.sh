# part: python
# minutes: 5
# needs: bindings/python/tests/requirements.txt
. Tests/run/common.sh

Tests/run/venv.sh bindings/python/tests/requirements.txt
Tests/run/typing.sh
cd bindings/python
UESYNTH_DEADLINE=270 "$root/.venv/bin/python" -m pytest -q tests
