#!/bin/bash
# linkage.sh LIBRARY: what a program takes on by loading it. No Swift library, exactly the libraries of
# needed.txt, all of them found; the soname; nothing newer than the glibc and the libstdc++ of RHEL 9.
. "$(dirname "$0")/../run/common.sh"

library=$1
newest_glibc=2.34
newest_libstdcxx=3.4.29
soname=libuesynth.so.$(header_version MAJOR)

dynamic=$(readelf -dW "$library")
field() { sed -n "s/.*($1).*\[\(.*\)\]/\1/p" <<<"$dynamic"; }

[ "$(field SONAME)" = "$soname" ] || die "soname: $(field SONAME), not $soname"
diff -u Tests/ABI/needed.txt <(field NEEDED | LC_ALL=C sort) ||
  die "$library needs other libraries than Tests/ABI/needed.txt says."

loaded=$(LD_LIBRARY_PATH="" ldd "$library")
! grep -F 'not found' <<<"$loaded" || die "$library: libraries are missing"
! grep -iE 'swift|Foundation|dispatch|BlocksRuntime' <<<"$loaded" || die "$library loads parts of Swift"

symbols=$(objdump -T "$library")
newest() { grep -o "$1_[0-9.]*" <<<"$symbols" | sort -Vu | tail -n 1; }

# no_newer NAME VERSION
no_newer() {
  local found
  found=$(newest "$1")
  [ "$(printf '%s\n' "$1_$2" "$found" | sort -V | tail -n 1)" = "$1_$2" ] ||
    die "$library needs $found: $(grep -F "$found" <<<"$symbols" | head -n 5)"
}
no_newer GLIBC "$newest_glibc"
no_newer GLIBCXX "$newest_libstdcxx"
say "$soname needs $(wc -l <Tests/ABI/needed.txt) libraries, none of them Swift's, $(newest GLIBC), $(newest GLIBCXX)"
