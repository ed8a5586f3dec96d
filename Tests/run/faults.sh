#!/bin/bash
# faults.sh [all]: a system whose calls fail, one after the other: the program of Tests/Faults against the
# simulator. With `all` memory fails under TLS and compression too, at every single call.
. "$(dirname "$0")/common.sh"
. Tests/run/simulator.sh

export PKG_CONFIG_PATH=$stage/lib/pkgconfig
read -r -a flags <<<"-std=c11 -O1 -g -Wall -Wextra -Werror -pthread -rdynamic $(pkg-config --cflags uesynth)"
read -r -a libraries <<<"$(pkg-config --libs uesynth) -ldl -Wl,-rpath,$stage/lib"
gcc "${flags[@]}" -fno-builtin Tests/Faults/*.c Tests/Embedding/session.c -o "$work/failing" \
  "${libraries[@]}"

# Where the library itself asks malloc: not in Swift's runtime and the C++ that it is made of, which end
# the process without memory.
nm -S --defined-only "$release/libuesynth.so" |
  awk '$3 ~ /^[tTwW]$/ && $4 !~ /^_Z|^_*swift|^\$s[^1-9]|^\$s[1-9][0-9]*[^U0-9]/ { print $1, $2 }' \
    >"$work/functions"

# run ARGUMENT...: one way to fail, with what it prints.
run() {
  timeout 900 "$work/failing" "$target" "$work/functions" "$@" >"$work/output" 2>"$work/errors" </dev/null ||
    die "failing $*: ended with $?: $(tail -n 200 "$work/errors")"
  sed "s/^/$how, /" "$work/output"
}

kinds="mmap socket connect send recv option epoll_create epoll_ctl epoll_wait eventfd thread"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$work/key.pem" \
  -out "$work/certificate.pem" 2>"$work/output" || die "openssl: $(cat "$work/output")"

how=plain
start_simulator
target=127.0.0.1:$port
for kind in malloc $kinds; do run every "$kind"; done
for kind in malloc $kinds; do run lasting "$kind"; done
run interrupted
run descriptors
run clocks
run suspended
target=localhost:$port
run every lookup
run lasting lookup
stop_simulator

how="TLS and gzip"
start_simulator --tls-cert "$work/certificate.pem" --tls-key "$work/key.pem" --compress gzip
target=localhost:$port
for kind in $kinds; do run every "$kind" "$work/certificate.pem"; done
run interrupted "" "$work/certificate.pem"
run descriptors "" "$work/certificate.pem"
run lasting malloc "$work/certificate.pem"
# The first of them by one, then ever longer steps.
[ "${1:-}" = all ] && steps=0 || steps=60
run every malloc "$work/certificate.pem" "$steps"
