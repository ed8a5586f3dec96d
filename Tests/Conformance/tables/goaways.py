"""GOAWAY of every kind, and connections that just end."""

import abi
from abi import DEADLINE_EXCEEDED, OK, UNAVAILABLE

import http2
from scenario import STREAM, Scenario
from script import (
    OK as GOOD,
)
from script import (
    START,
    abort,
    close,
    expects,
    goaway,
    half_close,
    hang,
    headers,
    message,
    request,
    requests,
    settings,
    together,
    trailers,
    wait,
)

LAST = (1 << 31) - 1
ONE = [request, *GOOD]  # so that the connection is one that works


def connections(count):
    def then(outcomes, server, client):
        assert server.accepted == count, server.accepted

    return then


def spawned(count):
    """So many different ones, each once. What a script does not answer is not carried out."""

    def then(outcomes, server, client):
        names = server.answers.spawned
        assert len(names) == len(set(names)) == count, names

    return then


def row(name, script, accepts, says="", rule="goaway", **more):
    return Scenario(name, rule, script, accepts, says, **more)


def is_paused(outcomes, server, client):
    assert client.state() == abi.STATE_BACKOFF, client.state()


def half(outcomes, server, client):
    statuses = [outcome.status for outcome in outcomes]
    assert statuses.count(OK) == 6, statuses


