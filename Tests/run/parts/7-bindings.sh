# part: bindings
# minutes: 4
. Tests/run/common.sh

Tests/Install/install.sh
Tests/run/examples.sh
Tests/run/readme.sh
