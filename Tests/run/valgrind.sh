#!/bin/bash
# The C examples under Valgrind, against the simulator: no error and no definite leak. (The Swift
# runtime's caches show as possibly lost.)
. "$(dirname "$0")/common.sh"
. Tests/run/simulator.sh

# checked EXAMPLE ARGUMENT...
checked() {
  local name=$1
  shift
  timeout 100 valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
    --errors-for-leak-kinds=definite "$root/.build/examples/$name" "$@" >"$work/$name" 2>&1 </dev/null ||
    die "$name under Valgrind ended with $?: $(tail -n 40 "$work/$name")"
  say "$name: no error, no definite leak"
}

start_simulator
target=localhost:$port
cd "$work" # what the examples write goes here
checked capture "$target"
checked batch "$target"
checked event_loop "$target" 5
# Valgrind is slow to start: seconds enough for frames.
checked stream "$target" 6
checked save "$target" set 6
