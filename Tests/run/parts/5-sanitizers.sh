# part: sanitizers
# minutes: 5
. Tests/run/common.sh

# What is built for it is kept, so that the next time takes seconds.
Tests/run/sanitize.sh thread Race Core Wire
