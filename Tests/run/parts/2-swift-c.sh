# part: swift-c
# minutes: 5
. Tests/run/common.sh

Tests/run/check.sh
swift test --skip-build
