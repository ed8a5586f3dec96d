#!/bin/bash
# Compiles the C examples (or those whose names are given) against the installation in .build/stage, as
# a user would, into .build/examples.
. "$(dirname "$0")/common.sh"

out=$root/.build/examples
mkdir -p "$out"
export PKG_CONFIG_PATH=$stage/lib/pkgconfig
flags=$(pkg-config --cflags uesynth libpng)
libs="$(pkg-config --libs uesynth libpng) -lm -pthread"

if [ $# = 0 ]; then
  for file in bindings/c/examples/*.c; do set -- "$@" "$(basename "$file" .c)"; done
fi
for name in "$@"; do
  # shellcheck disable=SC2086
  gcc -std=gnu11 -O2 -g -Wall -Wextra -Werror $flags "bindings/c/examples/$name.c" -o "$out/$name" \
    -Wl,--as-needed $libs -Wl,-rpath,"$stage/lib"
done
say "compiled: $*"
