# part: codecs
# minutes: 4
. Tests/run/common.sh

PATH=$(dirname "$(swift_clang)"):$PATH Tests/ABI/codec.sh
