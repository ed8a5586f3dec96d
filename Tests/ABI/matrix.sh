#!/bin/bash
# Compiles each header alone (and twice), and the recorded ABI, in every language standard that this
# Debian's gcc and the Swift toolchain's clang know, with every warning an error; runs what checks the
# INIT macros.
. "$(dirname "$0")/../run/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clang=$(swift_clang) || die "There is no clang beside swift."

warnings="-Wall -Wextra -pedantic -Werror -Wmissing-field-initializers"
done=0
for compiler in gcc "$clang"; do
  for standard in c99 c11 c17 c2x c++98 c++11 c++14 c++17 c++20; do
    case $standard in
      c++*) command="$compiler -x c++ -std=$standard $warnings -Iinclude" ;;
      *) command="$compiler -x c -std=$standard $warnings -Wstrict-prototypes -Iinclude" ;;
    esac
    for header in include/*.h; do
      name=${header##*/}
      printf '#include "%s"\n#include "%s"\n' "$name" "$name" >"$work/alone.c"
      $command -fsyntax-only "$work/alone.c" || die "$command: $name"
      done=$((done + 1))
    done
    for file in layouts constants functions; do
      $command -fsyntax-only "Tests/ABI/recorded/$file.c" || die "$command: recorded/$file.c"
      done=$((done + 1))
    done
    $command Tests/ABI/recorded/initializers.c -o "$work/initializers" ||
      die "$command: recorded/initializers.c"
    "$work/initializers" || die "$command: recorded/initializers.c, run"
    done=$((done + 1))
  done
done
say "$done compilations without a warning, by gcc $(gcc -dumpversion) and clang $($clang -dumpversion)"
