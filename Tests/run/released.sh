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
  cp include/*.h "$work/headers/$version"
fi
mapfile -t versions < <(ls "$work/headers" | sort -V)

headers=() # of all versions
for version in "${versions[@]}"; do
  for header in "$work/headers/$version"/*.h; do
    headers+=("$header")
    released compare "$header" "include/${header##*/}" >"$work/output" ||
      die "Programs built against $version would break:
$(cat "$work/output")"
    say "$version, ${header##*/}: $(cat "$work/output")"
  done
done

# Today's header, changed: each change must be told by these words.
told=0
changes=()
words=()
# change WORDS SCRIPT: the header is changed by a script of sed.
change() {
  words+=("$1")
  changes+=(-e "$2")
  ! sed "$2" include/uesynth.h | cmp -s include/uesynth.h - || die "sed $2 changes nothing"
}
within() { printf '/^typedef struct %s {/,/^}/s/%s/' "$1" "$2"; }
change 'function uesynth_bytes_free is gone' '/^void uesynth_bytes_free(/d'
change 'function uesynth_version_number was uint32_t (void) and is uint64_t (void)' \
  's/^uint32_t uesynth_version_number/uint64_t uesynth_version_number/'
change 'constant UESYNTH_CLOSED was 102 and is 109' 's/UESYNTH_CLOSED = 102/UESYNTH_CLOSED = 109/'
change 'type uesynth_destroy_fn was' 's/(\*uesynth_destroy_fn)(void \*user_data)/(*uesynth_destroy_fn)(void)/'
change 'uesynth_beat.number was at byte 8 and is at 16' \
  "$(within uesynth_beat '  uint64_t number;/  uint64_t wedge;\n&')"
change 'uesynth_pacer_stats.reserved is gone' "$(within uesynth_pacer_stats 'reserved/padding')"
change 'uesynth_pixels.width was uint32_t and is int32_t' \
  "$(within uesynth_pixels 'uint32_t width;/int32_t width;')"
change 'uesynth_frameset_part has no struct_size' \
  "$(within uesynth_frameset_part '  const char \*camera;/&\n  const char *lens;')"
sed "${changes[@]}" include/uesynth.h >"$work/changed.h"
! released compare include/uesynth.h "$work/changed.h" >"$work/output" || die "no change was noticed"
for word in "${words[@]}"; do
  grep -qF "$word" "$work/output" || die "not told: $word. But: $(cat "$work/output")"
  told=$((told + 1))
done
# A struct that grew at its end is no such change.
sed "$(within uesynth_beat '^} uesynth_beat/  uint64_t added;\n&')" include/uesynth.h >"$work/changed.h"
! cmp -s include/uesynth.h "$work/changed.h" || die "nothing grew"
released compare include/uesynth.h "$work/changed.h" >"$work/output" || die "growing: $(cat "$work/output")"
say "$told changes that would break programs are told, one that would not is let pass"

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
