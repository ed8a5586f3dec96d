#!/bin/bash
# Compiles the C examples (or those whose names are given) into .build/examples, against the
# installation in .build/stage, as a user would. Files without a main() are shared by the others.
. "$(dirname "$0")/common.sh"

sources=bindings/c/examples
out=$root/.build/examples
export PKG_CONFIG_PATH=$stage/lib/pkgconfig
read -r -a flags <<<"-std=c99 -O2 -g -Wall -Wextra -Werror -pthread $(pkg-config --cflags uesynth)"
read -r -a libraries <<<"$(pkg-config --libs uesynth) -lm -Wl,-rpath,$stage/lib"

rm -rf "$out"
mkdir -p "$out"
programs=()
for file in "$sources"/*.c; do
  name=$(basename "$file" .c)
  if grep -q '^int main(' "$file"; then
    programs+=("$name")
  else
    gcc "${flags[@]}" -c "$file" -o "$out/$name.o"
    ar -rc "$out/shared.a" "$out/$name.o"
  fi
done
[ -f "$out/shared.a" ] || ar -rc "$out/shared.a"
[ $# = 0 ] || programs=("$@")
for name in "${programs[@]}"; do
  gcc "${flags[@]}" "$sources/$name.c" "$out/shared.a" -o "$out/$name" \
    -Wl,--as-needed "${libraries[@]}"
done
say "compiled: ${programs[*]}"
