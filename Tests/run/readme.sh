#!/bin/bash
# Compiles the README's first C program as it is shown, and runs it against the simulator. What runs has
# another port than what is shown, since 50051 may be taken.
. "$(dirname "$0")/common.sh"
. Tests/run/simulator.sh

awk '/^```c$/ { inside = 1; next } /^```/ && inside { exit } inside' README.md >"$work/shown.c"
[ -s "$work/shown.c" ] || die "README.md has no C program: a block that begins with \`\`\`c"
grep -q 50051 "$work/shown.c" || die "The README's program names no port 50051."

export PKG_CONFIG_PATH=$stage/lib/pkgconfig
read -r -a flags <<<"$(pkg-config --cflags --libs uesynth) -Wl,-rpath,$stage/lib"
compile() { gcc -std=c99 -Wall -Wextra -pedantic -Werror "$1" -o "${1%.c}" "${flags[@]}"; }

compile "$work/shown.c"
start_simulator
sed "s/50051/$port/g" "$work/shown.c" >"$work/run.c"
compile "$work/run.c"
cd "$work"
timeout 30 ./run >output 2>&1 || die "The README's program failed ($?): $(cat output)"
[ -s output ] || die "The README's program printed nothing."
say "the README's program printed: $(head -n 3 output)"
