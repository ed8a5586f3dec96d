#!/bin/bash
# gates.sh [record]: counts that a change must not make worse (Tests/Gates/gates.py), or their recording for
# this toolchain.
. "$(dirname "$0")/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export BATCH=$work/batch LIBRARY=$stage/lib/libuesynth.so UESYNTHCTL=$stage/bin/uesynthctl
export PKG_CONFIG_PATH=$stage/lib/pkgconfig
read -r -a flags <<<"$(pkg-config --cflags --libs uesynth) -Wl,-rpath,$stage/lib"

# Valgrind's header is what Valgrind does not come without.
if [ ! -e /usr/include/valgrind/callgrind.h ]; then
  mkdir -p "$work/valgrind"
  printf '#define CALLGRIND_ZERO_STATS\n#define CALLGRIND_DUMP_STATS\n#define RUNNING_ON_VALGRIND 0\n' \
    >"$work/valgrind/callgrind.h"
fi
gcc -std=c11 -O2 -Wall -Wextra -Werror -I "$work" Tests/Gates/batch.c -o "$BATCH" "${flags[@]}"
PYTHONDONTWRITEBYTECODE=1 "$(system_python)" Tests/Gates/gates.py "${1:-check}"
