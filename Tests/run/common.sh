# Sourced by the scripts of this folder: stops at the first error, and starts in the project's root.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

release=$root/.build/release
stage=$root/.build/stage # an installation inside the tree: what examples and tests build against
logs=$root/.build/logs

say() { printf '%s\n' "$@"; }

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# header_version MAJOR|MINOR|PATCH: the header's macros are the only source of the version.
header_version() {
  sed -n "s/^#define UESYNTH_VERSION_$1 \([0-9][0-9]*\)$/\1/p" "$root/include/uesynth.h"
}

# The clang that came with Swift, so that none has to be installed beside it.
swift_clang() {
  local swift
  swift=$(command -v swift) || return 1
  for swift in "$swift" "$(readlink -f "$swift")"; do
    if [ -x "$(dirname "$swift")/clang" ]; then
      printf '%s\n' "$(dirname "$swift")/clang"
      return
    fi
  done
  return 1
}

# Debian's Python where there is one: its venv is what python3-venv installs.
system_python() {
  if [ -x /usr/bin/python3 ]; then say /usr/bin/python3; else command -v python3; fi
}
