#!/bin/sh
# Builds the codecs with their test program and runs it: plainly and under sanitizers, with gcc and
# clang. Needs libpng-dev, libturbojpeg0-dev, zlib1g-dev. Usage: codec.sh [folder for the output]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sources="$here/../../Sources/CUESynthCodec"
out=${1:-$(mktemp -d)}
mkdir -p "$out"

build() { # name, compiler, flags...
  name=$1
  compiler=$2
  shift 2
  "$compiler" -std=gnu11 -g -Wall -Wextra -Werror -DCODEC_TESTING -I "$sources/include" \
    "$@" "$here"/codec/*.c "$sources"/*.c \
    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc -lz -lm -ldl -pthread -o "$out/$name"
}

# The codecs print nothing, so a word on stderr is a failure.
run() { # name, suite
  "$out/$1" ${2:-} 2>"$out/stderr" && [ ! -s "$out/stderr" ] || {
    cat "$out/stderr"
    exit 1
  }
}

checked="-O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
export ASAN_OPTIONS=detect_leaks=1 TSAN_OPTIONS=halt_on_error=1

for compiler in gcc clang; do
  command -v "$compiler" >/dev/null || continue
  build "plain-$compiler" "$compiler" -O2
  run "plain-$compiler"
  build "checked-$compiler" "$compiler" -fuse-ld=bfd $checked
  run "checked-$compiler"
done
# The Swift toolchain's clang links its thread sanitizer only with Dispatch.
build threads gcc -O1 -fsanitize=thread
run threads threads
