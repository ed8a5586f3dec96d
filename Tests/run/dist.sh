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
PREFIX=/$name LIBDIR=/$name/lib DESTDIR=$out Tests/run/install.sh --built >/dev/null
library=$tree/lib/libuesynth.so.$version

# Under names of their own, so that neither the system's nor another program's are taken for them.
own() { printf 'libuesynth-%s\n' "${1#lib}"; }

# relink FILE RUN-PATH: one change at a time, since patchelf 0.14 mixes up several.
relink() {
  local needed
  for needed in "${bundled[@]}"; do patchelf --replace-needed "$needed" "$(own "$needed")" "$1"; done
  patchelf --set-rpath "$2" "$1"
}

for needed in "${bundled[@]}"; do
  path=$(ldd "$library" | sed -n "s/^\t$needed => \(.*\) (.*/\1/p")
  [ -n "$path" ] || die "$library does not load $needed: see Tests/ABI/needed.txt"
  install -m 755 "$(realpath "$path")" "$tree/lib/$(own "$needed")"
  patchelf --set-soname "$(own "$needed")" "$tree/lib/$(own "$needed")"
  relink "$tree/lib/$(own "$needed")" '$ORIGIN'
  # By its name alone: Debian has moved /lib into /usr, and not every package says so.
  package=$(dpkg-query -S "*/$(basename "$(realpath "$path")")" | sed -n '1s/:.*//p')
  install -m 644 "/usr/share/doc/$package/copyright" "$tree/licenses/$package"
done
relink "$library" '$ORIGIN'
relink "$tree/bin/uesynthctl" '$ORIGIN/../lib'

install -m 644 LICENSE "$tree/licenses/libuesynth"
install -d "$tree/examples"
install -m 644 bindings/c/examples/capture.c "$tree/examples"
sed "s|@VERSION@|$version|g" bindings/c/dist.txt >"$tree/README"

tar --sort=name --owner=0 --group=0 --numeric-owner -C "$out" -czf "$tree.tar.gz" "$name"
symbols=$(find "$tree" -type f \( -name '*.so*' -o -perm -u+x \) -exec objdump -T {} +)
say "$(du -h "$tree.tar.gz")" "Needed of the system: $(grep -o 'GLIBC_[0-9.]*' <<<"$symbols" | sort -Vu |
  tail -n 1), $(grep -o 'GLIBCXX_[0-9.]*' <<<"$symbols" | sort -Vu | tail -n 1)"
