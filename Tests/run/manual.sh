#!/bin/bash
# The man page names every function of the header and is set without a warning; doxygen has none on the
# header. Each tool is used where it is installed.
. "$(dirname "$0")/common.sh"

page=bindings/c/man/libuesynth.3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Comments apart, a function's name is followed by its arguments.
"$(system_python)" - >"$work/declared" <<'END'
import re
text = re.sub(r"/\*.*?\*/", " ", open("include/uesynth.h", encoding="utf-8").read(), flags=re.DOTALL)
print("\n".join(sorted(set(re.findall(r"\b(uesynth_\w+)\(", text)))))
END
sed -n 's|^\.Fn \(uesynth_[a-z0-9_]*\)\( .*\)\{0,1\}$|\1|p' "$page" | LC_ALL=C sort -u >"$work/named"
diff <(LC_ALL=C sort "$work/declared") "$work/named" || die "$page names other functions than the header."
say "the man page names $(wc -l <"$work/named") functions"

if command -v groff >/dev/null; then
  groff -mdoc -ww -z -Tutf8 "$page" 2>"$work/output"
  [ ! -s "$work/output" ] || die "groff: $(cat "$work/output")"
else
  say "There is no groff: the man page was not set."
fi
if command -v mandoc >/dev/null; then
  # Other pages may not be installed, which its list of pages would tell.
  mandoc -T lint -W warning "$page" >"$work/output" || die "mandoc: $(cat "$work/output")"
else
  say "There is no mandoc: the man page was set by groff alone."
fi
if command -v doxygen >/dev/null; then
  mkdir -p .build
  doxygen bindings/c/Doxyfile >"$work/output" 2>&1 || die "doxygen: $(cat "$work/output")"
  [ ! -s "$work/output" ] || die "doxygen: $(cat "$work/output")"
  say "doxygen $(doxygen --version) has no warning"
else
  say "There is no doxygen: the reference pages were not made."
fi
