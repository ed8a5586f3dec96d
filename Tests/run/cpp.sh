#!/bin/bash
# uesynth.hpp by gcc and the Swift toolchain's clang, as C++17 and C++20, in two translation units, with
# every warning an error: run against the simulator. Then its examples, as a user would build them.
. "$(dirname "$0")/common.sh"
. Tests/run/simulator.sh

clang=$(swift_clang)++ || die "There is no clang beside swift."
export PKG_CONFIG_PATH=$stage/lib/pkgconfig
read -r -a flags <<<"-g -pthread -Wall -Wextra -Wpedantic -Wshadow -Werror $(pkg-config --cflags uesynth)"
read -r -a libraries <<<"$(pkg-config --libs uesynth) -Wl,-rpath,$stage/lib"
sources=bindings/cpp/tests
cmp bindings/cpp/uesynth.hpp "$stage/include/uesynth.hpp" ||
  die "The installed uesynth.hpp is another one: make build"

start_simulator
for compiler in g++ "$clang"; do
  for standard in 17 20; do
    "$compiler" "-std=c++$standard" "${flags[@]}" "$sources/main.cpp" "$sources/second.cpp" \
      -o "$work/tests" "${libraries[@]}"
    timeout 60 "$work/tests" "127.0.0.1:$port" "$work" >"$work/output" 2>&1 ||
      die "$compiler -std=c++$standard: ended with $?: $(tail -n 20 "$work/output")"
    say "$(basename "$compiler") -std=c++$standard: $(cat "$work/output")"
  done
done

awk '/^```cpp$/ { inside = 1; next } /^```/ { inside = 0 } inside' README.md >"$work/shown.cpp"
grep -q 50051 "$work/shown.cpp" || die "README.md has no C++ program that names port 50051."
sed "s/50051/$port/g" "$work/shown.cpp" >"$work/readme.cpp"
g++ -std=c++17 "${flags[@]}" "$work/readme.cpp" -o "$work/readme" "${libraries[@]}"
expected='640 x 480, 1228800 bytes'
found=$(timeout 30 "$work/readme") || die "the README's C++ program failed"
[ "$found" = "$expected" ] || die "the README's C++ program said $found"
say "the README's C++ program: $found"

# example NAME EXPECTED ARGUMENT...
example() {
  local name=$1 expected=$2
  shift 2
  g++ -std=c++17 -O2 "${flags[@]}" "bindings/cpp/examples/$name.cpp" -o "$work/$name" "${libraries[@]}"
  timeout 60 "$work/$name" "$@" >"$work/output" 2>&1 ||
    die "the example $name ended with $?: $(tail -n 20 "$work/output")"
  grep -qE "$expected" "$work/output" || die "the example $name said: $(cat "$work/output")"
  say "$name: $(tail -n 1 "$work/output")"
}
example capture 'flow: 640 x 480, .*/flow\.png' "127.0.0.1:$port" "$work/pictures"
[ "$(find "$work/pictures" -name '*.png' -size +1k | wc -l)" = 5 ] || die "not five pictures"
example stream '^30 frames, 0 dropped' "127.0.0.1:$port" 30
