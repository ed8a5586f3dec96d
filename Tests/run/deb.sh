#!/bin/bash
# Debian packages in .build/deb: libuesynth0, libuesynth-dev and uesynthctl, for the release that this machine
# runs. --built trusts the build that is there. Who maintains them is what DEBFULLNAME and DEBEMAIL say, as
# with Debian's own tools; without, nobody does, at a name of RFC 2606.
. "$(dirname "$0")/common.sh"

version=$(header_version MAJOR).$(header_version MINOR).$(header_version PATCH)
major=$(header_version MAJOR)
out=$root/.build/deb
libdir=/usr/lib/$(gcc -print-multiarch)

[ "${1:-}" = --built ] || Tests/run/build.sh
for tool in patchelf dpkg-shlibdeps dpkg-gencontrol dpkg-deb; do
  command -v "$tool" >/dev/null || die "$tool is missing: make deb installs it"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debian"
PREFIX=/usr LIBDIR=$libdir DESTDIR=$work/all Tests/run/install.sh --built >/dev/null
# Debian's libraries lie where the loader looks.
patchelf --remove-rpath "$work/all$libdir/libuesynth.so.$version" "$work/all/usr/bin/uesynthctl"
gzip -9n "$work/all/usr/share/man/man3/libuesynth.3"

# move PACKAGE PATH...: into the package's tree, from where it was installed.
move() {
  local package=$1 path
  shift
  for path in "$@"; do
    mkdir -p "$work/debian/$package/$(dirname "$path")"
    mv "$work/all/$path" "$work/debian/$package/$(dirname "$path")/"
  done
}
move libuesynth0 "$libdir/libuesynth.so.$version" "$libdir/libuesynth.so.$major"
move uesynthctl usr/bin/uesynthctl
move libuesynth-dev "$libdir/libuesynth.so" "$libdir/pkgconfig" "$libdir/cmake" usr/include usr/share
left=$(find "$work/all" ! -type d)
[ -z "$left" ] || die "in no package: $left"

cp bindings/debian/control "$work/debian/control"
maintainer=$(sed -n 's/^Maintainer: //p' bindings/debian/control)
[ -z "${DEBEMAIL:-}" ] || maintainer="${DEBFULLNAME:-libuesynth} <$DEBEMAIL>"
printf '%s (%s) %s; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' uesynth "$version-1" unstable \
  "$maintainer" \
  "$(date -R -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}")" \
  >"$work/debian/changelog"
{
  cat bindings/debian/copyright.in
  sed -n '/^Permission/,$p' LICENSE | sed -e 's/^$/./' -e 's/^/ /'
} >"$work/debian/copyright"

cd "$work"
mkdir -p debian/libuesynth0/DEBIAN
printf 'libuesynth %s libuesynth0 (>= %s)\n' "$major" "$version" >debian/libuesynth0/DEBIAN/shlibs
printf 'activate-noawait ldconfig\n' >debian/libuesynth0/DEBIAN/triggers
dpkg-shlibdeps -Tdebian/libuesynth0.substvars "debian/libuesynth0$libdir/libuesynth.so.$version"
dpkg-shlibdeps -Tdebian/uesynthctl.substvars debian/uesynthctl/usr/bin/uesynthctl
# An older libnghttp2 than this was built with may be one that its peer can crash (see setup.sh); its symbols
# do not tell.
nghttp2=$(dpkg-query -W -f='${Version}' "libnghttp2-14:$(dpkg --print-architecture)")
sed -i "s/libnghttp2-14 ([^)]*)/libnghttp2-14 (>= $nghttp2)/" debian/libuesynth0.substvars debian/uesynthctl.substvars
grep -qF "libnghttp2-14 (>= $nghttp2)" debian/libuesynth0.substvars || die "libuesynth0 does not name libnghttp2-14"
touch debian/libuesynth-dev.substvars
install -D -m 644 "$root/bindings/c/examples/capture.c" debian/libuesynth-dev/usr/share/doc/libuesynth-dev/examples/capture.c

rm -rf "$out"
mkdir -p "$out"
for package in libuesynth0 libuesynth-dev uesynthctl; do
  tree=debian/$package
  mkdir -p "$tree/DEBIAN"
  install -D -m 644 debian/copyright "$tree/usr/share/doc/$package/copyright"
  gzip -9nc debian/changelog >"$tree/usr/share/doc/$package/changelog.Debian.gz"
  (cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  dpkg-gencontrol "-p$package" "-P$tree" "-DMaintainer=$maintainer" "-Tdebian/$package.substvars"
  chmod -R u+rwX,go+rX,go-w "$tree"
  dpkg-deb --root-owner-group -b "$tree" "$out" >/dev/null
done
say "$(cd "$out" && du -h ./*.deb)"
