# part: embedding
# minutes: 3
# needs: Tests/Embedding
. Tests/run/common.sh

Tests/run/embedding.sh
