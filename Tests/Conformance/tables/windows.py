"""Flow control, both ways."""

import abi
from abi import DEADLINE_EXCEEDED, INTERNAL, OK, UNAVAILABLE

import http2
from http2 import INITIAL_WINDOW_SIZE
from scenario import DIRECT, STREAM, Scenario
from script import OK as GOOD
from script import (
    START,
    data,
    expects,
    expects_goaway,
    expects_nothing,
    expects_reset,
    hang,
    headers,
    message,
    opened,
    paced,
    request,
    settings,
    trailers,
    wait,
    window,
)

MOST = (1 << 31) - 1
NAME = {"name": "n" * 4000}


def row(name, rule, script, accepts, says="", **more):
    return Scenario(name, rule, script, accepts, says, **more)


def setting(size):
    return settings((INITIAL_WINDOW_SIZE, size))


def has_sent(count):
    """Payload of the call's DATA so far, prefix and all, and no more than that for a while."""

    def step(peer):
        def sent():
            return sum(len(p) for k, _, s, p in peer.frames if k == 0 and s == peer.call.number)

        peer.until(lambda: sent() >= count)
        peer.take_in(0.15)
        assert sent() == count, sent()

    return step


def slow_credit(size):
    """So many bytes of credit at a time, until the request is whole."""

    def step(peer):
        while not peer.call.ended:
            peer.send(http2.window_update(peer.call.number, size))
            peer.take_in(0.001)
        request(peer)

    return step


def unknown_field(size):
    """A message that holds a field which nobody knows, of so many bytes (four times 7 bits)."""
    length = [size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21]
    return http2.message(b"\x7a" + bytes(length) + bytes(size))


OVERRUN = [
    *START,
    headers(),
    *[message()] * 4,
    expects(lambda peer: peer.call.reset == 3 or peer.goaway == 3),
]

SCENARIOS = [
    row(
        "a window of 0 until the deadline",
        "send-window",
        [setting(0), opened, expects_reset(8), setting(65535)],
        DEADLINE_EXCEEDED,
        timeout_ms=300,
        connects=True,
    ),
    row(
        "a window of 0 until the deadline, for a ControlStream",
        "send-window",
        [setting(0), opened, expects_nothing(lambda peer: peer.call.buffer, 1), setting(65535)],
        DEADLINE_EXCEEDED,
        timeout_ms=300,
        connects=True,
        route=STREAM,
    ),
    row(
        "a window of one byte, opened byte by byte",
        "send-window",
        [setting(1), opened, slow_credit(1), *GOOD, setting(65535)],
        OK,
        members={"name": "n" * 50},
    ),
    row(
        "a window that turns negative under way",
        "send-window",
        [
            setting(100),
            opened,
            has_sent(100),
            setting(0),
            window(50),
            has_sent(100),
            window(50),
            has_sent(100),
            window(7),
            has_sent(107),
            setting(65535),
            request,
            *GOOD,
        ],
        OK,
        members=NAME,
    ),
    row(
        "a window that SETTINGS open again",
        "send-window",
        [setting(10), opened, has_sent(10), setting(2000), has_sent(2000), setting(65535), request]
        + GOOD,
        OK,
        members=NAME,
    ),
    row(
        "the connection's window is kept as well",
        "send-window",
        [
            setting(1 << 20),
            opened,
            has_sent(65535),
            window(1 << 20, stream=0),
            request,
            *GOOD,
            window(1 << 20, stream=0),
        ],
        OK,
        members={"name": "n" * 65000, "asset_path": "a" * 65000},
        kind=abi.SPAWN_OBJECT,
    ),
    row(
        "credit of 2^31-1 in all",
        "send-window",
        [settings(), window(MOST - 65535, stream=0), request, *GOOD],
        OK,
    ),
    row(
        "credit over 2^31-1 for a stream",
        "window-errors",
        [*START, window(MOST), wait(0.1)],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "credit over 2^31-1 for the connection",
        "window-errors",
        [*START, window(MOST, stream=0), expects_goaway(3)],
        UNAVAILABLE,
    ),
    row(
        "SETTINGS that take a stream's credit over 2^31-1",
        "window-errors",
        [*START, window(MOST - 65535 - 5), setting(MOST), wait(0.1)],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "credit of 0 for a stream",
        "window-errors",
        [*START, window(0), wait(0.1)],
        {INTERNAL, UNAVAILABLE},
    ),
    row(
        "credit of 0 for the connection",
        "window-errors",
        [*START, window(0, stream=0), hang],
        UNAVAILABLE,
    ),
    row(
        "credit with the reserved bit set",
        "unknown-frames",
        [*START, window(0x80000001), *GOOD],
        OK,
    ),
    row(
        "WINDOW_UPDATE of 3 bytes",
        "malformed-frames",
        [*START, http2.frame(http2.WINDOW_UPDATE, 0, 0, bytes(3)), hang],
        UNAVAILABLE,
    ),
    row(
        "credit for a stream that is over",
        "late-frames",
        [*START, *GOOD, window(1000), window(MOST), wait(0.1)],
        OK,
    ),
    row(
        "credit for a stream that was never opened",
        "malformed-frames",
        [*START, window(1000, stream=4321), hang],
        UNAVAILABLE,
    ),
    row(
        "a message of 40 MB on the credit that comes back",
        "receive-credit",
        [*START, headers(), paced(unknown_field(40 << 20)), trailers()],
        OK,
        seconds=20,
    ),
    row(
        "a ControlStream that lives on credit that comes back: 40 MB to no one",
        "receive-credit",
        [*START, headers(), paced(unknown_field(40 << 20)), message()],
        OK,
        route=STREAM,
        seconds=20,
    ),
    row(
        "padding counts: 9 MB of it in DATA of no bytes",
        "receive-credit",
        [
            *START,
            headers(),
            *[data(b"", pad=255, times=1000), wait(0)] * 36,
            expects(lambda peer: peer.credit[0] > 16 << 20),
            message(),
            trailers(),
        ],
        OK,
    ),
    row(
        "a stream whose frames nobody fetches holds up no other call",
        "receive-credit",
        [
            *START,
            headers(),
            paced(lambda peer: http2.message(peer.good)),
            # Of the next one as much as the window takes, which is not given back.
            data(http2.message(bytes(8), length=460000) + bytes(16000)),
            *[data(bytes(16000))] * 3,
        ],
        OK,
        kind=abi.CAPTURE_RGB,
        members={"width": 128, "height": 900, "flags": abi.SUBMIT_NOTIFY_ONLY},
        route=STREAM,
        good_route=DIRECT,
        options={"stream_buffer_bytes": 1 << 20},
    ),
    row(
        "a stream whose frames nobody fetches is overrun",
        "overrun",
        OVERRUN,
        {OK, INTERNAL, UNAVAILABLE},
        kind=abi.CAPTURE_RGB,
        members={"width": 128, "height": 900, "flags": abi.SUBMIT_NOTIFY_ONLY},
        route=STREAM,
        options={"stream_buffer_bytes": 1 << 20},
    ),
]
