# part: conformance
# minutes: 5
# needs: Tests/Interop/requirements.txt
. Tests/run/common.sh

Tests/run/venv.sh
export UESYNTH_CONFORMANCE_DEADLINE=280

# run NAME...: tests of Tests/Conformance, in one process.
run() { .venv/bin/python -m pytest -q -s -m "not slow" "${@/#/Tests/Conformance/test_}"; }

# Scenarios wait more than they work, and the others wait for children: side by side.
run tables.py scenarios.py &
scenarios=$!
others=0
run proxy.py floods.py restart.py >"$logs/conformance-others.log" 2>&1 || others=$?
cat "$logs/conformance-others.log"
wait "$scenarios"
exit "$others"
