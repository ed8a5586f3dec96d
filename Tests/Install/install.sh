#!/bin/bash
# Installs into a folder of its own, moves the installation, and builds a program against it by
# pkg-config and by CMake. What uninstall leaves is nothing.
. "$(dirname "$0")/../run/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
major=$(header_version MAJOR)
version=$major.$(header_version MINOR).$(header_version PATCH)

# expect WHAT FOUND WANTED
expect() { [ "$2" = "$3" ] || die "$1: $2, not $3"; }

# try_out PREFIX LIBDIR: everything a program needs is found from here, and nothing elsewhere.
try_out() {
  local prefix=$1 libdir=$2 flags refused
  export PKG_CONFIG_PATH=$libdir/pkgconfig
  expect "pkg-config's version" "$(pkg-config --modversion uesynth)" "$version"
  read -r -a flags <<<"$(pkg-config --cflags --libs uesynth)"
  gcc -std=c99 -Wall -Wextra -pedantic -Werror Tests/Install/consumer.c -o "$work/consumer" "${flags[@]}"
  expect "by pkg-config" "$(LD_LIBRARY_PATH=$libdir "$work/consumer")" "$version"

  rm -rf "$work/cmake"
  cmake -S Tests/Install -B "$work/cmake" -DWANTED="$version" \
    -Duesynth_DIR="$libdir/cmake/uesynth" >"$work/log" 2>&1 || die "cmake: $(cat "$work/log")"
  cmake --build "$work/cmake" >"$work/log" 2>&1 || die "cmake --build: $(cat "$work/log")"
  expect "by CMake" "$("$work/cmake/consumer")" "$version"
  # Read whole first: grep -q ends at a match, and ldd by SIGPIPE.
  local loaded
  loaded=$(ldd "$work/cmake/consumer")
  grep -qF "$(realpath "$libdir")/libuesynth.so.$major" <<<"$loaded" ||
    die "the program that CMake made loads another library: $loaded"

  for refused in $((major + 1)).0 "$major.999"; do
    rm -rf "$work/cmake"
    ! cmake -S Tests/Install -B "$work/cmake" -DWANTED="$refused" \
      -Duesynth_DIR="$libdir/cmake/uesynth" >"$work/log" 2>&1 ||
      die "CMake took $version for $refused"
  done
  [ -f "$(pkg-config --variable=datadir uesynth)/uesynth.proto" ] || die "uesynth.proto is missing"
  [ -x "$prefix/bin/uesynthctl" ] || die "uesynthctl is missing"
  cmp bindings/c/man/libuesynth.3 "$prefix/share/man/man3/libuesynth.3"
}

# round LIBDIR: installs for /opt/uesynth and LIBDIR, tries it where it is and elsewhere, removes it.
round() {
  local settings=(PREFIX=/opt/uesynth "LIBDIR=$1" "DESTDIR=$work/root") lib=$work/root$1 left
  make -s install "${settings[@]}" >"$work/log" 2>&1 || die "make install: $(cat "$work/log")"
  expect "the name to link by" "$(readlink "$lib/libuesynth.so")" "libuesynth.so.$major"
  expect "the name to load by" "$(readlink "$lib/libuesynth.so.$major")" "libuesynth.so.$version"
  [ -z "$(readelf -SW "$lib/libuesynth.so.$version" | grep -w '\.symtab')" ] || die "not stripped"
  Tests/ABI/linkage.sh "$lib/libuesynth.so.$version"
  for header in include/*.h bindings/cpp/*.hpp; do
    cmp "$header" "$work/root/opt/uesynth/include/${header##*/}"
  done
  try_out "$work/root/opt/uesynth" "$lib"

  mv "$work/root" "$work/elsewhere"
  try_out "$work/elsewhere/opt/uesynth" "$work/elsewhere$1"
  mv "$work/elsewhere" "$work/root"

  make -s uninstall "${settings[@]}"
  left=$(find "$work/root" ! -type d)
  expect "what uninstall left" "$left" ""
  rm -rf "$work/root"
  say "installed, moved, built against, removed: LIBDIR=$1"
}

round /opt/uesynth/lib
round "/opt/uesynth/lib/$(gcc -print-multiarch)"
