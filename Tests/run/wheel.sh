#!/bin/bash
# A wheel of the Python package for all Pythons, in .build/wheel: with the library, what it needs, the
# picture codecs, and the simulator. Then it is tried with every Python that is here.
. "$(dirname "$0")/common.sh"

tools=$root/.build/wheel-tools
stage=$root/.build/wheel-stage
out=$root/.build/wheel
glibc=2_35

if ! cmp -s bindings/python/wheel-requirements.txt "$tools/requirements.txt"; then
  say "Installing into ${tools#"$root"/}: $(xargs <bindings/python/wheel-requirements.txt)"
  rm -rf "$tools"
  "$(system_python)" -m venv "$tools"
  "$tools/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r bindings/python/wheel-requirements.txt
  cp bindings/python/wheel-requirements.txt "$tools/requirements.txt"
fi
export PATH=$tools/bin:$PATH

swift build -c release --product uesynth
# A static build cannot be gone on with from its own notes ("unknown build description").
rm -f .build-static/*/release/description.json .build-static/release.yaml
swift build -c release --static-swift-stdlib --product uesynthctl --scratch-path .build-static

rm -rf "$stage" "$out"
mkdir -p "$stage/lib" "$stage/bin" "$stage/licenses" "$out"
install -s -m 755 "$release/libuesynth.so" "$stage/lib/libuesynth.so"
install -s -m 755 .build-static/release/uesynthctl "$stage/bin/uesynthctl"
install -m 644 LICENSE "$stage/licenses/uesynth"

# The codecs are opened by name when they are first needed, so nothing shows that they are.
for codec in libpng16.so.16 libturbojpeg.so.0; do
  path=$(ldconfig -p | sed -n "s/^\t$codec .*=> //p" | head -n 1)
  [ -n "$path" ] || die "$codec is missing: make test installs it"
  install -m 755 "$(realpath "$path")" "$stage/lib/$codec"
done
for package in libpng16-16 libturbojpeg0 libnghttp2-14 libprotobuf-c1 libssl3; do
  notice=/usr/share/doc/$package/copyright
  [ ! -f "$notice" ] || install -m 644 "$notice" "$stage/licenses/$package"
done
patchelf --set-rpath '$ORIGIN' "$stage/lib/libuesynth.so"
patchelf --set-rpath '$ORIGIN/../lib' "$stage/bin/uesynthctl"

raw=$root/.build/wheel-raw
rm -rf "$raw"
(cd bindings/python && UESYNTH_WHEEL_ROOT=$stage python -m hatchling build -t wheel -d "$raw")
auditwheel repair --plat "manylinux_${glibc}_$(uname -m)" -w "$out" "$raw"/*.whl
say "$(du -h "$out"/*.whl)"

Tests/run/venv.sh bindings/python/tests/requirements.txt
cd bindings/python
UESYNTH_WHEEL=1 "$root/.venv/bin/python" -m pytest -q tests/test_wheel.py
