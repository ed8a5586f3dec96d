# part: soaks
# minutes: 3
. Tests/run/common.sh

Tests/run/soak.sh 20
