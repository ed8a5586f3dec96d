# part: build
# minutes: 6
. Tests/run/common.sh

Tests/run/build.sh
swift build --build-tests
