# part: rust-cpp
# minutes: 5
# needs: bindings/cpp bindings/rust
. Tests/run/common.sh

Tests/run/cpp.sh
Tests/run/rust.sh
