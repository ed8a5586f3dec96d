# part: sanitizers
# minutes: 5
. Tests/run/common.sh

# Where threads meet. The tests of Wire work on one thread with many megabytes, which takes minutes here:
# `make sanitize` has them.
Tests/run/sanitize.sh thread Race Core
# And where the system fails.
Tests/run/faults.sh
