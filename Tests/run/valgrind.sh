#!/bin/sh
# The C examples under Valgrind: no definite leak, no error. Needs valgrind, cc and a built tree.
#
#   Tests/run/valgrind.sh [FOLDER with libuesynth.so and uesynthctl]
#
# "Possibly lost" is left out: Swift keeps its metadata behind tagged pointers.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
built=${1:-$root/.build/release}
examples=$root/bindings/c/examples
work=$(mktemp -d)
simulator=
end() {
  status=$?
  [ -z "$simulator" ] || kill "$simulator" 2>/dev/null || :
  rm -rf "$work"
  exit "$status"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

command -v valgrind >/dev/null || { echo "valgrind.sh: valgrind is not installed" >&2; exit 2; }
for file in libuesynth.so uesynthctl; do
  [ -e "$built/$file" ] || { echo "valgrind.sh: no $built/$file: build first" >&2; exit 2; }
done
ln -s "$built/libuesynth.so" "$work/libuesynth.so"
ln -s "$built/libuesynth.so" "$work/libuesynth.so.0"

"$built/uesynthctl" sim --port 0 >"$work/address" &
simulator=$!
tries=0
until grep -q 'listening on ' "$work/address"; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ] || { echo "valgrind.sh: the simulator does not listen" >&2; exit 2; }
  kill -0 "$simulator" 2>/dev/null || { echo "valgrind.sh: the simulator ended" >&2; exit 2; }
  sleep 0.1
done
target=$(sed -n 's/.*listening on \([^ ,]*\).*/\1/p' "$work/address" | head -n 1)

count=0
failed=0
check() { # name of the example, then its arguments
  name=$1
  shift
  count=$((count + 1))
  "${CC:-cc}" -std=c99 -g -O1 -I "$root/include" "$examples/$name.c" -L "$work" -luesynth -lm \
    -lpthread -o "$work/$name"
  if LD_LIBRARY_PATH=$work valgrind --quiet --error-exitcode=9 --leak-check=full \
    --errors-for-leak-kinds=definite --show-leak-kinds=definite --num-callers=25 \
    "$work/$name" "$@" >"$work/output" 2>&1; then
    echo "valgrind: $name: no error, no definite leak"
  else
    failed=$((failed + 1))
    echo "valgrind: $name $*: FAILED ($?)"
    cat "$work/output"
  fi
}

check capture "$target"
check stream "$target" 2
check event_loop "$target" 10
check batch "$target"
echo "valgrind: $((count - failed)) of $count examples clean"
[ "$failed" -eq 0 ]
