"""SETTINGS and PING, MAX_CONCURRENT_STREAMS first of all."""

import struct

from abi import DEADLINE_EXCEEDED, OK, UNAVAILABLE

import http2
from http2 import INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE
from scenario import STREAM, Scenario
from script import OK as GOOD
from script import (
    expects,
    expects_goaway,
    expects_nothing,
    hang,
    headers,
    hush,
    message,
    request,
    settings,
    trailers,
    wait,
)

FOREVER = 1 << 31


def row(name, rule, first, accepts, *script, **more):
    return Scenario(name, rule, [first, *(script or (request, *GOOD))], accepts, **more)


def setting(name, value):
    return settings((name, value))


def at_most(count):
    """Never more streams open than that."""

    def step(peer):
        peer.take_in(0.3)
        pending = [call for call in peer.calls.values() if not call.is_over]
        assert len(pending) == count, pending

    return step


def opens(peer):
    return bool(peer.calls)


SCENARIOS = [
    row("empty SETTINGS", "connected", settings(), OK),
    row("unknown settings", "unknown-frames", settings((0xF000, 7), (0, 1), (99, 0)), OK),
    row(
        "a setting twice: the last one counts",
        "concurrency",
        settings((MAX_CONCURRENT_STREAMS, 0), (MAX_CONCURRENT_STREAMS, 5)),
        OK,
    ),
    row(
        "SETTINGS that are acknowledged",
        "connected",
        settings(),
        OK,
        expects(lambda peer: any(k == http2.SETTINGS and f & 1 for k, f, _, _ in peer.frames)),
        request,
        *GOOD,
    ),
    row(
        "our own SETTINGS are never acknowledged", "connected", settings(), OK, hush, request, *GOOD
    ),
    row(
        "our SETTINGS: no push, frames of 16 MiB, header lists bounded",
        "connected",
        settings(),
        OK,
        request,
        expects(lambda peer: peer.settings[http2.ENABLE_PUSH] == 0),
        expects(lambda peer: peer.settings[MAX_FRAME_SIZE] == (1 << 24) - 1),
        expects(lambda peer: 8192 <= peer.settings[MAX_HEADER_LIST_SIZE] <= 1 << 20),
        *GOOD,
    ),
    row(
        "MAX_CONCURRENT_STREAMS 0, raised later",
        "concurrency",
        setting(MAX_CONCURRENT_STREAMS, 0),
        OK,
        expects_nothing(opens),
        setting(MAX_CONCURRENT_STREAMS, 1),
        request,
        *GOOD,
    ),
    row(
        "MAX_CONCURRENT_STREAMS 0, raised later, for a ControlStream",
        "concurrency",
        setting(MAX_CONCURRENT_STREAMS, 0),
        OK,
        expects_nothing(opens),
        setting(MAX_CONCURRENT_STREAMS, 1),
        request,
        headers(),
        message(),
        route=STREAM,
    ),
    row(
        "MAX_CONCURRENT_STREAMS 0 until the deadline",
        "concurrency",
        setting(MAX_CONCURRENT_STREAMS, 0),
        DEADLINE_EXCEEDED,
        expects_nothing(opens, 1),
        setting(MAX_CONCURRENT_STREAMS, 100),
        timeout_ms=300,
        connects=True,
    ),
    row(
        "MAX_CONCURRENT_STREAMS 0 until the deadline, for a ControlStream",
        "concurrency",
        setting(MAX_CONCURRENT_STREAMS, 0),
        DEADLINE_EXCEEDED,
        expects_nothing(opens, 1),
        setting(MAX_CONCURRENT_STREAMS, 100),
        timeout_ms=300,
        connects=True,
        route=STREAM,
    ),
    row(
        "MAX_CONCURRENT_STREAMS 1 with ten calls",
        "concurrency",
        setting(MAX_CONCURRENT_STREAMS, 1),
        OK,
        at_most(1),
        *[request, *GOOD] * 10,
        calls=10,
    ),
    row(
        "MAX_CONCURRENT_STREAMS falls from 3 to 1 under way, then grows to 5",
        "concurrency",
        setting(MAX_CONCURRENT_STREAMS, 3),
        OK,
        at_most(3),
        setting(MAX_CONCURRENT_STREAMS, 1),
        *[request, *GOOD] * 3,
        at_most(1),
        setting(MAX_CONCURRENT_STREAMS, 5),
        at_most(5),
        calls=12,
        seconds=10,
    ),
    row(
        "MAX_CONCURRENT_STREAMS 2^32-1",
        "concurrency",
        setting(MAX_CONCURRENT_STREAMS, (1 << 32) - 1),
        OK,
    ),
    row(
        "MAX_CONCURRENT_STREAMS falls to 0 while a call is under way",
        "concurrency",
        settings(),
        OK,
        request,
        setting(MAX_CONCURRENT_STREAMS, 0),
        *GOOD,
        wait(0.2),
        setting(MAX_CONCURRENT_STREAMS, 100),
    ),
    row(
        "MAX_CONCURRENT_STREAMS 4 with 200 calls at once",
        "concurrency",
        setting(MAX_CONCURRENT_STREAMS, 4),
        OK,
        *[request, *GOOD] * 200,
        calls=200,
        seconds=10,
    ),
    row("MAX_FRAME_SIZE 16384", "connected", setting(MAX_FRAME_SIZE, 16384), OK),
    *[
        row(
            f"MAX_FRAME_SIZE {size}, which is not allowed",
            "malformed-frames",
            setting(MAX_FRAME_SIZE, size),
            UNAVAILABLE,
            expects_goaway(1),
        )
        for size in (0, 16383, 1 << 24)
    ],
    *[
        row(
            f"INITIAL_WINDOW_SIZE {size}, which is not allowed",
            "window-errors",
            setting(INITIAL_WINDOW_SIZE, size),
            UNAVAILABLE,
            expects_goaway(3),
        )
        for size in (FOREVER, (1 << 32) - 1)
    ],
    row(
        "ENABLE_PUSH 2, which is not allowed",
        "malformed-frames",
        setting(http2.ENABLE_PUSH, 2),
        UNAVAILABLE,
        expects_goaway(1),
    ),
    row(
        "MAX_HEADER_LIST_SIZE 0, which is but advice",
        "connected",
        setting(MAX_HEADER_LIST_SIZE, 0),
        {OK, UNAVAILABLE},
    ),
    row(
        "HEADER_TABLE_SIZE 0, then 2^32-1",
        "connected",
        settings((http2.HEADER_TABLE_SIZE, 0), (http2.HEADER_TABLE_SIZE, (1 << 32) - 1)),
        OK,
    ),
    row(
        "SETTINGS of 5 bytes",
        "malformed-frames",
        http2.frame(http2.SETTINGS, 0, 0, bytes(5)),
        UNAVAILABLE,
        hang,
    ),
    row(
        "SETTINGS on a stream",
        "malformed-frames",
        http2.frame(http2.SETTINGS, 0, 1),
        UNAVAILABLE,
        hang,
    ),
    row(
        "an acknowledgement with a payload",
        "malformed-frames",
        http2.frame(http2.SETTINGS, http2.ACK, 0, bytes(6)),
        UNAVAILABLE,
        hang,
    ),
    row(
        "an acknowledgement of SETTINGS that were not sent",
        "malformed-frames",
        settings() + http2.settings(ack=True) * 20,
        {OK, UNAVAILABLE},
    ),
    row(
        "an acknowledgement before SETTINGS",
        "connected",
        http2.settings(ack=True),
        {OK, UNAVAILABLE},
        settings(),
        request,
        *GOOD,
    ),
    row(
        "SETTINGS with 1,000 entries",
        "floods",
        settings(*[(INITIAL_WINDOW_SIZE, 65535 + i) for i in range(1000)]),
        {OK, UNAVAILABLE},
    ),
    row(
        "SETTINGS between the bytes of a response",
        "connected",
        settings(),
        OK,
        request,
        headers(),
        setting(INITIAL_WINDOW_SIZE, 1000),
        message(sizes=[1]),
        settings(),
        trailers(),
    ),
    row(
        "SETTINGS come with the response only",
        "connected",
        hush,
        OK,
        wait(0.3),
        settings(),
        request,
        *GOOD,
    ),
    row(
        "PING before SETTINGS",
        "connected",
        http2.ping(),
        UNAVAILABLE,
        hang,
    ),
    row(
        "PING is answered with its own bytes",
        "keepalive",
        settings(),
        OK,
        http2.ping(b"12345678"),
        expects(
            lambda peer: any(
                k == http2.PING and f & http2.ACK and p == b"12345678" for k, f, _, p in peer.frames
            )
        ),
        request,
        *GOOD,
    ),
    row(
        "an answer to a PING that was not sent",
        "keepalive",
        settings(),
        OK,
        http2.ping(struct.pack(">Q", 99), ack=True) * 10,
        request,
        *GOOD,
    ),
    row(
        "PING of 7 bytes",
        "malformed-frames",
        settings(),
        UNAVAILABLE,
        request,
        http2.frame(http2.PING, 0, 0, bytes(7)),
        hang,
    ),
    row(
        "PING on a stream",
        "malformed-frames",
        settings(),
        UNAVAILABLE,
        request,
        http2.frame(http2.PING, 0, 1, bytes(8)),
        hang,
    ),
]
