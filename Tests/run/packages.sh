#!/bin/bash
# What make dist and make deb have made, tried in a Debian base system by debootstrap, which has none of the
# libraries that libuesynth needs: the archive unpacked, the packages installed and removed. As root.
. "$(dirname "$0")/common.sh"

[ "$(id -u)" = 0 ] || die "A base system can only be made by root: sudo make packages"
for tool in debootstrap chroot unshare pkg-config gcc; do
  command -v "$tool" >/dev/null || die "$tool is missing: make packages installs it"
done
suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-bookworm}")
base=$root/.build/base-$suite
version=$(header_version MAJOR).$(header_version MINOR).$(header_version PATCH)
multiarch=$(gcc -print-multiarch)
work=$(mktemp -d)
machine=$work/root
simulator=""

finish() {
  if [ -n "$simulator" ]; then
    kill "$simulator" 2>/dev/null || true
    wait "$simulator" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

if [ ! -f "$base/etc/debian_version" ]; then
  rm -rf "$base" "$base.new"
  timeout 900 debootstrap --variant=minbase "$suite" "$base.new" >"$work/log" 2>&1 ||
    die "debootstrap: $(tail -n 20 "$work/log")"
  mv "$base.new" "$base"
fi

# The loader finds $ORIGIN of a program by /proc, which goes with its mount namespace. Symbols are bound at
# once, so that one that is missing shows.
within=(unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec env -i LD_BIND_NOW=1 HOME=/root \
  PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$0" "$@"' "$machine")
inside() { timeout 300 "${within[@]}" "$@"; }

fresh() {
  rm -rf "$machine"
  cp -a --reflink=auto "$base" "$machine"
  local name
  for name in nghttp2 protobuf-c ssl crypto uesynth png16 turbojpeg; do
    [ -z "$(find "$machine" -name "lib$name*.so*" -print -quit)" ] || die "the base system has lib$name"
  done
}

# capture PREFIX WAY: the example as a program, against the simulator, both in there. It is compiled out
# here, by the headers and the pkg-config file from there.
capture() {
  local prefix=$1 flags rpath=$2 port="" libdir
  libdir=$(dirname "$(find "$machine$prefix" -name 'libuesynth.so')")
  read -r -a flags < <(PKG_CONFIG_PATH=$libdir/pkgconfig pkg-config --cflags --libs uesynth)
  gcc -Wall -Wextra -Werror bindings/c/examples/capture.c -o "$machine/capture" "${flags[@]}" $rpath
  : >"$work/simulator" # what the one before has said is not to be read
  "${within[@]}" "$prefix/bin/uesynthctl" sim --port 0 >"$work/simulator" 2>&1 </dev/null &
  simulator=$!
  for _ in $(seq 100); do
    port=$(sed -n 's/.*listening on .*:\([0-9][0-9]*\).*/\1/p' "$work/simulator" | head -n 1)
    [ -z "$port" ] || break
    sleep 0.1
  done
  [ -n "$port" ] || die "The simulator does not listen: $(cat "$work/simulator")"
  inside /capture "127.0.0.1:$port" >"$work/output" 2>&1 || die "capture: $(cat "$work/output")"
  grep -qF '640 x 480, 1228800 bytes' "$work/output" || die "capture: $(cat "$work/output")"
  kill "$simulator"
  wait "$simulator" 2>/dev/null || true
  simulator=""
}

archive() {
  local file name prefix loaded
  file=$(ls "$root"/.build/dist/*.tar.gz)
  name=$(basename "$file" .tar.gz)
  prefix=/opt/$name
  fresh
  rm -f "$machine"/usr/lib/"$multiarch"/libz.so*
  tar -C "$machine/opt" -xzf "$file"
  loaded=$(inside ldd "$prefix/lib/libuesynth.so" "$prefix/bin/uesynthctl")
  ! grep -F 'not found' <<<"$loaded" || die "$name: libraries are missing"
  capture "$prefix" "-Wl,-rpath,$prefix/lib"
  # Elsewhere too.
  mv "$machine$prefix" "$machine/srv/moved"
  capture /srv/moved "-Wl,-rpath,/srv/moved/lib"
  say "$name: unpacked where nothing of it is installed, and moved: $(head -n 1 "$work/output")"
}

packages() {
  local left
  fresh
  mkdir "$machine/packages"
  cp "$root"/.build/deb/*.deb "$machine/packages"
  cp -L /etc/resolv.conf "$machine/etc/resolv.conf"
  inside apt-get -q update >"$work/log" 2>&1 || die "apt-get update: $(tail -n 20 "$work/log")"
  inside sh -c 'DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends /packages/*.deb' \
    >"$work/log" 2>&1 || die "apt-get install: $(tail -n 20 "$work/log")"
  capture /usr ""
  for package in uesynthctl libuesynth-dev libuesynth0; do
    inside dpkg --verify "$package" >"$work/log" || die "$package: $(cat "$work/log")"
    [ ! -s "$work/log" ] || die "$package: $(cat "$work/log")"
  done
  inside dpkg --purge uesynthctl libuesynth-dev libuesynth0 >"$work/log" 2>&1 ||
    die "dpkg --purge: $(cat "$work/log")"
  left=$(find "$machine" -path "$machine/packages" -prune -o -name '*uesynth*' -print)
  [ -z "$left" ] || die "the packages left $left"
  say "libuesynth0, libuesynth-dev, uesynthctl $version: installed, used, removed without a trace"
}

archive
packages
