#!/bin/bash
# The release build of the library and the tool, and an installation of it in .build/stage.
. "$(dirname "$0")/common.sh"

swift build -c release
PREFIX=$stage LIBDIR=$stage/lib DESTDIR="" Tests/run/install.sh --built >/dev/null
