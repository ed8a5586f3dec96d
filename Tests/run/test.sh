#!/bin/bash
# Runs the parts of parts/, or those whose names are given, each within its budget, and ends with
# "N passed, N failed". A part is a script that says about itself
#   # part: NAME
#   # minutes: BUDGET
#   # needs: FILE...      (optional: without these files there is no such part)
. "$(dirname "$0")/common.sh"

parts=${UESYNTH_PARTS:-Tests/run/parts}
tail_lines=40

# field FILE NAME: what the part says about itself.
field() { sed -n "s/^# $2: *//p" "$1" | head -n 1; }

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# Everything that a part started carries its mark in the environment, also what left its process group.
marked() { grep -lzsxF "UESYNTH_PART=$mark" /proc/[0-9]*/environ | cut -d / -f 3 || true; }

# Ends what is left of the running part: first by asking, then for good.
reap() {
  local signal pid left
  for signal in TERM 0 0 0 0 0 0 0 0 0 KILL KILL KILL; do # five seconds to obey, 0 being no signal
    left=$(marked)
    [ -n "$left" ] || return 0
    for pid in $left; do kill -"$signal" "$pid" 2>/dev/null || true; done
    sleep 0.5
  done
}

mark=""
interrupted() {
  [ -z "$mark" ] || reap
  printf '\ninterrupted\n' >&2
  exit 130
}
trap interrupted INT TERM HUP

# On a terminal one line that changes, elsewhere a line a minute.
progress() {
  if [ -t 1 ]; then
    printf '\r\033[K  %-22s %s  %.60s' "$1" "$(clock "$2")" "$(tail -n 1 "$3" | tr -cd '[:print:]')"
  elif [ "$2" -gt 0 ] && [ $(($2 % 60)) = 0 ] && [ "$2" != "$reported" ]; then
    say "  $1: running for $(clock "$2")"
    reported=$2
  fi
}

# run_part FILE NAME SECONDS LOG: sets result and used.
run_part() {
  local pid start=$EPOCHSECONDS status=0 reported=0
  mark=$$-$EPOCHREALTIME
  # A shell's background jobs ignore SIGINT; what a part starts must not.
  UESYNTH_PART=$mark setsid env --default-signal=INT,QUIT bash "$1" </dev/null >"$4" 2>&1 &
  pid=$!
  result=""
  while kill -0 "$pid" 2>/dev/null; do
    if [ $((EPOCHSECONDS - start)) -ge "$3" ]; then
      result="timed out"
      reap
      break
    fi
    progress "$2" $((EPOCHSECONDS - start)) "$4"
    sleep 0.3
  done
  wait "$pid" 2>/dev/null || status=$?
  used=$((EPOCHSECONDS - start))
  if [ -n "$(marked)" ]; then
    say "test.sh: processes were left running:" >>"$4"
    for pid in $(marked); do tr '\0' ' ' <"/proc/$pid/cmdline" >>"$4" || true; echo >>"$4"; done
    result=${result:-left processes}
    reap
  fi
  if [ -z "$result" ]; then if [ "$status" = 0 ]; then result=passed; else result=failed; fi; fi
  [ ! -t 1 ] || printf '\r\033[K'
  mark=""
}

for name in "$@"; do
  grep -qsx "# part: $name" "$parts"/*.sh ||
    die "No part is called $name. There are: $(sed -n 's/^# part: *//p' "$parts"/*.sh | xargs)"
done

files=()
budget=0
for file in "$parts"/*.sh; do
  present=1
  for needed in $(field "$file" needs); do [ -e "$needed" ] || present=0; done
  [ $# = 0 ] || [[ " $* " == *" $(field "$file" part) "* ]] || present=0
  [ "$present" = 1 ] || continue
  files+=("$file")
  budget=$((budget + $(field "$file" minutes) * 60))
done
[ ${#files[@]} -gt 0 ] || die "There is nothing to run."

mkdir -p "$logs"
say "${#files[@]} parts, budget $(clock $budget) minutes; logs in ${logs#"$root"/}"
passed=0
failed=0
total=0
for file in "${files[@]}"; do
  name=$(field "$file" part)
  limit=$(($(field "$file" minutes) * 60))
  log=$logs/$name.log
  run_part "$file" "$name" "$limit" "$log"
  total=$((total + used))
  printf '  %-22s %-14s %5s of %5s\n' "$name" "$result" "$(clock "$used")" "$(clock "$limit")"
  if [ "$result" = passed ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    say "" "    the end of ${log#"$root"/}:"
    tail -n "$tail_lines" "$log" | sed 's/^/    | /'
    say ""
  fi
done
say "used $(clock $total) of $(clock $budget) minutes"
say "$passed passed, $failed failed"
[ "$failed" = 0 ]
