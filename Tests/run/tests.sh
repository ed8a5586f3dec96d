#!/bin/bash
# tests.sh build|run: the Swift tests without a sanitizer. Those of Core and the race are built and run by
# sanitize.sh, under ThreadSanitizer: once is enough.
. "$(dirname "$0")/common.sh"

export UESYNTH_TESTS="HTTP2 Net Client Sim Wire"
# With a build description that is kept, a second build in a folder of this name fails.
options=(--scratch-path .build-tests --disable-build-manifest-caching)

case ${1:-} in
  build)
    # Debug information is a fifth of the work, and what crashes is found under the sanitizers.
    swift build --build-tests "${options[@]}" -Xswiftc -gnone
    ;;
  run) swift test --skip-build "${options[@]}" ;;
  *) die "usage: tests.sh build|run" ;;
esac
