#!/bin/bash
# fuzz.sh SECONDS [TARGET...]: builds the fuzz targets, replays what is kept in Tests/Fuzz/crashers, then
# gives each target so many seconds, two side by side. What it finds lies in .build/fuzz/found: kept as
# crashers/TARGET/NAME it is replayed from then on. The corpus of the last run is where the next begins.
. "$(dirname "$0")/common.sh"

[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || die "usage: fuzz.sh SECONDS [TARGET...]"
export seconds=$1
shift
export fuzz=$root/.build/fuzz
# The Swift runtime's own report of a trap takes longer than a smoke run.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS="detect_stack_use_after_return=1 ${ASAN_OPTIONS:-}"

Tests/Fuzz/build.sh
rm -rf "$fuzz/seeds" "$fuzz/found"
"$(system_python)" Tests/Fuzz/seeds.py "$fuzz/seeds"
mkdir -p "$fuzz/found" "$logs"

if [ $# = 0 ]; then
  for file in Tests/Fuzz/*Target.swift; do
    name=$(basename "$file" Target.swift)
    set -- "$@" "${name,,}"
  done
fi

# one TARGET: succeeds if nothing was found.
one() {
  local log=$logs/fuzz-$1.log corpus=$fuzz/corpus/$1 kept runs status=0
  local limits=(-timeout=10 -rss_limit_mb=1024)
  mkdir -p "$corpus" "$fuzz/seeds/$1"
  kept=(Tests/Fuzz/crashers/"$1"/*)
  : >"$log"
  if [ -e "${kept[0]}" ]; then "$fuzz/$1" "${limits[@]}" "${kept[@]}" >>"$log" 2>&1 || status=$?; fi
  [ "$status" != 0 ] || "$fuzz/$1" "${limits[@]}" -max_total_time="$seconds" -max_len=8192 \
    -artifact_prefix="$fuzz/found/$1-" -print_final_stats=1 "$corpus" "$fuzz/seeds/$1" >>"$log" 2>&1 ||
    status=$?
  if [ "$status" != 0 ]; then
    printf '  %-10s FAILED\n' "$1"
    grep -E 'not as expected|Fatal error|ERROR:|SUMMARY|Running:|Test unit written' "$log" | tail -n 8 |
      sed 's/^/    | /'
    return 1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf '  %-10s %9s runs  %s\n' "$1" "$runs" \
    "$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -n 1)"
  [ "${runs:-0}" -gt "$(find "$fuzz/seeds/$1" -type f | wc -l)" ] # or it did not get past its seeds
}
export logs
export -f one

printf '%s\n' "$@" | xargs -P 2 -I NAME bash -c 'one NAME' || die "the fuzzers found something: $fuzz/found"
