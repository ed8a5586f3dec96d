#!/bin/bash
# The Rust crates: formatted, free of clippy's pedantic complaints, equal to the header, tested against
# the simulator with their documentation and examples. Never asks the network.
. "$(dirname "$0")/common.sh"
. Tests/run/simulator.sh

command -v cargo >/dev/null || {
  say "There is no cargo: the Rust crates were not tested. They need cargo and rustc 1.63 or later."
  exit 0
}
export CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=$root/.build/rust
export UESYNTH_LIB_DIR=$stage/lib UESYNTHCTL=$stage/bin/uesynthctl
cd bindings/rust

if cargo fmt --version >/dev/null 2>&1; then cargo fmt --all --check; else say "no rustfmt: not checked"; fi
if cargo clippy --version >/dev/null 2>&1; then
  # A newer clippy than this knows lints that nobody here has seen: it shows them, and is no reason to fail.
  newest=0.1.95
  found=$(cargo clippy --version | cut -d ' ' -f 2)
  level=-W
  [ "$(printf '%s\n' "$newest" "$found" | sort -V | tail -n 1)" != "$newest" ] || level=-D
  cargo clippy --offline --quiet --workspace --all-targets -- \
    "$level" warnings -W clippy::pedantic -A unknown_lints
else
  say "no clippy: not checked"
fi

# run NAME COMMAND...: its end, and where it fails all of it.
run() {
  local name=$1 status=0
  shift
  timeout 200 "$@" >"$work/output" 2>&1 || status=$?
  if [ "$status" != 0 ]; then
    cat "$work/output"
    die "$name ended with $status"
  fi
}

# total: how many tests the output tells of.
total() { awk '/^test result: ok/ { sum += $4 } END { print sum + 0 }' "$work/output"; }

start_simulator
export UESYNTH_TEST_TARGET=127.0.0.1:$port
run tests cargo test --offline --workspace --no-fail-fast
[ "$(total)" -ge 50 ] || die "only $(total) tests ran"
say "Rust: $(total) tests"
run documentation cargo doc --offline --no-deps --quiet
[ ! -s "$work/output" ] || die "rustdoc: $(cat "$work/output")"

# example NAME EXPECTED ARGUMENT...
example() {
  local name=$1 expected=$2
  shift 2
  run "the example $name" cargo run --offline --quiet --example "$name" -- "$@"
  grep -qE "$expected" "$work/output" || die "the example $name said: $(cat "$work/output")"
  say "$name: $(tail -n 1 "$work/output")"
}
example capture '^flow: 640 x 480, F32x2, .*/flow\.png' "$UESYNTH_TEST_TARGET" "$work/pictures"
[ "$(find "$work/pictures" -name '*.png' -size +1k | wc -l)" = 5 ] || die "not five pictures"
example batch '^24 pictures of 24' "$UESYNTH_TEST_TARGET"
example lockstep '^30 steps at 60 Hz' "$UESYNTH_TEST_TARGET" 60 30
example stream '^20 frames, 0 dropped' "$UESYNTH_TEST_TARGET" 20

awk '/^```rust$/ { inside = 1; next } /^```/ { inside = 0 } inside' ../../README.md >"$work/shown.rs"
grep -q 50051 "$work/shown.rs" || die "README.md has no Rust program that names port 50051."
sed "s/50051/$port/g" "$work/shown.rs" >"$work/readme.rs"
built=$CARGO_TARGET_DIR/debug
run "the crates" cargo build --offline --quiet
run "the README's program, compiled" rustc --edition 2021 -D warnings "$work/readme.rs" \
  --extern "uesynth=$built/libuesynth.rlib" -L "dependency=$built/deps" -L "native=$stage/lib" \
  -C "link-arg=-Wl,-rpath,$stage/lib" -o "$work/readme"
run "the README's program" "$work/readme"
[ "$(cat "$work/output")" = "640 x 480, 1228800 bytes" ] || die "it said $(cat "$work/output")"
say "the README's Rust program: $(cat "$work/output")"

# From a checkout with nothing set and nothing installed: the run path leads to its build.
unset UESYNTH_LIB_DIR LD_LIBRARY_PATH
PKG_CONFIG=false CARGO_TARGET_DIR=$work/target \
  run "a build from the checkout" cargo build --offline --quiet --example capture
ldd "$work/target/debug/examples/capture" | grep -F libuesynth.so.0 >"$work/output" ||
  die "the example does not load the library"
! grep -F 'not found' "$work/output" || die "the example does not find the library"
