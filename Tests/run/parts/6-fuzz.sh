# part: fuzz
# minutes: 2
. Tests/run/common.sh

Tests/run/fuzz.sh 5
