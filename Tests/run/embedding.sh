#!/bin/bash
# What a process takes on by using the library: the programs of Tests/Embedding against the simulator.
. "$(dirname "$0")/common.sh"
. Tests/run/simulator.sh

export PKG_CONFIG_PATH=$stage/lib/pkgconfig
read -r -a flags <<<"-std=c11 -O1 -g -Wall -Wextra -Wpedantic -Werror -pthread $(pkg-config --cflags uesynth)"
read -r -a libraries <<<"$(pkg-config --libs uesynth) -lm -Wl,-rpath,$stage/lib"
sources=Tests/Embedding

for name in manners many leaving; do
  gcc "${flags[@]}" "$sources/$name.c" "$sources/session.c" -o "$work/$name" "${libraries[@]}"
done
gcc "${flags[@]}" -fno-builtin "$sources/allocator.c" "$sources/session.c" -o "$work/allocator" \
  "${libraries[@]}"
gcc "${flags[@]}" "$sources/loading.c" -o "$work/loading" -ldl

# run NAME ARGUMENT...
run() {
  local name=$1
  shift
  timeout 60 "$work/$name" "$@" >"$work/output" 2>&1 </dev/null ||
    die "$name ended with $?: $(tail -n 20 "$work/output")"
}

# round HOW [CERTIFICATE]: all of them with the simulator that runs.
round() {
  local how=$1 name way
  shift
  for name in manners many allocator; do
    run "$name" "$target" "$work/files" "$@"
    say "$how, $name: $(cat "$work/output")"
  done
  for way in return exit thread quick; do
    for _ in 1 2 3; do
      run leaving "$target" "$way" "$@"
      [ ! -s "$work/output" ] || die "leaving by $way: $(cat "$work/output")"
    done
  done
  say "$how, leaving: clean in four ways, with a stream under way"
}

mkdir "$work/files"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$work/key.pem" \
  -out "$work/certificate.pem" 2>"$work/output" || die "openssl: $(cat "$work/output")"
start_simulator --tls-cert "$work/certificate.pem" --tls-key "$work/key.pem"
target=127.0.0.1:$port
round TLS "$work/certificate.pem"
stop_simulator
start_simulator
target=127.0.0.1:$port
round plain
cp "$stage/lib/libuesynth.so.$(header_version MAJOR)" "$work/copy.so"
run loading "$target" "$stage/lib/libuesynth.so" "$work/copy.so"
sed 's/^/loading: /' "$work/output"
