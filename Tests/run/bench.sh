#!/bin/bash
# bench.sh [ARGUMENT...]: builds the peers that can be built here, and runs Tests/Benchmarks/compare.py, which
# writes the README's tables, or with arguments compare.py with these, which prints them.
# bench.sh scaling [ARGUMENT...]: Tests/Benchmarks/scaling.py instead.
. "$(dirname "$0")/common.sh"

export UESYNTH_BENCH=$root/.build/bench
mkdir -p "$UESYNTH_BENCH"
proto=Sources/CUESynthProto/uesynth.proto
peers=Tests/Benchmarks/peers

export UESYNTHCTL=$release/uesynthctl
python=.venv/bin/python
if [ "${1:-}" = scaling ]; then
  Tests/run/venv.sh Tests/Benchmarks/requirements.txt
  shift
  exec "$python" Tests/Benchmarks/scaling.py "$@"
fi
Tests/run/venv.sh
"$python" -m grpc_tools.protoc -I "$(dirname $proto)" --python_out="$UESYNTH_BENCH" \
  --grpc_python_out="$UESYNTH_BENCH" "$proto"
gcc -std=c11 -O2 -Wall -Wextra -Werror -pthread $peers/raw_tcp.c -o "$UESYNTH_BENCH/raw_tcp"
if pkg-config --exists libnghttp2; then
  gcc -std=c11 -O2 -Wall -Wextra -Werror $peers/nghttp2_client.c -o "$UESYNTH_BENCH/nghttp2_client" \
    $(pkg-config --cflags --libs libnghttp2)
fi

if command -v grpc_cpp_plugin >/dev/null && command -v protoc >/dev/null &&
  pkg-config --exists grpc++ protobuf; then
  protoc -I "$(dirname $proto)" -I /usr/include --cpp_out="$UESYNTH_BENCH" --grpc_out="$UESYNTH_BENCH" \
    --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" "$proto"
  for program in grpc_client grpc_server; do
    if [ ! -e "$UESYNTH_BENCH/$program" ] || [ "$peers/$program.cc" -nt "$UESYNTH_BENCH/$program" ] ||
      [ $peers/measure.h -nt "$UESYNTH_BENCH/$program" ]; then
      say "compiling $program"
      g++ -std=c++17 -O2 -I "$UESYNTH_BENCH" -I $peers $peers/$program.cc \
        "$UESYNTH_BENCH"/uesynth.pb.cc "$UESYNTH_BENCH"/uesynth.grpc.pb.cc \
        -o "$UESYNTH_BENCH/$program" $(pkg-config --cflags --libs grpc++ protobuf) -pthread
    fi
  done
else
  say "grpc++ is not installed: apt install libgrpc++-dev protobuf-compiler-grpc adds it to the table"
fi
[ $# -gt 0 ] || set -- --readme README.md
"$python" Tests/Benchmarks/compare.py "$@"
