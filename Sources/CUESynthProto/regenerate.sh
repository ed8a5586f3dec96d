#!/bin/sh
# Writes the protobuf-c code of uesynth.proto next to it, or into the folder given. Needs protoc-c
# 1.4 (Debian: protobuf-c-compiler). google/protobuf/empty.proto is written out here, so that the
# result does not depend on which protobuf release is installed.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/in/google/protobuf" "$work/out" "$out/include/google/protobuf"
cp uesynth.proto "$work/in/"
cat >"$work/in/google/protobuf/empty.proto" <<'END'
syntax = "proto3";
package google.protobuf;
message Empty {}
END

protoc-c --proto_path="$work/in" --c_out="$work/out" uesynth.proto google/protobuf/empty.proto
cp "$work/out/uesynth.pb-c.c" "$out/uesynth.pb-c.c"
cp "$work/out/uesynth.pb-c.h" "$out/include/uesynth.pb-c.h"
cp "$work/out/google/protobuf/empty.pb-c.c" "$out/empty.pb-c.c"
cp "$work/out/google/protobuf/empty.pb-c.h" "$out/include/google/protobuf/empty.pb-c.h"
