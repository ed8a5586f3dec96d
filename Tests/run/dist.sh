#!/bin/bash
# .build/dist/libuesynth-VERSION-linux-MACHINE.tar.gz: for machines without Swift and without packages.
# --built trusts the build that is there.
. "$(dirname "$0")/common.sh"

version=$(header_version MAJOR).$(header_version MINOR).$(header_version PATCH)
name=libuesynth-$version-linux-$(uname -m)
out=$root/.build/dist
tree=$out/$name

# What no system can be counted on to have. libc, libm, libgcc_s and libstdc++ are the system's: an older
# one of these, loaded first, would break what else a program loads.
bundled=(libnghttp2.so.14 libprotobuf-c.so.1 libssl.so.3 libcrypto.so.3 libz.so.1)

[ "${1:-}" = --built ] || Tests/run/build.sh
command -v patchelf >/dev/null || die "patchelf is missing: make dist installs it"

rm -rf "$out"
mkdir -p "$tree/licenses"
PREFIX=$tree LIBDIR=$tree/lib DESTDIR="" NO_LDCONFIG=1 Tests/run/install.sh --built >/dev/null
library=$tree/lib/libuesynth.so.$version

# Under names of their own, so that neither the system's nor another program's are taken for them.
own() { printf 'libuesynth-%s\n' "${1#lib}"; }
renamed=()
for needed in "${bundled[@]}"; do renamed+=(--replace-needed "$needed" "$(own "$needed")"); done
for needed in "${bundled[@]}"; do
  path=$(ldd "$library" | sed -n "s/^\t$needed => \(.*\) (.*/\1/p")
  [ -n "$path" ] || die "$library does not load $needed: see Tests/ABI/needed.txt"
  install -m 755 "$(realpath "$path")" "$tree/lib/$(own "$needed")"
  patchelf --set-soname "$(own "$needed")" --set-rpath '$ORIGIN' "${renamed[@]}" \
    "$tree/lib/$(own "$needed")"
  package=$(dpkg-query -S "$(realpath "$path")" | sed 's/:.*//')
  install -m 644 "/usr/share/doc/$package/copyright" "$tree/licenses/$package"
done
patchelf --set-rpath '$ORIGIN' "${renamed[@]}" "$library"
patchelf --set-rpath '$ORIGIN/../lib' "${renamed[@]}" "$tree/bin/uesynthctl"

install -m 644 LICENSE "$tree/licenses/libuesynth"
install -d "$tree/examples"
install -m 644 bindings/c/examples/capture.c "$tree/examples"
sed "s|@VERSION@|$version|g" bindings/c/dist.txt >"$tree/README"

tar --sort=name --owner=0 --group=0 --numeric-owner -C "$out" -czf "$tree.tar.gz" "$name"
say "$(du -h "$tree.tar.gz")"
