#!/bin/bash
# soak-connections.sh [calls|reconnects|restarts|leaks|slow]...: a million calls; 10,000 connections that
# end after a call each; 20 restarts of the server under load; every scenario and flood many times over,
# each of which must leave the process as large as it was; the tests of keepalive, which wait for it.
. "$(dirname "$0")/common.sh"

Tests/run/venv.sh
.venv/bin/python Tests/Conformance/soak.py "$@"
