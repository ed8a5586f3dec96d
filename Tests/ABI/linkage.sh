#!/bin/bash
# linkage.sh LIBRARY: what a program takes on by loading it. No Swift library, exactly the libraries of
# needed.txt, all of them found; the soname; nothing newer than the glibc of Ubuntu 22.04.
. "$(dirname "$0")/../run/common.sh"

library=$1
newest_glibc=2.35
soname=libuesynth.so.$(header_version MAJOR)

dynamic=$(readelf -dW "$library")
field() { sed -n "s/.*($1).*\[\(.*\)\]/\1/p" <<<"$dynamic"; }

[ "$(field SONAME)" = "$soname" ] || die "soname: $(field SONAME), not $soname"
diff -u Tests/ABI/needed.txt <(field NEEDED | LC_ALL=C sort) ||
  die "$library needs other libraries than Tests/ABI/needed.txt says."

loaded=$(LD_LIBRARY_PATH="" ldd "$library")
! grep -F 'not found' <<<"$loaded" || die "$library: libraries are missing"
! grep -iE 'swift|Foundation|dispatch|BlocksRuntime' <<<"$loaded" || die "$library loads parts of Swift"

glibc=$(objdump -T "$library" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
[ "$(printf '%s\n' "GLIBC_$newest_glibc" "$glibc" | sort -V | tail -n 1)" = "GLIBC_$newest_glibc" ] ||
  die "$library needs $glibc: $(objdump -T "$library" | grep -F "$glibc" | head -n 5)"
say "$soname needs $(wc -l <Tests/ABI/needed.txt) libraries, none of them Swift's, and $glibc"
