# part: swift-c
# minutes: 5
. Tests/run/common.sh

failed=""
Tests/run/check.sh || failed=check
Tests/run/tests.sh run 2>&1 | tee "$logs/swift-test.log" || failed="$failed swift-test"
grep -q 'Test run with [1-9]' "$logs/swift-test.log" || failed="$failed no-tests"
PATH=$(dirname "$(swift_clang)"):$PATH Tests/ABI/codec.sh || failed="$failed codecs"

[ -n "$failed" ] || exit 0
say "" "failed: $failed"
grep -E '✘|error:|Fatal error' "$logs/swift-test.log" | tail -n 30 || true
exit 1
