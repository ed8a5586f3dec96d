"""Servers that stop in the middle of something, for a while or for ever."""

import abi
from abi import DEADLINE_EXCEEDED, OK, UNAVAILABLE

import http2
from scenario import STREAM, Scenario
from script import (
    START,
    expects_reset,
    halves,
    hang,
    headers,
    message,
    opened,
    settings,
    trailers,
    wait,
)

SHORT = {"timeout_ms": 250, "connects": True}


def row(name, script, accepts=DEADLINE_EXCEEDED, says="", rule="silence", **more):
    return Scenario(name, rule, script, accepts, says, **{**SHORT, **more})


def until_reset(name, *steps):
    """Silence after these steps; late, what is missing."""
    return row(name, [*START, *steps, expects_reset(8)])


def half(name, at, *steps, before=()):
    return row(name, [*START, *before, halves(at, *steps)])


def was_not_asked(outcomes, server, client):
    client.check(client.table.client_connect(client.handle, 10000))
    assert not server.calls, server.calls


SCENARIOS = [
    row(
        "silence before SETTINGS, for a call",
        [hang],
        DEADLINE_EXCEEDED,
        options={"connect_timeout_ms": 1000},
        connects=False,
        rule="connected",
    ),
    row(
        "silence before SETTINGS, for an attempt to connect",
        [hang],
        UNAVAILABLE,
        "accepted the connection but did not answer",
        timeout_ms=20000,
        connects=False,
        options={"connect_timeout_ms": 300},
        rule="connected",
    ),
    row(
        "half of SETTINGS, for an attempt to connect",
        [settings((3, 100))[:10], hang],
        UNAVAILABLE,
        timeout_ms=20000,
        connects=False,
        options={"connect_timeout_ms": 300},
        rule="connected",
    ),
    until_reset("silence after the request"),
    until_reset("silence after the headers", headers()),
    until_reset("silence after a prefix", headers(), message(sizes=[5], cut=1 << 20)),
    until_reset("silence in the middle of a message", headers(), message(cut=3)),
    until_reset("silence after the message, before the trailers", headers(), message()),
    until_reset("silence after 1xx", headers(fields=[(":status", "100")])),
    half("silence in the header of a frame", 5, headers(), message(), trailers()),
    half("silence in a header block", 15, headers(), message(), trailers()),
    half(
        "silence between HEADERS and CONTINUATION",
        40,
        headers(("x-a", "b" * 100), pieces=4),
        message(),
        trailers(),
    ),
    half("silence in the middle of a DATA frame", 30, message(), trailers(), before=[headers()]),
    half("silence in the middle of the trailers", 12, trailers(), before=[headers(), message()]),
    row(
        "silence of a ControlStream after the request",
        [*START, wait(0.4)],
        route=STREAM,
    ),
    row(
        "silence of a ControlStream after the headers",
        [*START, headers(), wait(0.4)],
        route=STREAM,
    ),
    row(
        "silence of a ControlStream in the middle of a message",
        [*START, headers(), halves(9, message())],
        route=STREAM,
    ),
    row(
        "silence under ten calls: each has its deadline",
        [settings(), opened, wait(0.5)],
        calls=10,
    ),
    row(
        "silence under ten requests of a ControlStream",
        [*START, wait(0.5)],
        calls=10,
        route=STREAM,
    ),
    row(
        "an answer just before a pause of the server",
        [*START, headers(), message(), wait(0.1), trailers()],
        OK,
        timeout_ms=20000,
    ),
    row(
        "the deadline passes before SETTINGS: nothing is ever sent",
        [wait(0.4), settings()],
        rule="past-deadline",
        then=was_not_asked,
        connects=False,
    ),
    row(
        "a server that does not read for a while: 500 requests of 4 KB",
        [
            http2.settings((http2.INITIAL_WINDOW_SIZE, 1 << 24)),
            http2.window_update(0, 1 << 24),
            lambda peer: peer.ended.wait(0.7) and None,
        ],
        calls=500,
        members={"name": "n" * 4000},
        rule="never-reads",
        options={"max_concurrent_requests": 1000},
    ),
    row(
        "a server that does not read for a while: 500 requests of a ControlStream",
        [
            http2.settings((http2.INITIAL_WINDOW_SIZE, 1 << 24)),
            http2.window_update(0, 1 << 24),
            lambda peer: peer.ended.wait(0.7) and None,
        ],
        calls=500,
        members={"name": "n" * 4000},
        rule="never-reads",
        options={"max_concurrent_requests": 1000},
        route=STREAM,
    ),
    row(
        "waiting for ready survives an attempt that is silent",
        [hang],
        OK,
        rule="wait-for-ready",
        timeout_ms=20000,
        connects=False,
        options={"connect_timeout_ms": 200},
        members={"flags": abi.SUBMIT_WAIT_FOR_READY},
    ),
]
