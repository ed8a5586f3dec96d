# part: python
# minutes: 5
# needs: Tests/Interop/requirements.txt
. Tests/run/common.sh

Tests/run/venv.sh
UESYNTH_INTEROP_DEADLINE=280 .venv/bin/python -m pytest -q -m "not slow" Tests/Interop
