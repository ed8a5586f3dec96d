#!/bin/bash
# What is wrong with the tree and can be seen without running the library: each check by its name.
. "$(dirname "$0")/common.sh"

CLANG=$(swift_clang) || die "There is no clang beside swift."
export CLANG
python=$(system_python)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

format() { swift format lint --strict --recursive Sources Tests; }

traps() { "$python" Tests/run/traps.py Sources/UESynth{Core,Wire,HTTP2,Net,Client,ABI}; }

compiled() {
  library
  "$python" Tests/run/compiled_traps.py "$release" Tests/run/compiled_traps.txt
}

documented() { "$python" Tests/ABI/documented.py include/*.h; }

recorded() {
  "$python" Tests/ABI/record.py include/uesynth.h Tests/ABI/recorded --check &&
    "$python" Tests/ABI/record.py include/uesynth_raw.h Tests/ABI/recorded_raw --check
}

matrix() { Tests/ABI/matrix.sh; }

library() {
  [ -f "$release/libuesynth.so" ] || die "There is no $release/libuesynth.so: make build"
}

exports() {
  library
  "$python" Tests/ABI/exports.py "$release/libuesynth.so" Sources/UESynthLib/uesynth.map include/*.h
}

linkage() {
  library
  Tests/ABI/linkage.sh "$release/libuesynth.so"
}

generated() {
  local proto=Sources/CUESynthProto files file
  command -v protoc-c >/dev/null || die "protoc-c is missing: apt-get install protobuf-c-compiler"
  sh "$proto/regenerate.sh" "$work/generated"
  files=$(cd "$work/generated" && find . -type f)
  for file in $files; do
    diff -u "$proto/$file" "$work/generated/$file" ||
      die "$proto/$file is not what regenerate.sh makes of uesynth.proto"
  done
  [ -n "$files" ] || die "$proto/regenerate.sh wrote nothing"
  say "$(wc -w <<<"$files") files are what protoc-c makes of uesynth.proto"
}

merged() {
  ! grep -rnE '^(<<<<<<<|>>>>>>>) ' --include='*.*' Makefile ./*.md Package.swift Sources Tests bindings/*.md \
    bindings/*/* include --exclude-dir=target || die "a merge was not finished"
  say "no marks of an unfinished merge"
}

failed=""
for check in format traps compiled documented recorded matrix exports linkage generated merged; do
  "$check" >"$work/output" 2>&1 & # in the background, since a condition would switch `set -e` off
  if wait $!; then
    printf '  %-12s %s\n' "$check" "$(tail -n 1 "$work/output")"
  else
    failed="$failed $check"
    printf '  %-12s FAILED\n' "$check"
    sed 's/^/    | /' "$work/output"
  fi
done
[ -z "$failed" ] || die "make lint: failed:$failed"
