#!/bin/bash
# soak.sh [SECONDS]: every overflow policy for so long (120), two at a time, then what programs do by
# habit; ends with a table. Against the release build.
. "$(dirname "$0")/common.sh"

seconds=${1:-120}
tool=$stage/bin/uesynthctl
out=$root/.build/soak
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
export PKG_CONFIG_PATH=$stage/lib/pkgconfig
read -r -a flags <<<"$(pkg-config --cflags --libs uesynth) -Wl,-rpath,$stage/lib"

# compile PROGRAM SOURCE...
compile() {
  local program=$1
  shift
  gcc -std=c11 -O2 -g -Wall -Wextra -Werror -pthread "Tests/Soak/$program.c" "$@" \
    Tests/Soak/check.c Tests/Soak/process.c bindings/c/examples/simulator.c -o "$out/$program" \
    "${flags[@]}"
}

compile soak Tests/Soak/stream.c
compile habits

failed=""
declare -A pids

# start NAME PROGRAM ARGUMENT...
start() {
  local name=$1 program=$2
  shift 2
  timeout $((seconds + 600)) "$out/$program" "$tool" "$@" >"$work/$name" 2>"$work/$name.problems" &
  pids[$name]=$!
}

# finish NAME...: waits for those.
finish() {
  local name
  for name in "$@"; do
    wait "${pids[$name]}" || failed="$failed $name"
    cat "$work/$name.problems" >&2
  done
}

# The two that wait more than they work run beside the soaks. What nobody fetches gives way after one
# timeout, sixty pictures each time, so this one is made shorter than the 5 s of the preset.
start ticks habits ticks
start never habits never $((seconds < 60 ? 400 : 1500))

start block soak block "$seconds"
start drop-oldest soak drop-oldest "$seconds"
finish block drop-oldest
start drop-newest soak drop-newest "$seconds"
start latest soak latest "$seconds"
finish drop-newest latest
large=$((seconds < 60 ? seconds / 2 : seconds))
start block-1080 soak block "$large" 1920 1080 96
start drop-oldest-1080 soak drop-oldest "$large" 1920 1080 96
finish block-1080 drop-oldest-1080
start wait habits wait
start latest-alone habits latest
finish wait latest-alone ticks never

"$out/soak" --head
cat "$work"/{block,drop-oldest,drop-newest,latest,block-1080,drop-oldest-1080}
cat "$work"/{wait,latest-alone,never,ticks}
[ -z "$failed" ] || die "soak: failed:$failed"
