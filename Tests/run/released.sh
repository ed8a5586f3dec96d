#!/bin/bash
# Programs that were built against a released header work with today's library: the header promises no
# less than it did, every size that a struct had is taken, and a program compiled against the oldest runs.
. "$(dirname "$0")/common.sh"
. Tests/run/simulator.sh

CLANG=$(swift_clang) || die "There is no clang beside swift."
export CLANG
released() { "$(system_python)" Tests/ABI/released.py "$@"; }

version=$(header_version MAJOR).$(header_version MINOR).$(header_version PATCH)
mkdir "$work/headers" "$work/files"
cp -r Tests/ABI/released/*/ "$work/headers" 2>/dev/null || true # none before the first release
if [ ! -d "$work/headers/$version" ]; then
  mkdir "$work/headers/$version"
  cp include/uesynth.h "$work/headers/$version"
fi
mapfile -t versions < <(ls "$work/headers" | sort -V)

for version in "${versions[@]}"; do
  released compare "$work/headers/$version/uesynth.h" include/uesynth.h >"$work/output" ||
    die "Programs built against $version would break:
$(cat "$work/output")"
  say "$version: $(cat "$work/output")"
done

# changed WHAT COMMAND...: today's header, changed by sed, must be told from the real one by these words.
changed() {
  local words=$1
  shift
  sed "$@" include/uesynth.h >"$work/changed.h"
  ! cmp -s include/uesynth.h "$work/changed.h" || die "sed $* changes nothing"
  ! released compare include/uesynth.h "$work/changed.h" >"$work/output" ||
    die "not noticed: sed $*"
  grep -qF "$words" "$work/output" || die "sed $*: $(cat "$work/output")"
}
changed 'function uesynth_bytes_free is gone' '/^void uesynth_bytes_free(/d'
changed 'function uesynth_version_number was uint32_t (void) and is uint64_t (void)' \
  's/^uint32_t uesynth_version_number/uint64_t uesynth_version_number/'
changed 'constant UESYNTH_CLOSED was 102 and is 109' 's/UESYNTH_CLOSED = 102/UESYNTH_CLOSED = 109/'
changed 'uesynth_beat.number was at byte 8 and is at 16' '/^typedef struct uesynth_beat {/,/}/s/  uint64_t number;/  uint64_t wedge;\n&/'
changed 'uesynth_beat.reserved is gone' '/^typedef struct uesynth_beat {/,/}/s/reserved/padding/'
changed 'type uesynth_destroy_fn was' 's/(\*uesynth_destroy_fn)(void \*user_data)/(*uesynth_destroy_fn)(void)/'
changed 'uesynth_frameset_part has no struct_size' '/^typedef struct uesynth_frameset_part {/,/}/s/  const char \*camera;/&\n  const char *lens;/'
# A struct that grew at its end is no such change.
sed '/^typedef struct uesynth_beat {/,/}/s/^} uesynth_beat/  uint64_t added;\n&/' include/uesynth.h >"$work/changed.h"
! cmp -s include/uesynth.h "$work/changed.h" || die "nothing grew"
released compare include/uesynth.h "$work/changed.h" >"$work/output" || die "growing: $(cat "$work/output")"
say "seven changes that would break programs are told, one that does not is let pass"

headers=()
for version in "${versions[@]}"; do headers+=("$work/headers/$version/uesynth.h"); done
released sizes "${headers[@]}" >"$work/released_sizes.h"

read -r -a flags <<<"-std=c11 -O1 -g -Wall -Wextra -Wpedantic -Werror -D_POSIX_C_SOURCE=200809L"
libraries=("-L$stage/lib" -luesynth -lm "-Wl,-rpath,$stage/lib")
gcc "${flags[@]}" -I "$stage/include" -I "$work" Tests/ABI/sizes.c -o "$work/sizes" "${libraries[@]}"
gcc "${flags[@]}" -I "${headers[0]%/*}" Tests/ABI/first_contact.c -o "$work/first_contact" \
  "${libraries[@]}"

start_simulator
for program in first_contact sizes; do
  timeout 100 "$work/$program" "127.0.0.1:$port" "$work/files" >"$work/output" 2>&1 </dev/null ||
    die "$program ended with $?: $(tail -n 30 "$work/output")"
  say "$program: $(tail -n 1 "$work/output")"
done
