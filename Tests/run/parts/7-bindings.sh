# part: bindings
# minutes: 4
# needs: bindings/c/examples
. Tests/run/common.sh

Tests/run/manual.sh
Tests/run/released.sh
Tests/Install/install.sh
Tests/run/examples.sh
Tests/run/valgrind.sh
Tests/run/gates.sh
Tests/run/readme.sh
Tests/run/cpp.sh
Tests/run/rust.sh
Tests/run/embedding.sh
