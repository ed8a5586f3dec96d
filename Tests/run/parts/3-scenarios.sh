# part: scenarios
# minutes: 5
# needs: Tests/Interop/requirements.txt
. Tests/run/common.sh

Tests/run/venv.sh
export UESYNTH_INTEROP_DEADLINE=280 UESYNTH_CONFORMANCE_DEADLINE=280
failed=""

# Most tests wait more than they work.
.venv/bin/python -m pytest -q -m "not slow" -n 3 --dist worksteal Tests/Interop || failed=interop

# conformance NAME...: tests of Tests/Conformance, in one process.
conformance() {
  .venv/bin/python -m pytest -q -s -m "not slow" "${@/#/Tests/Conformance/test_}"
}

conformance tables.py scenarios.py &
scenarios=$!
others=0
conformance refused_raw.py proxy.py floods.py endings.py restart.py >"$logs/conformance-others.log" 2>&1 || others=$?
cat "$logs/conformance-others.log"
wait "$scenarios" || failed="$failed scenarios"
[ "$others" = 0 ] || failed="$failed proxy/floods/restart"

[ -z "$failed" ] || die "failed: $failed"
