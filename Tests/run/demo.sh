#!/bin/bash
# The demonstration: the C streaming example against the simulator.
. "$(dirname "$0")/common.sh"

Tests/run/examples.sh demo
exec "$root/.build/examples/demo" "$stage/bin/uesynthctl"
