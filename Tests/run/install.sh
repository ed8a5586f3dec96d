#!/bin/bash
# Installs what was built under PREFIX (/usr/local), the library in LIBDIR (PREFIX/lib), all of it below
# DESTDIR. --remove takes the same files away again; --built trusts the build that is there.
. "$(dirname "$0")/common.sh"

prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
destdir=${DESTDIR:-}

major=$(header_version MAJOR)
version=$major.$(header_version MINOR).$(header_version PATCH)
soname=libuesynth.so.$major

lib=$destdir$libdir
pkgconfig=$lib/pkgconfig
cmake=$lib/cmake/uesynth
include=$destdir$prefix/include
share=$destdir$prefix/share/uesynth
man=$destdir$prefix/share/man/man3
bin=$destdir$prefix/bin

# The one for C++ lies elsewhere: the Swift module of include/ takes in whatever lies there.
headers=(include/*.h bindings/cpp/uesynth.hpp)

case $prefix:$libdir in
  /*:/*) ;;
  *) die "PREFIX and LIBDIR must be absolute paths: $prefix, $libdir" ;;
esac

# template FILE FOLDER: writes bindings/c/FILE.in with the paths from FOLDER to PREFIX and LIBDIR, so
# that the tree can be moved as a whole.
template() {
  local up
  up=$(realpath -m --relative-to="$2" "$destdir$prefix")
  sed -e "s|@VERSION@|$version|g" -e "s|@MAJOR@|$major|g" -e "s|@SONAME@|$soname|g" \
    -e "s|@PREFIX_FROM_HERE@|$up|g" \
    -e "s|@LIBDIR_FROM_PREFIX@|$(realpath -m --relative-to="$prefix" "$libdir")|g" \
    "bindings/c/$1.in" >"$2/$1"
  chmod 644 "$2/$1"
}

put() {
  install -d "$lib" "$pkgconfig" "$cmake" "$include" "$share" "$man" "$bin"
  install -m 755 -s "$release/libuesynth.so" "$lib/libuesynth.so.$version"
  ln -sf "libuesynth.so.$version" "$lib/$soname"
  ln -sf "$soname" "$lib/libuesynth.so"
  install -m 755 -s "$release/uesynthctl" "$bin/uesynthctl"
  install -m 644 "${headers[@]}" "$include"
  install -m 644 Sources/CUESynthProto/uesynth.proto "$share/uesynth.proto"
  install -m 644 bindings/c/man/libuesynth.3 "$man/libuesynth.3"
  template uesynth.pc "$pkgconfig"
  template uesynthConfig.cmake "$cmake"
  template uesynthConfigVersion.cmake "$cmake"
  # The loader finds a library in a folder of its own only after its cache was written.
  if [ -z "$destdir" ] && [ "$(id -u)" = 0 ] && [ "$prefix" != "$stage" ]; then
    ldconfig || say "ldconfig failed: programs may not find $libdir/$soname"
  fi
  say "libuesynth $version is in $destdir$prefix"
}

take_away() {
  local header
  rm -f "$lib/libuesynth.so.$version" "$lib/$soname" "$lib/libuesynth.so" "$bin/uesynthctl" \
    "$pkgconfig/uesynth.pc" "$cmake/uesynthConfig.cmake" "$cmake/uesynthConfigVersion.cmake" \
    "$share/uesynth.proto" "$man/libuesynth.3"
  for header in "${headers[@]}"; do rm -f "$include/${header##*/}"; done
  for folder in "$cmake" "$share"; do [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"; done
}

if [ "${1:-}" = --remove ]; then
  take_away
  exit
fi

# Under sudo the build of the user who called it is installed: root's own would litter the tree.
if [ -n "${SUDO_USER:-}" ]; then
  [ -f "$release/libuesynth.so" ] && [ -f "$release/uesynthctl" ] || die "First, without sudo: make"
elif [ "${1:-}" != --built ]; then
  Tests/run/setup.sh build
  Tests/run/build.sh
fi
put
