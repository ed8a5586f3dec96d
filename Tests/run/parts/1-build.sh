# part: build
# minutes: 6
. Tests/run/common.sh

# Side by side: the release build is one long chain of modules, and leaves a processor idle.
Tests/run/tests.sh build >"$logs/build-tests.log" 2>&1 &
tests=$!
failed=""
Tests/run/build.sh || failed="release"
wait "$tests" || failed="$failed tests"
cat "$logs/build-tests.log"
[ -z "$failed" ] || die "failed to build: $failed"
