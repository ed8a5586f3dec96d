#!/bin/bash
# The README's table: what one lane and sixteen get out of an engine with 60 ticks a second.
. "$(dirname "$0")/common.sh"
. Tests/run/simulator.sh

Tests/run/examples.sh ticks >/dev/null
start_simulator --tick-hz 60 --plugin-quirks --shutdown-wait 1
"$root/.build/examples/ticks" "127.0.0.1:$port"
