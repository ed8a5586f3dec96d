#!/bin/bash
# sanitize.sh thread|address [MODULE...]: builds the tests of these modules (without any: all) under a
# sanitizer, and runs them. `sanitize.sh` alone runs all of them under each.
. "$(dirname "$0")/common.sh"

if [ $# = 0 ]; then
  "$0" thread
  exec "$0" address
fi
sanitizer=$1
shift
[ $# = 0 ] || export UESYNTH_TESTS="$*"
export UESYNTH_DEV=1
export TSAN_OPTIONS="halt_on_error=0 exitcode=66 history_size=4 ${TSAN_OPTIONS:-}"
# The Swift runtime keeps its metadata for good; LeakSanitizer takes no notice of what is reachable.
export ASAN_OPTIONS="detect_leaks=1 detect_stack_use_after_return=1 ${ASAN_OPTIONS:-}"
# XCTest keeps its list of suites.
suppressions=$(mktemp)
trap 'rm -f "$suppressions"' EXIT
echo "leak:libXCTest.so" >"$suppressions"
export LSAN_OPTIONS="suppressions=$suppressions print_suppressions=0 ${LSAN_OPTIONS:-}"
# With its own cache swift build fails the second time ("unknown build description"): a target of this
# package is the folder in which the scratch path lies.
options=(--sanitize "$sanitizer" --scratch-path ".build-$sanitizer${UESYNTH_TESTS:+-some}"
  --disable-build-manifest-caching)
log=$logs/sanitize-$sanitizer.log
mkdir -p "$logs"

swift build --build-tests "${options[@]}" -j "$(nproc)"
status=0
# Messages of many megabytes, put together byte by byte on one thread: minutes under ThreadSanitizer.
skipped=()
[ "$sanitizer" = address ] || skipped=(--skip ReplyExpansionTests)
swift test --skip-build "${options[@]}" "${skipped[@]}" >"$log" 2>&1 || status=$?
grep -E 'Test run with [1-9]' "$log" || status=1
if [ "$status" != 0 ] || grep -qE '(Thread|Address|Leak)Sanitizer' "$log"; then
  grep -E '✘|error:|Sanitizer' "$log" | head -n 40 || true
  die "$sanitizer sanitizer: see ${log#"$root"/}"
fi
