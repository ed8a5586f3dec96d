# part: python
# minutes: 5
# needs: Tests/Interop/requirements.txt
. Tests/run/common.sh

Tests/run/venv.sh
.venv/bin/python -m pytest -q Tests/Interop
