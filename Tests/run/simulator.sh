# Sourced after common.sh: a simulator on a port of its own, which ends with the script; $work is a
# folder that goes with it.
work=$(mktemp -d)
simulator=""

stop_simulator() {
  if [ -n "$simulator" ]; then
    kill "$simulator" 2>/dev/null || true
    wait "$simulator" 2>/dev/null || true
    simulator=""
  fi
}

end_simulator() {
  stop_simulator
  rm -rf "$work"
}
trap end_simulator EXIT

# start_simulator OPTION...: sets port.
start_simulator() {
  : >"$work/simulator" # what the one before has said is not to be read
  "$stage/bin/uesynthctl" sim --port 0 "$@" >"$work/simulator" 2>&1 </dev/null &
  simulator=$!
  port=""
  for _ in $(seq 100); do
    port=$(sed -n 's/.*listening on .*:\([0-9][0-9]*\).*/\1/p' "$work/simulator" | head -n 1)
    [ -z "$port" ] || return 0
    kill -0 "$simulator" 2>/dev/null || break
    sleep 0.1
  done
  die "The simulator does not listen: $(cat "$work/simulator")"
}
