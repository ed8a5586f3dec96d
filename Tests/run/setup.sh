#!/bin/bash
# setup.sh build|test|bench|dist|packages: looks for Swift and for the Debian packages that building or testing needs, and
# installs those that are missing. Root installs at once; others are asked before sudo is used, unless
# YES=1 or CI=true say yes.
. "$(dirname "$0")/common.sh"

swift_needed=6.2

# libnghttp2 before this update can be made to abort the process by its peer (CVE-2026-27135).
nghttp2_needed=1.52.0-1+deb12u3

packages="gcc g++ libc6-dev binutils git ca-certificates pkg-config libnghttp2-dev libprotobuf-c-dev
  zlib1g-dev libssl-dev libpng-dev libturbojpeg0-dev"
case ${1:-} in
  test) packages="$packages protobuf-c-compiler openssl cmake python3 python3-venv valgrind strace" ;;
  dist) packages="$packages patchelf dpkg-dev" ;;
  packages) packages="$packages patchelf dpkg-dev debootstrap" ;;
  bench) packages="$packages python3 python3-venv" ;;
esac
# The peers of the benchmark: what they are missing for is left out of its tables.
optional=""
if [ "${1:-}" = bench ]; then optional="libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc"; fi

check_swift() {
  local found=none
  if command -v swift >/dev/null; then
    found=$(swift --version 2>/dev/null |
      sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
    if [ "$(printf '%s\n' "$swift_needed" "${found:-0}" | sort -V | head -n 1)" = "$swift_needed" ]; then
      return
    fi
  fi
  die "Swift $swift_needed or later is needed (found: ${found:-unreadable}). It installs from swift.org by

  curl -O https://download.swift.org/swiftly/linux/swiftly-\$(uname -m).tar.gz
  tar zxf swiftly-\$(uname -m).tar.gz
  ./swiftly init
  . ~/.local/share/swiftly/env.sh

and then this command again. swiftly names the Debian packages that Swift itself wants."
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# True where Debian 12 has the libnghttp2 that crashes. Other releases have other version numbers.
nghttp2_outdated() {
  local release version
  release=$(. /etc/os-release && printf '%s %s' "${ID:-}" "${VERSION_ID:-}")
  [ "$release" = "debian 12" ] || return 1
  version=$(dpkg-query -W -f='${Version}' libnghttp2-14 2>/dev/null) || return 1
  dpkg --compare-versions "$version" lt "$nghttp2_needed"
}

confirm() {
  local answer
  if [ "$(id -u)" = 0 ] || [ "${YES:-}" = 1 ] || [ "${CI:-}" = true ]; then return; fi
  [ -t 0 ] || die "There is no terminal to ask on. Run the line above, or this command with YES=1."
  read -r -p "Run this now? [Y/n] " answer
  case $answer in
    "" | [yY]*) ;;
    *) die "Nothing was installed." ;;
  esac
}

# install_packages HOW PACKAGE...: HOW is what a failure is told by, die or say.
install_packages() {
  local how=$1 missing="" package sudo="" line
  shift
  for package in "$@"; do
    installed "$package" || missing="$missing $package"
  done
  if nghttp2_outdated; then
    say "libnghttp2 is older than $nghttp2_needed: its peer can make it abort the program" \
      "(CVE-2026-27135)."
    missing="$missing libnghttp2-14 libnghttp2-dev"
  fi
  [ -n "$missing" ] || return 0

  if [ "$(id -u)" != 0 ]; then
    sudo="sudo "
    if ! command -v sudo >/dev/null; then
      "$how" "Missing packages. As root: apt-get install$missing"
      return
    fi
  fi
  line="${sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends$missing"
  say "Needed and not installed:$missing" "" "  ${sudo}apt-get update && $line" ""
  confirm
  if ! timeout --foreground 300 ${sudo}apt-get -q update; then
    "$how" "apt-get update failed."
  elif ! timeout --foreground 900 $line; then
    "$how" "apt-get install failed."
  fi
  ! nghttp2_outdated ||
    die "The archive has no libnghttp2-14 $nghttp2_needed: enable bookworm-security and try again."
}

check_swift
if command -v dpkg-query >/dev/null; then
  install_packages die $packages
  [ -z "$optional" ] || install_packages say $optional
else
  say "This is no Debian; its packages would be:" "$packages $optional"
fi
