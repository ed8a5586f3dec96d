#!/bin/bash
# Builds .build/fuzz/uesynth-fuzz: the modules that read what a peer sends, and every target of this folder,
# in one program under libFuzzer and AddressSanitizer. A link to it is named after each target, which is how
# it knows what to run. Plain swiftc, since libFuzzer's main and that of a SwiftPM executable exclude each
# other.
. "$(dirname "$0")/../run/common.sh"

build=$root/.build/fuzz
clang=$(swift_clang) || die "There is no clang beside swift."
mkdir -p "$build"

# Arithmetic and subscripts trap in -O too. DEBUG gives nghttp2 its memory from malloc, block by block.
swift=(swiftc -parse-as-library -wmo -O -D DEBUG -gline-tables-only -swift-version 6 -package-name uesynth
  -sanitize=fuzzer,address -module-cache-path "$build/modules" -I "$build")

# What SwiftPM would write for a C target without a module map of its own.
cat >"$build/sys.modulemap" <<END
module CUESynthSys {
  umbrella "$root/Sources/CUESynthSys/include"
  export *
}
END
for map in "$build/sys.modulemap" Sources/{CNghttp2,CZlib,CProtobufC}/module.modulemap \
  Sources/CUESynthProto/include/module.modulemap; do
  swift+=(-Xcc "-fmodule-map-file=$map")
done
swift+=(-Xcc -ISources/CUESynthProto/include -Xcc -ISources/CUESynthSys/include)

# current FILE SOURCE...: whether the file is younger than all of these.
current() {
  local file=$1 source
  shift
  for source in "$@" "$0" Sources/C{UESynthSys,UESynthProto}/include/*.h; do [ "$file" -nt "$source" ] || return 1; done
}

# module NAME: an object and a module that others import.
module() {
  current "$build/$1.o" Sources/"$1"/*.swift "${@:2}" && return
  "${swift[@]}" -emit-module -emit-module-path "$build/$1.swiftmodule" -module-name "$1" \
    -c Sources/"$1"/*.swift -o "$build/$1.o"
}

c() {
  local source
  for source in Sources/CUESynthSys/*.c Sources/CUESynthProto/*.c; do
    current "$build/$(basename "$source" .c).o" "$source" && continue
    "$clang" -c -O1 -g -fsanitize=fuzzer-no-link,address -ISources/CUESynthSys/include \
      -ISources/CUESynthProto/include "$source" -o "$build/$(basename "$source" .c).o"
  done
}

c &
others=$!
module UESynthCore
wait "$others"
module UESynthHTTP2 "$build/UESynthCore.o" &
others=$!
module UESynthWire "$build/UESynthCore.o"
wait "$others"
current "$build/uesynth-fuzz" Tests/Fuzz/*.swift "$build"/*.o ||
  "${swift[@]}" -module-name UESynthFuzz Tests/Fuzz/*.swift "$build"/*.o -use-ld=lld \
    -o "$build/uesynth-fuzz"
for source in Tests/Fuzz/*Target.swift; do
  name=$(basename "$source" Target.swift)
  ln -sf uesynth-fuzz "$build/${name,,}"
done
