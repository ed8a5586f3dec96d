"""RST_STREAM with every code, before headers, after them and after trailers; refused calls."""

import abi
from abi import CANCELLED, INTERNAL, OK, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE

import http2
from scenario import STREAM, Scenario
from script import (
    START,
    expects_reset,
    headers,
    message,
    opened,
    request,
    rst,
    settings,
    trailers,
    trailers_only,
    wait,
)

SPECIAL = {7: UNAVAILABLE, 8: CANCELLED, 11: RESOURCE_EXHAUSTED, 12: PERMISSION_DENIED}
CODES = [*range(14), 255, 0xFFFFFFFF]


def name(code):
    return http2.ERRORS[code] if code < len(http2.ERRORS) else hex(code)


def status(code):
    return SPECIAL.get(code, INTERNAL)


def spawned_once(outcomes, server, client):
    assert server.answers.spawned == ["box"], server.answers.spawned


def is_not_reset(peer):
    assert peer.call.reset is None and not peer.call.ended


def asked(times):
    def then(outcomes, server, client):
        assert len(server.calls) == times, server.calls
        assert client.stats()["retries"] == times - 1

    return then


OK_SCRIPT = [headers(), message(), trailers()]

SCENARIOS = [
    *[
        Scenario(f"RST_STREAM {name(code)} at once", "rst", [*START, rst(code)], status(code))
        for code in CODES
        if code != http2.REFUSED_STREAM
    ],
    *[
        Scenario(
            f"RST_STREAM {name(code)} after the headers",
            "rst",
            [*START, headers(), rst(code)],
            status(code),
        )
        for code in (0, 1, 2, 7, 8, 11)
    ],
    *[
        Scenario(
            f"RST_STREAM {name(code)} after the message",
            "rst",
            [*START, headers(), message(), rst(code)],
            status(code),
        )
        for code in (0, 2, 7, 8)
    ],
    *[
        Scenario(
            f"RST_STREAM {name(code)} after the trailers",
            "rst",
            [*START, headers(), message(), trailers(), rst(code), wait(0.05)],
            OK,
        )
        for code in (0, 2, 7, 8)
    ],
    Scenario(
        "RST_STREAM in the middle of a message",
        "rst",
        [*START, headers(), message(cut=3), rst(2)],
        INTERNAL,
    ),
    Scenario(
        "RST_STREAM twice",
        "late-frames",
        [*START, rst(2), rst(8), wait(0.1)],
        INTERNAL,
    ),
    *[
        Scenario(
            f"RST_STREAM {name(code)} of a ControlStream",
            "rst",
            [*START, headers(), rst(code)],
            status(code),
            route=STREAM,
        )
        for code in (0, 2, 8, 11, 12)
    ],
    Scenario(
        "RST_STREAM of a ControlStream with ten requests",
        "rst",
        [*START, headers(), rst(2)],
        {INTERNAL, OK},
        route=STREAM,
        calls=10,
    ),
    Scenario(
        "REFUSED_STREAM, then well",
        "refused",
        [*START, rst(7), request, *OK_SCRIPT],
        OK,
        then=asked(2),
    ),
    Scenario(
        "REFUSED_STREAM twice",
        "refused",
        [*START, rst(7), request, rst(7)],
        UNAVAILABLE,
        then=asked(2),
    ),
    Scenario(
        "REFUSED_STREAM of a SpawnObject, which is carried out once",
        "refused",
        [
            settings(),
            opened,
            rst(7),
        ],
        OK,
        kind=abi.SPAWN_OBJECT,
        members={"name": "box", "asset_path": "/Engine/Cube"},
        then=spawned_once,
    ),
    Scenario(
        "REFUSED_STREAM after headers is no refusal",
        "refused",
        [*START, headers(), rst(7)],
        UNAVAILABLE,
        then=asked(1),
    ),
    Scenario(
        "INTERNAL_ERROR of a SpawnObject is not tried again",
        "refused",
        [*START, rst(2)],
        INTERNAL,
        then=asked(1),
        kind=abi.SPAWN_OBJECT,
        members={"name": "box", "asset_path": "/Engine/Cube"},
    ),
    Scenario(
        "REFUSED_STREAM of a ControlStream, then well",
        "refused",
        [*START, rst(7)],
        OK,
        route=STREAM,
        calls=3,
    ),
    Scenario(
        "REFUSED_STREAM of a ControlStream, again and again",
        "refused",
        [*START, rst(7), request, rst(7)],
        UNAVAILABLE,
        route=STREAM,
    ),
    Scenario(
        "trailers while the request waits for credit",
        "early-trailers",
        [
            http2.settings((http2.INITIAL_WINDOW_SIZE, 0)),
            opened,
            trailers_only("7", "not you"),
            expects_reset(http2.NO_ERROR),
            settings((http2.INITIAL_WINDOW_SIZE, 65535)),
        ],
        PERMISSION_DENIED,
        "not you",
    ),
    Scenario(
        "trailers, then RST_STREAM NO_ERROR, while the request waits for credit",
        "early-trailers",
        [
            http2.settings((http2.INITIAL_WINDOW_SIZE, 0)),
            opened,
            trailers_only("7", "not you"),
            rst(0),
            wait(0.1),
            settings((http2.INITIAL_WINDOW_SIZE, 65535)),
        ],
        PERMISSION_DENIED,
        "not you",
    ),
    Scenario(
        "a whole response with OK while the request waits for credit",
        "early-trailers",
        [
            http2.settings((http2.INITIAL_WINDOW_SIZE, 0)),
            opened,
            headers(),
            message(b""),
            trailers(),
            wait(0.1),
            settings((http2.INITIAL_WINDOW_SIZE, 65535)),
        ],
        {OK, INTERNAL},
    ),
    Scenario(
        "a call that is cancelled resets the stream with CANCEL",
        "cancel",
        [*START, expects_reset(http2.CANCEL)],
        CANCELLED,
        cancels=True,
    ),
    Scenario(
        "a call that is cancelled in the middle of its answer",
        "cancel",
        [*START, headers(), message(cut=3), expects_reset(http2.CANCEL), trailers()],
        CANCELLED,
        cancels=True,
    ),
    Scenario(
        "a cancelled request leaves its ControlStream open",
        "cancel",
        [*START, headers(), wait(0.2), message(), wait(0.1), is_not_reset],
        CANCELLED,
        route=STREAM,
        cancels=True,
    ),
    Scenario(
        "the deadline resets the stream with CANCEL",
        "cancel",
        [*START, expects_reset(http2.CANCEL)],
        abi.DEADLINE_EXCEEDED,
        timeout_ms=300,
        connects=True,
    ),
    Scenario(
        "late frames of a call whose deadline has passed",
        "late-frames",
        [
            *START,
            expects_reset(http2.CANCEL),
            *OK_SCRIPT,
            wait(0.1),
        ],
        abi.DEADLINE_EXCEEDED,
        timeout_ms=300,
        connects=True,
    ),
    Scenario(
        "late DATA gives its credit back",
        "late-frames",
        [
            *START,
            expects_reset(http2.CANCEL),
            headers(),
            *[message(b"", length=1 << 20, sizes=[16384])],
            lambda peer: http2.data(peer.call.number, bytes(16384)) * 700,
            lambda peer: setattr(peer, "credit", {0: 0}),
            lambda peer: peer.send(http2.data(peer.call.number, bytes(16384)) * 300),
            lambda peer: peer.until(lambda: peer.credit[0] > 0),
        ],
        abi.DEADLINE_EXCEEDED,
        timeout_ms=300,
        connects=True,
    ),
]