SCENARIOS = [
    row("GOAWAY with the call below its last stream", [*START, goaway(), *GOOD], OK),
    row(
        "GOAWAY with the second call above its last stream",
        [settings(), *ONE, request, goaway(behind=1), hang],
        OK,
        calls=2,
        then=connections(2),
    ),
    row(
        "GOAWAY with the second call above its last stream, and the end",
        [settings(), *ONE, request, goaway(behind=1), close],
        OK,
        calls=2,
    ),
    row(
        "GOAWAY of last stream 0 before any answer: the call waits for the next connection",
        [*START, goaway(last=0), close],
        OK,
        then=connections(2),
    ),
    row(
        "GOAWAY of last stream 0 before any answer, twice",
        [*START, goaway(last=0), close],
        UNAVAILABLE,
        more=[[*START, goaway(last=0), close]],
        then=connections(2),
    ),
    row(
        "GOAWAY of last stream 0 before any answer, and the next server says nothing",
        [*START, goaway(last=0), close],
        DEADLINE_EXCEEDED,
        more=[[*START, wait(0.8), request, *GOOD]],
        timeout_ms=400,
        then=connections(2),
    ),
    row(
        "GOAWAY of last stream 0 before any answer, and the next server hangs up",
        [*START, goaway(last=0), close],
        UNAVAILABLE,
        more=[[close]],
        then=connections(2),
    ),
    row(
        "GOAWAY of last stream 0 under a first ControlStream: it waits for the next connection",
        [*START, goaway(last=0), close],
        OK,
        route=STREAM,
        calls=3,
        then=connections(2),
    ),
    row(
        "GOAWAY above, twice: it is tried again once",
        [settings(), *ONE, request, goaway(behind=1), hang],
        {OK, UNAVAILABLE},
        calls=2,
        more=[[*START, goaway(last=0), hang]],
        then=connections(2),
    ),
    row(
        "GOAWAY of last stream 2^31-1, then a good response, then another GOAWAY",
        [*START, goaway(last=LAST), headers(), message(), goaway(), trailers()],
        OK,
    ),
    row(
        "GOAWAY whose last stream falls below the call",
        [settings(), *ONE, request, goaway(last=LAST), wait(0.05), goaway(behind=1), hang],
        OK,
        calls=2,
        then=connections(2),
    ),
    row(
        "GOAWAY whose last stream grows, which is not allowed",
        [*START, goaway(last=0), wait(0.05), goaway(last=LAST), hang],
        {OK, UNAVAILABLE},
    ),
    row(
        "GOAWAY, then no answer but the end",
        [*START, goaway(), close],
        UNAVAILABLE,
    ),
    row(
        "GOAWAY and the end, in the middle of a message",
        [*START, headers(), message(cut=2), goaway(), close],
        UNAVAILABLE,
    ),
    row(
        "GOAWAY after the trailers, in one packet",
        [*START, together(*GOOD, goaway()), close],
        OK,
    ),
    row(
        "GOAWAY before SETTINGS",
        [goaway(last=0), hang],
        UNAVAILABLE,
    ),
    row(
        "GOAWAY right after SETTINGS",
        [settings(), goaway(last=0), hang],
        {OK, UNAVAILABLE},
    ),
    row(
        "GOAWAY of a stream that was never opened",
        [*START, goaway(last=4321), *GOOD],
        {OK, UNAVAILABLE},
    ),
    row(
        "GOAWAY of an even stream",
        [*START, goaway(last=2), hang],
        {OK, UNAVAILABLE},
    ),
    *[
        row(
            f"GOAWAY {http2.ERRORS[code]} with the call below it, answered",
            [*START, goaway(code, b"reasons"), *GOOD],
            OK,
        )
        for code in (1, 2, 11, 12, 13)
    ],
    row(
        "GOAWAY ENHANCE_YOUR_CALM too_many_pings",
        [*START, goaway(11, b"too_many_pings"), close],
        UNAVAILABLE,
        "too_many_pings",
        rule="too-many-pings",
    ),
    row(
        "GOAWAY with 16,000 bytes of debug data",
        [*START, goaway(2, b"d" * 16000), close],
        UNAVAILABLE,
        "ddd",
    ),
    row(
        "GOAWAY with debug data that is no UTF-8",
        [*START, goaway(2, b"\xff\x00\xfe"), close],
        UNAVAILABLE,
    ),
    row("GOAWAY ten times", [*START, *[goaway()] * 10, *GOOD], OK),
    row(
        "GOAWAY that is too short",
        [*START, http2.frame(http2.GOAWAY, 0, 0, b"\0\0\0\0"), hang],
        UNAVAILABLE,
        rule="malformed-frames",
    ),
    row(
        "GOAWAY on a stream",
        [*START, http2.frame(http2.GOAWAY, 0, 1, bytes(8)), hang],
        UNAVAILABLE,
        rule="malformed-frames",
    ),
    row(
        "GOAWAY: ten calls, half of them above the last stream",
        [settings(), *ONE, requests(10), goaway(behind=5), wait(0.1), close],
        {OK, UNAVAILABLE},
        calls=11,
        then=half,
    ),
    row(
        "GOAWAY under five SpawnObjects: none is carried out twice",
        [settings(), *ONE, requests(5), goaway(behind=5), wait(0.1), close],
        OK,
        kind=abi.SPAWN_OBJECT,
        members=lambda number: {"name": f"box{number}", "asset_path": "/Engine/Cube"},
        calls=6,
        then=spawned(6),
    ),
    row(
        "a ControlStream above the last stream goes again, once",
        [*START, goaway(last=0), hang],
        {OK, UNAVAILABLE},
        route=STREAM,
        calls=4,
    ),
    row(
        "a ControlStream below the last stream finishes what it has",
        [*START, goaway(), wait(0.1), headers(), message()],
        OK,
        route=STREAM,
    ),
    Scenario(
        "an idle ControlStream is half-closed on GOAWAY",
        "goaway-idle",
        [
            *START,
            together(headers(), message(), goaway()),
            expects(lambda peer: peer.call.ended),
            trailers(),
        ],
        OK,
        route=STREAM,
    ),
    Scenario(
        "a busy ControlStream is half-closed once it is answered",
        "goaway-idle",
        [
            *START,
            headers(),
            goaway(),
            wait(0.2),
            message(),
            expects(lambda peer: peer.call.ended),
            trailers(),
        ],
        OK,
        route=STREAM,
    ),
    row("FIN instead of an answer", [*START, close], UNAVAILABLE, rule="no-inventions"),
    row("TCP RST instead of an answer", [*START, abort], UNAVAILABLE, rule="no-inventions"),
    row(
        "FIN in the middle of the headers",
        [*START, lambda peer: headers()(peer)[:12], close],
        UNAVAILABLE,
        rule="no-inventions",
    ),
    row(
        "FIN after the message, before the trailers",
        [*START, headers(), message(), close],
        UNAVAILABLE,
        rule="no-inventions",
    ),
    row(
        "TCP RST in the middle of a message",
        [*START, headers(), message(cut=3), abort],
        UNAVAILABLE,
        rule="no-inventions",
    ),
    row(
        "FIN right behind the trailers",
        [*START, together(*GOOD), close],
        OK,
        rule="no-inventions",
    ),
    row(
        "FIN of the sending side alone",
        [*START, half_close, hang],
        UNAVAILABLE,
        rule="no-inventions",
    ),
    row(
        "FIN under twenty calls: each is told once",
        [settings(), requests(20), close],
        UNAVAILABLE,
        calls=20,
        rule="no-inventions",
    ),
    row(
        "TCP RST under twenty requests of a ControlStream",
        [*START, headers(), abort],
        {OK, UNAVAILABLE},
        calls=20,
        route=STREAM,
        rule="no-inventions",
    ),
    row(
        "a ControlStream that ends with OK and an answer missing",
        [*START, headers(), trailers()],
        UNAVAILABLE,
        route=STREAM,
        rule="stream-replies",
    ),
    row(
        "a ControlStream that ends with an error",
        [*START, headers(), trailers("9", "no play")],
        9,
        "no play",
        route=STREAM,
        rule="stream-replies",
    ),
    row(
        "a ControlStream that is UNIMPLEMENTED",
        [
            *START,
            lambda peer: headers(("grpc-status", "12"), ("grpc-message", "no"), end=True)(peer),
        ],
        12,
        "no",
        route=STREAM,
        rule="stream-replies",
    ),
    row(
        "connections that end without a call, five times",
        [settings(), close],
        {UNAVAILABLE, OK},
        more=[[settings(), close]] * 4,
        rule="backoff",
    ),
    row(
        "a connection that ends without a completed call is followed by a pause",
        [*START, close],
        UNAVAILABLE,
        options={"initial_backoff_ms": 400, "max_backoff_ms": 400},
        rule="backoff",
        then=is_paused,
    ),
]
