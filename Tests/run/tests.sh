#!/bin/bash
# tests.sh build|run: the Swift tests without a sanitizer. Those of Core and Wire, and the race, are built
# and run by sanitize.sh, under ThreadSanitizer: once is enough.
. "$(dirname "$0")/common.sh"

export UESYNTH_TESTS="HTTP2 Net Client Sim"
options=(--scratch-path .build-tests)

case ${1:-} in
  build)
    # Whole modules, no debug information, no index: half of the work.
    swift build --build-tests "${options[@]}" --disable-index-store -Xswiftc -gnone \
      -Xswiftc -whole-module-optimization
    ;;
  run) swift test --skip-build "${options[@]}" ;;
  *) die "usage: tests.sh build|run" ;;
esac
